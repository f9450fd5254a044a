"""`minyi config check`: every setting in force, where it comes from, and what is unsafe or wrong about it."""

from __future__ import annotations

import sys
from typing import Any

import click

from survey_app.commands.support import BAD_INPUT, printed, serving, tell
from wording import Message


@click.group(name="config")
def command() -> None:
    """Settings: the command line, the environment, what is kept, the default, in this order."""


@command.command()
@serving
@click.option("--collect-only", is_flag=True, help="As `minyi serve --collect-only` would run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def check(as_json: bool, collect_only: bool, **options: Any) -> None:
    """Print what is in force and where from, and warn of what is unsafe; the options are those of `minyi serve`.

    Ends with status 2 where a value is wrong or a name is unknown, and tells of all of them at once.
    """
    from survey_app.ground.settings import read, with_stored
    from survey_app.ground.settings_shown import in_words
    from survey_app.ground.settings_unsafe import warnings

    reading = read({**options, "collect_only": collect_only or None})
    stored, own = ({}, []) if reading.wrong else _in_database(reading.settings.database)
    rows = in_words(reading, stored) + own
    warned = [*reading.doubts, *([] if reading.wrong else warnings(with_stored(reading.settings, stored)))]
    if as_json:
        document = {"settings": rows, "warnings": list(map(str, warned)), "wrong": list(map(str, reading.wrong))}
        printed(document, True, str)
    else:
        widths = [max(len(str(row[column])) for row in rows) for column in ("name", "value")]
        for row in rows:
            click.echo(f"{row['name']:{widths[0]}}  {row['value']:{widths[1]}}  {row['from']}")
        for told in warned:
            tell("settings.warning", True, said=told)
        for told in reading.wrong:
            tell("settings.wrong", True, said=told)
    if reading.wrong:
        sys.exit(BAD_INPUT)


def _in_database(address: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What the console keeps, by field, and the least cells that surveys have of their own; nothing before a database."""
    from pathlib import Path

    from sqlalchemy import create_engine, select
    from sqlalchemy.exc import SQLAlchemyError

    from survey_app.models import KeptSetting, Survey

    engine = create_engine(address)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return {}, []
    own = select(Survey.code, Survey.least_cell).where(Survey.least_cell.is_not(None)).order_by(Survey.code)
    try:
        with engine.connect() as connection:
            found = connection.execute(own).all()
            kept = connection.execute(select(KeptSetting.name, KeptSetting.value)).all()
    except SQLAlchemyError:
        tell("settings.database_not_read", True)
        return {}, []
    finally:
        engine.dispose()
    return {name: value for name, value in kept if value}, [
        {"name": f"MINYI_LEAST_CELL ({code})", "value": str(least), "from": str(Message("settings.from_database"))}
        for code, least in found
    ]
