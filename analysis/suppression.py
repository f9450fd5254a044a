"""Which counts of a set of tables stay unpublished, so that no small group of people can be told from the rest.

Small counts are hidden first (primary), then as many others as it takes so that sums and margins do not give them
away (complementary). Works on integers; nothing here knows what a count is of.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from analysis.errors import AnalysisError

Key = Hashable
Floats = NDArray[np.float64]
LEAST = 10  # responses in a published cell, where nothing else is set


@dataclass(frozen=True)
class Sum:
    """`total` is the sum of `parts`; what is missing from it belongs to nobody who is shown (not stated)."""

    total: Key
    parts: tuple[Key, ...]


def small(counts: Mapping[Any, int], least: int) -> frozenset[Key]:
    """Primary suppression: cells of 1 to least - 1. A cell of nobody is published: it tells of no person."""
    return frozenset(key for key, number in counts.items() if 0 < number < least)


def suppressed(
    counts: Mapping[Key, int], sums: Sequence[Sum], least: int = LEAST, also: Collection[Key] = ()
) -> frozenset[Key]:
    """The cells to hide: the small ones, those of `also`, and complements that keep them from being worked out.

    Declared protection: who knows every published count, every sum, and that hidden cells hold at least one
    person, can say of a small cell no more than that it may hold any number from 1 (a total: from the number of its
    parts that are not empty) to `least`, or a wider range; of a cell of `also` no less than a range of `least` above
    what it holds; and of no complement exactly what it holds.

    Method: for each small cell two linear programmes look for the cheapest change of the table, in responses
    hidden, that raises it to `least` (lowers it to 1) with every sum kept and no hidden cell under 1; published
    cells that had to change are hidden too. The table so changed is one that the published figures allow, which
    proves the range; hiding more later only widens it. A sum's rest is hidden and has no lower bound but 0.
    In one table with its total the result is the smallest other cell, in a nest such as city, counties, sites the
    same at each level; in two-way tables it is a heuristic, as minimal suppression is NP-hard there. Totals can
    be hidden too, where their parts do not suffice. Kelly, Golden and Assad (1992), Cell suppression: disclosure
    protection for sensitive tabular data, Networks 22; Fischetti and Salazar (2001), Management Science 47.
    Raises AnalysisError for counts that do not add up.
    """
    if least < 1:
        raise AnalysisError("analysis.least_size_published_cell")
    return _hidden(tuple(counts.items()), tuple(sums), least, frozenset(also))


@lru_cache(maxsize=256)  # a page asks for the same tables at every look, and each hidden cell takes two programmes
def _hidden(
    cells: tuple[tuple[Key, int], ...], sums: tuple[Sum, ...], least: int, also: frozenset[Key]
) -> frozenset[Key]:
    counts = dict(cells)
    system = _System.of(counts, sums)
    primary = small(counts, least)
    hidden = {system.place[key] for key in primary | also if counts.get(key, 0) > 0}
    low, high = system.value.copy(), system.value.copy()  # ranges proved so far
    floor = system.floor()
    given = {key for key in also if counts.get(key, 0) > 0} - primary
    for key in sorted(primary | given, key=lambda key: (counts[key], str(key))):
        cell = system.place[key]
        ends = (float(least), floor[cell]) if key in primary else (float(counts[key] + least),)
        for wanted in ends:
            if low[cell] <= wanted <= high[cell] or system.absorbs(cell, wanted, hidden):
                continue
            change = system.cheapest(cell, wanted, hidden)
            hidden |= {int(place) for place in np.flatnonzero(np.abs(change) > 1e-6) if place < len(counts)}
            low, high = np.minimum(low, system.value + change), np.maximum(high, system.value + change)
    return frozenset(key for key in counts if system.place[key] in hidden)


def one_way(levels: Mapping[Any, int]) -> tuple[dict[Key, int], list[Sum]]:
    """Counts and sums of one table whose total is the sum of its levels."""
    return {**levels, (): sum(levels.values())}, [Sum((), tuple(levels))]


def two_way(cells: Mapping[tuple[Any, Any], int]) -> tuple[dict[Key, int], list[Sum]]:
    """Counts and sums of (row, column) -> number with both margins, ("row", r) and ("column", c), and the total ()."""
    counts: dict[Key, int] = dict(cells)
    sums = []
    for side, name in enumerate(("row", "column")):
        levels = list(dict.fromkeys(key[side] for key in cells))
        for level in levels:
            parts = tuple(key for key in cells if key[side] == level)
            counts[name, level] = sum(cells[part] for part in parts)
            sums.append(Sum((name, level), parts))
        sums.append(Sum((), tuple((name, level) for level in levels)))
    counts[()] = sum(cells.values())
    return counts, sums


def nested(leaves: Mapping[Any, int], parents: Mapping[Any, Any]) -> tuple[dict[Key, int], list[Sum]]:
    """Counts and sums of a nest of two levels: leaf -> number, leaf -> its group; group keys ("group", g), total ()."""
    groups: dict[Key, list[Key]] = {}
    for leaf in leaves:
        groups.setdefault(("group", parents[leaf]), []).append(leaf)
    counts: dict[Key, int] = dict(leaves)
    counts |= {group: sum(leaves[part] for part in parts) for group, parts in groups.items()}
    counts[()] = sum(leaves.values())
    return counts, [Sum((), tuple(groups)), *(Sum(group, tuple(parts)) for group, parts in groups.items())]


@dataclass(frozen=True)
class _System:
    """Cells in order, then one hidden rest per sum that has any; matrix (sums, cells): +1 part, -1 total."""

    place: dict[Key, int]
    value: Floats
    matrix: Any
    rests: int
    within: tuple[tuple[int, ...], ...]  # cell -> its sums
    members: tuple[tuple[tuple[int, int], ...], ...]  # sum -> (cell, +1 | -1)

    @classmethod
    def of(cls, counts: Mapping[Key, int], sums: Sequence[Sum]) -> _System:
        place = {key: index for index, key in enumerate(counts)}
        value = [float(number) for number in counts.values()]
        if any(number < 0 or number != int(number) for number in value):
            raise AnalysisError("analysis.cell_holds_whole_number")
        members = []
        for each in sums:
            absent = [key for key in (each.total, *each.parts) if key not in place]
            if absent:
                raise AnalysisError("analysis.sum_names_cell_which", absent=absent[0])
            rest = counts[each.total] - sum(counts[part] for part in each.parts)
            if rest < 0:
                raise AnalysisError("analysis.parts_more_than_their", each_total=each.total)
            row = [(place[part], 1) for part in each.parts] + [(place[each.total], -1)]
            if rest:
                row.append((len(value), 1))
                value.append(float(rest))
            members.append(tuple(row))
        within: list[list[int]] = [[] for _ in value]
        for index, line in enumerate(members):
            for cell, _ in line:
                within[cell].append(index)
        matrix = _matrix(members, len(value))
        rests = len(value) - len(counts)
        return cls(place, np.array(value), matrix, rests, tuple(map(tuple, within)), tuple(members))

    def floor(self) -> Floats:
        """Lower bound of each cell: a hidden one holds somebody, a total one in each such part, a rest may be empty."""
        floor = np.minimum(self.value, 1.0)
        floor[len(self.place) :] = 0.0
        for _ in self.members:  # a total of totals needs a second round, and so on
            before = floor.copy()
            for row in self.members:
                total = next(cell for cell, sign in row if sign < 0)
                floor[total] = max(floor[total], sum(floor[cell] for cell, sign in row if sign > 0))
            if (floor == before).all():
                break
        return floor

    def absorbs(self, cell: int, wanted: float, hidden: set[int]) -> bool:
        """Whether hidden cells that stand in one sum only can take the change up, in every sum of `cell`."""
        for index in self.within[cell]:
            sign = next(sign for member, sign in self.members[index] if member == cell)
            needed = (self.value[cell] - wanted) * sign  # what the others' side of the sum must gain
            found = 0.0
            for member, other in self.members[index]:
                free = (member in hidden or member >= len(self.place)) and len(self.within[member]) == 1
                if member == cell or not free:
                    continue
                up = needed * other > 0
                found += np.inf if up else self.value[member] - (member < len(self.place))
            if abs(needed) > found:
                return False
        return True

    def cheapest(self, cell: int, wanted: float, hidden: Iterable[int]) -> Floats:
        """The change (cells,) of least cost that makes `cell` hold `wanted` and keeps every sum."""
        number = len(self.value)
        cost = self.value.copy()
        cost[[*hidden, cell]] = 0.0
        cost[len(self.place) :] = 0.0
        floor = np.where(np.arange(number) < len(self.place), np.minimum(self.value, 1.0), 0.0)
        limits = [(0.0, 0.0 if value == 0 else None) for value in self.value]
        limits += [(0.0, float(value - lowest)) for value, lowest in zip(self.value, floor, strict=True)]
        change = wanted - self.value[cell]
        limits[cell] = (max(change, 0.0), max(change, 0.0))
        limits[number + cell] = (max(-change, 0.0), max(-change, 0.0))
        both = sparse.hstack([self.matrix, -self.matrix], format="csr")
        found = linprog(
            np.concatenate([cost, cost]),
            A_eq=both,
            b_eq=np.zeros(self.matrix.shape[0]),
            bounds=limits,
            method="highs-ds",
        )
        if not found.success or found.x is None:
            raise AnalysisError("analysis.table_cannot_protected", found_message=found.message)
        return np.asarray(found.x[:number] - found.x[number:])


def _matrix(members: Sequence[Sequence[tuple[int, int]]], width: int) -> Any:
    entries = np.array(
        [(index, cell, sign) for index, row in enumerate(members) for cell, sign in row], dtype=np.int64
    ).reshape(-1, 3)
    return sparse.coo_array((entries[:, 2], (entries[:, 0], entries[:, 1])), shape=(len(members), width)).tocsr()
