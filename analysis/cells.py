"""Weighted cells: the table a calibrated, linearised estimate needs, however many responses lie behind it.

Rows that agree in every key column share one cell: their count, the sum of their base weights and the sum
of the squared base weights. A row is a cell of one, so row-level data goes through the same code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from analysis.documents.kept import CellsDocument
from analysis.errors import CellsError
from analysis.plan import Plan
from definitions.names import by_key, clean, key

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]
Plain = NDArray[np.integer] | NDArray[np.bytes_]  # whole numbers, or ASCII words that could be written in one way alone
Values = Sequence[Any] | Plain
MISSING = ("", "NA")
LARGEST_WEIGHT = 1e100  # people behind the answers of a cell; beyond it sums of squares cannot be told
EVERYWHERE = slice(None)
MANY = 10_000  # levels; more are not kept as texts
_WHOLE = re.compile(r"(-?\d+)\.0+")


class ManyLevels(Sequence[str]):
    """Whole numbers or plain ASCII texts as levels, each made a text of Python's when it is asked for."""

    def __init__(self, values: Plain) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        found = self._values[at].astype(str)
        return tuple(found.tolist()) if isinstance(at, slice) else str(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values.astype(str).tolist())


@dataclass(frozen=True)
class Column:
    """One key column: `levels` as text, sorted; `codes` index them, -1 where the value is missing."""

    levels: Sequence[str]
    codes: Codes

    def among(self, kept: Mask) -> Column:
        """The column with its values outside `kept` (cells,) taken away, and levels that nobody has any more."""
        codes = np.where(kept, self.codes, -1)
        present = np.unique(codes[codes >= 0])
        table = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        table[present] = np.arange(len(present))
        return Column(tuple(self.levels[code] for code in present), table[codes])


@dataclass(frozen=True)
class Cells:
    """`count`, `weight` (sum) and `weight_squared` (sum of squares) of the rows of each cell.

    Rows that agree in every column of the plan are one cell:

    >>> from analysis import parse_plan
    >>> plan = parse_plan("measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}")
    >>> cells = Cells.from_rows({"overall": [5, 4, 5, 2]}, plan)
    >>> cells.columns["overall"].levels, cells.count.tolist()
    (('2', '4', '5'), [1, 1, 2])
    """

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
            raise CellsError("analysis.columns_missing_from_responses", absent=absent)
        number = len(rows[plan.columns[0]])
        weight_name = plan.weight_column
        weights = _numbers(rows[weight_name], weight_name) if weight_name else np.ones(number)
        with np.errstate(over="ignore"):  # what is too large to square is refused with the column's name
            squared = weights**2
        return cls._build({name: rows[name] for name in plan.key_columns}, np.ones(number), weights, squared, plan)

    @classmethod
    def from_groups(cls, groups: Iterable[Sequence[Any]], plan: Plan) -> Cells:
        """Cells of a GROUP BY: each group is the values of `plan.key_columns`, then count, sum of weights,
        sum of squared weights. Raises CellsError."""
        table = list(zip(*groups, strict=True))
        keys = plan.key_columns
        if not table:
            raise CellsError("analysis.no_responses_estimate_from")
        if len(table) != len(keys) + 3:
            raise CellsError("analysis.group_needs_keys_three", n=len(keys), n_=len(table))
        count = np.asarray(table[-3], dtype=float)
        if any(value is None for value in table[-2]):
            raise CellsError("analysis.weight_missing_some_responses", design_weight=plan.design.weight)
        weight, squared = np.asarray(table[-2], dtype=float), np.asarray(table[-1], dtype=float)
        return cls._build(dict(zip(keys, table, strict=False)), count, weight, squared, plan)

    @classmethod
    def from_coded(
        cls, keys: Mapping[str, tuple[Values, Codes]], count: Floats, weight: Floats, squared: Floats, plan: Plan
    ) -> Cells:
        """Cells of a GROUP BY whose keys come as dictionaries: distinct values (an array where all are whole numbers or
        plain texts), and their codes, -1 for missing.

        count, weight, squared (groups,): number of rows, sum of weights, sum of squared weights.
        """
        columns = {name: _recoded(values, codes) for name, (values, codes) in keys.items()}
        return cls._checked(columns, count, weight, squared, plan)

    @classmethod
    def _build(
        cls, keys: Mapping[str, Sequence[Any]], count: Floats, weight: Floats, squared: Floats, plan: Plan
    ) -> Cells:
        columns = {}
        for name, values in keys.items():
            try:
                columns[name] = _column(values)
            except TypeError as error:  # a list or a record is no key
                raise CellsError("analysis.column_of_lists", name=name) from error
        return cls._checked(columns, count, weight, squared, plan)

    @classmethod
    def _checked(cls, columns: dict[str, Column], count: Floats, weight: Floats, squared: Floats, plan: Plan) -> Cells:
        if not len(count):
            raise CellsError("analysis.no_responses_estimate_from")
        if np.isnan(weight).any() or (weight < 0).any():
            raise CellsError("analysis.weight_must_number_least", design_weight=plan.design.weight)
        if (weight > LARGEST_WEIGHT).any():
            raise CellsError("analysis.weight_too_large", design_weight=plan.design.weight, largest=weight.max())
        columns = {
            name: _as_stated(_valued(_whole(column, plan, name), plan, name), plan, name)
            for name, column in columns.items()
        }
        _require_design_values(columns, count, plan)
        return _merge(columns, count, weight, squared, (plan.design.strata, plan.design.psu))

    def numbers(self, name: str) -> tuple[Floats, Mask]:
        """The column's values as numbers, 0 where missing, and whether each is there. Raises CellsError."""
        column = self.columns[name]
        try:
            values = np.array([*(float(level) for level in column.levels), 0.0])
        except ValueError as error:
            raise CellsError("analysis.column_must_hold_numbers", name=name, error=error) from error
        return values[column.codes], column.codes >= 0

    def where(self, kept: Mask) -> Cells:
        """Only the cells marked in `kept` (cells,); levels that no longer occur are dropped."""
        if not kept.any():
            raise CellsError("analysis.no_response_left")
        columns = {}
        for name, column in self.columns.items():
            present, codes = np.unique(column.codes[kept], return_inverse=True)
            levels = tuple(column.levels[code] for code in present if code >= 0)
            columns[name] = Column(levels, codes - int(present[0] < 0))
        return Cells(columns, self.count[kept], self.weight[kept], self.weight_squared[kept])

    def scaled(self, factor: Floats) -> Cells:
        """The same cells with the weight of every row multiplied by `factor` (cells,)."""
        return Cells(self.columns, self.count, self.weight * factor, self.weight_squared * factor**2)

    def rows(self) -> list[tuple[str | float, ...]]:
        """The columns by name, then each cell: its texts, '' for missing, count, sums of weights and of their squares. Sorted:
        equal lists are the same cells, whatever order they and their levels stand in."""
        names = sorted(self.columns)
        keys = [np.array([*column.levels, ""], object)[column.codes] for column in map(self.columns.__getitem__, names)]
        amounts = (self.count.tolist(), self.weight.tolist(), self.weight_squared.tolist())
        return [(*names,), *sorted(zip(*keys, *amounts, strict=True))]

    def to_json(self) -> CellsDocument:
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
    def from_json(cls, document: CellsDocument) -> Cells:
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


