"""`minyi import`: what was collected elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import application, fail, fail_on, survey_of, tell
from wording import Message, language

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
            with transaction(), progress("lines.reading_file") as shown:
                read = preview if only_preview else import_responses
                found = read(survey, file.name, data, mode, language(), shown)
        except FileRefusedError as error:
            fail("terminal.of_file", path=file, said=error)
        except ImportRefusedError as error:
            problems = error.problems
        else:
            problems = list(found.problems)
        if problems:
            for problem in problems[:MOST_SHOWN]:
                told = Message("files.row", row=problem.row, column=problem.column, said=problem.message)
                tell("terminal.of_file", True, path=file, said=told)
            fail("commands.errors_nothing_stored", n=len(problems))
        aloud(file, found.notes)
        others = len(found.rows) - found.interviews
        tell("lines.would_import" if only_preview else "lines.imported", interviews=found.interviews, others=others)
        for code, number in found.outcomes:
            click.echo(f"{code}\t{number}")
        if found.already:
            tell("lines.there_already", n=found.already)


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
            fail_on(error, out)
