"""`minyi tickets`: citizens' problems from the command line: what is open and late, counts, export, retention."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import (
    JSON,
    application,
    fail,
    fail_on,
    printed,
    survey_or_newest,
    tabbed,
    tables,
    tell,
    word,
)
from wording import Message, language

if TYPE_CHECKING:
    from survey_app.models import Ticket

STATES = ("received", "working", "asked", "closed", "declined", "open", "all")
COLUMNS = (
    "id", "field", "field_name", "area", "handler_area", "department", "state", "received_on", "reply_due_on",
    "first_reply_on", "close_due_on", "closed_on", "overdue", "reopened", "satisfaction", "photos",
)  # fmt: skip


Row = dict[str, str | int | None]  # of a problem, as JSON


@click.group(name="tickets")
def command() -> None:
    """Citizens' problems and how they are handled."""


@command.command(name="list")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True, help="Only those in this state.")
@click.option("--department", default="", help="Only this department's.")
@JSON
def list_(state: str, department: str, as_json: bool) -> None:
    """List tickets, those due first first; no words of citizens."""
    _told(state, department, False, as_json)


@command.command()
@click.option("--department", default="", help="Only this department's.")
@JSON
def overdue(department: str, as_json: bool) -> None:
    """List tickets whose reply or closing is late."""
    _told("open", department, True, as_json)


@command.command()
def route() -> None:
    """Give waiting tickets to the lead departments of their fields, as opening the console does."""
    from survey_app.ground.transaction import transaction
    from survey_app.tickets.routing import route_waiting

    with application():
        with transaction():
            routed = route_waiting()
        tell("lines.routed", n=routed)


@command.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Received on or after this day.")
@JSON
def counts(since: datetime | None, as_json: bool) -> None:
    """Problems by field, for the column `complaints` of `minyi gap`."""
    from survey_app.tickets.fields import counter_of, problems_by_field

    with tables():
        survey = survey_or_newest(None)
        fields = counter_of(survey).fields
        found = problems_by_field(survey.city_id, since.date() if since else None)
    rows = [{"field": field.key, "name": field.zh, "complaints": found.get(field.key, 0)} for field in fields]
    names = {field.key: field.en if language() == "en" else field.zh for field in fields}
    worded = [row | {"name": names[str(row["field"])]} for row in rows]
    printed(rows, as_json, lambda: f"{Message('lines.complaints_columns')}\n{tabbed(worded)}".rstrip())


@command.command()
@click.option("--to", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".csv or .xlsx")
@click.option("--with-text", is_flag=True, help="The words too, masked as they are stored.")
def export(out: Path, with_text: bool) -> None:
    """Write all tickets to a file; contacts never leave."""
    from survey_app.console.tables import Column, Table, as_csv, as_xlsx

    if out.suffix not in (".csv", ".xlsx"):
        fail("commands.name_file_ends_csv")
    with application():
        rows = _rows("all", "", False, with_text)
    names = (*COLUMNS, *(("place", "text") if with_text else ()))
    table = Table("tickets", "tickets", [Column(name, name) for name in names], rows)
    try:
        out.write_bytes(as_csv(table) if out.suffix == ".csv" else as_xlsx(table))
    except OSError as error:
        fail_on(error)
    tell("lines.tickets_in", True, n=len(rows), out=out)


@command.command()
@click.option("--days", type=click.IntRange(min=1), required=True, help="Keep words this long after the end.")
@click.option("--dry-run", is_flag=True, help="Only say how many.")
def purge(days: int, dry_run: bool) -> None:
    """Delete words, contacts and photos of tickets that ended more than DAYS ago; what is counted stays."""
    from survey_app.ground.transaction import transaction
    from survey_app.tickets import retention

    with application():
        if dry_run:
            tell("commands.would_empty_tickets", n=len(retention.expired(days)))
        else:
            with transaction():
                emptied = retention.purge(days, f"retention of {days} days")
            tell("lines.emptied", n=emptied)


def _told(state: str, department: str, late: bool, as_json: bool) -> None:
    with tables():
        rows = _rows(state, department, late, False)
    shown = ("id", "state", "field_name", "area", "department", "reply_due_on", "close_due_on")
    worded = [{name: row[name] or "-" for name in shown} | {"state": word(row["state"], "ticket")} for row in rows]
    printed(rows, as_json, lambda: f"{Message('lines.tickets_columns')}\n{tabbed(worded, *shown)}".rstrip())


def _rows(state: str, department: str, late: bool, with_text: bool) -> list[Row]:
    from survey_app.ground.transaction import transaction
    from survey_app.tickets.handling import is_overdue, tickets
    from survey_app.tickets.routing import route_waiting
    from survey_app.tickets.steps import OPEN

    with transaction():
        route_waiting()
    found = [
        ticket for ticket in tickets() if state in ("all", ticket.state) or (state == "open" and ticket.state in OPEN)
    ]
    return [
        _row(ticket, with_text)
        for ticket in found
        if (not department or ticket.department == department) and (not late or is_overdue(ticket))
    ]


def _row(ticket: Ticket, with_text: bool) -> Row:
    from survey_app.tickets.handling import is_overdue

    row: Row = {
        "id": ticket.id, "field": ticket.field, "field_name": ticket.field_name, "area": ticket.area.name,
        "handler_area": ticket.handler_area.name, "department": ticket.department, "state": ticket.state,
        "received_on": str(ticket.received_on), "reply_due_on": str(ticket.reply_due_on),
        "first_reply_on": str(ticket.first_reply_on or "") or None, "close_due_on": str(ticket.close_due_on),
        "closed_on": str(ticket.closed_on or "") or None, "overdue": is_overdue(ticket), "reopened": ticket.objected,
        "satisfaction": ticket.satisfaction, "photos": len(ticket.photos),
    }  # fmt: skip
    return row | ({"place": ticket.place, "text": ticket.text} if with_text else {})