def places_of(inside: Mask) -> slice | Codes:
    """Where the cells marked in `inside` (cells,) stand, as an index: a domain of few of many cells is read at its own alone."""
    return EVERYWHERE if inside.all() else np.flatnonzero(inside)


def spread_out(values: Floats, at: slice | Codes, number: int) -> Floats:
    """Values of the cells that stand at `at` among `number` of them, 0 of the others."""
    if isinstance(at, slice):
        return values
    found = np.zeros(number)
    found[at] = values
    return found


def starts(codes: Codes, size: int) -> Codes | None:
    """Where each of `size` groups begins, if cells stand group by group; else None."""
    steps = np.diff(codes, prepend=-1)
    in_order = len(codes) > 0 and codes[-1] == size - 1 and ((steps == 0) | (steps == 1)).all()
    return np.flatnonzero(steps) if in_order else None


def total_by(codes: Codes, values: NDArray[Any] | None = None, size: int = 0) -> Floats:
    """Sum of `values` (default: ones) over the rows of each code."""
    return np.asarray(np.bincount(codes, values, minlength=size), dtype=float)


def inner(first: Floats, second: Floats) -> float:
    """Sum of the products, in one thread: those that `@` wakes for long columns wait for each other on a busy machine."""
    return float(np.einsum("i,i->", first, second))


def column_of(values: Sequence[Any], codes: Codes | None = None) -> Column:
    """A column of values, one per row; or of the distinct `values` that `codes` (rows,) index, -1 for missing."""
    return _column(values) if codes is None else _recoded(values, codes)


def crossing(columns: Sequence[Column]) -> tuple[Codes, Codes]:
    """Which combination of levels each cell has: codes (cells,), and the combinations (found, columns) in order.

    A missing value counts as a level of its own, -1.
    """
    codes, first = combinations(columns)
    return codes, np.column_stack([column.codes[first] for column in columns])


def combinations(columns: Sequence[Column]) -> tuple[Codes, Codes]:
    """The same codes (cells,), and a cell of each combination (found,)."""
    flat, size = np.zeros(len(columns[0].codes), dtype=np.int64), 1
    for column in columns:
        width = len(column.levels) + 1
        if size > 2**62 // width:
            flat, size = _dense(flat, size)[0], len(flat)
        flat, size = flat * width + column.codes + 1, size * width
    return _dense(flat, size)


def _dense(flat: Codes, size: int) -> tuple[Codes, Codes]:
    """Codes renumbered 0, 1, … in their order, and where one of each stands; without sorting where they are few or in order."""
    if size <= max(4 * len(flat), 2**20):
        place = np.full(size, -1, dtype=np.int64)
        place[flat] = np.arange(len(flat))
        present = place >= 0
        return (np.cumsum(present) - 1)[flat], place[present]
    starts = np.diff(flat, prepend=-1)
    if (starts >= 0).all():
        return np.cumsum(starts > 0) - 1, np.flatnonzero(starts)
    _, first, codes = np.unique(flat, return_index=True, return_inverse=True)
    return codes, first


