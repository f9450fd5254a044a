"""`minyi follow-up`: how many of those who did not answer to ask once more, and the figure of both phases together."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.follow_up import Costs, FollowUp, FollowUpPlan, follow_up, plan_follow_up
from analysis.plan import Plan
from definitions import DefinitionError
from definitions.numbers import NumberRefusedError, figure_of
from survey_app.commands.support import JSON, NUMBER, SHARE, fail, fail_on, printed
from survey_app.estimates.engine_error import EngineError
from survey_app.estimates.reduce_files import opened, reduce_to_cells
from survey_app.files.rows_in import read_named
from survey_app.files.said import FileRefusedError, aloud
from survey_app.ground.percent import percent
from survey_app.surveys.plan_files import load_plan
from wording import Message

NO_LIMIT = "–"


@click.group(name="follow-up")
def command() -> None:
    """A sample of those who did not answer: plan it, and estimate with it."""


@command.command()
@click.option("--drawn", type=click.IntRange(min=1), required=True, help="Persons drawn in the first phase.")
@click.option("--rate", type=SHARE, required=True, help="Share of them that answers.")
@click.option("--share", type=SHARE, required=True, help="Share satisfied among those who answer.")
@click.option("--silent-share", type=SHARE, help="Share satisfied among the others. Default: the same.")
@click.option("--cost-asking", type=NUMBER, default=1.0, show_default=True, help="Of trying one person.")
@click.option("--cost-answer", type=NUMBER, default=1.0, show_default=True, help="Of an answer of the first phase.")
@click.option("--cost-followed", type=NUMBER, required=True, help="Of an answer of one followed up.")
@click.option("--deff", type=NUMBER, default=1.0, show_default=True, help="Design effect of the first phase.")
@JSON
def plan(
    drawn: int, rate: float, share: float, silent_share: float | None, cost_asking: float, cost_answer: float,
    cost_followed: float, deff: float, as_json: bool,
) -> None:  # fmt: skip
    """The cheapest number of persons to follow up (Hansen and Hurwitz 1946)."""
    if (
        not 0 < rate < 1
        or cost_followed <= 0
        or deff <= 0
        or min(cost_asking, cost_answer) < 0
        or cost_asking + cost_answer == 0
    ):
        fail("terminal.follow_up_numbers")
    try:
        found = plan_follow_up(drawn, rate, share, Costs(cost_asking, cost_answer, cost_followed), silent_share, deff)
    except AnalysisError as error:
        fail(error)
    printed(asdict(found), as_json, lambda: _planned(found))


@command.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), required=True, help="The plan (YAML).")
@click.option(
    "--silent",
    required=True,
    help="How many persons drawn did not answer the official question: a number, or a file of stratum and silent.",
)
@JSON
def estimate(first: Path, second: Path, plan_path: Path, silent: str, as_json: bool) -> None:
    """The official figure of the answers FIRST and of SECOND, those of the persons followed up; beside the estimate of
    FIRST alone, never in its place."""
    try:
        chosen = load_plan(plan_path)
        cells = [_cells(path, chosen) for path in (first, second)]
        found = follow_up(cells[0], cells[1], chosen, _silent(silent, chosen))
    except (AnalysisError, DefinitionError, EngineError, FileRefusedError, NumberRefusedError) as error:
        fail(error)
    except OSError as error:
        fail_on(error)
    printed(asdict(found), as_json, lambda: _told(found))


def _cells(path: Path, plan: Plan) -> Cells:
    with opened(path) as table:
        return reduce_to_cells(table, plan)


def _silent(said: str, plan: Plan) -> dict[str, float]:
    """By stratum; one number where the plan has no strata."""
    strata = plan.design.strata
    if strata is None:
        return {"": figure_of(said)}
    counts: dict[str, float] = {}
    try:
        table = read_named(Path(said), (strata, "silent"))
        aloud(Path(said), table.notes)
        for row in table.rows:
            if counts.setdefault(stratum := row[strata].strip(), number := figure_of(row["silent"])) != number:
                raise FileRefusedError("bias.follow_up_stratum_twice", stratum=stratum)
    except (FileRefusedError, NumberRefusedError) as error:
        raise FileRefusedError("terminal.of_file", path=said, said=error) from error
    return counts


def _planned(found: FollowUpPlan) -> str:
    return str(
        Message(
            "terminal.follow_up_planned", followed=found.followed, one_in=found.one_in, se=found.se, cost=found.cost
        )
    )


def _told(found: FollowUp) -> str:
    ends = [NO_LIMIT if end is None else percent(end, 2) for end in (found.lower, found.upper)]
    told = Message(
        "terminal.follow_up", first=found.first, n_first=found.n_first, second=found.second, n_second=found.n_second,
        estimate=found.estimate, se=found.se, lower=ends[0], upper=ends[1],
    )  # fmt: skip
    kappa = [] if found.kappa is None else [Message("terminal.follow_up_kappa", kappa=found.kappa)]
    return "\n".join(map(str, (told, *kappa)))
