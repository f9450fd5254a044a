"""`minyi rectification`: the items that are being mended, as a list, as files, and their monthly snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import JSON, application, fail, fail_on, printed, tables, tell, word

if TYPE_CHECKING:
    from survey_app.models import RectificationItem

STATES = ("under_way", "open", "submitted", "closed", "reopened", "withdrawn", "all")
ENDINGS = (".docx", ".xlsx")


def _chosen_by(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say which items."""
    for option in (
        click.option("--overdue", is_flag=True, help="Only what has passed its day."),
        click.option("--area", default="", help="Only items of this area, by name or code."),
        click.option("--department", default="", help="Only items of this department."),
        click.option(
            "--state",
            type=click.Choice(STATES),
            default="under_way",
            show_default=True,
            help="Only those in this state.",
        ),
    ):
        function = option(function)
    return function


@click.group(name="rectification")
def command() -> None:
    """What is to be mended by whom and when."""


@command.command(name="list")
@_chosen_by
@JSON
def list_(state: str, department: str, area: str, overdue: bool, as_json: bool) -> None:
    """The items, the nearest day first."""
    with tables():
        rows = [_row(item) for item in _chosen(state, department, area, overdue)]
    printed(rows, as_json, lambda: "\n".join(map(_line, rows)))


@command.command()
@click.option("--to", "path", required=True, type=click.Path(path_type=Path), help="A .docx or .xlsx file to write.")
@_chosen_by
def export(path: Path, state: str, department: str, area: str, overdue: bool) -> None:
    """Write the items as a Word document or a workbook."""
    if path.suffix.lower() not in ENDINGS:
        fail("commands.must_end", path_name=path.name, endings=" or ".join(ENDINGS))
    with application():
        from survey_app.scoring.rectification_files import as_word, as_workbook

        items = _chosen(state, department, area, overdue)
        make = as_word if path.suffix.lower() == ".docx" else as_workbook
        try:
            path.write_bytes(make(items))
        except OSError as error:
            fail_on(error, path)
        tell("lines.items_in", path=path, n=len(items))


@command.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Count as of this day; today if not given.")
def snapshot(day: date | None) -> None:
    """Keep this month's counts; a month that is kept already stays as it is."""
    with application():
        from survey_app.ground.clock import today
        from survey_app.models import db
        from survey_app.scoring.rectification_months import is_taken, take_snapshot

        moment = date(day.year, day.month, day.day) if day else today()
        if is_taken(f"{moment:%Y-%m}"):
            tell("lines.snapshot_kept", month=f"{moment:%Y-%m}")
            return
        made = take_snapshot(moment)
        db.session.commit()
        tell("lines.snapshot", month=f"{moment:%Y-%m}", n=len(made))


def _line(row: dict[str, object]) -> str:
    late = f"\t{word('overdue')}" if row["overdue"] else ""
    place = f"{row['id']}\t{row['due']}\t{row['area']}\t{row['department']}"
    return f"{place}\t{row['indicator']} {row['name']}\t{row['to_stars']}★\t{word(row['state'], 'item')}{late}"


def _chosen(state: str, department: str, area: str, overdue: bool) -> list[RectificationItem]:
    from sqlalchemy import or_, select

    from survey_app.models import Area, db
    from survey_app.scoring.rectification_items import UNDER_WAY, is_overdue, items

    places = None
    if area:
        places = list(db.session.scalars(select(Area.id).where(or_(Area.name == area, Area.code == area))))
        if not places:
            fail("commands.no_area", area=area)
    states = {"under_way": UNDER_WAY, "all": None}.get(state, (state,))
    found = items(area_ids=places, states=states, department=department)
    return [item for item in found if not overdue or is_overdue(item)]


def _row(item: RectificationItem) -> dict[str, object]:
    from survey_app.scoring.rectification_items import is_overdue

    return {
        "id": item.id, "area": item.area.name, "department": item.department, "indicator": item.indicator,
        "name": item.name, "to_stars": item.to_stars, "requirement": item.requirement, "gap": item.gap,
        "gain": item.gain, "due": item.due.isoformat(), "state": item.state, "overdue": is_overdue(item),
        "times_reopened": item.times_reopened,
    }  # fmt: skip
