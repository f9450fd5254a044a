"""`minyi score`: one area's values and satisfaction in, its scorecard out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click

from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Satisfaction, SatisfactionError, Scorecard, score
from analysis.scoring.why import why_in_words
from survey_app.commands.rulebook import opened
from survey_app.commands.support import JSON, NUMBER, SHARE, fail, printed
from survey_app.ground.verdicts import card_verdict, star_words
from survey_app.values.files import ValueFileError, read_value_file
from wording import Message


@click.command(name="score")
@click.argument("values", type=click.Path(path_type=Path))
@click.option("--rulebook", "rulebook_id", required=True, help="A rulebook id or file.")
@click.option("--estimate", type=click.Path(path_type=Path), help="The document of `minyi estimate --json`.")
@click.option("--area", help="VARIABLE=LEVEL: the domain of the estimate to take.")
@click.option("--satisfaction", type=SHARE, help="A satisfaction share, 0 to 1.")
@click.option("--se", type=NUMBER, help="Its standard error.")
@click.option("--df", type=NUMBER, help="Its degrees of freedom.")
@JSON
def command(
    values: Path, rulebook_id: str, estimate: Path | None, area: str | None, satisfaction: float | None,
    se: float | None, df: float | None, as_json: bool,
) -> None:  # fmt: skip
    """Score the VALUES (.xlsx, .csv or .json) of one area."""
    book = opened(rulebook_id)
    if estimate is not None and satisfaction is not None:
        fail("commands.give_estimate_or_satisfaction")
    if area is not None and estimate is None:
        fail("terminal.area_needs_estimate")
    if estimate is not None and area is None and book.level == "county":
        fail("commands.county_rulebook_needs_county")
    try:
        figure = _from_file(estimate, area) if estimate else None
        if satisfaction is not None:
            figure = Satisfaction.from_figure(satisfaction, se, df)
        card = score(book, read_value_file(values, book), figure)
    except (ValueFileError, SatisfactionError) as error:
        fail(error)
    printed(card.as_dict(), as_json, lambda: table(card))


def _from_file(path: Path, area: str | None) -> Satisfaction | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SatisfactionError("terminal.not_json", path=path, error=error) from error
    if not isinstance(document, dict):
        raise SatisfactionError("terminal.not_an_estimate", path=path)
    estimate = cast(EstimateDocument, document)  # as `minyi estimate --json` wrote it
    if area is None:
        return Satisfaction.from_estimate(estimate)
    variable, equals, level = area.partition("=")
    if not equals:
        raise SatisfactionError("terminal.area_is_written")
    return Satisfaction.from_estimate(estimate, (variable, level))


def table(card: Scorecard) -> str:
    """The scorecard for a terminal."""
    lines = [
        f"{item.indicator.number:>2} {item.indicator.name}  {item.points}/{item.indicator.max_points}  {why_in_words(item.why)}"
        for item in card.indicators
    ]
    if card.vetoed_by:
        lines.append(str(Message("terminal.void", vetoes=card.vetoed_by, otherwise=card.if_not_void)))
    else:
        lines.append(str(Message("terminal.points", total=card.total, worst=card.worst, best=card.best)))
    document = card.as_dict()
    lines.append(str(Message("terminal.star", star=star_words(document))))
    said = card_verdict(document)
    lines += [said] if said else []
    return "\n".join(lines)
