"""`minyi rulebook`: list, show and check rulebooks, make value templates."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.scoring import Rulebook, load_rulebook, rulebook_ids
from analysis.scoring.sentences import sentences
from definitions import DefinitionError
from survey_app.commands.support import JSON, fail, printed, tabbed, tell


@click.group(name="rulebook")
def command() -> None:
    """List, show and check rulebooks; make value templates."""


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """The rulebooks that come with Minyi."""
    books = map(load_rulebook, rulebook_ids())
    rows = [{"id": book.id, "title": book.title, "indicators": len(book.indicators)} for book in books]
    printed(rows, as_json, lambda: tabbed(rows))


@command.command()
@click.argument("name", metavar="ID")
@JSON
def show(name: str, as_json: bool) -> None:
    """Every indicator of the rulebook ID (or of a file)."""
    book = opened(name)
    if as_json:
        printed(book.as_dict(), True, str)
        return
    click.echo(f"{book.title}  {book.source}")
    for indicator in book.indicators:
        click.echo(f"\n{indicator.number} {' › '.join(indicator.path)} › {indicator.name}  {'、'.join(indicator.lead)}")
        for tier in indicator.tiers:
            tell("lines.tier", stars=tier.stars, points=tier.points, words=indicator.words(tier))
        for sentence in sentences(indicator):
            click.echo(f"   {sentence}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check FILE as a rulebook: every problem with its line."""
    book = opened(str(file))
    tell("commands.indicators_no_problem_found", file=file, n=len(book.indicators))


@command.command()
@click.argument("name", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.xlsx, .csv or .json")
def template(name: str, out: Path) -> None:
    """A blank form of every value the rulebook ID asks for."""
    from survey_app.values.files import ValueFileError, write_template

    try:
        write_template(opened(name), out)
    except (ValueFileError, OSError) as error:
        fail(error)
    tell("commands.wrote", True, out=out)


def opened(name: str) -> Rulebook:
    """The rulebook, or an end with every problem on standard error."""
    try:
        return load_rulebook(name)
    except DefinitionError as error:
        fail(error)
