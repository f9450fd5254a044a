"""The map of a city's counties, as the office handed it in and as it is drawn."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.stored_file import StoredFile

Ring = list[list[float]]  # [longitude, latitude], the last as the first
Polygon = list[Ring]  # the outer ring, then its holes


class KeptOutlines(TypedDict):
    """Area code -> its polygons; name of a point -> its longitude and latitude."""

    areas: dict[str, list[Polygon]]
    points: dict[str, list[float]]


class AreaMap(Model):
    """One a city. outlines: drawing/outlines.py's, small enough to draw; the file itself is kept under its digest.

    review_number: 审图号 of the source, without which the map is shown on no public page.
    """

    __tablename__ = "area_map"

    city_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    review_number: Mapped[str] = mapped_column(String(60), default="")
    outlines: Mapped[KeptOutlines] = mapped_column(JSON)
    file_digest: Mapped[str] = mapped_column(ForeignKey(StoredFile.digest))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    city: Mapped[Area] = relationship()
