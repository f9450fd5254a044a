"""A final run shown to the counties before it is signed, and what they object to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Double, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.final_run import FinalRun
from survey_app.models.stored_file import StoredFile


class ObjectionRound(Model):
    """The days on which the counties see a run's results and may object. It is never moved or ended by hand."""

    __tablename__ = "objection_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    final_run_id: Mapped[int] = mapped_column(ForeignKey("final_run.id"), unique=True)
    days: Mapped[int] = mapped_column()  # working days, as the period had them
    opened_by: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    run: Mapped[FinalRun] = relationship(lazy="joined", innerjoin=True)


class Objection(Model):
    """What a county says against one row of its scorecard. What two people decide of it are statements about objection:<id>."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("objection_round.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    indicator: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    letter: Mapped[str] = mapped_column(
        String(200), default=""
    )  # in which it came, where it was entered for the county
    received: Mapped[date] = mapped_column(Date)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    outcome: Mapped[str] = mapped_column(String(8), default="")  # upheld | rejected, once two people have decided
    points_after: Mapped[float | None] = mapped_column(Double)  # of the row, as decided

    round: Mapped[ObjectionRound] = relationship(lazy="selectin")
    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    files: Mapped[list[ObjectionFile]] = relationship(order_by="ObjectionFile.id", lazy="selectin")


class ObjectionFile(Model):
    """A file that came with an objection."""

    __tablename__ = "objection_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey(StoredFile.digest))
    name: Mapped[str] = mapped_column(String(200))
