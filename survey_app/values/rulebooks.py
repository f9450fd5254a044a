"""Which areas are rated."""

from __future__ import annotations

from analysis.scoring.loading import NoProgrammeError
from survey_app.answering.definitions import units
from survey_app.ground.rulebooks import current_period
from survey_app.models import Area, Period


def rated_areas(city: Area, period: Period | None = None) -> list[Area]:
    """The city, its counties and then its zones in code order, those that the programme of the period (none: the present
    one) rates. Raises NoProgrammeError where none is chosen."""
    held = period or current_period()
    if held is None or not held.chosen(city)["units"]:
        raise NoProgrammeError
    return [area for area in (city, *sorted(units(city.id), key=lambda area: area.order)) if held.rulebook_of(area)]
