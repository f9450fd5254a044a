"""The further figures a plan asks for: means, totals, ratios, quantiles, differences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import Literal

import numpy as np
from scipy import stats

from analysis.cells import crossing
from analysis.documents.rows import DifferenceRow, FurtherRow, MeanRow, NumberFigure, QuantileRow, TableRow
from analysis.estimators import Floats, Statistic, difference, mean, quantile, ratio, standard_errors, total
from analysis.intervals import mean_interval
from analysis.minimum import below_notice
from analysis.notices import Notice
from analysis.plan import CROSS, Plan
from analysis.plan_parts import FigureRequest
from analysis.sample import Mask, Sample
from analysis.tables import cross_table


def requested(sample: Sample, plan: Plan, satisfied: Floats, answered: Mask) -> list[FurtherRow]:
    """The plan's `figures`, in order, as JSON documents. satisfied, answered (cells,): the plan's measure."""
    confidence = float(plan.interval.confidence)
    found: list[FurtherRow] = []
    for figure in plan.figures:
        if figure.table:
            found.append(_table(sample, figure))
        elif figure.difference:
            found.append(_difference(sample, plan, figure, satisfied, answered, confidence))
        elif figure.quantile:
            found += _quantiles(sample, plan, figure, confidence)
        else:
            found += _means(sample, plan, figure, confidence)
    return found


def domains(sample: Sample, names: tuple[str, ...]) -> Iterator[tuple[str, Mask]]:
    """The crossing of columns as (level, members); combinations nobody has are left out. No names: everyone."""
    if not names:
        yield "", sample.everyone
        return
    columns = [sample.cells.columns[name] for name in names]
    place, unique = crossing(columns)
    for index, codes in enumerate(unique):
        if (codes >= 0).all():
            levels = [column.levels[code] for column, code in zip(columns, codes, strict=True)]
            yield CROSS.join(levels), place == index


def _table(sample: Sample, figure: FigureRequest) -> TableRow:
    assert figure.table is not None
    ruled_out = [(str(row), str(column)) for row, column in figure.impossible]
    return cross_table(sample, figure.table, ruled_out).as_row(figure.name or CROSS.join(figure.table))


def _means(sample: Sample, plan: Plan, figure: FigureRequest, confidence: float) -> list[MeanRow]:
    kind: Literal["mean", "total", "ratio"] = "mean" if figure.mean else "total" if figure.total else "ratio"
    name = figure.name or " / ".join(figure.ratio or ()) or figure.mean or figure.total or ""
    nothing = figure.total is None or plan.method.empty_totals
    found: list[tuple[str, Statistic | Notice]] = [
        (level, _enough(sample, plan, figure, level, _mean(sample, figure, members, nothing)))
        for level, members in domains(sample, figure.by)
    ]
    statistics = [statistic for _, statistic in found if isinstance(statistic, Statistic)]
    errors = iter(standard_errors(sample, statistics))
    return [
        {
            "name": name,
            "kind": kind,
            "level": level,
            **(_empty(one) if isinstance(one, Notice) else _interval(sample, one, next(errors), confidence)),
        }
        for level, one in found
    ]


def _mean(sample: Sample, figure: FigureRequest, members: Mask, nothing: bool) -> Statistic | Notice:
    """The mean, total or ratio among these, or why there is none. nothing: of nobody there is no figure, not 0."""
    names = figure.ratio or (figure.mean or figure.total or "",)
    values, answered = zip(*(sample.cells.numbers(name) for name in names), strict=True)
    inside = _counting(sample, np.logical_and.reduce([members, *answered]))
    if nothing and not (inside & (sample.weight > 0)).any():
        return Notice("no_answers")
    if figure.ratio is None:
        return (mean if figure.mean else total)(sample, values[0], inside)
    if float(np.where(inside, sample.weight, 0.0) @ values[1]) == 0:
        return Notice("no_denominator")
    return ratio(sample, values[0], values[1], inside)


def _counting(sample: Sample, inside: Mask) -> Mask:
    """Those inside that weigh anything, whom alone answers and degrees of freedom count."""
    return inside & (sample.weight > 0) if sample.method.psus_that_weigh else inside


def _enough(
    sample: Sample, plan: Plan, figure: FigureRequest, level: str, found: Statistic | Notice
) -> Statistic | Notice:
    """Of the measured question no further figure is told either where the plan's minimum is not met."""
    if plan.minimum is None or isinstance(found, Notice):
        return found
    if figure.difference is None and plan.measure.question not in figure.columns:
        return found
    least = plan.minimum if level else plan.minimum.of_whole()
    below = least.missed(found.rows(sample), sample.sites_in(found.inside), found.df(sample))
    return below_notice(below, not level) if below else found


