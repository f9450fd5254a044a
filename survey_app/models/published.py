"""What the public is shown of a survey: the day that was set for it, and the results as two persons released them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.run import EstimateRun
from survey_app.models.sign_off import Statement
from survey_app.models.survey import Survey


class ResultsDay(Model):
    """The day on which a survey's results are published; only ever added, the newest counts.

    statement_id: what two persons agreed on; None where it was set before the close. reason: theirs, shown to the public.
    """

    __tablename__ = "results_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    day: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    statement_id: Mapped[int | None] = mapped_column(ForeignKey(Statement.id))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    survey: Mapped[Survey] = relationship()


class PublishedResults(Model):
    """Results of a run as they were released; never changed. A correction is the next number.

    files: name -> text, to the byte what is served; results.json meets ground/published.py.
    """

    __tablename__ = "published_results"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int] = mapped_column()
    run_id: Mapped[int] = mapped_column(ForeignKey(EstimateRun.id))
    statement_id: Mapped[int] = mapped_column(ForeignKey(Statement.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    files: Mapped[dict[str, str]] = mapped_column(JSON)

    survey: Mapped[Survey] = relationship()
