"""The one survey of a period that gives its official figure, and who opened that figure before the survey closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.period import Period
from survey_app.models.run import EstimateRun
from survey_app.models.survey import Survey


class OfficialSurvey(Model):
    """A period's official survey of a city, named before it opened. It closes by the clock alone."""

    __tablename__ = "official_survey"
    __table_args__ = (UniqueConstraint("period", "city_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.code))
    city_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), unique=True)
    named_by: Mapped[str] = mapped_column(String(80))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    extended: Mapped[int] = mapped_column(default=0)  # times, by the plan's rule
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the closing moment, once the clock has closed it
    settles_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when settling ends at the latest
    forms_keyed_by: Mapped[str] = mapped_column(
        String(80), default="", server_default=""
    )  # who says all paper is keyed
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from here on its answers stay as they are
    run_asked: Mapped[bool] = mapped_column(default=False, server_default=false())  # that the official run is made
    run_id: Mapped[int | None] = mapped_column(ForeignKey(EstimateRun.id))  # the first run from the frozen answers

    survey: Mapped[Survey] = relationship()


class FrozenAnswers(Model):
    """What counts of an official survey's answers, as it was when they were settled; never changed. No single answer.

    watermark: the highest response then. cells: by every column that a plan may name. modes: as a run keeps them.
    decided: decisions on answers, by whether they were satisfied. erased: answers erased between close and settling.
    """

    __tablename__ = "frozen_answers"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True, autoincrement=False)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    watermark: Mapped[int] = mapped_column()
    flags_version: Mapped[int] = mapped_column()
    plan_digest: Mapped[str] = mapped_column(String(64))
    erased: Mapped[int] = mapped_column(default=0)
    cells: Mapped[Document] = mapped_column(JSON, nullable=False, deferred=True)
    modes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    decided: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class FigureOpening(Model):
    """Once that a person whom the plan names saw the official figure before the close; only ever added."""

    __tablename__ = "figure_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    place: Mapped[str] = mapped_column(String(200))  # the page's address
