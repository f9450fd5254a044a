"""A saved what-if: values changed on paper, and what they would give."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.run import ScoringRun


class Scenario(Model):
    """A possible future of one scorecard: what was asked, with the seed, and what came out. Never changed."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    scoring_run_id: Mapped[int] = mapped_column(
        ForeignKey("scoring_run.id")
    )  # the values and the estimate it starts from
    name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    asked: Mapped[Document] = mapped_column(JSON)  # changes, ranges, target, effort, fixed, draws, seed
    result: Mapped[Document] = mapped_column(JSON)
    rulebook_digest: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(40))
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    scoring_run: Mapped[ScoringRun] = relationship()
