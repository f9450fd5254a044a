"""`minyi score-all`: the city and all its counties in one run."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.scoring.documents import ScorecardDocument, SummaryDocument
from analysis.scoring.progress import Summary, known_star, places, summarise
from definitions.names import key
from survey_app.commands.programme_support import PROGRAMME, named, the_programme
from survey_app.commands.support import JSON, fail, printed, tell
from survey_app.ground.verdicts import card_interval, card_verdict, cards_told
from survey_app.scoring.score_all import Expected, Scored, read_areas, read_ratings, score_all
from survey_app.values.files import ValueFileError
from wording import Message, Text, said_of

REACHED = {True: "terminal.reached", False: "terminal.not_reached", None: "terminal.unknown"}


@click.command(name="score-all")
@click.argument("source", metavar="DIR|WORKBOOK", type=click.Path(path_type=Path))
@PROGRAMME
@click.option("--city", help="The area scored by the city's rulebook; else the programme's own city.")
@click.option(
    "--areas", type=click.Path(path_type=Path), help="The areas there should be: a table with the column area."
)
@click.option("--period", help="The areas there should be are those of the database, in this period.")
@click.option(
    "--counties",
    type=click.IntRange(1),
    help="How many counties there should be; without a list of them, as many as the programme's own city has.",
)
@click.option("--estimate", type=click.Path(path_type=Path), help="The document of `minyi estimate --json`.")
@click.option("--area-variable", default="rated_county", show_default=True, help="Its domain with the counties.")
@click.option("--previous", type=click.Path(path_type=Path), help="RATINGS.csv: area, star of the time before.")
@JSON
def command(
    source: Path, programme: str | None, city: str | None, areas: Path | None, period: str | None, counties: int | None, estimate: Path | None,
    area_variable: str, previous: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Score the city and its counties from a folder (one value file for each area) or a workbook (one sheet for each).

    An area is what its file states, else the file's name without what is in brackets or after a dash. Satisfaction
    comes from --estimate, or from satisfaction.csv in the folder. What does not meet is listed, the result is then
    provisional, and the command ends with status 2.
    """
    if areas is not None and period is not None:
        fail("batch.areas_or_period")
    rated = the_programme(programme, period)
    city = city or (rated.city.name if rated.city else None)
    if city is None:
        fail("batch.which_city", programme=rated.ref)
    try:
        earlier = read_ratings(previous, rated) if previous else None
        listed = read_areas(areas) if areas else _of_period(period, city) if period else None
        scored = score_all(source, Expected(rated, city, listed, counties), estimate, area_variable)
    except ValueFileError as error:
        fail(said_of(error))
    cards = {area: card for area, card in scored.cards.items() if key(area) != key(city)}
    stars = {key(area): star for area, star in earlier.items()} if earlier is not None else None
    before = None if stars is None else {area: stars[key(area)] for area in cards if key(area) in stars}
    zones = {area: card for area, card in cards.items() if area in scored.zones}
    counties_alone = {area: card for area, card in cards.items() if area not in zones}
    summary = summarise(counties_alone, rated, before, scored.counties, zones, len(scored.zones))
    if as_json:
        document = {
            "programme": rated.as_dict(), "provisional": scored.provisional, "reasons": [reason.as_dict() for reason in scored.reasons],
            "scorecards": scored.cards, "failures": scored.failures, "below_minimum": list(scored.below_minimum), **summary.as_dict(),
        }  # fmt: skip
        printed(document, True, str)
    else:
        click.echo(table(scored, summary))
        click.echo(named(rated))
    for area, wrong in scored.failures.items():
        tell("batch.failed", True, area=area)
        tell(wrong, True)
    if scored.provisional:
        fail([Message("batch.provisional", n=len(scored.reasons)), *(f"- {reason.said}" for reason in scored.reasons)])


def _of_period(period: str, city: str) -> tuple[str, ...]:
    """The city and its counties in the database. Raises ValueFileError."""
    from survey_app.commands.support import application
    from survey_app.scoring.batches import areas_of

    with application():
        return areas_of(period, city)


def table(scored: Scored, summary: Summary) -> str:
    """One line for each area, then the stars and the goals."""
    lines = [str(Message("batch.provisional", n=len(scored.reasons))), ""] if scored.provisional else []
    lines += city_lines(scored.city, scored.cards[scored.city]) if scored.city in scored.cards else []
    lines += ranked_lines(summary.as_dict(), scored.cards)
    lines += [card_line("", area, scored.cards[area]) for area in sorted(scored.zones & set(scored.cards))]
    lines += [f"{'–':>3} {area}\t{Message('batch.row_not_scored')}" for area in scored.failures]
    lines.append("")
    lines += [f"{star}: {number}" for star, number in summary.at_star.items()]
    open_stars = sum(known_star(card) is None for area, card in scored.cards.items() if key(area) != key(scored.city))
    lines += [str(Message("batch.open_stars", n=open_stars))] if open_stars else []
    below = Message("batch.below_minimum", areas=list(scored.below_minimum))
    lines += [str(below)] if scored.below_minimum else []
    lines += ["", *goal_lines(summary.as_dict())]
    return "\n".join(lines)


def city_lines(city: str, card: ScorecardDocument) -> list[str]:
    """The city's line, and what is said of its satisfaction."""
    said = card_verdict(card)
    return [card_line("", city, card), *([said] if said else [])]


def ranked_lines(summary: SummaryDocument, cards: dict[str, ScorecardDocument]) -> list[str]:
    """A line for each county in its place; equal points share one."""
    names = summary["ranking"]
    found = places([cards[name] for name in names])
    marks = ["–" if place is None else f"{place}." for place in found]
    lines = [card_line(mark, name, cards[name]) for mark, name in zip(marks, names, strict=True)]
    together = cards_told(cards[name] for name in names)
    return [*lines, together] if together else lines


def goal_lines(summary: SummaryDocument) -> list[str]:
    lines = []
    for goal in summary["goals"]:
        state = Message(REACHED[goal["reached"]])
        count: Text = "?" if goal["counted"] is None else str(goal["counted"])
        if perhaps := goal.get("perhaps"):
            count = Message("terminal.goal_perhaps", count=count, n=perhaps)
        named = {"text": goal["text"], "state": state, "count": count, "of": goal["of"]}
        if goal["by"] is None:
            lines.append(str(Message("terminal.goal_without_year", **named)))
        else:
            lines.append(str(Message("terminal.goal", by=goal["by"], **named)))
    return lines


def card_line(place: str, area: str, card: ScorecardDocument) -> str:
    """One area: place, total, star, and what was taken off or made it void; ranges where satisfaction is not known."""
    total = (
        str(Message("terminal.void_else", otherwise=card["score_if_not_void"])) if card["void"] else str(card["total"])
    )
    minus = [f"{step['name']} {step['points']}" for step in card["steps"] if step["points"] < 0]
    star, why = known_star(card), [*card["vetoed_by"], *minus]
    if star is None:
        low, high = card["star_range"]
        total, star = f"{card['range']['worst']} – {card['range']['best']}", f"{low} – {high}"
        why.append(str(Message("batch.satisfaction_unknown")))
    interval = f"\t{card_interval(card)}" if card.get("satisfaction_interval") else ""
    return f"{place:>3} {area}\t{total}\t{star}\t{'; '.join(why)}{interval}"
