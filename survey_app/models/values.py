"""Indicator values as departments supply them, one row per area, rulebook, indicator and metric."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now


class IndicatorValue(Model):
    """The present value of a metric; JSON null is unknown, {"not_applicable": reason} is not applicable."""

    __tablename__ = "indicator_value"
    __table_args__ = (UniqueConstraint("area_id", "rulebook_id", "indicator", "metric"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    indicator: Mapped[str] = mapped_column(String(8))  # a number, or "rating"
    metric: Mapped[str] = mapped_column(String(80))  # the metric's key
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship()
