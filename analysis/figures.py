"""The further figures a plan asks for: means, totals, ratios, quantiles, differences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scipy import stats

from analysis.cells import crossing
from analysis.errors import CellsError
from analysis.estimators import Floats, Statistic, difference, mean, quantile, ratio, standard_errors, total
from analysis.intervals import mean_interval
from analysis.plan import CROSS, FigureRequest, Plan
from analysis.sample import Mask, Sample
from analysis.tables import rao_scott


def requested(sample: Sample, plan: Plan, satisfied: Floats, answered: Mask) -> list[dict[str, Any]]:
    """The plan's `figures`, in order, as JSON documents. satisfied, answered (cells,): the plan's measure."""
    confidence = float(plan.interval.confidence)
    found: list[dict[str, Any]] = []
    for figure in plan.figures:
        if figure.table:
            found.append({"name": figure.name or CROSS.join(figure.table), "kind": "table"} | _table(sample, figure))
        elif figure.difference:
            found.append(_difference(sample, figure, satisfied, answered, confidence))
        elif figure.quantile:
            found += _quantiles(sample, figure, confidence)
        else:
            found += _means(sample, figure, confidence)
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


def _table(sample: Sample, figure: FigureRequest) -> dict[str, Any]:
    assert figure.table is not None
    return rao_scott(sample, *figure.table).as_dict()


def _means(sample: Sample, figure: FigureRequest, confidence: float) -> list[dict[str, Any]]:
    kind = "mean" if figure.mean else "total" if figure.total else "ratio"
    statistics: list[tuple[str, Statistic]] = []
    for level, members in domains(sample, figure.by):
        if figure.ratio:
            above, has_above = sample.cells.numbers(figure.ratio[0])
            below, has_below = sample.cells.numbers(figure.ratio[1])
            statistics.append((level, ratio(sample, above, below, members & has_above & has_below)))
            continue
        values, answered = sample.cells.numbers(figure.mean or figure.total or "")
        maker = mean if figure.mean else total
        statistics.append((level, maker(sample, values, members & answered)))
    name = figure.name or " / ".join(figure.ratio or ()) or figure.mean or figure.total
    errors = standard_errors(sample, [statistic for _, statistic in statistics])
    return [
        {"name": name, "kind": kind, "level": level} | _interval(sample, statistic, se, confidence)
        for (level, statistic), se in zip(statistics, errors, strict=True)
    ]


def _quantiles(sample: Sample, figure: FigureRequest, confidence: float) -> list[dict[str, Any]]:
    values, answered = sample.cells.numbers(figure.quantile or "")
    found = []
    for level, members in domains(sample, figure.by):
        df = mean(sample, values, members & answered).df(sample)
        if df < 1:
            raise CellsError(f"the quantile of '{figure.quantile}' needs at least one degree of freedom")
        t_quantile = float(stats.t.ppf(0.5 + confidence / 2, df))
        for point in figure.at:
            result = quantile(sample, values, members & answered, float(point), t_quantile)
            found.append(
                {
                    "name": figure.name or figure.quantile, "kind": "quantile", "level": level, "at": float(point),
                    "n": result.n, "df": df, "estimate": result.value, "se": result.se, "lower": result.lower,
                    "upper": result.upper,
                }
            )  # fmt: skip
    return found


def _difference(
    sample: Sample, figure: FigureRequest, satisfied: Floats, answered: Mask, confidence: float
) -> dict[str, Any]:
    assert figure.difference is not None
    first, second = figure.difference
    between = difference(
        mean(sample, satisfied, answered & _members(sample, first)),
        mean(sample, satisfied, answered & _members(sample, second)),
    )
    se = standard_errors(sample, [between])[0]
    row = _interval(sample, between, se, confidence)
    t = between.value / se if se > 0 else None
    p = float(2 * stats.t.sf(abs(t), row["df"])) if t is not None and row["df"] >= 1 else None
    named = figure.name or f"{_said(first)} − {_said(second)}"
    return {"name": named, "kind": "difference", "level": ""} | row | {"t": t, "p": p}


def _members(sample: Sample, side: Mapping[str, str | int]) -> Mask:
    inside = sample.everyone
    for name, level in side.items():
        column = sample.cells.columns[name]
        if str(level) not in column.levels:
            raise CellsError(f"'{name}' has no level '{level}'; it has: {', '.join(column.levels[:12])}")
        inside = inside & (column.codes == column.levels.index(str(level)))
    return inside


def _said(side: Mapping[str, str | int]) -> str:
    return CROSS.join(str(level) for level in side.values())


def _interval(sample: Sample, statistic: Statistic, se: float, confidence: float) -> dict[str, Any]:
    df = statistic.df(sample)
    limits = mean_interval(statistic.value, se, df, confidence) if df >= 1 else None
    return {
        "n": statistic.rows(sample), "df": df, "estimate": statistic.value, "se": se,
        "lower": limits.lower if limits else None, "upper": limits.upper if limits else None,
    }  # fmt: skip
