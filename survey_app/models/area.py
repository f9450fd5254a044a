"""Places: the city, its counties, and the zones counted inside a county."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model


class Area(Model):
    """A place that is rated (city, county) or only surveyed apart (zone, inside its parent county)."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # city | county | zone
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    residents: Mapped[int] = mapped_column(default=0)  # a county's figure includes its zones
    demo: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Area | None] = relationship(remote_side=[id])

    @property
    def rated(self) -> bool:
        """Zones have no rating of their own: their figures count in the parent county."""
        return self.kind in ("city", "county")
