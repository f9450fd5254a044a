"""`minyi registers`: registers of what proves points: how full they are, their items, a table in, and nil returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import JSON, application, changing, fail, printed, tabbed, tables, tell

if TYPE_CHECKING:
    from analysis.scoring.registers import Register
    from survey_app.models import Area

AREA = click.argument("area", metavar="AREA")
KEY = click.argument("register", metavar="REGISTER")


@click.group(name="registers")
def command() -> None:
    """Registers of incidents, communities, awards, standards and plans, as the programme names them."""


@command.command(name="list")
@click.option("--area", help="One area by name or code; all if not given.")
@JSON
def list_(area: str | None, as_json: bool) -> None:
    """Every register with its items, how many of them have no evidence, and nil returns of the present period."""
    with tables():
        from survey_app.ground.rulebooks import current_period
        from survey_app.values.registers import nils, numbers, registers_in
        from survey_app.values.worklist import rated_places

        period = current_period()
        places = [place for place in rated_places() if area in (None, place.name, place.code)] if period else []
        if not places or period is None:
            fail("commands.no_area", area=area or "")
        counts, none = numbers(places), nils(places, period)
        rows = [
            {
                "area": place.name,
                "register": kind.key,
                "name": kind.name.zh,
                "items": counts.get((place.id, kind.key), (0, 0))[0],
                "without_evidence": counts.get((place.id, kind.key), (0, 0))[1],
                "none": (place.id, kind.key) in none,
            }
            for place in places
            for kind in registers_in(period, place)
        ]
    printed(rows, as_json, lambda: tabbed(rows, "area", "register", "name", "items", "without_evidence", "none"))


@command.command()
@AREA
@KEY
@JSON
def show(area: str, register: str, as_json: bool) -> None:
    """The items of a register, the newest first."""
    with application():
        from survey_app.values.registers import items_of, written

        place, kind = _found(area, register)
        rows = [{"id": item.id, **written(item).said()} for item in items_of(place, kind.key)]
    printed(rows, as_json, lambda: tabbed(rows, "id", "title", *kind.asks))


@command.command(name="import")
@AREA
@KEY
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@JSON
def import_(area: str, register: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Add and change the items of FILE (.csv, .xlsx): all rows, or none where any is wrong."""
    from survey_app.commands.survey_support import bring, working

    with working():
        from survey_app.ground import audit
        from survey_app.values import register_import

        (place, kind), data = _found(area, register), file.read_bytes()
        bring(
            file,
            lambda: register_import.preview(place, kind, file.name, data),
            lambda: register_import.store(place, kind, file.name, data, audit.COMMAND_LINE),
            dry_run,
            as_json,
        )


@command.command()
@AREA
@KEY
def none(area: str, register: str) -> None:
    """A nil return: nothing to write down for the present period. An item that is added later takes it back."""
    with application(), changing():
        from survey_app.ground import audit
        from survey_app.values.periods import current_period
        from survey_app.values.registers import state_none

        place, kind = _found(area, register)
        state_none(place, kind, audit.COMMAND_LINE)
        tell("registers.none_stated", area=place.name, register=kind.key, period=current_period().code)


def _found(area: str, key: str) -> tuple[Area, Register]:
    from survey_app.values.periods import current_period
    from survey_app.values.registers import register_in, registers_in
    from survey_app.values.worklist import rated_places

    place = next((one for one in rated_places() if area in (one.name, one.code)), None)
    if place is None:
        fail("commands.no_area", area=area)
    kind = register_in(place, key)
    if kind is None:
        listed = [one.key for one in registers_in(current_period(), place)]
        fail("registers.no_register", area=place.name, register=key, listed=listed)
    return place, kind
