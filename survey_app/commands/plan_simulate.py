"""`minyi plan simulate`: whole surveys of a plan under scenarios, before money is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from analysis.scenarios import Scenarios
from analysis.simulated import Simulated, SimulatedArea, summed
from analysis.simulation import Prepared, drawable, prepared, surveys
from analysis.verdict import cost_of
from analysis.zones import Rules
from definitions import DefinitionError, Problem, load_text
from survey_app.commands.programme_support import PROGRAMME, rules_here
from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, aligned, fail, printed
from survey_app.files.said import of_system
from survey_app.surveys.frame_files import read_frame
from survey_app.surveys.plan_files import load_plan
from wording import Message, Refusal

COLUMNS = (
    "scenarios.column_area",
    "scenarios.column_truth",
    "scenarios.column_estimate",
    "scenarios.column_low",
    "scenarios.column_high",
    "scenarios.column_bias",
    "scenarios.column_margin",
    "scenarios.column_covers",
    "scenarios.column_none",
    "scenarios.column_right",
)
WIDTHS = (16, 8, 10, 8, 8, 8, 8, 8, 11, 8)


@click.command(name="simulate")
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@click.option(
    "--frame",
    required=True,
    type=click.Path(path_type=Path),
    help="CSV of all sites, with the plan's columns of county and site.",
)
@click.option("--size-column", default="size", show_default=True, help="Column of the people at a site.")
@click.option(
    "--truth",
    required=True,
    type=click.Path(path_type=Path),
    help="YAML of scenarios: shares satisfied, icc, response, cost.",
)
@click.option("--surveys", "number", type=int, help="Surveys of each scenario, instead of the file's.")
@click.option("--rulebook", help="A rulebook that decides instead of the plan's, or 'none'.")
@PROGRAMME
@JSON
def simulate(
    plan_path: Path,
    frame: Path,
    size_column: str,
    truth: Path,
    number: int | None,
    rulebook: str | None,
    programme: str | None,
    as_json: bool,
) -> None:
    """Draw whole surveys of PLAN from a frame: how estimate, outcome and cost will be distributed."""
    try:
        plan, scenarios = load_plan(plan_path), read_scenarios(truth, number)
        drawable(plan)
        rules = rules_here(plan, rulebook, programme)
        sites = read_frame(frame, plan.design.psu or "site", plan.design.strata or "county", size_column)
        of = prepared(plan, sites, scenarios)
        found = _simulated(of, scenarios, rules)
    except Refusal as error:
        fail(error)
    printed(as_document(of, scenarios, found), as_json, lambda: readable(of, scenarios, found, rules))


def read_scenarios(path: Path, number: int | None) -> Scenarios:
    """The scenarios of a file, with another number of surveys where one is given. Raises DefinitionError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(str(path), 1, "", Message("surveys.plan_cannot_read_as"))]) from error
    except OSError as error:
        said = Message("surveys.plan_cannot_opened", strerror=of_system(error))
        raise DefinitionError([Problem(str(path), 1, "", said)]) from error
    read = load_text(text, Scenarios, str(path)).value
    return read if number is None else Scenarios(read.scenarios, number, read.seed, read.cost)


def _simulated(of: Prepared, scenarios: Scenarios, rules: Rules | None) -> list[Simulated]:
    found, of_all = [], len(scenarios.scenarios) * scenarios.surveys
    with progress("lines.simulating") as shown:
        for at, (name, scenario) in enumerate(scenarios.scenarios.items()):
            rows = []
            seeds = np.random.SeedSequence([scenarios.seed, at])
            for one in surveys(of, scenario, scenarios.cost, scenarios.surveys, seeds):
                rows.append(one)
                shown.step(at * scenarios.surveys + len(rows), of_all)
            if all(one.refused is not None for one in rows):
                raise Refusal("scenarios.no_survey", scenario=name, said=rows[0].refused)
            found.append(summed(name, rows, list(of.members), of.plan.design.strata or "", rules))
    return found


def as_document(of: Prepared, scenarios: Scenarios, found: Sequence[Simulated]) -> dict[str, object]:
    return {
        "plan": of.plan.digest, "surveys": scenarios.surveys, "seed": scenarios.seed,
        "left_out": list(of.left_out), "at_random": list(of.at_random),
        "scenarios": [asdict(row) | {"refused": str(row.refused) if row.refused else None} for row in found],
    }  # fmt: skip


def readable(of: Prepared, scenarios: Scenarios, found: Sequence[Simulated], rules: Rules | None) -> str:
    lines: list[object] = []
    if of.left_out:
        lines.append(Message("scenarios.left_out", keys=list(of.left_out)))
    if of.at_random:
        lines.append(Message("scenarios.margins_at_random", columns=list(of.at_random)))
    for row in found:
        lines += ["", *_scenario(row, scenarios, rules)]
    error = (0.95 * 0.05 / scenarios.surveys) ** 0.5 * 1.96
    return "\n".join(map(str, [*lines, "", Message("scenarios.error", surveys=scenarios.surveys, error=error)])).lstrip(
        "\n"
    )


def _scenario(row: Simulated, scenarios: Scenarios, rules: Rules | None) -> list[object]:
    spent = row.cost
    cost = [Message("scenarios.cost", mean=spent.mean, low=spent.p05, high=spent.p95)] if spent.mean else []
    lines: list[object] = [Message(
        "scenarios.scenario", name=row.scenario, surveys=row.surveys, answers=row.answers.mean, low=row.answers.p05,
        high=row.answers.p95, cost=cost,
    )]  # fmt: skip
    city = row.areas[0]
    if rules is not None and city.right is not None and city.decided is not None:
        shares = [(rules.whole[key], share) for key, share in city.outcomes.items() if share]
        outcomes = [Message("scenarios.outcome", name=cost_of(zone), share=share) for zone, share in shares]
        lines.append(Message("scenarios.outcomes", outcomes=outcomes, right=city.right, decided=city.decided))
    if row.refused is not None:
        lines.append(Message("scenarios.not_estimated", n=row.not_estimated, said=row.refused))
    lines.append(aligned([str(Message(key)) for key in COLUMNS], WIDTHS))
    return [*lines, *(aligned(_cells(area), WIDTHS) for area in row.areas)]


def _cells(area: SimulatedArea) -> list[str]:
    spread = area.estimate
    figures = (None, None, None) if spread is None else (spread.mean, spread.p05, spread.p95)
    bias = "–" if area.bias is None else f"{round(100 * area.bias, 1) + 0.0:+.1f}"
    shown = [_percent(share) for share in (area.truth, *figures)]
    rest = [_percent(share) for share in (area.margin, area.covered, area.without_figure, area.right)]
    return [area.area or str(Message("scenarios.whole")), *shown, bias, *rest]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
