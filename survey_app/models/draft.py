"""Unfinished answers to a longer questionnaire, kept for a week or until they are submitted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class Draft(Model):
    """What a phone sent so far, as form fields, under the submission key of its form. Never counted in anything."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_key: Mapped[str] = mapped_column(String(32), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    answers: Mapped[dict[str, list[str]]] = mapped_column(JSON)  # field name -> values as sent, not yet checked
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the form was handed out
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
