"""`minyi outlook` and `minyi upgrades`: what the rating may become, and the least that reaches a star."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analysis.plan import LARGEST_SE
from analysis.scoring import ValuesError, score
from analysis.scoring.outlook import Outlook, OutlookError, Range, SatisfactionLaw, outlook
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.upgrades import UpgradePlan, UpgradesError, cheapest_upgrades
from analysis.scoring.values import read_values
from analysis.scoring.why import why_in_words
from definitions import DefinitionError, composed
from definitions.numbers import figure_of, whole_of
from survey_app.commands.programme_support import rulebook_options, the_rulebook
from survey_app.commands.support import JSON, NUMBER, SHARE, fail, printed
from survey_app.values.files import ValueFileError, read_value_file
from wording import Message


@click.command(name="outlook")
@click.argument("values", type=click.Path(path_type=Path))
@rulebook_options
@click.option("--satisfaction", type=SHARE, required=True, help="The estimated share, 0 to 1.")
@click.option("--se", type=NUMBER, required=True, help="Its standard error.")
@click.option("--df", type=NUMBER, required=True, help="Its degrees of freedom.")
@click.option("--official-se", type=NUMBER, help="Standard error of an official survey that is not this one.")
@click.option(
    "--ranges", "ranges_path", type=click.Path(path_type=Path), help="YAML: {number: {metric: [low, high] or chance}}."
)
@click.option(
    "--draws", type=click.IntRange(2, 2**18), default=4096, show_default=True, help="Base draws of the simulation."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws.")
@click.option(
    "--correlation", type=NUMBER, default=0.0, show_default=True,
    help="Between any two uncertain inputs, towards more points: 0 to below 1.",
)  # fmt: skip
@JSON
def command(
    values: Path, rulebook_id: str | None, programme: str | None, unit: str, satisfaction: float, se: float, df: float, official_se: float | None,
    ranges_path: Path | None, draws: int, seed: int, correlation: float, as_json: bool,
) -> None:  # fmt: skip
    """How likely each star is for VALUES, and which uncertain inputs matter most."""
    book = the_rulebook(rulebook_id, programme, unit)
    try:
        usual = all(0 <= one < LARGEST_SE for one in (se, official_se or 0.0))
        if not usual or not 0 < satisfaction < 1 or df < 1:
            raise OutlookError("lines.outlook_limits")
        both = (se**2 + (official_se or 0.0) ** 2) ** 0.5
        joint_df = min(both**4 / (se**4 / df), 1e6) if se > 0 else 1e6
        law = SatisfactionLaw(satisfaction, both, joint_df)
        ranges = read_ranges(ranges_path) if ranges_path else ()
        result = outlook(book, read_value_file(values, book), law, ranges, draws, seed, correlation=correlation)
    except (OutlookError, ValueFileError, ValuesError) as error:
        fail(error)
    printed(result.as_dict(), as_json, lambda: readable(result))


@click.command(name="upgrades")
@click.argument("values", type=click.Path(path_type=Path))
@rulebook_options
@click.option("--target", required=True, help="A star of the rulebook, 五星级 say.")
@click.option("--satisfaction", type=SHARE, help="A satisfaction share, 0 to 1; without it no points are taken off.")
@click.option(
    "--effort", "effort_path", type=click.Path(path_type=Path), help="YAML: {number: effort of one star step}."
)
@click.option("--fixed", default="", help="Indicators that cannot move: 3,17,20.")
@JSON
def upgrades(
    values: Path, rulebook_id: str | None, programme: str | None, unit: str, target: str, satisfaction: float | None, effort_path: Path | None, fixed: str,
    as_json: bool,
) -> None:  # fmt: skip
    """The fewest, or with --effort the cheapest, upgrades that bring VALUES to a star."""
    book = the_rulebook(rulebook_id, programme, unit)
    try:
        figure = Satisfaction.from_figure(satisfaction) if satisfaction is not None else None
        given = read_value_file(values, book)
        card = score(book, given, figure)
        effort = (
            {int(number): figure_of(str(size)) for number, size in _yaml(effort_path).items()} if effort_path else None
        )
        kept = frozenset(whole_of(number) for number in fixed.split(",") if number.strip())
        result = cheapest_upgrades(card, target, effort, kept, read_values(book, given))
    except (UpgradesError, OutlookError, ValueFileError, ValuesError, ValueError, TypeError) as error:
        fail(error)
    printed(result.as_dict(), as_json, lambda: plan(result))


def read_ranges(path: Path) -> tuple[Range, ...]:
    """Ranges from YAML: a list of two numbers, or one number as the chance of yes. Raises OutlookError."""
    rows = []
    for number, metrics in _yaml(path).items():
        if not str(number).isdecimal() or not isinstance(metrics, dict):
            raise OutlookError("lines.outlook_ranges", path=path, number=number)
        for metric, given in metrics.items():
            try:
                if isinstance(given, list):
                    low, high = (figure_of(str(value)) for value in given)
                    rows.append(Range(int(number), str(metric), low, high))
                else:
                    rows.append(Range(int(number), str(metric), chance=figure_of(str(given))))
            except (TypeError, ValueError) as error:
                raise OutlookError("commands.give_low_high_or", path=path, number=number, metric=metric) from error
    return tuple(rows)


def _yaml(path: Path) -> dict[Any, Any]:
    try:
        document = composed(path.read_text(encoding="utf-8"), str(path))[1]
    except (OSError, UnicodeDecodeError) as error:
        raise OutlookError("lines.not_yaml", path=path) from error
    except DefinitionError as error:
        raise OutlookError(str(error)) from error  # with its place
    if not isinstance(document, dict):
        raise OutlookError("lines.not_a_mapping", path=path)
    return document


def readable(result: Outlook) -> str:
    lines = [f"{name}\t{chance:.1%}" for name, chance in result.probability.items()]
    low, middle, high = result.points
    told = [
        Message(
            "lines.outlook_influence", label=why_in_words(row["label"]), first=row["first_order"], total=row["total"]
        )
        for row in result.influences
    ]
    lines += [
        f"{Message('lines.scores_nothing')}\t{result.void:.1%}",
        str(Message("lines.outlook_points", low=low, middle=middle, high=high)),
        *map(str, told),
        str(Message("lines.outlook_draws", draws=result.draws, seed=result.seed)),
        str(Message("lines.outlook_correlated" if result.correlation else "lines.outlook_apart", r=result.correlation)),
    ]
    return "\n".join(lines)


def plan(result: UpgradePlan) -> str:
    lines = [Message("lines.upgrades_needed", target=result.target, needed=result.needed, current=result.current)]
    for row in result.upgrades:
        before, after = (
            name or (Message("lines.stars", n=stars) if stars else Message("lines.no_stars"))
            for name, stars in ((row.from_name, row.from_stars), (row.to_name, row.to_stars))
        )
        lines.append(
            Message(
                "lines.upgrade", number=row.number, name=row.name, before=before, after=after,
                gain=row.gain, requirement=row.requirement, lead="、".join(row.lead),
            )
        )  # fmt: skip
    if result.total < result.needed:
        lines.append(Message("lines.upgrades_too_few", total=result.total))
    else:
        lines.append(Message("lines.upgraded", total=result.total) if result.upgrades else Message("lines.line_is_met"))
    return "\n".join(map(str, [*lines, *map(why_in_words, filter(None, [result.obstacle]))]))
