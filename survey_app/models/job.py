"""Work that a page does not wait for: queued once, claimed by one worker, done at most once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now

OPEN = ("queued", "running")


class Job(Model):
    """One piece of work. `claim` names the worker that holds it until `lease_until`; both are empty otherwise."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, str | int]] = mapped_column(JSON)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)  # of kind and arguments, while it is open
    by: Mapped[str] = mapped_column(String(80))  # the account that asked for it
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))  # whom it concerns; none: the whole city
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(String(10), default="queued")  # queued | running | done | failed | cancelled
    claim: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    of: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # 0: not known
    step_zh: Mapped[str] = mapped_column(Text, default="")
    step_en: Mapped[str] = mapped_column(Text, default="")
    cancel_requested: Mapped[bool] = mapped_column(default=False, server_default=false())
    result: Mapped[str] = mapped_column(String(120), default="")  # what came of it: "estimate:12"
    error: Mapped[str] = mapped_column(Text, default="")  # in the user's words

    area: Mapped[Area | None] = relationship()

    @property
    def open(self) -> bool:
        return self.state in OPEN
