"""The way of one figure from counts to its limits, in numbers that can be computed again by hand.

Beside the estimators, for `minyi estimate --explain`: it repeats no formula of theirs, but takes their work apart by stratum and site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.calibration import residuals
from analysis.cells import Cells, total_by
from analysis.definitions_compared import measure_values
from analysis.errors import CellsError
from analysis.estimators import Statistic, mean, variance_parts
from analysis.figures import domains
from analysis.plan import Plan
from analysis.results import DomainEstimate, Estimate, Figure
from analysis.sample import Mask, Sample, weighted_sample
from analysis.variance import SampleDesign, variance
from wording import Message

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SiteStep:
    """One PSU: answers, their base and final weights summed, the weighted values, and its linearised total."""

    stratum: str
    psu: str
    n: int
    base: float
    weight: float
    value: float
    total: float


@dataclass(frozen=True)
class StratumStep:
    """One stratum: all its units, the share of its population that they are, the sum of squares of their totals about
    their mean, and the variance that it adds."""

    stratum: str
    units: int
    fraction: float
    squares: float
    variance: float


@dataclass(frozen=True)
class Explained:
    """area: 'variable=level', '' for the whole. weight, value: sums of w and of w times the answer's value (1 or 0 for a
    share, points for an index). base: sum of weights as they came. factors: smallest and largest final weight over base. sites: those with an answer or a total
    of their own, none where rows were drawn directly. strata_held: those with an answer. averaged: what `singleton: average` multiplies the strata's sum by.
    t_n, t_df: t quantiles of n - 1 and df; size: Korn and Graubard's, None without them. row: the figure's other numbers.
    """

    area: str
    sample: Sample
    row: DomainEstimate
    figure: Figure
    base: float
    weight: float
    value: float
    factors: tuple[float, float]
    sites: tuple[SiteStep, ...]
    strata: tuple[StratumStep, ...]
    strata_held: int
    averaged: float
    t_n: float | None
    t_df: float | None
    size: float | None


def explain(cells: Cells, plan: Plan, found: Estimate, area: str = "") -> Explained:
    """The official figure of the whole, or of a domain written 'variable=level'. found: the estimate of these cells.

    Raises CellsError for an area that the plan has not, or whose figure is not given.
    """
    sample = weighted_sample(cells, plan)
    points, satisfied, answered = measure_values(sample.cells, plan)
    row, members = _of_area(sample, plan, found, area)
    share = plan.measure.official == "share"
    figure = row.satisfied if share else row.index
    if figure is None:
        raise CellsError(
            "explained.no_figure",
            area=area,
            why=[Message(f"notices.{notice.key}", **notice.params) for notice in row.notices],
        )
    values = satisfied if share else points
    inside = members & answered & (sample.weight > 0)
    statistic = mean(sample, values, inside)
    scores, squares = _linearised(sample, statistic)
    strata = _strata(sample, plan, scores, squares)
    whole = variance_parts(sample, [statistic])[0].total
    summed = sum(step.variance for step in strata)
    factor = sample.weight[inside] / sample.base.weight[inside]
    t_n, t_df, size = _quantiles(plan, row, figure)
    return Explained(
        area, sample, row, figure,
        float(sample.base.weight[inside].sum()), float(sample.weight[inside].sum()),
        float(sample.weight[inside] @ values[inside]), (float(factor.min()), float(factor.max())),
        _sites(sample, plan, values, inside, scores), strata, len(np.unique(sample.design.stratum[inside])),
        whole / summed if summed > 0 and sample.design.singleton == "average" else 1.0, t_n, t_df, size,
    )  # fmt: skip


def _of_area(sample: Sample, plan: Plan, found: Estimate, area: str) -> tuple[DomainEstimate, Mask]:
    if not area:
        return found.overall, sample.everyone
    variable, _, level = area.partition("=")
    rows = {row.level: row for row in found.domains.get(variable, ())}
    if level not in rows:
        known = [f"{name}={row.level}" for name, levels in found.domains.items() for row in levels]
        raise CellsError("explained.no_area", area=area, known=known[:12])
    return rows[level], dict(domains(sample, plan.crossings[variable]))[level]


def _linearised(sample: Sample, statistic: Statistic) -> tuple[Floats, Floats]:
    """(cells,): w e and its squares summed over rows, e the influence or its residual after calibration."""
    left = residuals(statistic.influence, sample.calibrated)
    return sample.weight * left, sample.squared * left**2


def _strata(sample: Sample, plan: Plan, scores: Floats, squares: Floats) -> tuple[StratumStep, ...]:
    """The design's variance of each stratum's scores alone, which add up to that of all of them."""
    design = replace(sample.design, singleton="remove") if sample.design.singleton == "average" else sample.design
    found = np.zeros(design.strata)
    for place in range(design.strata):
        own = design.stratum == place
        found[place] = variance(scores * own, squares * own, design).total
    centred, fraction = _centred(scores, squares, design), design.first_fraction
    names = sample.cells.columns[plan.design.strata].levels if plan.design.strata else ("",)
    return tuple(
        StratumStep(
            names[place], int(design.units[place]), float(fraction[place]), float(centred[place]), float(found[place])
        )
        for place in np.flatnonzero(design.units > 0).tolist()
    )


def _centred(scores: Floats, squares: Floats, design: SampleDesign) -> Floats:
    """(strata,): sum of squares of the units' totals about the mean of their stratum."""
    if design.direct:
        alone, square = total_by(design.stratum, scores, size=design.strata), total_by(design.stratum, squares, size=design.strata)  # fmt: skip
    else:
        totals = total_by(design.psu, scores, size=len(design.rows))
        alone, square = (total_by(design.stratum_of_psu, part, size=design.strata) for part in (totals, totals**2))
    return np.asarray(np.maximum(square - alone**2 / np.maximum(design.units, 1), 0.0))


def _sites(sample: Sample, plan: Plan, values: Floats, inside: Mask, scores: Floats) -> tuple[SiteStep, ...]:
    design, columns = sample.design, sample.cells.columns
    if design.direct or plan.design.psu is None:
        return ()
    number = len(design.rows)
    weight = sample.weight * inside
    parts = (sample.cells.count * inside, sample.base.weight * inside, weight, weight * values, scores)
    n, base, final, value, totals = (total_by(design.psu, part, size=number) for part in parts)
    first = np.zeros(number, dtype=np.int64)
    first[design.psu[::-1]] = np.arange(len(design.psu))[::-1]
    labels, strata = columns[plan.design.psu], columns[plan.design.strata] if plan.design.strata else None
    return tuple(
        SiteStep(
            strata.levels[strata.codes[first[place]]] if strata else "", labels.levels[labels.codes[first[place]]],
            int(n[place]), float(base[place]), float(final[place]), float(value[place]), float(totals[place]),
        )
        for place in np.flatnonzero((n > 0) | (totals != 0))
    )  # fmt: skip


def _quantiles(plan: Plan, row: DomainEstimate, figure: Figure) -> tuple[float | None, float | None, float | None]:
    """t of n - 1 and of df, and the effective size of Korn and Graubard (1998) where the limits rest on one."""
    if figure.interval is None:
        return None, None, None
    place = 0.5 + float(plan.interval.confidence) / 2
    t_df = float(stats.t.ppf(place, row.df))
    p, se = figure.estimate, figure.se or 0.0
    if figure.interval.method not in ("korn_graubard", "wilson") or not 0 < p < 1 or se <= 0 or row.n < 2:
        return None, t_df, None
    t_n = float(stats.t.ppf(place, row.n - 1))
    return t_n, t_df, p * (1 - p) / se**2 * (t_n / t_df) ** 2
