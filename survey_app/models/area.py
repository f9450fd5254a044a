"""Places: the city, its counties, and the zones counted inside a county."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model

UNITS = ("city", "county", "zone")  # kinds of place, as lists order them


class Area(Model):
    """A place that is surveyed. A zone lies inside its parent county and counts in its rating too; whether it has a rating of
    its own says the programme."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # of UNITS
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    residents: Mapped[int] = mapped_column(default=0)  # a county's figure includes its zones
    demo: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Area | None] = relationship(remote_side=[id])

    @property
    def order(self) -> tuple[int, str]:
        """Its place in lists: cities, counties, zones, each by code."""
        return UNITS.index(self.kind), self.code

    @property
    def top(self) -> Area:
        """The city it lies in, or itself."""
        return self.parent.top if self.parent is not None else self
