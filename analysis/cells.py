"""Weighted cells: the table a calibrated, linearised estimate needs, however many responses lie behind it.

Rows that agree in every key column share one cell: their count, the sum of their base weights and the sum
of the squared base weights. A row is a cell of one, so row-level data goes through the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CellsError
from analysis.plan import Plan

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MISSING = ("", "NA")


@dataclass(frozen=True)
class Column:
    """One key column: `levels` as text, sorted; `codes` index them, -1 where the value is missing."""

    levels: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True)
class Cells:
    """`count`, `weight` (sum) and `weight_squared` (sum of squares) of the rows of each cell."""

    columns: dict[str, Column]
    count: Codes
    weight: Floats
    weight_squared: Floats

    def __len__(self) -> int:
        return len(self.count)

    @classmethod
    def from_rows(cls, rows: Mapping[str, Sequence[Any]], plan: Plan) -> Cells:
        """Cells of row-level data: `rows` maps a column name to its values. Raises CellsError."""
        absent = [name for name in plan.columns if name not in rows]
        if absent:
            raise CellsError(f"columns missing from the responses: {', '.join(absent)}")
        number = len(rows[plan.columns[0]])
        weight_name = plan.design.weight
        weights = _numbers(rows[weight_name], weight_name) if weight_name else np.ones(number)
        return cls._build({name: rows[name] for name in plan.key_columns}, np.ones(number), weights, weights**2, plan)

    @classmethod
    def from_groups(cls, groups: Iterable[Sequence[Any]], plan: Plan) -> Cells:
        """Cells of a GROUP BY: each group is the values of `plan.key_columns`, then count, sum of weights,
        sum of squared weights. Raises CellsError."""
        table = list(zip(*groups, strict=True))
        keys = plan.key_columns
        if not table:
            raise CellsError("there are no responses to estimate from")
        if len(table) != len(keys) + 3:
            raise CellsError(f"a group needs {len(keys)} keys and three sums, not {len(table)} values")
        count = np.asarray(table[-3], dtype=float)
        if any(value is None for value in table[-2]):
            raise CellsError(f"the weight '{plan.design.weight}' is missing in some responses")
        weight, squared = np.asarray(table[-2], dtype=float), np.asarray(table[-1], dtype=float)
        return cls._build(dict(zip(keys, table, strict=False)), count, weight, squared, plan)

    @classmethod
    def _build(
        cls, keys: Mapping[str, Sequence[Any]], count: Floats, weight: Floats, squared: Floats, plan: Plan
    ) -> Cells:
        if not len(count):
            raise CellsError("there are no responses to estimate from")
        if not np.isfinite(weight).all() or (weight < 0).any():
            raise CellsError(f"the weight '{plan.design.weight}' must be a number of at least 0")
        columns = {name: _column(values) for name, values in keys.items()}
        _require_design_values(columns, count, plan)
        return _merge(columns, count, weight, squared)

    def to_json(self) -> dict[str, Any]:
        """A JSON document from which `from_json` makes the same cells to the last bit."""
        return {
            "columns": {
                name: {"levels": list(column.levels), "codes": column.codes.tolist()}
                for name, column in self.columns.items()
            },
            "count": self.count.tolist(),
            "weight": self.weight.tolist(),
            "weight_squared": self.weight_squared.tolist(),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Cells:
        columns = {
            name: Column(tuple(column["levels"]), np.asarray(column["codes"], dtype=np.int64))
            for name, column in document["columns"].items()
        }
        return cls(
            columns,
            np.asarray(document["count"], dtype=np.int64),
            np.asarray(document["weight"], dtype=float),
            np.asarray(document["weight_squared"], dtype=float),
        )


def total_by(codes: Codes, values: NDArray[Any] | None = None, size: int = 0) -> Floats:
    """Sum of `values` (default: ones) over the rows of each code."""
    return np.asarray(np.bincount(codes, values, minlength=size), dtype=float)


def _numbers(values: Sequence[Any], name: str) -> Floats:
    try:
        numbers = np.asarray([np.nan if _is_missing(value) else float(value) for value in values])
    except (TypeError, ValueError) as error:
        raise CellsError(f"the column '{name}' must hold numbers: {error}") from error
    if np.isnan(numbers).any():
        rows = (np.flatnonzero(np.isnan(numbers))[:3] + 1).tolist()
        raise CellsError(f"'{name}' is missing in {int(np.isnan(numbers).sum())} rows, the first: {rows}")
    return numbers


def _is_missing(value: Any) -> bool:
    return value is None or value in MISSING or (isinstance(value, float) and value != value)


def _text(value: Any) -> str:
    """A level's name: 4, 4.0 and '4' are one level."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _column(values: Sequence[Any]) -> Column:
    known: dict[Any, str | None] = {}
    for value in set(values):
        known[value] = None if _is_missing(value) else _text(value)
    levels = tuple(sorted({text for text in known.values() if text is not None}, key=_order))
    place = {text: index for index, text in enumerate(levels)}
    code = {value: -1 if text is None else place[text] for value, text in known.items()}
    return Column(levels, np.fromiter((code[value] for value in values), dtype=np.int64, count=len(values)))


def _order(text: str) -> tuple[int, float, str]:
    """Numbers by value, then words by character."""
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def _require_design_values(columns: Mapping[str, Column], count: Floats, plan: Plan) -> None:
    design = plan.design
    names = [design.strata, design.psu, *design.fpc_columns, *plan.margin_names]
    for name in dict.fromkeys(name for name in names if name):
        missing = columns[name].codes < 0
        if missing.any():
            first = (np.flatnonzero(missing)[:3] + 1).tolist()
            raise CellsError(
                f"'{name}' is missing in {int(count[missing].sum())} responses (first rows: {first}); "
                "a design or calibration column must be complete"
            )


def _merge(columns: dict[str, Column], count: Floats, weight: Floats, squared: Floats) -> Cells:
    """Put rows of equal key together; cells come out in key order, so the order of rows does not matter."""
    group = np.zeros(len(count), dtype=np.int64)
    for column in columns.values():
        group = group * (len(column.levels) + 1) + column.codes + 1
        group = np.unique(group, return_inverse=True)[1]
    first = np.unique(group, return_index=True)[1]
    return Cells(
        {name: Column(column.levels, column.codes[first]) for name, column in columns.items()},
        total_by(group, count).astype(np.int64),
        total_by(group, weight),
        total_by(group, squared),
    )
