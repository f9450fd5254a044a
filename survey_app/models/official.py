"""The one survey of a period that gives its official figure, and who opened that figure before the survey closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Survey


class OfficialSurvey(Model):
    """A period's official survey of a city, named before it opened. It closes by the clock alone."""

    __tablename__ = "official_survey"
    __table_args__ = (UniqueConstraint("period", "city_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("period.code"))
    city_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), unique=True)
    named_by: Mapped[str] = mapped_column(String(80))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    extended: Mapped[int] = mapped_column(default=0)  # times, by the plan's rule
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the closing moment, once the clock has closed it
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from here on its answers stay as they are

    survey: Mapped[Survey] = relationship()


class FigureOpening(Model):
    """Once that a person whom the plan names saw the official figure before the close; only ever added."""

    __tablename__ = "figure_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    place: Mapped[str] = mapped_column(String(200))  # the page's address
