"""The measure per cell, and what other definitions of public satisfaction would have given.

The document does not define 公众满意度; the plan fixes one definition before fieldwork, and this table shows
how far the outcome hangs on that choice.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells
from analysis.documents.rows import DefinitionRow
from analysis.errors import CellsError
from analysis.plan import Plan
from analysis.sample import Mask, Sample
from analysis.zones import Zones

Floats = NDArray[np.float64]


def measure_values(cells: Cells, plan: Plan) -> tuple[Floats, Floats, Mask]:
    """Index points, 1 for satisfied, and whether the measure was answered, per cell."""
    column = cells.columns[plan.measure.question]
    by_code = plan.measure.index_points()
    unknown = [level for level in column.levels if level not in {str(code) for code in by_code}]
    if unknown:
        raise CellsError(
            "analysis.holds_answers_outside_plan", measure_question=plan.measure.question, unknown=unknown[:5]
        )
    points = np.array([*(by_code[int(level)] for level in column.levels), 0.0])
    satisfied = np.array([*(float(int(level) in plan.measure.satisfied) for level in column.levels), 0.0])
    return points[column.codes], satisfied[column.codes], column.codes >= 0


def by_definition(sample: Sample, plan: Plan, zones: Zones | None) -> Iterator[DefinitionRow]:
    """Figure and outcome (None without `zones`) under the plan's definition and under the others in use, `used` on the plan's own.

    For K ordered answers: every top-k share, the index in equal steps from 0 to 100, and the index from 100/K
    to 100.  Figures are fractions of one, indexes divided by 100.
    """
    column = sample.cells.columns[plan.measure.question]
    own = plan.measure.index_points()
    order = sorted(own, key=lambda code: own[code], reverse=True)  # best first
    rank = np.array([*(order.index(int(level)) for level in column.levels), 0])[column.codes]
    weight = np.where(column.codes >= 0, sample.weight, 0.0)
    total, number = float(weight.sum()), len(order)
    shares = np.bincount(rank, weight, minlength=number) / total
    official_share = plan.measure.official == "share"
    for taken in range(1, number):
        used = official_share and set(order[:taken]) == set(plan.measure.satisfied)
        yield _row(f"top_{taken}", float(shares[:taken].sum()), used, zones)
    steps = {code: 100 * (number - 1 - place) / (number - 1) for place, code in enumerate(order)}
    raised = {code: 100 * (number - place) / number for place, code in enumerate(order)}
    schemes = {"index_0_100": steps, f"index_{100 / number:.4g}_100": raised}
    if not any(_same(own, points) for points in schemes.values()):
        schemes["index_of_plan"] = own
    for name, points in schemes.items():
        figure = float(sum(shares[place] * points[code] for place, code in enumerate(order))) / 100
        yield _row(name, figure, not official_share and _same(own, points), zones)


def _same(first: dict[int, float], second: dict[int, float]) -> bool:
    return all(abs(first[code] - second[code]) < 1e-9 for code in first)


def _row(name: str, figure: float, used: bool, zones: Zones | None) -> DefinitionRow:
    zone = zones.of(figure) if zones else None
    outcome, points = (zone.key, zone.number) if zone else (None, None)
    return {"definition": name, "figure": figure, "outcome": outcome, "points": points, "used": used}
