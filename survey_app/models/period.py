"""Periods for which indicator values are reported, and deadlines put off for one department."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now

FIRST_PERIOD = "2023"  # made by the migration; values stored before there were periods belong to it


class ChosenProgramme(TypedDict):
    """units: kind of area -> its rulebook."""

    programme: str  # id@version
    units: dict[str, str]


class Period(Model):
    """A reporting period, the programme whose rulebooks hold in it, and the day it is due. by_city: code of a city that
    has another programme -> that."""

    __tablename__ = "period"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)  # "2023", "2025H1"; sorts in time
    programme: Mapped[str] = mapped_column(String(60), default="", server_default="")  # id@version; '': none chosen yet
    city_rulebook: Mapped[str] = mapped_column(String(60))  # '': no rulebook for that kind of area
    county_rulebook: Mapped[str] = mapped_column(String(60))
    zone_rulebook: Mapped[str] = mapped_column(
        String(60), default="", server_default=""
    )  # '': zones count in their county
    by_city: Mapped[dict[str, ChosenProgramme]] = mapped_column(JSON, default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(String(8), default="open")  # open | closed
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: no day set yet
    objection_days: Mapped[int] = mapped_column(default=5)  # working days; 0: the counties are not asked
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # whether its final run needs the period's official survey; periods of before go on without one
    asks_official: Mapped[bool] = mapped_column(default=True, server_default=false())

    def rulebook_of(self, area: Area) -> str:
        """The id of the rulebook that rates `area` in this period; '' where it is not rated."""
        return self.chosen(area)["units"].get(area.kind, "")

    def chosen(self, area: Area | None = None) -> ChosenProgramme:
        """The programme of an area's city, else the period's own."""
        own = self.by_city.get(area.top.code) if area is not None and self.by_city else None
        units = {"city": self.city_rulebook, "county": self.county_rulebook, "zone": self.zone_rulebook or ""}
        return own or {"programme": self.programme, "units": {kind: book for kind, book in units.items() if book}}

    @property
    def rulebooks(self) -> list[str]:
        """Every rulebook that rates something in it."""
        all_chosen = [self.chosen(), *self.by_city.values()]
        return list(dict.fromkeys(book for one in all_chosen for book in one["units"].values()))


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

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
