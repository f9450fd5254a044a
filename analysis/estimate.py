"""Satisfaction from weighted cells: share and index with their uncertainty, by domain, and the decision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Calibrated, calibrate, residuals, weighted_median
from analysis.cells import Cells
from analysis.decision import LEAST_DF, Decision, Spread, decide
from analysis.errors import CellsError
from analysis.intervals import Interval, mean_interval, share_interval
from analysis.plan import Plan
from analysis.variance import SampleDesign, VarianceParts, degrees_of_freedom, sample_design, variance

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Figure:
    """One estimated mean. `se` in its units; `interval` is None without a degree of freedom.

    design_effect: variance over that of a simple random sample of n drawn with replacement.
    """

    estimate: float
    se: float
    interval: Interval | None
    design_effect: float | None
    parts: VarianceParts


@dataclass(frozen=True)
class DomainEstimate:
    """Share satisfied and index among the answered rows of one domain."""

    level: str
    n: int
    df: int
    satisfied: Figure | None
    index: Figure | None
    decision: Decision | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Estimate:
    """The whole result: overall, by domain, and what the weights went through."""

    plan: Plan
    overall: DomainEstimate
    domains: dict[str, tuple[DomainEstimate, ...]]
    sum_weights: float
    kish_deff: float
    weights: dict[str, Any]
    calibration: dict[str, Any]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON document of `minyi estimate --json`."""
        overall = self.overall
        assert overall.satisfied is not None
        assert overall.index is not None
        assert overall.decision is not None
        return {
            "n": overall.n,
            "sum_weights": self.sum_weights,
            "df": overall.df,
            "kish_deff": self.kish_deff,
            "design_effect": overall.satisfied.design_effect,
            "effective_n": _effective(overall.n, overall.satisfied.design_effect),
            "satisfied": _figure(overall.satisfied, self.plan),
            "index": _figure(overall.index, self.plan),
            "decision": _decision(overall.decision),
            "domains": {name: [_row(row) for row in rows] for name, rows in self.domains.items()},
            "measure": {
                "question": self.plan.measure.question,
                "satisfied": list(self.plan.measure.satisfied),
                "official": self.plan.measure.official,
            },
            "weights": self.weights,
            "calibration": self.calibration,
            "warnings": list(self.warnings),
            "plan_digest": self.plan.digest,
        }


def estimate(cells: Cells, plan: Plan) -> Estimate:
    """Estimate the plan's measure from `cells`. Raises AnalysisError in the user's words."""
    calibrated = calibrate(cells, plan)
    design = sample_design(cells, plan)
    worker = _Worker(cells, plan, calibrated, design)
    everyone = np.ones(len(cells), dtype=bool)
    overall = worker.domain("", everyone)
    if overall.satisfied is None:
        raise CellsError(f"nobody answered '{plan.measure.question}': there is nothing to estimate")
    domains = {}
    for name in plan.domains:
        column = cells.columns[name]
        domains[name] = tuple(worker.domain(level, column.codes == code) for code, level in enumerate(column.levels))
    weight = calibrated.weight
    squares = float((calibrated.factor**2 * calibrated.squared).sum())
    kish = float(cells.count.sum()) * squares / float(weight.sum()) ** 2
    return Estimate(
        plan, overall, domains, float(weight.sum()), kish,
        {"before": _summary(cells.weight, cells), "after": _summary(weight, cells)},
        {
            "method": plan.calibration.method if plan.calibration else None,
            "margins": list(plan.margin_names),
            "iterations": calibrated.iterations,
            "largest_miss": calibrated.largest_miss,
            "trimmed": calibrated.trimmed,
        },
        (*calibrated.notes, *overall.warnings),
    )  # fmt: skip


