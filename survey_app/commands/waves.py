"""`minyi waves`: the official figure over several waves under one plan."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from analysis.definitions_compared import measure_values
from analysis.documents.waves import TrendDocument
from analysis.errors import AnalysisError
from analysis.estimators import mean
from analysis.sample import weighted_sample
from analysis.wave_covariance import psu_totals, wave_covariance
from analysis.waves import trend
from definitions import DefinitionError
from survey_app.commands.support import JSON, fail, printed
from survey_app.estimates.as_json import in_language
from survey_app.estimates.reduce_files import opened, reduce_to_cells
from survey_app.surveys.plan_files import load_plan
from wording import Message


@click.command(name="waves")
@click.argument("responses", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--plan",
    "plan_paths",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="One plan for all, or one for each file.",
)
@click.option("--window", type=int, default=3, show_default=True, help="Waves in a moving combination.")
@click.option(
    "--combine",
    type=click.Choice(["equal", "precision"]),
    default="equal",
    show_default=True,
    help="Weights of the waves in a moving combination.",
)
@JSON
def command(
    responses: tuple[Path, ...], plan_paths: tuple[Path, ...], window: int, combine: str, as_json: bool
) -> None:
    """Changes and trend over RESPONSES, one file per wave, the oldest first."""
    try:
        plans = [load_plan(path) for path in plan_paths]
        if len(plans) not in (1, len(responses)):
            fail("commands.give_one_plan_or", n=len(responses))
        plans = plans * len(responses) if len(plans) == 1 else plans
        samples, statistics = [], []
        for path, plan in zip(responses, plans, strict=True):
            with opened(path) as table:
                sample = weighted_sample(reduce_to_cells(table, plan), plan)
            points, satisfied, answered = measure_values(sample.cells, plan)
            official = satisfied if plan.measure.official == "share" else points / 100
            samples.append(sample)
            statistics.append(mean(sample, official, answered & (sample.weight > 0)))
        result = trend(
            [path.stem for path in responses],
            np.array([statistic.value for statistic in statistics]),
            wave_covariance(samples, plans, statistics),
            [statistic.df(sample) for statistic, sample in zip(statistics, samples, strict=True)],
            window,
            "precision" if combine == "precision" else "equal",
            float(plans[0].interval.confidence),
            [psu_totals(*wave) for wave in zip(samples, plans, statistics, strict=True)],
        )
    except (AnalysisError, DefinitionError) as error:
        fail(error)
    printed(in_language(result), as_json, lambda: readable(result))


def readable(result: TrendDocument) -> str:
    """One line per wave."""
    lines = []
    for point in result["points"]:
        line = f"{point['wave']:<20} {Message('lines.wave', estimate=point['estimate'], se=point['se'])}"
        if point["change"] is not None:
            p = f", p = {point['change_p']:.3g}" if point["change_p"] is not None else ""
            line += f"   {Message('lines.wave_change', change=point['change'], se=point['change_se'], p=p)}"
        if point["composite"] is not None:
            line += f"   {Message('lines.wave_composite', estimate=point['composite'], se=point['composite_se'])}"
        if point["moving"] is not None:
            told = Message("lines.last_waves", n=result["window"], moving=point["moving"], se=point["moving_se"])
            line += f"   {told}"
        lines.append(line)
    if result["slope"] is not None:
        told = Message("lines.trend", slope=result["slope"], se=result["slope_se"], p=result["slope_p"])
        lines.append(str(told))
    return "\n".join(lines)
