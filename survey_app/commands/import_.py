"""`minyi import`: what was collected elsewhere: by telephone, on paper, or with another tool."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, application, fail, fail_on, survey_of, tell
from wording import Message, Refusal, language

if TYPE_CHECKING:
    from survey_app.fieldwork.answers_in.importing import Preview
    from survey_app.fieldwork.answers_in.mapping import Mapping
    from survey_app.models import Survey

MOST_SHOWN = 200


@click.group(name="import")
def command() -> None:
    """Bring in what was collected by telephone, on paper or with another tool."""


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


@command.command()
@click.argument("survey_code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mapping", default="", help="How columns and options are read: a YAML file, or the name of a kept one.")
@click.option("--collector", default="", help="Who collected them; by default as the mapping or the tool is called.")
@click.option("--preview", "only_preview", is_flag=True, help="Check everything, store nothing.")
@JSON
def answers(survey_code: str, file: Path, mapping: str, collector: str, only_preview: bool, as_json: bool) -> None:
    """Import the answers in FILE (.csv or .xlsx) that wjx.cn or KoboToolbox exported: each once, as open answers."""
    from survey_app.fieldwork.answers_in.importing import OpenMappingError, import_answers, preview
    from survey_app.files.said import aloud
    from survey_app.ground.transaction import transaction

    with application():
        survey, data = survey_of(survey_code), file.read_bytes()
        with _file_refused(file):
            reads = _mapping_of(survey, file, data, mapping, collector)
            try:
                with transaction(), progress("lines.reading_file") as shown:
                    read = preview if only_preview else import_answers
                    found = read(survey, file.name, data, reads, language(), shown)
            except OpenMappingError as error:
                for line in error.lines:
                    tell("terminal.of_file", True, path=file, said=line)
                fail("collected.ask_mapping", survey=survey_code, file=file)
        aloud(file, found.notes)
        if not as_json:
            _told(file, found, only_preview)
            return
        refused = [{"row": each.row, "column": each.column, "why": str(each)} for each in found.refused]
        about = {"collector": reads.collector, "preview": only_preview, **found.counts}
        told = {**about, "left_out": list(found.left), "refused_rows": refused, "changed_rows": list(found.changed)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@command.command()
@click.argument("survey_code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--collector", default="", help="Whose; by default as the tool is called.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The YAML to write.")
def mapping(survey_code: str, file: Path | None, collector: str, out: Path) -> None:
    """Write how FILE would be read, with null where somebody has to say, or without FILE the mapping that is kept."""
    from survey_app.answering.definitions import definition_of
    from survey_app.fieldwork.answers_in.importing import begun, still_open
    from survey_app.fieldwork.answers_in.mapping import as_text, kept
    from survey_app.fieldwork.answers_in.reading import proposed

    with application():
        survey, left = survey_of(survey_code), 0
        if file is None:
            found = kept(survey, collector)
            if found is None:
                fail("collected.no_mapping_kept", collector=collector)
            text = as_text(found, definition_of(survey))
        else:
            with _file_refused(file):
                sheet = begun(survey, file.name, file.read_bytes(), collector)
            left, text = len(still_open(survey, sheet)), proposed(sheet)
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            fail_on(error, out)
        tell("collected.mapping_written", out=out, n=left)


def _told(file: Path, found: Preview, only_preview: bool) -> None:
    for fault in found.refused[:MOST_SHOWN]:
        tell("terminal.of_file", True, path=file, said=fault.placed)
    if found.left:
        tell("collected.left_out", True, headings=list(found.left))
    if found.changed:
        tell("collected.changed", True, n=len(found.changed))
    tell("collected.would" if only_preview else "collected.done", **found.counts)
    tell("collected.blanks", empty=found.counts["empty"], skipped=found.counts["skipped"])


def _mapping_of(survey: Survey, file: Path, data: bytes, said: str, collector: str) -> Mapping:
    """The mapping of a file, a kept one by its name, or what the file shows by itself. Raises Refusal."""
    from survey_app.answering.definitions import definition_of
    from survey_app.fieldwork.answers_in.importing import begun
    from survey_app.fieldwork.answers_in.mapping import MappingError, from_yaml, kept, named

    if not said:
        return begun(survey, file.name, data, collector).mapping
    if Path(said).is_file():
        try:
            found = from_yaml(Path(said).read_text(encoding="utf-8"), definition_of(survey), said)
        except UnicodeDecodeError as error:
            raise MappingError("definitions.not_utf8") from error
    else:
        stored = kept(survey, said)
        if stored is None:
            raise MappingError("collected.not_kept", name=said)
        found = stored
    return found.under(named(collector)) if collector else found


@contextmanager
def _file_refused(file: Path) -> Iterator[None]:
    """A file that cannot be read, or a mapping that does not fit, ends the command with a sentence."""
    from definitions import DefinitionError

    try:
        yield
    except DefinitionError as error:
        fail(error)
    except Refusal as error:
        fail("terminal.of_file", path=file, said=error)
