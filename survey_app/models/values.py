"""Indicator values as departments supply them: a value per metric, and how far the whole indicator has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.period import FIRST_PERIOD
from survey_app.models.stored_file import StoredFile


class IndicatorValue(Model):
    """The present value of a metric, as `minyi score` takes it.

    A number or yes/no; {"numerator", "denominator"}, from which the share is computed; {"not_applicable": reason};
    JSON null is unknown. `version` rises with every change, so that nobody overwrites what he has not seen.
    """

    __tablename__ = "indicator_value"
    __table_args__ = (UniqueConstraint("period", "area_id", "rulebook_id", "indicator", "metric"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("period.code"), default=FIRST_PERIOD)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    indicator: Mapped[str] = mapped_column(String(8))  # a number, or "rating"
    metric: Mapped[str] = mapped_column(String(80))  # the metric's key
    value: Mapped[Any] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship()


class IndicatorEntry(Model):
    """How far one indicator of one area has come in one period. No row: nobody has worked on it here yet."""

    __tablename__ = "indicator_entry"
    __table_args__ = (UniqueConstraint("period", "area_id", "rulebook_id", "indicator"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("period.code"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    indicator: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default="draft")  # draft | submitted | accepted | returned
    note: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")  # the verifier's last word
    submitted_by: Mapped[str] = mapped_column(String(80), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[str] = mapped_column(String(80), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship()


class ValueChange(Model):
    """One line of an indicator's history: only ever added. `what`: a metric's key, or :state, :note, :evidence."""

    __tablename__ = "value_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("indicator_entry.id"), index=True)
    what: Mapped[str] = mapped_column(String(80))
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    reason: Mapped[str] = mapped_column(Text, default="")

    entry: Mapped[IndicatorEntry] = relationship()


class Evidence(Model):
    """A file that shows a value to be true. Taking it away is written down here and leaves the file."""

    __tablename__ = "indicator_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("indicator_entry.id"), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey(StoredFile.digest))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column()  # bytes
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    removed_by: Mapped[str] = mapped_column(String(80), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_reason: Mapped[str] = mapped_column(Text, default="")

    entry: Mapped[IndicatorEntry] = relationship()
