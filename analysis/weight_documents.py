"""What weights were before and after calibration, and what calibration did, as an estimate's document has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, total_by
from analysis.documents.weights import (
    CalibrationDocument,
    InfluenceDocument,
    MarginRow,
    TotalDocument,
    WeightsDocument,
    WeightSummary,
)
from analysis.plan import Plan
from analysis.sample import Sample
from analysis.weights import described

Floats = NDArray[np.float64]


def weights_document(sample: Sample, influence: InfluenceDocument | None) -> WeightsDocument:
    before, quantiles_before = _described(sample.base, sample.base.weight, sample.base.weight_squared)
    after, quantiles_after = _described(sample.cells, sample.weight, sample.squared)
    found: WeightsDocument = {
        "before": before,
        "after": after,
        "quantiles": {"before": quantiles_before, "after": quantiles_after},
    }
    if influence is not None:
        found["largest_influence"] = influence
    return found


def calibration_document(sample: Sample, plan: Plan) -> CalibrationDocument:
    """What calibration did: method, iterations, and every margin level before and after."""
    calibrated = sample.calibrated
    table: dict[str, list[MarginRow]] = {}
    for name, levels in plan.margins().items():
        column = sample.cells.columns[name]
        before = total_by(column.codes, sample.base.weight, size=len(column.levels))
        after = total_by(column.codes, sample.weight, size=len(column.levels))
        table[name] = [
            {"level": level, "population": population, "before": float(before[place]), "after": float(after[place])}
            for level, population in levels.items()
            for place in [column.levels.index(level)]
        ]
    totals: dict[str, TotalDocument] = {}
    for name in plan.total_names:
        values, _ = sample.cells.numbers(name)
        totals[name] = {"before": float(sample.base.weight @ values), "after": float(sample.weight @ values)}
    return {
        "method": plan.calibration.method if plan.calibration else None,
        "margins": list(plan.margin_names),
        "iterations": calibrated.iterations,
        "largest_miss": calibrated.largest_miss,
        "trimmed": calibrated.trimmed,
        "margin_table": table,
        "totals": totals,
        "nonresponse": [
            {
                "levels": list(row.levels), "eligible": row.eligible, "respondents": row.respondents,
                "response_rate": row.response_rate, "factor": row.factor,
            }
            for row in sample.classes
        ],
    }  # fmt: skip


def _described(cells: Cells, weight: Floats, squared: Floats) -> tuple[WeightSummary, list[float]]:
    """Summary and quantiles of the row weights of all who weigh anything."""
    held = weight > 0
    if not held.all():
        cells, weight, squared = cells.where(held), weight[held], squared[held]
    return described(cells, weight, squared)