def _numbers(values: Sequence[Any], name: str) -> Floats:
    try:
        numbers = np.asarray([np.nan if _is_missing(value) else float(value) for value in values])
    except (TypeError, ValueError) as error:
        raise CellsError("analysis.column_must_hold_numbers", name=name, error=error) from error
    if np.isnan(numbers).any():
        rows = (np.flatnonzero(np.isnan(numbers))[:3] + 1).tolist()
        raise CellsError("analysis.missing_rows_first", name=name, value=int(np.isnan(numbers).sum()), rows=rows)
    return numbers


def _is_missing(value: Any) -> bool:
    return value is None or value in MISSING or (isinstance(value, float) and value != value)


def _text(value: Any) -> str:
    """A level's name: 4, 4.0 and '4' are one level."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating | Decimal) and value == value // 1:
        return str(int(value))
    return clean(str(value))


def _column(values: Sequence[Any]) -> Column:
    place: dict[Any, int] = {}
    codes = np.fromiter((place.setdefault(value, len(place)) for value in values), dtype=np.int64, count=len(values))
    return _recoded(list(place), codes)


def _recoded(values: Values, codes: Codes) -> Column:
    """Levels as sorted text, values that read or look alike put together; codes of -1 stay missing."""
    if isinstance(values, np.ndarray):  # whole numbers or plain texts: no two look alike, however many there are
        order = np.argsort(values, kind="stable")  # of what is in order already it only looks
        if (np.diff(order) < 0).any():
            table = np.full(len(values) + 1, -1, dtype=np.int64)
            table[order] = np.arange(len(values))
            values, codes = values[order], table[codes]
        return Column(ManyLevels(values) if len(values) > MANY else tuple(values.astype(str).tolist()), codes)
    texts = [None if _is_missing(value) else _text(value) for value in values]
    spelled = by_key(sorted({text for text in texts if text is not None}))
    texts = [None if text is None else spelled[key(text)] for text in texts]
    levels = tuple(sorted({text for text in texts if text is not None}, key=_order))
    place = {text: index for index, text in enumerate(levels)}
    table = np.array([*(-1 if text is None else place[text] for text in texts), -1], dtype=np.int64)
    return Column(levels, table[codes])


def _whole(column: Column, plan: Plan, name: str) -> Column:
    """The column with the codes that the plan knows in whole numbers, where a file has them as 5.0."""
    known = plan.codes_in(name)
    if not known:
        return column
    levels = [
        found[1] if "." in level and (found := _WHOLE.fullmatch(level)) and found[1] in known else level
        for level in column.levels
    ]
    return column if tuple(levels) == column.levels else _recoded(levels, column.codes)


def _valued(column: Column, plan: Plan, name: str) -> Column:
    """The column without what the plan says is no value; the measure tells its kinds of missing apart by itself."""
    codes = {str(code) for code in plan.missing}
    if name == plan.measure.question or not codes or not codes.intersection(column.levels):
        return column
    return column.among(np.array([*(level not in codes for level in column.levels), True])[column.codes])


def _as_stated(column: Column, plan: Plan, name: str) -> Column:
    """The column with its levels spelled as the plan's margin has them, where the names look the same."""
    stated = plan.calibration.margins.get(name) if plan.calibration else None
    if not isinstance(stated, dict):
        return column
    spelled = by_key(map(str, stated))
    levels = [spelled.get(key(level), level) for level in column.levels]
    return column if tuple(levels) == column.levels else _recoded(levels, column.codes)


def _order(text: str) -> tuple[int, float, str]:
    """Numbers by value, then words by character."""
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def _require_design_values(columns: Mapping[str, Column], count: Floats, plan: Plan) -> None:
    for name in plan.required_columns:
        missing = columns[name].codes < 0
        if missing.any():
            first = (np.flatnonzero(missing)[:3] + 1).tolist()
            raise CellsError(
                "analysis.missing_responses_first_rows", name=name, value=int(count[missing].sum()), first=first
            )


def _merge(
    columns: dict[str, Column], count: Floats, weight: Floats, squared: Floats, by: Sequence[str | None]
) -> Cells:
    """Put rows of equal key together; cells come out in key order, so the order of rows does not matter.

    by: columns that come first in it. Cells that stand by stratum and PSU are summed by them in one sweep of memory.
    """
    group, first = combinations([columns[name] for name in dict.fromkeys((*by, *columns)) if name])
    if len(first) == len(count):  # no two rows agree: only their order changes
        count, weight, squared = (amounts[first] for amounts in (count, weight, squared))
    else:
        count, weight, squared = (total_by(group, amounts) for amounts in (count, weight, squared))
    of_cells = {name: Column(column.levels, column.codes[first]) for name, column in columns.items()}
    return Cells(of_cells, count.astype(np.int64), weight, squared)
