"""`minyi score-all`: the city and all its counties in one run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from analysis.scoring.documents import ScorecardDocument
from analysis.scoring.progress import Summary, document_goals, summarise
from survey_app.commands.support import BAD_INPUT, JSON, fail
from survey_app.scoring.score_all import Scored, read_ratings, score_all
from survey_app.values.files import ValueFileError


@click.command(name="score-all")
@click.argument("source", metavar="DIR|WORKBOOK", type=click.Path(path_type=Path))
@click.option("--city", default="济宁市", show_default=True, help="The area scored by the municipal rulebook.")
@click.option("--counties", default=11, show_default=True, type=click.IntRange(1), help="How many counties there are.")
@click.option("--estimate", type=click.Path(path_type=Path), help="The document of `minyi estimate --json`.")
@click.option("--area-variable", default="rated_county", show_default=True, help="Its domain with the counties.")
@click.option("--previous", type=click.Path(path_type=Path), help="RATINGS.csv: area, star of the time before.")
@JSON
def command(
    source: Path, city: str, counties: int, estimate: Path | None, area_variable: str, previous: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Score the city and its counties from a folder (one value file for each area, named by it) or a workbook
    (one sheet for each area). Satisfaction comes from --estimate, or from satisfaction.csv in the folder."""
    try:
        earlier = read_ratings(previous) if previous else None
        scored = score_all(source, city, estimate, area_variable)
    except ValueFileError as error:
        fail(str(error))
        return
    cards = {area: card for area, card in scored.cards.items() if area != city}
    summary = summarise(cards, document_goals(), earlier, max(counties, len(cards)))
    if as_json:
        document = {"scorecards": scored.cards, "failures": scored.failures, **summary.as_dict()}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(table(scored, summary))
    for area, reason in scored.failures.items():
        click.echo(f"{area}: not scored\n{reason}", err=True)
    if scored.failures:
        sys.exit(BAD_INPUT)


def table(scored: Scored, summary: Summary) -> str:
    """One line for each area, then the stars and the goals."""
    lines = [card_line("", scored.city, scored.cards[scored.city])] if scored.city in scored.cards else []
    lines += [card_line(f"{place}.", name, scored.cards[name]) for place, name in enumerate(summary.ranking, start=1)]
    lines.append("")
    lines += [f"{star}: {number}" for star, number in summary.at_star.items()]
    lines.append("")
    for goal in summary.goals:
        state = {True: "达到", False: "未达到", None: "未知"}[goal.reached]
        count = "?" if goal.counted is None else goal.counted
        lines.append(f"{goal.by} {goal.text}: {state} ({count}/{goal.of})")
    return "\n".join(lines)


def card_line(place: str, area: str, card: ScorecardDocument) -> str:
    """One area: place, total, star, and what was taken off or made it void."""
    total = f"整体不得分 (否则 {card['score_if_not_void']})" if card["void"] else str(card["total"])
    minus = [f"{step['name']} {step['points']}" for step in card["steps"] if step["points"] < 0]
    return f"{place:>3} {area}\t{total}\t{card['star_level']}\t{'; '.join([*card['vetoed_by'], *minus])}"
