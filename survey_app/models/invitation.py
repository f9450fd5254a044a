"""Sampled persons as fieldwork knows them: a number on a site's list. No name, no contact, no link in the answers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model
from survey_app.models.response import Response
from survey_app.models.survey import Site, Survey


class Invitation(Model):
    """One sampled person. It never says when it was answered: a day and a site would lead to the response.

    code_hash: keyed hash of the printed code; None where somebody was approached without one, as by telephone.
    external_hash: keyed hash of the number an institute gave the case; removed when the survey closes.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("survey_id", "serial"), UniqueConstraint("external_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    serial: Mapped[int] = mapped_column()  # on the fieldworker's list, one row of numbers for the whole survey
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    external_hash: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default="open")  # open | spent
    mode: Mapped[str] = mapped_column(String(8), default="web")  # how the person is approached: web | paper | phone
    disposition: Mapped[str] = mapped_column(String(8), default="")  # AAPOR code; empty: nothing known yet
    attempts: Mapped[int] = mapped_column(default=0)
    made_on: Mapped[date] = mapped_column(Date)
    last_attempt_on: Mapped[date | None] = mapped_column(Date)

    survey: Mapped[Survey] = relationship()
    site: Mapped[Site] = relationship()


class InvitationKey(Model):
    """The key under which a survey's invitations and responses can be joined; deleted when the survey closes."""

    __tablename__ = "invitation_key"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64))


class InvitationUse(Model):
    """A spent invitation, named only by its keyed hash, and the response it became; deleted with the key.

    taken_back: keyed hash of the receipt of a response that its citizen erased; with it the citizen's own phone may
    answer once more. renewed: that was done, and is not done twice.
    """

    __tablename__ = "invitation_use"

    use_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey(Response.id), unique=True)
    taken_back: Mapped[str | None] = mapped_column(String(64), unique=True)
    renewed: Mapped[bool] = mapped_column(default=False)
