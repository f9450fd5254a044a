"""`minyi import`: what was collected elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import application, fail, survey_of
from wording import Message

if TYPE_CHECKING:
    pass

MOST_SHOWN = 200


@click.group(name="import")
def command() -> None:
    """Bring in what was collected by telephone or on paper."""


@command.command()
@click.argument("survey_code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mode", type=click.Choice(["phone", "paper"]), required=True, help="How the people were asked.")
@click.option("--preview", "only_preview", is_flag=True, help="Check everything, store nothing.")
def responses(survey_code: str, file: Path, mode: str, only_preview: bool) -> None:
    """Import the responses of FILE (.csv or .xlsx): all rows, or none where any row is wrong."""
    from survey_app.fieldwork.import_responses import ImportRefusedError, import_responses, preview
    from survey_app.files.said import FileRefusedError, aloud
    from survey_app.ground.transaction import transaction

    with application():
        survey, data = survey_of(survey_code), file.read_bytes()
        try:
            with transaction():
                found = (preview if only_preview else import_responses)(survey, file.name, data, mode, "en")
        except FileRefusedError as error:
            fail(f"{file}: {error}")
        except ImportRefusedError as error:
            problems = error.problems
        else:
            problems = list(found.problems)
        if problems:
            for problem in problems[:MOST_SHOWN]:
                click.echo(f"{file} row {problem.row} {problem.column}: {problem.message}", err=True)
            fail(Message("commands.errors_nothing_stored", n=len(problems)))
        aloud(file, found.notes)
        done = "would be stored" if only_preview else "stored"
        click.echo(f"{found.interviews} interviews and {len(found.rows) - found.interviews} other outcomes {done}")
        for code, number in found.outcomes:
            click.echo(f"{code}\t{number}")
        if found.already:
            click.echo(f"{found.already} rows were there already")


@command.command()
@click.argument("survey_code")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The workbook to write (.xlsx).")
def template(survey_code: str, out: Path) -> None:
    """A blank workbook with every column, and sheets that explain them."""
    from survey_app.answering.definitions import definition_of
    from survey_app.fieldwork.response_tables import template_workbook

    with application():
        survey = survey_of(survey_code)
        try:
            out.write_bytes(template_workbook(survey, definition_of(survey)))
        except OSError as error:
            fail(f"{out}: {error.strerror}")
