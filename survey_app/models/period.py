"""Periods for which indicator values are reported, and deadlines put off for one department."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now

FIRST_PERIOD = "2023"  # made by the migration; values stored before there were periods belong to it


class Period(Model):
    """A reporting period, the rulebook that holds in it for each kind of area, and the day it is due."""

    __tablename__ = "period"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)  # "2023", "2025H1"; sorts in time
    city_rulebook: Mapped[str] = mapped_column(String(60))
    county_rulebook: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(8), default="open")  # open | closed
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: no day set yet
    objection_days: Mapped[int] = mapped_column(default=5)  # working days; 0: the counties are not asked
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # whether its final run needs the period's official survey; periods of before go on without one
    asks_official: Mapped[bool] = mapped_column(default=True, server_default=false())

    def rulebook_of(self, area: Area) -> str:
        """The id of the rulebook that rates `area` in this period."""
        return self.city_rulebook if area.kind == "city" else self.county_rulebook


class Extension(Model):
    """A deadline of its own for one department of one area; only ever added, the newest one counts."""

    __tablename__ = "deadline_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("period.code"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str] = mapped_column(String(80))
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    area: Mapped[Area] = relationship()
