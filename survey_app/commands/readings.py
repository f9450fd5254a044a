"""`minyi readings`: how unclear rows are read in a period, by whose authority, and recording it before it is locked."""

from __future__ import annotations

from datetime import datetime

import click

from survey_app.commands.support import JSON, application, fail, printed, tables, word
from wording import Message


@click.group(name="readings")
def command() -> None:
    """How unclear rows of the rulebooks are read. A ruling on a locked period needs two people in the console."""


@command.command()
@click.option("--period", "code", help="A reporting period; the current one if not given.")
@JSON
def show(code: str | None, as_json: bool) -> None:
    """Every reading of a period with its other text, its authority, and whether all of them are locked."""
    with tables():
        from survey_app.values.periods import PeriodError, current_period, period_of
        from survey_app.values.readings import authority_of, readings_in

        try:
            period = period_of(code) if code else current_period()
        except PeriodError as error:
            fail(error)
        held = readings_in(period)
        if as_json:
            document = {
                "period": period.code, "digest": held.digest, "locked": held.locked, "unwritten": held.unwritten, "readings": held.rows
            }  # fmt: skip
            printed(document, True, str)
            return
        click.echo(f"{period.code}\t{held.digest}\t{word('locked' if held.locked else 'open', 'period')}")
        for row in held.rows:
            text = row["alternative"] if row["chosen"] else row["reads"]
            click.echo(f"{row['id']}\t{text}\t{authority_of(row) or Message('lines.no_written_reading')}")


@command.command()
@click.argument("reading")
@click.option("--period", "code", help="A reporting period; the current one if not given.")
@click.option("--alternative", is_flag=True, help="The other reading holds.")
@click.option("--letter", default="", help="The letter that says so.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The letter's day.")
@click.option("--interpreter", default="", help="Who interprets.")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
def record(
    reading: str, code: str | None, alternative: bool, letter: str, day: datetime | None, interpreter: str, reason: str
) -> None:
    """Record the authority of READING, or that the other text holds, before the period's first accepted value."""
    with application():
        from survey_app.models import db
        from survey_app.values import readings
        from survey_app.values.periods import PeriodError, current_period, period_of

        try:
            period = period_of(code) if code else current_period()
            change = readings.Change(reading, alternative, letter, day.date() if day else None, interpreter)
            readings.record(period, change, reason)
        except (PeriodError, readings.ReadingError) as error:
            db.session.rollback()
            fail(error)
        db.session.commit()
        click.echo(readings.readings_in(period).digest)
