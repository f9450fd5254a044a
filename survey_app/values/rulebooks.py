"""Which areas are rated."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import Area, db


def rated_areas(city: Area) -> list[Area]:
    """The city, then its counties in code order; zones are counted inside their county."""
    counties = select(Area).where(Area.parent_id == city.id, Area.kind == "county").order_by(Area.code)
    return [city, *db.session.scalars(counties)]
