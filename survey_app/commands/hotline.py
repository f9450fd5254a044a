"""`minyi hotline`: tickets to and from the city's 12345 line, as the page 12345 of the console takes and gives them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import JSON, application, fail, fail_on, printed, tabbed, tell
from survey_app.commands.survey_support import bring
from wording import Message

if TYPE_CHECKING:
    from survey_app.files.tables_in import Preview
    from survey_app.tickets.fields import Counter

CITY = click.option("--city", default="", help="Code of the city, where there are several.")
PREVIEW = click.option("--preview", "only_preview", is_flag=True, help="Only say what would be done; store nothing.")


@click.group(name="hotline")
def command() -> None:
    """Cases and replies from the 12345 line, and tickets to it. How its words are read is set in the console."""


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@CITY
@PREVIEW
@JSON
def import_(file: Path, city: str, only_preview: bool, as_json: bool) -> None:
    """Take the cases and replies of FILE (.csv or .xlsx): every row, or none where any row is wrong."""
    from survey_app.ground import audit
    from survey_app.tickets import hotline

    with application():
        counter, data = _counter(city), file.read_bytes()
        seen: list[Preview] = []

        def kept(found: Preview) -> Preview:
            seen.append(found)
            return found

        bring(
            file,
            lambda: kept(hotline.preview(counter, file.name, data)),
            lambda: kept(hotline.store(counter, file.name, data, audit.actor())),
            only_preview,
            as_json,
        )
        fields = (field for found in seen for change in found.changes for field in change.fields)
        unread = sorted({theirs for key, _before, theirs in fields if key == "unknown"})
        if unread:
            tell("lines.hotline_unread", True, words=unread)


@command.command()
@click.option("--to", "out", type=click.Path(path_type=Path, dir_okay=False), help="The file: .xlsx")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="All received or dealt with on or after this day.")
@click.option("--ticket", "numbers", type=int, multiple=True, help="This ticket; may be given several times.")
@CITY
@PREVIEW
@JSON
def export(
    out: Path | None, since: datetime | None, numbers: tuple[int, ...], city: str, only_preview: bool, as_json: bool
) -> None:
    """Give tickets to the line under round-trip numbers, without who reported them; each ticket's history says so."""
    from sqlalchemy import select

    from survey_app.ground import audit
    from survey_app.ground.transaction import transaction
    from survey_app.models import Ticket, db
    from survey_app.tickets import hotline
    from survey_app.tickets.hotline_files import sheet

    if (since is None) == (not numbers):
        fail("commands.since_or_tickets")
    if not only_preview and (out is None or out.suffix != ".xlsx"):
        fail("commands.name_file_xlsx")
    with application():
        counter = _counter(city)
        chosen = hotline.changed_since(since.date()) if since else Ticket.id.in_(numbers)
        mine = Ticket.city_id == counter.city_id, Ticket.number_hash.is_not(None)
        found = db.session.scalars(select(Ticket).where(chosen, *mine).order_by(Ticket.id)).all()
        missing = [number for number in numbers if number not in {ticket.id for ticket in found}]
        if missing:
            fail("commands.no_such_tickets", numbers=[str(number) for number in missing])
        if only_preview:
            rows = [hotline.leaving(ticket) for ticket in found]
        else:
            assert out is not None
            try:
                with transaction():
                    rows = hotline.send(found, audit.actor())
                    out.write_bytes(sheet(rows))
            except OSError as error:
                fail_on(error, out)
            tell("lines.tickets_in", True, n=len(rows), out=out)
    shown = ("code", "number", "area", "field", "state")
    told = [{name: row[name] or "-" for name in shown} for row in rows]
    printed(rows, as_json, lambda: tabbed(told, *shown) if only_preview else "")


def _counter(city: str) -> Counter:
    """The city's, or the only one's."""
    from survey_app.tickets.fields import cities, find_counter

    known = [code for code, *_names in cities()]
    code = city or (known[0] if len(known) == 1 else "")
    found = find_counter(code) if code in known else None
    if found is None:
        fail(Message("commands.which_city", cities=known))
    return found
