"""`minyi assignments`: the lead departments of each area, and a county's own from a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import click

from survey_app.commands.support import JSON, application, fail, printed, tables, tell, word


class _Assigned(TypedDict):
    """One row of the list, as `--json` gives it."""

    area: str
    indicator: int
    name: str
    leads: list[str]
    supporting: list[str]
    shared: bool


@click.group(name="assignments")
def command() -> None:
    """Lead and supporting departments by area and indicator."""


@command.command(name="list")
@click.option("--area", help="One area by name; all if not given.")
@JSON
def list_(area: str | None, as_json: bool) -> None:
    """Who answers for what; '-' where nobody is assigned yet."""
    from analysis.scoring import load_rulebook
    from survey_app.values.assignments import responsible
    from survey_app.values.periods import current_period
    from survey_app.values.worklist import rated_places

    with tables():
        places = [place for place in rated_places() if area in (None, place.name, place.code)]
        if not places:
            fail("commands.no_area", area=area)
        rows: list[_Assigned] = []
        for place in places:
            book = load_rulebook(current_period().rulebook_of(place))
            who = responsible(place, book.id)
            rows += [
                {
                    "area": place.name, "indicator": item.number, "name": item.name,
                    "leads": list(who[str(item.number)].leads), "supporting": list(who[str(item.number)].supporting),
                    "shared": who[str(item.number)].shared,
                }
                for item in book.indicators
            ]  # fmt: skip
    printed(rows, as_json, lambda: "\n".join(map(_line, rows)))


def _line(row: _Assigned) -> str:
    lead = word("shared") if row["shared"] else "、".join(row["leads"]) or "-"
    return f"{row['area']}\t{row['indicator']}\t{row['name']}\t{lead}\t{'、'.join(row['supporting'])}"


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--area", required=True, help="The county, by name.")
@click.option("--confirm", is_flag=True, help="Store what is shown; without it nothing is stored.")
def import_(file: Path, area: str, confirm: bool) -> None:
    """Show what a filled workbook of departments changes, and store it with --confirm."""
    from survey_app.files.workbooks import WorkbookError
    from survey_app.ground import audit
    from survey_app.models import db
    from survey_app.values import assignment_workbook
    from survey_app.values.periods import current_period
    from survey_app.values.worklist import rated_places

    if not file.is_file():
        fail("commands.file_does_not_exist", file=file)
    with application():
        place = next((found for found in rated_places() if area in (found.name, found.code)), None)
        if place is None:
            fail("commands.no_area", area=area)
        book = current_period().rulebook_of(place)
        try:
            shown = assignment_workbook.preview(file.name, file.read_bytes(), place, book, audit.COMMAND_LINE)
            rows = [row for row in assignment_workbook.rows_of(shown) if row.kind != "unchanged"]
            changed = assignment_workbook.confirm(shown, place, book, audit.COMMAND_LINE, set()) if confirm else 0
        except WorkbookError as error:
            fail(error)
        if confirm:
            db.session.commit()
    for row in rows:
        new = assignment_workbook.said("、".join(row.leads), "、".join(row.supporting), "是" if row.shared else "否")
        click.echo(f"{word(row.kind, 'change'):9} {row.indicator} {row.name}: {row.old or '-'} -> {new or '-'}")
    if confirm:
        tell("commands.stored", changed=changed)
    else:
        tell("commands.differ_nothing_stored_without", n=len(rows))
