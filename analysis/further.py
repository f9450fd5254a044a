"""Small areas and drivers under a plan: from the estimate's own figures to their modules and back as documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.documents.further import DriversDocument, NoDrivers, SmallAreaRow, SmallAreasDocument
from analysis.drivers import drivers
from analysis.errors import AnalysisError, CellsError
from analysis.plan import Plan
from analysis.plan_parts import SmallAreas
from analysis.regression import Weighting
from analysis.sample import Sample
from analysis.small_areas import fay_herriot, publishable, smooth_variances
from wording import english

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DirectArea:
    """A domain's direct estimate: share and standard error in [0, 1]."""

    name: str
    n: int
    df: int
    share: float
    se: float | None


def area_table(direct: Sequence[DirectArea], rule: SmallAreas) -> SmallAreasDocument:
    """The area model beside the direct estimates, with whether each may be published. Never part of the decision.

    Areas the covariate does not name are an error; where the model cannot be fitted, the reason stands instead.
    """
    covariate = None
    if rule.covariate:
        values = {str(name): float(value) for name, value in rule.covariate.items()}
        absent = [area.name for area in direct if area.name not in values]
        if absent:
            raise CellsError("analysis.small_areas_covariate_no", absent=absent[:5])
        covariate = np.array([values[area.name] for area in direct])
    share, se = np.array([area.share for area in direct]), np.array([area.se or 0.0 for area in direct])
    n, df = np.array([float(area.n) for area in direct]), np.array([float(max(area.df, 0)) for area in direct])
    publication = [publishable(area.n, _variation(area), rule.least_n, float(rule.largest_cv)) for area in direct]
    try:
        model = fay_herriot(share, smooth_variances(share, se**2, n, df), [area.name for area in direct], covariate)
    except AnalysisError as error:
        return {"domain": rule.domain, "reason": english(error), "areas": [], "publication": publication}
    rows: list[SmallAreaRow] = [
        {**row, "n": area.n, "publication": rule_of}
        for row, area, rule_of in zip(model.areas, direct, publication, strict=True)
    ]
    return {
        "domain": rule.domain, "reason": None, "areas": rows, "model_variance": model.model_variance,
        "coefficients": list(model.coefficients), "coefficient_se": list(model.coefficient_se), "method": model.method,
    }  # fmt: skip


def _variation(area: DirectArea) -> float | None:
    """The coefficient of variation, None where there is none."""
    return area.se / area.share if area.se is not None and area.share > 0 else None


def driver_table(sample: Sample, plan: Plan, overall: Floats) -> DriversDocument | NoDrivers:
    """The drivers of overall satisfaction, or {"why"} where these answers tell none. overall (cells,): index points,
    NaN where not answered."""
    assert plan.drivers is not None
    points = plan.measure.index_points() | {plan.drivers.not_used: np.nan}
    ratings, unused = [], []
    for name in plan.drivers.services:
        column = sample.cells.columns[name]
        unknown = [level for level in column.levels if level not in {str(code) for code in points}]
        if unknown:
            raise CellsError("analysis.holds_answers_outside_plan_2", name=name, unknown=unknown[:5])
        table = np.array([*(points[int(level)] for level in column.levels), np.nan])
        ratings.append(table[column.codes])
        marks = np.array([*(int(level) == plan.drivers.not_used for level in column.levels), False])
        unused.append(marks[column.codes])
    try:
        return drivers(
            overall,
            np.column_stack(ratings),
            np.column_stack(unused),
            plan.drivers.services,
            Weighting.of(sample),
            confidence=float(plan.interval.confidence),
            method=plan.method,
        )
    except AnalysisError as error:
        return {"why": english(error)}
