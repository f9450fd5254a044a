"""`minyi questionnaire`: check, preview, compare, measure, document and convert questionnaires."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from analysis.scoring.programme_files import questionnaire_named
from definitions import DefinitionError
from questionnaires import Definition, load_definition, parse_definition
from questionnaires.comparison import Change, compare
from questionnaires.interchange import InterchangeError, Loss, to_surveyjs, to_xlsform
from questionnaires.plain import as_yaml, definition_yaml
from questionnaires.review import Finding, review
from questionnaires.sizes import size_of
from survey_app.commands.support import JSON, fail, fail_on, tell
from survey_app.files.said import FileRefusedError
from survey_app.files.xlsforms import FORMS, from_form
from wording import Message, english

FILE = click.argument("file", metavar="FILE|NAME")
ENDINGS = (".yaml", ".xlsx", ".json")


@click.group(name="questionnaire")
def command() -> None:
    """Check, preview, compare, measure, document and convert questionnaires."""


@command.command()
@FILE
@JSON
def check(file: str, as_json: bool) -> None:
    """Everything a careful reader would find; exit 2 where something must be put right."""
    definition = opened(file)
    found = review(definition)
    if as_json:
        show([worded(finding) for finding in found])
    else:
        for finding in found:
            tell(
                "commands.finding",
                level=Message(f"commands.{finding.level}"),
                place=finding.place,
                said=finding.message,
            )
        tell("commands.questions_findings", file=file, questions=len(definition.questions), findings=len(found))
    if any(finding.level == "error" for finding in found):
        raise SystemExit(2)


@command.command()
@FILE
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the page.")
@click.option("--seed", default="preview", help="Draws the order of what is random.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("preview.html"), show_default=True, help="The page to write."
)
def preview(file: str, lang: str, seed: str, out: Path) -> None:
    """The respondent's page as one HTML file."""
    from survey_app.surveys.pages.questionnaire_preview import preview_html

    write(out, preview_html(opened(file), lang, seed).encode())


@command.command()
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@JSON
def diff(before: str, after: str, as_json: bool) -> None:
    """What changed, and whether answers to both versions may be compared."""
    found = compare(opened(before), opened(after))
    if as_json:
        show([worded(change) for change in found])
        return
    for change in found:
        tell("commands.finding", level=Message(f"commands.{change.weight}"), place=change.place, said=change.message)
    grave = sum(change.weight == "breaks" for change in found)
    tell("commands.changes_grave", changes=len(found), grave=grave)


@command.command()
@FILE
@JSON
def stats(file: str, as_json: bool) -> None:
    """Questions, words and reading time."""
    size = size_of(opened(file))
    if as_json:
        show(asdict(size))
        return
    tell(
        "lines.questions", questions=size.questions, required=size.required, conditional=size.conditional, fields=size.fields
    )  # fmt: skip
    tell("lines.question_types", types=[f"{name} {number}" for name, number in size.by_type.items()])
    for language, (shortest, longest) in size.minutes.items():
        tell("lines.words_and_minutes", lang=language, words=size.words[language], low=shortest, high=longest)


@command.command()
@FILE
@click.option(
    "--to", "out", type=click.Path(path_type=Path), required=True, help="FILE.html, or FILE.xml (DDI-Codebook)"
)
def codebook(file: str, out: Path) -> None:
    """Every column of the data files with its words, codes and condition."""
    from survey_app.responses.codebook import codebook_ddi, codebook_html

    definition = opened(file)
    if out.suffix not in (".html", ".xml"):
        fail("commands.codebook_ends_html_or", out_name=out.name)
    write(out, codebook_html(definition).encode() if out.suffix == ".html" else codebook_ddi(definition))


@command.command()
@FILE
@click.option(
    "--to", "out", type=click.Path(path_type=Path), required=True, help="FILE.yaml, .xlsx (XLSForm), .json (SurveyJS)"
)
def convert(file: str, out: Path) -> None:
    """From any of the three formats to any other; what cannot be carried is listed."""
    if out.suffix not in ENDINGS:
        fail("commands.questionnaire_ends", out_name=out.name, endings=ENDINGS)
    text, losses = imported(file)
    definition = opened_text(text, file)
    if out.suffix == ".xlsx":
        carried = to_xlsform(definition)
        data, losses = carried.result, (*losses, *carried.losses)
    elif out.suffix == ".json":
        carried = to_surveyjs(definition)
        data, losses = json.dumps(carried.result, ensure_ascii=False, indent=2).encode(), (*losses, *carried.losses)
    else:
        data = text.encode()
    write(out, data)
    for loss in losses:
        tell("commands.not_carried", True, place=loss.place, what=loss.what)


def imported(file: str) -> tuple[str, Sequence[Loss]]:
    """YAML of a questionnaire in any of the formats, and what of it could not be carried."""
    path = Path(file)
    if path.suffix not in (*FORMS, ".json"):
        return definition_yaml(opened(file)), ()
    try:
        carried = from_form(path.name, path)
    except OSError as error:
        fail_on(error, path)
    except (InterchangeError, FileRefusedError) as error:
        fail("terminal.of_file", path=path, said=error)
    return as_yaml(carried.result), carried.losses


def opened(file: str) -> Definition:
    if Path(file).suffix in (*FORMS, ".json"):
        return opened_text(imported(file)[0], file)
    brought = questionnaire_named(file)
    if brought is not None and not Path(file).exists():
        return parse_definition(brought, file)
    try:
        return load_definition(file)
    except DefinitionError as error:
        fail(error)


def opened_text(text: str, file: str) -> Definition:
    try:
        return parse_definition(text, str(Message("lines.as_read", file=file)))
    except DefinitionError as error:
        fail(error)


def write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        fail_on(error, out)
    tell("commands.wrote", True, out=out)


def worded(row: Finding | Change) -> dict[str, object]:
    """A finding or change for JSON: its sentence with key and params beside; its place stays in English."""
    document = {each.name: getattr(row, each.name) for each in fields(row)}
    said = row.message if isinstance(row.message, Message) else None
    told = {"key": said.key, "params": said.stored()["params"]} if said else {}
    return document | {"place": english(row.place), "message": str(row.message)} | told


def show(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
