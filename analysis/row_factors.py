"""From cells back to rows: which cell a response belongs to as far as its weight goes, and its share of the cell's weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.plan import MODE, Plan
from analysis.sample import Sample
from definitions.names import clean, key

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RowFactors:
    """names: the columns that decide a response's weight. base (cells,): the weight that its rows bring themselves, summed:
    their own base weights, or 1 each where weights are made of the sites drawn."""

    names: tuple[str, ...]
    base: Floats
    sample: Sample
    plan: Plan

    @classmethod
    def of(cls, sample: Sample, plan: Plan) -> RowFactors:
        names = [*plan.margin_names, *plan.total_names, *(plan.nonresponse.classes if plan.nonresponse else ())]
        names += [plan.flagged.column] if plan.flagged is not None else []
        names += [MODE] if plan.modes else []
        if plan.follows_sites:
            names += [plan.design.strata or "", plan.site_column or "", plan.weights.adults or ""]
            names += [plan.measure.question]
        elif plan.trims:
            names.append(plan.design.weight or "")
        base = sample.cells.count.astype(float) if plan.follows_sites else sample.base.weight
        return cls(tuple(dict.fromkeys(name for name in names if name)), base, sample, plan)

    @cached_property
    def cells(self) -> dict[tuple[str, ...], int]:
        """The key of a response -> a cell of that key; all of them share the factors, one with a weight stands first."""
        texts = []
        for name in self.names:
            column = self.sample.cells.columns[name]
            levels = np.array([*(key(level) for level in column.levels), ""], dtype=object)
            texts.append(levels[column.codes])
        found: dict[tuple[str, ...], int] = {}
        for cell in np.argsort(self.base > 0, kind="stable"):
            found[tuple(column[cell] for column in texts)] = int(cell)
        return found

    def cell_of(self, values: Iterable[Any]) -> int | None:
        """The cell of a response by what it has in the columns `names`; None where it does not count under the plan."""
        return self.cells.get(tuple(map(self._text, self.names, values)))

    def per_row(self, weight: Floats) -> Floats:
        """(…, cells): `weight`, summed over the rows of each cell, as a multiple of what a row brings itself."""
        factor: Floats = np.divide(weight, self.base, out=np.zeros_like(weight, dtype=float), where=self.base > 0)
        return factor

    def _text(self, name: str, value: Any) -> str:
        known = self._known.get((name, value))
        if known is None:
            known = self._known[name, value] = self._level(name, value)
        return known

    @cached_property
    def _known(self) -> dict[tuple[str, Any], str]:
        return {}

    def _level(self, name: str, value: Any) -> str:
        """As cells name a level: 4, 4.0 and '4' are one; what is no answer to the measured question is none."""
        text = "" if value is None or value in ("", "NA") else clean(str(value))
        if text.endswith(".0") and text[:-2].lstrip("-").isdigit():
            text = text[:-2]
        blank = name == self.plan.measure.question and (
            text in self.plan.measure.missing_codes or text in ("not_shown", "skipped")
        )
        return "" if blank or not text else key(text)