@dataclass(frozen=True)
class _Worker:
    """What every domain of one estimate shares."""

    cells: Cells
    plan: Plan
    calibrated: Calibrated
    design: SampleDesign

    def domain(self, level: str, member: Mask) -> DomainEstimate:
        points, satisfied, answered = _values(self.cells, self.plan)
        inside = member & answered & (self.calibrated.weight > 0)
        n = int(self.cells.count[inside].sum())
        if not n:
            return DomainEstimate(level, 0, 0, None, None, None, ("no answers",))
        df = degrees_of_freedom(inside, self.cells, self.design)
        warnings = (f"only {df} degrees of freedom: the interval is unreliable",) if df < LEAST_DF else ()
        share = self._figure(satisfied, inside, n, df, is_share=True)
        index = self._figure(points, inside, n, df, is_share=False)
        return DomainEstimate(level, n, df, share, index, self._decide(share, index, inside, n, df), warnings)

    def _figure(self, values: Floats, inside: Mask, n: int, df: int, is_share: bool) -> Figure:
        weight = np.where(inside, self.calibrated.weight, 0.0)
        total = float(weight.sum())
        mean = float((weight * values).sum()) / total
        linearised = np.where(inside, (values - mean) / total, 0.0)
        scores = residuals(linearised, self.calibrated)
        factor = self.calibrated.factor
        parts = variance(self.calibrated.weight * scores, (factor * scores) ** 2 * self.calibrated.squared, self.design)
        se = float(np.sqrt(max(parts.total, 0.0)))
        simple = float((weight * (values - mean) ** 2).sum()) / total / (n - 1) if n > 1 else 0.0
        interval = None
        if df >= 1:
            confidence = float(self.plan.interval.confidence)
            if is_share:
                interval = share_interval(mean, se, df, n, self.plan.interval.method, confidence)
            else:
                interval = mean_interval(mean, se, df, confidence)
        return Figure(mean, se, interval, parts.total / simple if simple > 0 else None, parts)

    def _decide(self, share: Figure, index: Figure, inside: Mask, n: int, df: int) -> Decision:
        official, scale = (share, 1.0) if self.plan.measure.official == "share" else (index, 100.0)
        sites = len(np.unique(self.design.psu[inside])) if not self.design.direct else n
        strata = np.unique(self.design.stratum[inside])
        population = self.design.population_units
        spread = Spread(
            between=official.parts.between / scale**2,
            within=official.parts.total / scale**2 - official.parts.between / scale**2,
            n=n,
            sites=sites,
            strata=len(strata),
            population_sites=float(population[strata].sum()) if population is not None else None,
        )
        confidence = float(self.plan.interval.confidence)
        return decide(official.estimate / scale, official.se / scale, df, spread, confidence)


def _values(cells: Cells, plan: Plan) -> tuple[Floats, Floats, Mask]:
    """Index points, 1 for satisfied, and whether the measure was answered, per cell."""
    column = cells.columns[plan.measure.question]
    by_code = plan.measure.index_points()
    unknown = [level for level in column.levels if level not in {str(code) for code in by_code}]
    if unknown:
        raise CellsError(f"'{plan.measure.question}' holds answers outside the plan's scale: {', '.join(unknown[:5])}")
    points = np.array([*(by_code[int(level)] for level in column.levels), 0.0])
    satisfied = np.array([*(float(int(level) in plan.measure.satisfied) for level in column.levels), 0.0])
    return points[column.codes], satisfied[column.codes], column.codes >= 0


def _summary(weight: Floats, cells: Cells) -> dict[str, float]:
    """Of the mean row weight in each cell: where rows of a cell differ, the extremes are of cell means."""
    row = weight / cells.count
    median = weighted_median(row, cells.count.astype(float))
    return {"minimum": float(row.min()), "median": median, "maximum": float(row.max())}


def _effective(n: int, design_effect: float | None) -> float | None:
    return n / design_effect if design_effect else None


def _figure(figure: Figure, plan: Plan) -> dict[str, Any]:
    interval = figure.interval
    return {
        "estimate": figure.estimate,
        "se": figure.se,
        "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None,
        "interval": interval.method if interval else None,
        "confidence": float(plan.interval.confidence),
    }


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    return asdict(decision) if decision else None


def _row(row: DomainEstimate) -> dict[str, Any]:
    share = row.satisfied
    interval = share.interval if share else None
    return {
        "level": row.level,
        "n": row.n,
        "estimate": share.estimate if share else None,
        "se": share.se if share else None,
        "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None,
        "df": row.df,
        "design_effect": share.design_effect if share else None,
        "effective_n": _effective(row.n, share.design_effect) if share else None,
        "index": row.index.estimate if row.index else None,
        "index_se": row.index.se if row.index else None,
        "decision": _decision(row.decision),
        "warnings": list(row.warnings),
    }
