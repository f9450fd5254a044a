"""Programmes that an installation has added to those of the package."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class AddedProgramme(Model):
    """One version of a programme, never changed. files: path in its folder -> text; digest: over all of them."""

    __tablename__ = "added_programme"
    __table_args__ = (UniqueConstraint("programme", "version", name="uq_added_programme_version"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    programme: Mapped[str] = mapped_column(String(48))
    version: Mapped[int] = mapped_column()
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
