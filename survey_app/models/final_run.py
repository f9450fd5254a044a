"""The run that settles the stars, and who signed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.run import EstimateRun


class FinalRun(Model):
    """The city and all its counties in one run. A trial takes what there is; a final one only what was settled.

    Its scorecards are the scoring runs of its batch. `frozen` holds where every value came from and on what each
    county's satisfaction rests; `provisional` what was not settled; `summary` ranking, stars and goals.
    """

    __tablename__ = "final_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # trial | final
    city_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    estimate_run_id: Mapped[int] = mapped_column(ForeignKey("estimate_run.id"), index=True)
    batch: Mapped[str] = mapped_column(String(32), unique=True)
    period: Mapped[str] = mapped_column(String(20))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("final_run.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why it supersedes that one
    frozen: Mapped[Document] = mapped_column(JSON)
    provisional: Mapped[list[Document]] = mapped_column(JSON)
    summary: Mapped[Document] = mapped_column(JSON)
    code_version: Mapped[str] = mapped_column(String(40))
    demo: Mapped[bool] = mapped_column(default=False)

    city: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    estimate_run: Mapped[EstimateRun] = relationship()
    supersedes: Mapped[FinalRun | None] = relationship(remote_side=[id])
