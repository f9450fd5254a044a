"""Ways of answering beside one another: the official figure by mode, its differences, and what is left of them
between people alike.

A crude difference mixes two things: how people answer in a mode, and who answers in it. The adjusted one compares
people of the same margin levels; what neither design nor margins tell apart stays in it. Neither enters the decision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.comparisons import Compared, ModeComparison, ModeRow, ModeSplit, Tested
from analysis.errors import AnalysisError
from analysis.estimators import Statistic, covariance_matrix, mean
from analysis.intervals import mean_interval, share_interval
from analysis.plan import MODE, Plan
from analysis.regression import Weighting, linear
from analysis.sample import Mask, Sample
from wording import Message, english

Floats = NDArray[np.float64]
LEAST_N = 30  # responses a mode needs before it is tested


def compare_modes(sample: Sample, plan: Plan, values: Floats, answered: Mask) -> ModeComparison:
    """The plan's official values (cells,) in [0, 1] by the column `mode`, each mode against the most frequent one.

    "modes": n, estimate, se, interval.  "differences": crude (t test with the covariance of the two, which share
    sites; df = PSUs - strata of both) and adjusted (linear regression on the mode and the plan's margins as main
    effects, df as in R's svyglm), p values after Holm (1979) within each kind.  "any_difference_p": Wald's F of all
    crude differences, F = W/q (df - q + 1)/df (Korn and Graubard 1990).  Modes of under LEAST_N answers are shown
    and not tested; with fewer than two others there is no test, and "why" says so.
    """
    column = sample.cells.columns[MODE]
    confidence = float(plan.interval.confidence)
    inside = answered & (sample.weight > 0)
    found = [(level, inside & (column.codes == place)) for place, level in enumerate(column.levels)]
    statistics = {level: mean(sample, values, members) for level, members in found if members.any()}
    if not statistics:
        return {
            "modes": [],
            "base": None,
            "differences": [],
            "any_difference_p": None,
            "why": Message("analysis.nobody_answered").text("en"),
            "split": {"identified": False, "parts": []},
        }
    names = list(statistics)
    joint = covariance_matrix(sample, list(statistics.values()))
    rows = [
        _row(
            name,
            statistics[name],
            float(joint[at, at]),
            sample,
            plan.interval.method,
            plan.measure.official,
            confidence,
        )
        for at, name in enumerate(names)
    ]
    tested = [name for name in names if statistics[name].rows(sample) >= LEAST_N]
    document: ModeComparison = {
        "modes": rows, "base": None, "differences": [], "any_difference_p": None, "why": "",
        "split": {"identified": False, "parts": []},
    }  # fmt: skip
    if len(tested) < 2:
        document["why"] = Message("analysis.test_needs_two_modes", least_n=LEAST_N).text("en")
        return document
    base = max(tested, key=lambda name: statistics[name].rows(sample))
    others = [name for name in tested if name != base]
    places = [names.index(name) for name in (base, *others)]
    crude = _crude(sample, statistics, joint, names, base, others, confidence)
    adjusted, why = _adjusted(sample, plan, values, inside, base, others, confidence)
    df = mean(sample, values, np.isin(column.codes, [column.levels.index(name) for name in tested]) & inside).df(sample)
    return {
        "modes": rows,
        "base": base,
        "any_difference_p": _wald(statistics, names, joint, places, df),
        "why": why,
        "differences": [{"mode": name, "crude": crude[name], "adjusted": adjusted.get(name)} for name in others],
        "split": _split(plan, crude, adjusted),
    }


def _split(plan: Plan, crude: dict[str, Compared], adjusted: dict[str, Compared]) -> ModeSplit:
    """Measurement and selection apart, where persons were allotted to modes by chance; else neither is identified, for
    whoever chose a mode may differ in what no margin tells (Vannieuwenhuyze and Loosveldt 2013)."""
    if plan.fieldwork is None or plan.fieldwork.modes != "random":
        return {"identified": False, "parts": []}
    return {
        "identified": True,
        "parts": [
            {
                "mode": name,
                "measurement": row["difference"],
                "measurement_se": row["se"],
                "selection": crude[name]["difference"] - row["difference"],
            }
            for name, row in adjusted.items()
        ],
    }


def holm(p_values: list[float | None]) -> list[float | None]:
    """Holm's adjusted p values, in the order given; None stays None."""
    known = sorted((p, at) for at, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, at) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        adjusted[at] = largest
    return adjusted


def _row(
    name: str, statistic: Statistic, variance: float, sample: Sample, method: str, official: str, confidence: float
) -> ModeRow:
    n, df, se = statistic.rows(sample), statistic.df(sample), float(np.sqrt(max(variance, 0.0)))
    limits = None
    if df >= 1 and official == "share":
        limits = share_interval(statistic.value, se, df, n, method, confidence)
    elif df >= 1:
        limits = mean_interval(statistic.value, se, df, confidence)
    return {
        "mode": name, "n": n, "df": df, "estimate": statistic.value, "se": se,
        "lower": limits.lower if limits else None, "upper": limits.upper if limits else None,
    }  # fmt: skip


def _crude(
    sample: Sample, statistics: dict[str, Statistic], joint: Floats, names: list[str], base: str, others: list[str],
    confidence: float,
) -> dict[str, Compared]:  # fmt: skip
    rows = []
    at = names.index(base)
    for name in others:
        place = names.index(name)
        variance = float(joint[place, place] + joint[at, at] - 2 * joint[place, at])
        both = Statistic(0.0, statistics[base].influence, statistics[name].inside | statistics[base].inside)
        difference = statistics[name].value - statistics[base].value
        rows.append(_tested(difference, float(np.sqrt(max(variance, 0.0))), both.df(sample), confidence))
    return dict(zip(others, _with_holm(rows), strict=True))


def _adjusted(
    sample: Sample, plan: Plan, values: Floats, inside: Mask, base: str, others: list[str], confidence: float
) -> tuple[dict[str, Compared], str]:
    """By mode, and why there is nothing where there is nothing."""
    mode = sample.cells.columns[MODE]
    used = inside & np.isin(mode.codes, [mode.levels.index(name) for name in (base, *others)])
    blocks, terms = [np.ones(len(used))], ["(constant)"]
    for name in others:
        blocks.append((mode.codes == mode.levels.index(name)).astype(float))
        terms.append(f"{MODE}={name}")
    for margin in plan.margin_names:
        column = sample.cells.columns[margin]
        present = [place for place in range(len(column.levels)) if (column.codes[used] == place).any()]
        for place in present[1:]:
            blocks.append((column.codes == place).astype(float))
            terms.append(f"{margin}={column.levels[place]}")
    if len(terms) == 1 + len(others):
        return {}, Message("analysis.plan_no_margins_compare").text("en")
    try:
        fit = linear(np.column_stack(blocks), values, terms, Weighting.of(sample), used)
    except AnalysisError as error:
        return {}, english(error)
    if fit.df < 1:
        return {}, Message("analysis.terms_leave_no_degree_3", n=len(terms)).text("en")
    rows = [
        _tested(float(fit.coefficients[1 + at]), float(fit.se[1 + at]), fit.df, confidence) for at in range(len(others))
    ]
    return dict(zip(others, _with_holm(rows), strict=True)), ""


def _tested(difference: float, se: float, df: int, confidence: float) -> Tested:
    if df < 1 or se <= 0:
        return {"difference": difference, "se": se, "df": df, "lower": None, "upper": None, "p": None}
    limits = mean_interval(difference, se, df, confidence)
    p = float(2 * stats.t.sf(abs(difference / se), df))
    return {"difference": difference, "se": se, "df": df, "lower": limits.lower, "upper": limits.upper, "p": p}


def _with_holm(rows: list[Tested]) -> list[Compared]:
    return [{**row, "p_holm": p} for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True)]


def _wald(
    statistics: dict[str, Statistic], names: list[str], joint: Floats, places: list[int], df: int
) -> float | None:
    q = len(places) - 1
    if df - q + 1 <= 0:
        return None
    contrasts = np.zeros((q, len(names)))
    contrasts[:, places[0]] = -1.0
    contrasts[np.arange(q), places[1:]] = 1.0
    left = contrasts @ np.array([statistics[name].value for name in names])
    spread = contrasts @ joint @ contrasts.T
    if np.linalg.eigvalsh(spread)[0] <= 1e-12 * max(float(np.diag(spread).max()), 1e-300):
        return None
    wald = float(left @ np.linalg.solve(spread, left))
    return float(stats.f.sf(wald / q * (df - q + 1) / df, q, df - q + 1))
