"""Frozen results. A run is written once, with the inputs that made it, and never updated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.survey import Survey


class EstimateRun(Model):
    """An estimate with its own input cells: it can be recomputed after the answers are gone."""

    __tablename__ = "estimate_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    plan: Mapped[str] = mapped_column()
    plan_digest: Mapped[str] = mapped_column(String(64))
    definition_digest: Mapped[str] = mapped_column(String(64))
    watermark: Mapped[int] = mapped_column()  # highest response id that was read
    code_version: Mapped[str] = mapped_column(String(40))
    flags_version: Mapped[int | None] = mapped_column()  # which set of flags it saw
    # the two are large and read only to recompute: loaded when asked for
    cells: Mapped[Document] = mapped_column(JSON, nullable=False, deferred=True)
    detail: Mapped[Document | None] = mapped_column(JSON, deferred=True)  # of services, drivers, points, waves
    made_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    result: Mapped[Document] = mapped_column(JSON)  # as `minyi estimate --json`
    demo: Mapped[bool] = mapped_column(default=False)

    survey: Mapped[Survey] = relationship()
    scoring_runs: Mapped[list[ScoringRun]] = relationship(back_populates="estimate_run")


class ScoringRun(Model):
    """One area's scorecard under one rulebook, with the values and the estimate it used."""

    __tablename__ = "scoring_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(32), index=True)  # city and counties scored together
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    estimate_run_id: Mapped[int] = mapped_column(ForeignKey("estimate_run.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    rulebook_digest: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)  # keyed as the input of `minyi score`
    scorecard: Mapped[Document] = mapped_column(JSON)  # as `minyi score --json`
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    estimate_run: Mapped[EstimateRun] = relationship(back_populates="scoring_runs")
