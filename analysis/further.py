"""Drivers under a plan: from the sample to their module and back as a document."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.documents.further import DriversDocument, NoDrivers
from analysis.drivers import drivers
from analysis.errors import AnalysisError, CellsError
from analysis.plan import Plan
from analysis.regression import Weighting
from analysis.sample import Sample
from wording import english

Floats = NDArray[np.float64]


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
