"""What is asked and where: questionnaire versions, surveys with their plan, sites with their QR code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now


class QuestionnaireVersion(Model):
    """A definition as written, stored once by its digest, so a response can name what was asked."""

    __tablename__ = "questionnaire_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[str] = mapped_column(Text)  # YAML as written
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Survey(Model):
    """One wave of fieldwork in one city."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8), default="draft")  # see surveys/life.py
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    time_zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    city_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    plan: Mapped[str] = mapped_column(Text)  # YAML as locked, with margins inline
    plan_digest: Mapped[str] = mapped_column(String(64))
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # whether the own QR code of a site with invitations still admits to the sample
    open_codes_admit: Mapped[bool] = mapped_column(default=False, server_default=false())
    # the ways of the plan's key `respondents`, blank between; None where it was locked before plans had it
    respondents: Mapped[str | None] = mapped_column(String(60))
    within: Mapped[str | None] = mapped_column(String(16))  # how one is chosen in a household: last_birthday | kish
    adults_question: Mapped[str | None] = mapped_column(String(60))  # where the number of the eligible stands
    replace_after: Mapped[int | None] = mapped_column()  # attempts after which a reserve takes the place; None: never
    double_entry: Mapped[bool] = mapped_column(default=False, server_default=false())  # paper forms are keyed twice
    # what becomes of an answer that its citizen takes back: kept sealed, or (False) deleted; as it was at the opening
    seals_erased: Mapped[bool] = mapped_column(default=False, server_default=false())
    flags_version: Mapped[int] = mapped_column(
        default=0, server_default=text("0")
    )  # raised when the set of flags changes

    flags_watermark: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # last response looked at
    hours: Mapped[str | None] = mapped_column(String(300))  # opening hours of its codes, answering/opening_hours.py
    # whether a site whose target is reached, or a survey whose quotas all are, hands out no more forms
    stops_when_full: Mapped[bool] = mapped_column(default=False, server_default=false())
    least_cell: Mapped[int | None] = mapped_column()  # responses a published cell needs; None: the installation's
    wave_of_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))  # the wave before this one

    city: Mapped[Area] = relationship()
    wave_of: Mapped[Survey | None] = relationship(remote_side=[id])
    questionnaire: Mapped[QuestionnaireVersion] = relationship()
    sites: Mapped[list[Site]] = relationship(back_populates="survey", cascade="all, delete-orphan")


class Site(Model):
    """A place people answer at, with one QR code. A sampled site is a PSU; an open venue is not a sample."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("survey_id", "name", "area_id"),
        Index("uq_site_address", "address", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)  # the PSU's label, and the first code of its posters
    address: Mapped[str | None] = mapped_column(String(16))  # the code that replaced it on posters, if any did
    hours: Mapped[str | None] = mapped_column(String(300))  # of its own, instead of the survey's
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))  # community | village | hall | hospital | station | park
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    probability: Mapped[bool] = mapped_column(default=True)  # False: open venue, kept apart
    stratum: Mapped[str | None] = mapped_column(String(80))  # the fieldwork unit it was drawn in
    residents: Mapped[int | None] = mapped_column()  # of all ages
    eligible: Mapped[int | None] = mapped_column()  # of the population of interest: aged 16 and over
    inclusion_probability: Mapped[float | None] = mapped_column()  # of the site, by size
    base_weight: Mapped[float | None] = mapped_column()  # for its target; what method 1 and planning reckon with
    weight_take: Mapped[int | None] = (
        mapped_column()
    )  # interviews that a weight typed by hand assumes; None: it follows
    target: Mapped[int] = mapped_column(default=0)  # finished interviews planned
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)

    survey: Mapped[Survey] = relationship(back_populates="sites")
    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)

    @property
    def public_code(self) -> str:
        """The code that stands in /s/<code> and on posters now."""
        return self.address or self.code
