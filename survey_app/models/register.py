"""Items of registers: what proves points, with the file that shows it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.period import Period
from survey_app.models.stored_file import StoredFile


class RegisterItem(Model):
    """One item of an area's register. What its columns mean here is its register's (analysis/scoring/registers.py).

    period: in which it was written down; what it counts for follows from its days. An item that is removed stays, with its reason.
    """

    __tablename__ = "register_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(40))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.code))
    title: Mapped[str] = mapped_column(String(200))
    day: Mapped[date | None] = mapped_column(Date)
    second_day: Mapped[date | None] = mapped_column(Date)
    level: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[float | None] = mapped_column()
    about: Mapped[str] = mapped_column(String(120), default="")
    handling: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str | None] = mapped_column(ForeignKey(StoredFile.digest))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1)
    removed_by: Mapped[str] = mapped_column(String(80), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_reason: Mapped[str] = mapped_column(Text, default="")

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)


class RegisterNil(Model):
    """That an area has nothing to write down in a register for a period. An item that is added takes it back."""

    __tablename__ = "register_nil"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    register: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.code), primary_key=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
