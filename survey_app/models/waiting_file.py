"""A file that was checked and shown and waits for its confirmation; forgotten with it, or after an hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class WaitingFile(Model):
    """Between the two steps of an import: `key` names it to the person who sent it, and to nobody else."""

    __tablename__ = "waiting_file"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    owner: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(8))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
