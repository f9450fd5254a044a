"""How unclear rows of the rulebooks are read in a period, and by whose authority."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.period import Period


class PeriodReadings(Model):
    """One state of a period's readings; only ever added, the newest one counts. Once one is locked, all later are.

    document: every reading with both texts, which one is chosen, letter, letter_date and interpreter.
    """

    __tablename__ = "period_readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.code), index=True)
    document: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    locked: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
