"""`minyi score`: one area's values and satisfaction in, its scorecard out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click

from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Satisfaction, SatisfactionError, Scorecard, score
from analysis.scoring.other_readings import OtherReading, other_readings
from analysis.scoring.progress import star_words
from analysis.scoring.values import among_peers
from analysis.scoring.why import why_in_words
from survey_app.commands.programme_support import rulebook_options, the_rulebook
from survey_app.commands.support import JSON, NUMBER, SHARE, fail, printed
from survey_app.ground.verdicts import card_verdict
from survey_app.ground.zones import programme_told
from survey_app.scoring.batch_sources import sources_in
from survey_app.values.files import ValueFileError, read_value_file
from wording import Message


@click.command(name="score")
@click.argument("values", type=click.Path(path_type=Path))
@rulebook_options
@click.option("--estimate", type=click.Path(path_type=Path), help="The document of `minyi estimate --json`.")
@click.option("--area", help="VARIABLE=LEVEL: the domain of the estimate to take.")
@click.option("--satisfaction", type=SHARE, help="A satisfaction share, 0 to 1.")
@click.option("--se", type=NUMBER, help="Its standard error.")
@click.option("--df", type=NUMBER, help="Its degrees of freedom.")
@click.option(
    "--peers", type=click.Path(path_type=Path), help="A folder or workbook with the values of the other areas."
)
@click.option("--readings", is_flag=True, help="What every other reading of an unclear row would change, instead.")
@JSON
def command(
    values: Path, rulebook_id: str | None, programme: str | None, unit: str, estimate: Path | None, area: str | None, satisfaction: float | None,
    se: float | None, df: float | None, peers: Path | None, readings: bool, as_json: bool,
) -> None:  # fmt: skip
    """Score the VALUES (.xlsx, .csv or .json) of one area.

    A rank, and an index over all areas, need the others: `--peers`, or `minyi score-all`.

    `--readings` is for drafting and for objections: a final run knows the readings of its period and no other.
    """
    book = the_rulebook(rulebook_id, programme, unit)
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
        given: Mapping[str, Mapping[str, object]] = read_value_file(values, book)
        if peers is not None:
            others_read = {
                sheet.label: sheet.read(book) for sheet in sources_in(peers).sheets if sheet.stem != values.stem
            }
            given = among_peers(book, {"": given, **others_read})[""]
        if readings:
            rows = other_readings(book, given, figure)
            document = {"rulebook": book.id, "readings": book.readings, "others": [row.as_dict() for row in rows]}
            printed(document, as_json, lambda: others(rows))
            return
        card = score(book, given, figure)
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


_SAME = {"rule": "terminal.others_rule", "entered": "terminal.others_entered", "rulebook": "terminal.others_rulebook"}


def others(rows: list[OtherReading]) -> str:
    """Other readings for a terminal: first those that change something, then the rest by why they do not."""
    if not rows:
        return str(Message("terminal.no_readings"))
    lines = []
    for row in (row for row in rows if row.changes):
        void, other = Message("terminal.voided"), row.other or row.now
        now, then = (void if card.total is None else card.total for card in (row.now, other))
        lines.append(str(Message("terminal.other_reading", id=row.reading.id, other=row.texts[1])))
        lines += [str(Message("terminal.other_points", number=n, now=a, then=b)) for n, a, b in row.points]
        stars = {"star_now": row.now.star_level, "star_then": other.star_level}
        lines.append(str(Message("terminal.other_total", now=now, then=then, **stars)))
    for how, said in _SAME.items():
        same = [row.reading.id for row in rows if row.how == how and not row.changes]
        if same:
            lines.append(str(Message(said, n=len(same), ids=same)))
    return "\n".join(lines)


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
    lines += programme_told(document["programme"])
    lines.append(str(Message("terminal.star", star=star_words(document))))
    said = card_verdict(document)
    lines += [said] if said else []
    return "\n".join(lines)
