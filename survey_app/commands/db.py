"""`minyi db`: make, migrate and check the database."""

from __future__ import annotations

import click

from survey_app.commands.support import JSON, application, fail, printed, tables, tell
from wording import Message

STANDS = {"current": "lines.tables_current", "newer": "lines.tables_newer", "older": "lines.tables_older", "empty": "lines.tables_none"}  # fmt: skip


@click.group(name="db")
def command() -> None:
    """Make, migrate or check the database named by DATABASE_URL (default: instance/minyi.sqlite3)."""


@command.command()
def upgrade() -> None:
    """Bring the database to the newest revision. Safe to repeat."""
    from survey_app import database
    from survey_app.models import db

    with application():
        database.upgrade(db.engine)
        tell("lines.database_up_to_date", True, address=db.engine.url.render_as_string(hide_password=True))


@command.command()
@JSON
def current(as_json: bool) -> None:
    """The database, its revision, and how that stands to this program."""
    from survey_app import database
    from survey_app.models import db

    with tables():
        found, known = database.revision(db.engine), database.revisions()[-1]
        state = database.standing(db.engine)
        address = db.engine.url.render_as_string(hide_password=True)
    document = {"database": address, "revision": found, "program": known, "standing": state}
    printed(document, as_json, lambda: f"{address}\n{found or '-'}\n{Message(STANDS[state], known=known)}")


@command.command()
@JSON
def check(as_json: bool) -> None:
    """Look whether the tables are this program's, nothing refers to what is not there, and the counts are right.

    Status 2 where something is wrong; what, in a sentence each.
    """
    from survey_app.models import db
    from survey_app.operations.soundness import faults

    with tables():
        found = faults(db.engine)
    if found:
        fail(found)
    printed({"faults": []}, as_json, lambda: str(Message("lines.database_sound")))
