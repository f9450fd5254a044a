"""Who was asked the official question and gave no answer, by kind, and how far the figure could move if they had.

A blank is not a vote: it is left out of the figure and counted here. Stands between the cells and the estimators.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, inner, places_of
from analysis.documents.rows import AnsweredDocument, BoundsDocument
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.plan_parts import MISSING_KINDS, NOT_SHOWN, SKIPPED
from analysis.zones import Zones

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Kinds = NDArray[np.int64]


@dataclass(frozen=True)
class Bounds:
    """Of a figure, in its own unit: everybody who gave no answer at the worst, and at the best, that there is."""

    lower: float
    upper: float


@dataclass(frozen=True)
class Missing:
    """counts: responses without an answer by kind. share, index: None where nobody was asked.

    responses: all that were asked, answered or not.
    """

    responses: int
    counts: dict[str, int]
    share: Bounds | None
    index: Bounds | None

    def counted(self) -> Missing:
        """The counts alone, where the figure that the bounds are of is none."""
        return replace(self, share=None, index=None)

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def as_dict(self) -> AnsweredDocument:
        return {
            "responses": self.responses,
            "missing": self.counts,
            "bounds": _pair(self.share),
            "index_bounds": _pair(self.index),
        }

    def crossing(self, plan: Plan, zones: Zones | None) -> Notice | None:
        """Where those who gave no answer could turn the outcome, what a reader must know of it."""
        official, scale = (self.share, 1.0) if plan.measure.official == "share" else (self.index, 100.0)
        if zones is None or official is None or not self.number:
            return None
        lower, upper = official.lower / scale, official.upper / scale
        if zones.of(lower).key == zones.of(upper).key:
            return None
        told: dict[str, str | int | float] = {"missing": self.number, "responses": self.responses}
        return Notice("blanks_cross", told | {"lower": lower, "upper": upper})


def told_apart(cells: Cells, plan: Plan) -> tuple[Cells, Kinds]:
    """The cells with nothing but answers in the measure's column, and why there is none: the place of the kind in
    MISSING_KINDS (cells,), -1 where there is an answer."""
    column = cells.columns.get(plan.measure.question)
    if column is None:  # ratings of services are joined to their cells later
        return cells, np.full(len(cells), -1, dtype=np.int64)
    declared = plan.measure.missing_codes | {NOT_SHOWN: NOT_SHOWN, SKIPPED: SKIPPED}
    by_level = [MISSING_KINDS.index(declared[level]) if level in declared else -1 for level in column.levels]
    kinds = np.array([*by_level, MISSING_KINDS.index(SKIPPED)], dtype=np.int64)[column.codes]
    if max(by_level, default=-1) < 0:
        return cells, kinds
    return replace(cells, columns=cells.columns | {plan.measure.question: column.among(kinds < 0)}), kinds


def missing_among(
    inside: Mask, kinds: Kinds, count: NDArray[np.int64], weight: Floats, satisfied: Floats, points: Floats, plan: Plan
) -> Missing:
    """Counts and bounds of those `inside`. All arrays run over cells; weight is the calibrated one, satisfied and points
    are 0 where there is no answer.  Manski (1989), with the weights of those who gave none."""
    at = places_of(inside & (weight > 0))
    kinds, asked = kinds[at], weight[at]
    counts = np.bincount(kinds + 1, count[at], minlength=len(MISSING_KINDS) + 1).astype(int)
    left = asked[kinds >= 0]
    worst, best = (choose(plan.measure.index_points().values()) for choose in (min, max))
    return Missing(
        int(counts.sum()),
        {kind: int(number) for kind, number in zip(MISSING_KINDS, counts[1:], strict=True)},
        _bounds(inner(asked, satisfied[at]), float(left.sum()), float(asked.sum()), 0.0, 1.0),
        _bounds(inner(asked, points[at]), float(left.sum()), float(asked.sum()), worst, best),
    )


def _bounds(known: float, left: float, whole: float, worst: float, best: float) -> Bounds | None:
    return Bounds((known + left * worst) / whole, (known + left * best) / whole) if whole > 0 else None


def _pair(bounds: Bounds | None) -> BoundsDocument:
    return {"lower": bounds.lower if bounds else None, "upper": bounds.upper if bounds else None}
