"""Two people settle a result: one proposes, another approves or sends it back. Steps are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class SignOffStep(Model):
    """One step on the way of a frozen run; the newest one of its subject says where it stands."""

    __tablename__ = "sign_off_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)  # "estimate:12", "final:3"
    step: Mapped[str] = mapped_column(String(10))  # proposed | approved | returned | withdrawn
    by: Mapped[str] = mapped_column(String(80))  # the account's name
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    comment: Mapped[str] = mapped_column(Text, default="")