def _quantiles(sample: Sample, plan: Plan, figure: FigureRequest, confidence: float) -> list[QuantileRow]:
    values, answered = sample.cells.numbers(figure.quantile or "")
    return [
        {
            "name": figure.name or figure.quantile or "",
            "kind": "quantile",
            "level": level,
            "at": float(point),
            **_quantile(
                sample, plan, figure, level, values, _counting(sample, members & answered), float(point), confidence
            ),
        }
        for level, members in domains(sample, figure.by)
        for point in figure.at
    ]


def _quantile(
    sample: Sample, plan: Plan, figure: FigureRequest, level: str, values: Floats, inside: Mask, point: float,
    confidence: float,
) -> NumberFigure:  # fmt: skip
    if not (inside & (sample.weight > 0)).any():
        return _empty(Notice("no_answers"))
    one = _enough(sample, plan, figure, level, mean(sample, values, inside))
    if isinstance(one, Notice):
        return _empty(one)
    df = one.df(sample)
    if df < 1:
        return _empty(Notice("no_interval"))
    found = quantile(sample, values, inside, point, float(stats.t.ppf(0.5 + confidence / 2, df)))
    return {
        "n": found.n, "df": df, "estimate": found.value, "se": found.se, "lower": found.lower, "upper": found.upper,
        "notices": [],
    }  # fmt: skip


def _difference(
    sample: Sample, plan: Plan, figure: FigureRequest, satisfied: Floats, answered: Mask, confidence: float
) -> DifferenceRow:
    assert figure.difference is not None
    first, second = figure.difference
    name = figure.name or f"{_said(first)} − {_said(second)}"
    sides = [
        _enough(sample, plan, figure, _said(side), _side(sample, side, satisfied, answered)) for side in (first, second)
    ]
    for side in sides:
        if isinstance(side, Notice):
            return {"name": name, "kind": "difference", "level": "", **_empty(side), "t": None, "p": None}
    one, other = (side for side in sides if isinstance(side, Statistic))
    between = difference(one, other)
    se = standard_errors(sample, [between])[0]
    row = _interval(sample, between, se, confidence)
    t = between.value / se if se > 0 else None
    df = between.df(sample)
    p = float(2 * stats.t.sf(abs(t), df)) if t is not None and df >= 1 else None
    return {"name": name, "kind": "difference", "level": "", **row, "t": t, "p": p}


def _side(sample: Sample, side: Mapping[str, str | int], satisfied: Floats, answered: Mask) -> Statistic | Notice:
    """The share satisfied on one side of a difference, or why there is none."""
    inside = answered & (sample.weight > 0)
    for name, level in side.items():
        column = sample.cells.columns[name]
        if str(level) not in column.levels:
            known = ", ".join(column.levels[:12])
            return Notice("no_level", {"column": name, "level": str(level), "levels": known})
        inside = inside & (column.codes == column.levels.index(str(level)))
    return mean(sample, satisfied, inside) if inside.any() else Notice("no_answers")


def _said(side: Mapping[str, str | int]) -> str:
    return CROSS.join(str(level) for level in side.values())


def _empty(reason: Notice) -> NumberFigure:
    """A cell without a figure, and why."""
    return {"n": 0, "df": 0, "estimate": None, "se": None, "lower": None, "upper": None, "notices": [reason.as_dict()]}


def _interval(sample: Sample, statistic: Statistic, se: float, confidence: float) -> NumberFigure:
    df = statistic.df(sample)
    limits = mean_interval(statistic.value, se, df, confidence) if df >= 1 else None
    return {
        "n": statistic.rows(sample), "df": df, "estimate": statistic.value, "se": None if isnan(se) else se,
        "lower": limits.lower if limits else None, "upper": limits.upper if limits else None, "notices": [],
    }  # fmt: skip
