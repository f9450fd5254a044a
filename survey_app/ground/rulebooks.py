"""The programme that rates an area: that of its period, else the installation's; and those that the installation added."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from flask import has_app_context
from sqlalchemy import select

from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme import Programme, load_programme, programme_with
from analysis.scoring.programme_files import ADDED, Files
from survey_app.ground.settings import in_force
from survey_app.ground.web_frame import of_process
from survey_app.models import AddedProgramme, Area, KeptSetting, Period, db

WITHOUT_DATABASE = "jining-2023"  # what a command rates by where nothing names another, as before there were programmes
SETTING = "programme"
KEPT_SECONDS = 3.0  # so that what is added can be used within seconds in every worker
_MEMO = "minyi_programmes"


def current_period() -> Period | None:
    """The newest open period, else the newest of all."""
    known = db.session.scalars(select(Period).order_by(Period.code.desc())).all()
    return next((period for period in known if period.state == "open"), known[0] if known else None)


def installation() -> str:
    """Id of the programme that the installation rates by; '' where none is chosen."""
    return in_force().programme or (db.session.scalar(select(KeptSetting.value).filter_by(name=SETTING)) or "")


def programme_for(area: Area | None = None) -> Programme:
    """What rates an area, or the installation as a whole. Raises NoProgrammeError."""
    period = current_period()
    found = programme_in(period, area) if period else None
    return found or load_programme_or_none(_otherwise(period, area))


def _otherwise(period: Period | None, area: Area | None) -> str:
    """What rates where the period names none: the installation's; asked of no area, that of its only city, if need be."""
    kept = installation()
    if kept or area is not None or period is None or len(period.by_city) != 1:
        return kept
    return next(iter(period.by_city.values()))["programme"]


def programmes_for(areas: Iterable[Area]) -> list[Programme]:
    """What rates each of the areas and the installation as a whole; those for which none is chosen are left out."""
    period, kept, found = current_period(), installation(), []
    for area in (*areas, None):
        with suppress(NoProgrammeError):
            found.append((programme_in(period, area) if period else None) or load_programme_or_none(kept))
    return found


def programme_in(period: Period, area: Area | None = None) -> Programme | None:
    """What rates an area in a period; None where none is chosen yet. Raises NoProgrammeError for one that is gone."""
    chosen = period.chosen(area)
    book = next(iter(chosen["units"].values()), "")
    return load_programme(chosen["programme"]) if chosen["programme"] else programme_with(book) if book else None


def load_programme_or_none(name: str) -> Programme:
    """Raises NoProgrammeError, which says how to choose one where `name` is ''."""
    if not name:
        raise NoProgrammeError
    return load_programme(name)


def name_in(period: Period, programme: Programme, city: Area | None = None) -> None:
    """The period is rated by the programme from now on, or one city is in it."""
    units = {str(kind): book for kind, book in programme.units.items()}
    if city is not None:
        period.by_city = {**period.by_city, city.code: {"programme": programme.ref, "units": units}}
    else:
        period.programme = programme.ref
        period.city_rulebook, period.county_rulebook = units.get("city", ""), units.get("county", "")
        period.zone_rulebook = units.get("zone", "")


def units_for(area: Area | None = None) -> Mapping[str, str]:
    """Kind of area -> its rulebook, where no period is asked. Raises NoProgrammeError."""
    period = current_period()
    return _units(period, _otherwise(period, area), area)


def _units(period: Period | None, kept: str, area: Area | None) -> Mapping[str, str]:
    chosen = period.chosen(area) if period else None
    if chosen and chosen["units"]:
        return chosen["units"]
    return {str(kind): book for kind, book in load_programme_or_none(kept).units.items()}


def rulebook_for(area: Area) -> str:
    """The rulebook that rates an area, '' where none does; of a zone that has no rating that of its county. Raises
    NoProgrammeError."""
    return _book(units_for(area), area)


def rated_place(area: Area) -> Area:
    """In whose rating an area counts by its own departments: itself, or its county where zones have no rating."""
    if area.kind != "zone" or area.parent is None:
        return area
    with suppress(NoProgrammeError):
        if units_for(area).get("zone"):
            return area
    return area.parent


def rulebooks_for(areas: Iterable[Area]) -> dict[Area, str]:
    """The same of each area that some rulebook rates; those for which no programme is chosen are left out."""
    period, kept, found = current_period(), installation(), {}
    for area in areas:
        with suppress(NoProgrammeError):
            found[area] = _book(_units(period, kept, area), area)
    return {area: book for area, book in found.items() if book}


def _book(units: Mapping[str, str], area: Area) -> str:
    return units.get(area.kind) or (units.get("county", "") if area.kind == "zone" else "")


def books_of(programme: Programme) -> dict[str, str]:
    """The rulebook that decides the whole and the one that decides counties; one stands for the other that is not there."""
    units = programme.units
    only = next(iter(units.values()))
    return {"city": units.get("city", only), "county": units.get("county", only)}


def default_books(area: Area | None = None) -> dict[str, str]:
    """`books_of` what holds here; without a database, of the programme that commands have always rated by."""
    if not has_app_context():
        return books_of(load_programme(WITHOUT_DATABASE))
    units = units_for(area)
    only = next(iter(units.values()))
    return {"city": units.get("city", only), "county": units.get("county", only)}


def added() -> Mapping[str, Files]:
    """Reference -> files of what this installation has added, at most three seconds old."""
    if not has_app_context():
        return {}
    memo = of_process().get(_MEMO)
    if memo is None or time.monotonic() >= memo[0]:
        rows: Iterable[AddedProgramme] = db.session.scalars(select(AddedProgramme))
        memo = (time.monotonic() + KEPT_SECONDS, {f"{row.programme}@{row.version}": row.files for row in rows})
        of_process()[_MEMO] = memo
    found: Mapping[str, Files] = memo[1]
    return found


def forget() -> None:
    """Let this worker read anew at once."""
    of_process().pop(_MEMO, None)


ADDED.append(added)
