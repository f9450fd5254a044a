"""`minyi rulebook`: list, show and check rulebooks, make value templates."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.scoring import Rulebook, load_rulebook, rulebook_ids
from analysis.scoring.kinds import sentences
from definitions import DefinitionError
from survey_app.commands.programme_support import PROGRAMME, UNIT, the_programme, the_rulebook, with_added
from survey_app.commands.support import JSON, fail, printed, tabbed, tell
from wording import spoken


@click.group(name="rulebook")
def command() -> None:
    """List, show and check rulebooks; make value templates."""


@command.command(name="list")
@PROGRAMME
@JSON
def list_(programme: str | None, as_json: bool) -> None:
    """The rulebooks of every programme that is known here, or of one."""
    if programme:
        names = list(dict.fromkeys(the_programme(programme).units.values()))
    else:
        with_added()
        names = rulebook_ids()
    books = map(load_rulebook, names)
    rows = [{"id": book.id, "title": book.title, "indicators": len(book.indicators)} for book in books]
    printed(rows, as_json, lambda: tabbed(rows))


@command.command()
@click.argument("name", metavar="[ID]", required=False)
@PROGRAMME
@UNIT
@JSON
def show(name: str | None, programme: str | None, unit: str, as_json: bool) -> None:
    """Every indicator of the rulebook ID (or of a file), or of a programme's."""
    book = the_rulebook(name, programme, unit)
    if as_json:
        printed(book.as_dict(), True, str)
        return
    click.echo(f"{book.title}  {book.source}")
    for indicator in book.indicators:
        click.echo(f"\n{indicator.number} {' › '.join(indicator.path)} › {indicator.name}  {'、'.join(indicator.lead)}")
        if scope := indicator.scope_in(spoken()):
            tell("lines.scope", citation=indicator.citation, scope=scope)
        for metric in indicator.metrics:
            if metric.ratio:
                tell("lines.ratio", metric=metric.name, ratio=metric.ratio)
        for tier in indicator.tiers:
            tell("lines.tier", tier=tier.said, points=tier.points, words=indicator.words(tier))
        for sentence in sentences(indicator):
            click.echo(f"   {sentence}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check FILE as a rulebook: every problem with its line."""
    book = opened(str(file))
    tell("commands.indicators_no_problem_found", file=file, n=len(book.indicators))


@command.command()
@click.argument("name", metavar="[ID]", required=False)
@PROGRAMME
@UNIT
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.xlsx, .csv or .json")
def template(name: str | None, programme: str | None, unit: str, out: Path) -> None:
    """A blank form of every value the rulebook ID asks for, or a programme's."""
    from survey_app.values.blank_forms import write_template
    from survey_app.values.files import ValueFileError

    try:
        write_template(the_rulebook(name, programme, unit), out)
    except (ValueFileError, OSError) as error:
        fail(error)
    tell("commands.wrote", True, out=out)


def opened(name: str) -> Rulebook:
    """The rulebook, or an end with every problem on standard error."""
    try:
        return load_rulebook(name)
    except DefinitionError as error:
        fail(error)
