"""A paper form as it was keyed, once or twice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.invitation import Invitation


class PaperEntry(Model):
    """One keying of a paper form that waits for a second one. It is deleted when the form becomes a response."""

    __tablename__ = "paper_entry"
    __table_args__ = (UniqueConstraint("invitation_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    place: Mapped[int] = mapped_column()  # 1 | 2
    operator: Mapped[str] = mapped_column(String(80))
    form: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> values, as keyed
    language: Mapped[str] = mapped_column(String(8))
    interviewed_on: Mapped[date] = mapped_column(Date)
    keyed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    invitation: Mapped[Invitation] = relationship()
