"""Gaps that somebody has taken on: who, by when, how far, and what the months looked like."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Double, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.stored_file import StoredFile


class RectificationItem(Model):
    """One indicator of one area to be raised to a tier. States: open, submitted, closed, reopened, withdrawn."""

    __tablename__ = "rectification_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    indicator: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(200))  # of the indicator, as it was called then
    department: Mapped[str] = mapped_column(String(80), index=True)  # the owner
    from_stars: Mapped[int | None] = mapped_column()
    to_stars: Mapped[int] = mapped_column()
    requirement: Mapped[str] = mapped_column(Text)  # of the tier, in words
    gap: Mapped[str] = mapped_column(Text)  # what was lacking when it was taken on
    gain: Mapped[float] = mapped_column(Double)  # points
    due: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    submitted_by: Mapped[str] = mapped_column(String(80), default="")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    times_reopened: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    notes: Mapped[list[RectificationNote]] = relationship(
        back_populates="item", order_by="RectificationNote.id", cascade="all, delete-orphan"
    )


class RectificationNote(Model):
    """One entry of an item's history, progress in words or a step, with the file that proves it, if any."""

    __tablename__ = "rectification_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rectification_item.id"), index=True)
    step: Mapped[str] = mapped_column(String(10))  # taken_on | progress | submitted | closed | returned | …
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    text: Mapped[str] = mapped_column(Text, default="")
    file_digest: Mapped[str | None] = mapped_column(ForeignKey(StoredFile.digest))
    file_name: Mapped[str] = mapped_column(String(200), default="")

    item: Mapped[RectificationItem] = relationship(back_populates="notes")


class RectificationSnapshot(Model):
    """How many items of one area and department stood in each state when the month's snapshot was taken."""

    __tablename__ = "rectification_snapshot"
    __table_args__ = (UniqueConstraint("month", "area_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))  # 2026-11, in the city's own time
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str] = mapped_column(String(80))
    open: Mapped[int] = mapped_column(default=0)  # open or reopened
    submitted: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    overdue: Mapped[int] = mapped_column(default=0)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
