"""`minyi db`: make or migrate the database."""

from __future__ import annotations

import click

from survey_app.commands.support import application, tell


@click.group(name="db")
def command() -> None:
    """Make or migrate the database named by DATABASE_URL (default: instance/minyi.sqlite3)."""


@command.command()
def upgrade() -> None:
    """Bring the database to the newest revision. Safe to repeat."""
    from survey_app import database
    from survey_app.models import db

    with application():
        database.upgrade(db.engine)
        tell("lines.database_up_to_date", True, address=db.engine.url.render_as_string(hide_password=True))
