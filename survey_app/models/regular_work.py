"""When the next run of each work by the clock is due, and which job was its last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime
from survey_app.models.job import Job


class RegularWork(Model):
    """One work that is declared in jobs/schedule.py. Whoever moves `due_at` on queues the job: one server of all."""

    __tablename__ = "regular_work"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey(Job.id, ondelete="SET NULL"))
