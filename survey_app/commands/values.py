"""`minyi values`: workbooks of indicator values out and in, and how far each department has come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from survey_app.commands.support import JSON, application, fail, fail_on, printed, tables, tell, word
from wording import joined


@click.group(name="values")
def command() -> None:
    """Indicator values by period, area and department."""


@command.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The workbook to write (.xlsx).")
@click.option("--period", help="A period; the current one if not given.")
@click.option("--area", help="One area by name; all if not given.")
@click.option("--department", help="One department; all if not given.")
def export(out: Path, period: str | None, area: str | None, department: str | None) -> None:
    """Write the values as a workbook to fill."""
    from survey_app.values.workbook_out import value_workbook

    if out.suffix.lower() != ".xlsx":
        fail("commands.workbook_ends_xlsx", out_name=out.name)
    with application():
        found, listed = _tasks(period, area, department)
        try:
            out.write_bytes(value_workbook(found, listed))
        except OSError as error:
            fail_on(error, out)
    tell("lines.indicators_in", n=len(listed), out=out)


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--confirm", is_flag=True, help="Store what is shown; without it nothing is stored.")
@click.option("--take-conflicts", is_flag=True, help="Let the workbook win where somebody has changed a value since.")
@JSON
def import_(file: Path, confirm: bool, take_conflicts: bool, as_json: bool) -> None:
    """Show what a filled workbook changes, and store it with --confirm."""
    from survey_app.files.workbooks import WorkbookError
    from survey_app.ground import audit
    from survey_app.models import db
    from survey_app.values import workbook_in
    from survey_app.values.periods import PeriodError

    if not file.is_file():
        fail("commands.file_does_not_exist", file=file)
    with application():
        try:
            shown = workbook_in.preview(file.name, file.read_bytes(), audit.COMMAND_LINE, lambda *_: True)
            rows = workbook_in.rows_of(shown)
            taken = {row.key for row in rows if row.kind == workbook_in.CONFLICT} if take_conflicts else set()
            changed = workbook_in.confirm(shown, audit.COMMAND_LINE, taken, lambda *_: True) if confirm else None
        except (WorkbookError, PeriodError) as error:
            fail(error)
        if confirm:
            db.session.commit()
    if bare := sum(row.bare for row in rows):
        tell("values.bare_fractions", True, n=bare)
    told = [{**vars(row), "why": str(row.why)} for row in rows if row.kind != workbook_in.UNCHANGED]
    if as_json:
        unchanged = len(rows) - len(told)
        printed({"stored": changed, "unchanged": unchanged, "rows": told}, True, str)
        return
    for row in told:
        click.echo(
            f"{word(row['kind'], 'change'):9} {row['where']}  {row['area']} {row['indicator']} {row['metric']}: "
            f"{_short(row['old'])} -> {_short(row['new'])}  {row['why']}".rstrip()
        )
    if confirm:
        tell("commands.stored", changed=changed)
    else:
        tell("commands.differ_nothing_stored_without", n=len(told))


@command.command()
@click.option("--period", help="A period; the current one if not given.")
@click.option("--area", help="One area by name; all if not given.")
@JSON
def status(period: str | None, area: str | None, as_json: bool) -> None:
    """How far each department has come, those overdue first."""
    from survey_app.values.worklist import by_department, counted

    with tables():
        found, listed = _tasks(period, area, None)
        rows: list[dict[str, str | int | None]] = []
        for (place, department), tasks in by_department(listed).items():
            counts = counted(tasks)
            rows.append(
                {
                    "area": place.name,
                    "department": department or None,
                    "indicators": len(tasks),
                    **{state: counts[state] for state in STATES},
                }
            )
    rows.sort(key=lambda row: -int(row["overdue"] or 0))
    if as_json:
        printed({"period": found.code, "departments": rows}, True, str)
        return
    tell("lines.period", code=found.code)
    for row in rows:
        states = joined(f"{word(state)} {row[state]}" for state in STATES if row[state])
        click.echo(f"{row['area']}\t{row['department'] or word('coordinator')}\t{row['indicators']}\t{states}")


STATES = ("overdue", "unassigned", "missing", "draft", "returned", "submitted", "accepted")


def _tasks(period: str | None, area: str | None, department: str | None) -> Any:
    """The period and the tasks that were asked for; ends the command where there are none."""
    from survey_app.values import worklist
    from survey_app.values.periods import PeriodError, current_period, period_of

    try:
        found = period_of(period) if period else current_period()
    except PeriodError as error:
        fail(error)
    places = worklist.rated_places()
    chosen = [place for place in places if area in (None, place.name, place.code)]
    if not chosen:
        if not places:
            fail("commands.no_area", area=area)
        fail("lines.no_area_among", area=area, known=[place.name for place in places])
    listed = [task for task in worklist.tasks(found, chosen) if department in (None, *task.who.departments)]
    if not listed:
        fail("commands.department_answers_for_nothing", department=department)
    return found, listed


def _short(value: Any) -> str:
    return "-" if value in (None, "") else json.dumps(value, ensure_ascii=False)
