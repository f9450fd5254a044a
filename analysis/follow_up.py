"""A follow-up sample of those who did not answer: how many to ask, and the figure that both phases give together.

Beside the figure of the first phase.  Hansen and Hurwitz (1946); Cochran (1977), section 13.6; Särndal, Swensson and
Wretman (1992), section 9.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import residuals
from analysis.cells import Cells, total_by
from analysis.definitions_compared import measure_values
from analysis.errors import CellsError
from analysis.estimators import mean
from analysis.intervals import mean_interval, share_interval
from analysis.missing import told_apart
from analysis.plan import Plan
from analysis.sample import weighted_sample
from analysis.sampled_sites import SiteWeights
from analysis.site_weights import design_weighted
from analysis.variance import SampleDesign
from wording import Message

Floats = NDArray[np.float64]
FEWEST = 2  # of a stratum, without which the follow-up has no variance
PHASE, FIRST, SECOND = "phase", "1", "2"  # a column of its own, and its levels


@dataclass(frozen=True)
class Costs:
    """Of trying one person of the first phase, of the answer of one, and of the answer of one followed up; in any unit."""

    asking: float
    answer: float
    followed: float


@dataclass(frozen=True)
class FollowUpPlan:
    """one_in: of how many who did not answer one is followed up, 1 at the least; followed: how many that is; se: of the
    figure, under the design effect; cost: of both phases, in the unit of the costs."""

    one_in: float
    followed: int
    se: float
    cost: float


def plan_follow_up(
    drawn: int, rate: float, share: float, costs: Costs, silent_share: float | None = None, effect: float = 1.0
) -> FollowUpPlan:
    """The cheapest fraction of those who do not answer: k^2 = c2 (S^2 - W2 S2^2) / (S2^2 (c0 + c1 W1)).

    drawn: persons of the first phase; rate W1: of them who answer; share: satisfied among these, silent_share among the
    others (the same if not given); effect: of the design on the first phase.  V = deff S^2/n + W2 (k-1) S2^2/n.

    >>> found = plan_follow_up(1000, 0.4, 0.75, Costs(1, 5, 40), silent_share=0.6)
    >>> round(found.one_in, 3), found.followed, round(found.se, 4)
    (2.113, 284, 0.0196)
    """
    other = share if silent_share is None else silent_share
    whole, silent = rate * share + (1 - rate) * other, other * (1 - other)
    spread = whole * (1 - whole)
    if silent <= 0:
        raise CellsError("bias.follow_up_without_spread")
    square = costs.followed * (spread - (1 - rate) * silent) / (silent * (costs.asking + costs.answer * rate))
    followed = min(max(ceil(drawn * (1 - rate) / max(sqrt(max(square, 0.0)), 1.0)), FEWEST), round(drawn * (1 - rate)))
    one_in = drawn * (1 - rate) / followed
    se = sqrt((effect * spread + (1 - rate) * (one_in - 1) * silent) / drawn)
    cost = costs.asking * drawn + costs.answer * rate * drawn + costs.followed * followed
    return FollowUpPlan(one_in, followed, se, cost)


@dataclass(frozen=True)
class FollowUp:
    """Shares of one. first, second: the figure of those who answered at once, and of those followed up; estimate: of both
    together, each followed up for all of the stratum who did not answer. kappa: what the follow-up measured of
    P(answer | dissatisfied) / P(answer | satisfied), None where a group has none or the official figure is an index."""

    n_first: int
    n_second: int
    first: float
    second: float
    estimate: float
    se: float
    df: int
    lower: float | None
    upper: float | None
    kappa: float | None


def follow_up(first: Cells, second: Cells, plan: Plan, silent: Mapping[str, float]) -> FollowUp:
    """The official figure of answers `first` and of those followed up among the silent, `second`, both cells of `plan`.

    silent: by stratum of the plan ('' without strata) the persons drawn who did not answer the official question; those
    followed up who answered count as a random sample of them.  Weights are the plan's design weights, in the second
    phase times silent / followed, then calibrated as the plan says.  Raises CellsError naming a stratum that cannot be used.
    """
    phases = [_answered(cells, plan) for cells in (first, second)]
    bare = replace(plan, nonresponse=None, weights=SiteWeights(), figures=(), drivers=None, domains=(PHASE,))
    joined = _joined(phases[0], phases[1], bare)
    strata, stratum = _strata(joined, plan)
    column = joined.columns[PHASE]
    late = column.codes == column.levels.index(SECOND)
    followed = total_by(stratum, np.where(late, joined.count, 0), size=len(strata))
    counts = _silent(strata, followed, silent)
    ratio = np.divide(counts, followed, out=np.ones(len(strata)), where=followed > 0)
    factor = np.where(late, ratio[stratum], 1.0)
    sample = weighted_sample(joined.scaled(factor), bare)
    points, satisfied, answered = measure_values(sample.cells, bare)
    share = plan.measure.official == "share"
    values = satisfied if share else points / 100
    figure = mean(sample, values, answered)
    one, other = (mean(sample, values, answered & chosen).value for chosen in (~late, late))
    score = residuals(figure.influence, sample.calibrated) * sample.calibrated.factor
    silence = _Silence(counts, followed, late)
    se = sqrt(max(_variance(sample.design, score, joined, silence), 0.0))
    df, confidence = int((silence.units(sample.design) - 1).sum()), float(plan.interval.confidence)
    n, limits = int(joined.count.sum()), None
    if df >= 1 and share:
        limits = share_interval(figure.value, se, df, n, plan.interval.method, confidence)
    elif df >= 1:
        limits = mean_interval(figure.value, se, df, confidence)
    known = share and 0 < one < 1 and 0 < figure.value < 1
    return FollowUp(
        n_first=int(joined.count[~late].sum()),
        n_second=int(joined.count[late].sum()),
        first=one,
        second=other,
        estimate=figure.value,
        se=se,
        df=df,
        lower=limits.lower if limits else None,
        upper=limits.upper if limits else None,
        kappa=figure.value / (1 - figure.value) * (1 - one) / one if known else None,
    )


@dataclass(frozen=True)
class _Silence:
    """silent, followed (strata,): persons who did not answer at first, and those of them who did later; late (cells,)."""

    silent: Floats
    followed: Floats
    late: NDArray[np.bool_]

    def units(self, design: SampleDesign) -> Floats:
        """(strata,) units of the first phase: persons, answered or not, where these are drawn directly; else PSUs."""
        return design.units + (self.silent - self.followed if design.direct else 0.0)


def _answered(cells: Cells, plan: Plan) -> Cells:
    """Under design weights, those alone who answered the official question."""
    cells = design_weighted(cells, plan) if plan.follows_sites else cells
    told, kinds = told_apart(cells, plan)
    return told.where(kinds < 0)


def _joined(first: Cells, second: Cells, plan: Plan) -> Cells:
    """Both as cells that the column PHASE tells apart."""
    keys: dict[str, tuple[tuple[str, ...], NDArray[np.int64]]] = {}
    for name in plan.key_columns:
        if name == PHASE:
            keys[name] = ((FIRST, SECOND), np.repeat(np.arange(2), [len(first), len(second)]))
            continue
        one, other = first.columns[name], second.columns[name]
        moved = np.where(other.codes >= 0, other.codes + len(one.levels), -1)
        keys[name] = ((*one.levels, *other.levels), np.concatenate([one.codes, moved]))
    parts = [
        np.concatenate([np.asarray(getattr(cells, name), dtype=float) for cells in (first, second)])
        for name in ("count", "weight", "weight_squared")
    ]
    return Cells.from_coded(keys, parts[0], parts[1], parts[2], plan)


def _strata(cells: Cells, plan: Plan) -> tuple[Sequence[str], NDArray[np.int64]]:
    if plan.design.strata is None:
        return ("",), np.zeros(len(cells), dtype=np.int64)
    column = cells.columns[plan.design.strata]
    return column.levels, column.codes


def _silent(strata: Sequence[str], followed: Floats, silent: Mapping[str, float]) -> Floats:
    unknown = [name for name in silent if name not in strata]
    if unknown:
        raise CellsError("bias.follow_up_unknown_stratum", stratum=unknown[0])
    for name, number in zip(strata, followed, strict=True):
        there, told = silent.get(name, 0.0), name or Message("scenarios.whole")
        if there > 0 and number < FEWEST:
            raise CellsError("bias.follow_up_too_few", stratum=told, followed=int(number), fewest=FEWEST)
        if number > there:
            raise CellsError("bias.follow_up_too_many", stratum=told, followed=int(number), silent=there)
    return np.array([float(silent.get(name, 0.0)) for name in strata])


def _variance(design: SampleDesign, score: Floats, cells: Cells, silence: _Silence) -> float:
    """V of both phases: the first estimated from the second by its joint probabilities, and the second.

    score (cells,): of one row, under calibration; cells: under the first phase's weights. With a = weight x score, over
    the silent of a stratum w = N/m, g = N(N-1)/(m(m-1)), Q the first phase's form of their a:
    V1 = form(w a) + sum (g - w^2) Q + (w - g) sum a^2;  V2 = sum N^2/m (1 - m/N) s^2(a).
    """
    many, m = silence.silent, silence.followed
    there = m >= FEWEST
    w = np.divide(many, m, out=np.ones_like(many), where=there)
    g = np.divide(many * (many - 1), m * (m - 1), out=np.ones_like(many), where=there)
    a, aa = cells.weight * score, cells.weight_squared * score**2
    factor, units = np.where(silence.late, w[design.stratum], 1.0), silence.units(design)
    late, squared = np.where(silence.late, a, 0.0), np.where(silence.late, aa, 0.0)
    square, sums = (total_by(design.stratum, part, size=design.strata) for part in (squared, late))
    first = _form(design, a * factor, aa * factor**2, units)
    first = first + (g - w**2) * _form(design, late, squared, units) + (w - g) * square
    spread = (square - np.divide(sums**2, m, out=np.zeros_like(m), where=there))[there] / (m[there] - 1)
    second = many[there] ** 2 / m[there] * (1 - m[there] / many[there]) * spread
    return float(first.sum() + second.sum())


def _form(design: SampleDesign, a: Floats, aa: Floats, units: Floats) -> Floats:
    """(strata,) n/(n-1) (sum of squared totals of PSUs, rows where these are drawn directly, less the square of all over n)."""
    whole = total_by(design.stratum, a, size=design.strata)
    if design.direct:
        squares = total_by(design.stratum, aa, size=design.strata)
    else:
        totals = total_by(design.psu, a, size=len(design.rows))
        squares = total_by(design.stratum_of_psu, totals**2, size=design.strata)
    return np.asarray(units / np.maximum(units - 1, 1) * (squares - whole**2 / units))
