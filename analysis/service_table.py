"""Ratings of single services, kept as counts: what a run stores so that they can be estimated again without answers.

One row of the table is a cell of responses that agree in design, calibration groups, domains and base weight; for
every service it holds how many of them chose each code. Its size depends on sites and groups, not on responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, Codes, Column, crossing
from analysis.documents.kept import PackedCells, ServiceTableDocument
from analysis.errors import CellsError
from analysis.packing import pack, smallest, unpack
from analysis.plan import Plan
from analysis.plan_parts import Measure

Floats = NDArray[np.float64]
RATING = "rating"  # the column a service's codes stand in when it is estimated


@dataclass(frozen=True)
class ServiceTable:
    """services, codes: their names and the codes of the scale, then that of 'not used' if there is one.

    cells: the groups, with base weights equal inside each; counts (cells, services, codes).
    """

    services: tuple[str, ...]
    codes: tuple[int, ...]
    cells: Cells
    counts: NDArray[np.int64]

    @classmethod
    def of(
        cls, services: Sequence[str], codes: Sequence[int], ratings: NDArray[np.int8], place: Codes, cells: Cells
    ) -> ServiceTable:
        """From rows. ratings (rows, services): place of the code in `codes`, -1 for none; place (rows,): the cell."""
        counts = np.zeros((len(cells), len(services), len(codes)), dtype=np.int64)
        for service in range(len(services)):
            given = ratings[:, service] >= 0
            flat = place[given] * len(codes) + ratings[given, service]
            number = np.bincount(flat, minlength=len(cells) * len(codes))
            counts[:, service, :] = number.reshape(len(cells), len(codes))
        return cls(tuple(services), tuple(codes), cells, counts)

    def cells_of(self, service: int) -> Cells:
        """Cells of one service for `estimate`: its codes in the column RATING, missing where none was chosen."""
        chosen = self.counts[:, service, :]
        left = self.cells.count - chosen.sum(axis=1)
        number = np.column_stack([left, chosen])
        cell, code = np.nonzero(number)
        count = number[cell, code]
        each = self.cells.weight / self.cells.count
        columns = {name: Column(column.levels, column.codes[cell]) for name, column in self.cells.columns.items()}
        columns[RATING] = _codes(self.codes, code - 1)
        return Cells(columns, count, each[cell] * count, each[cell] ** 2 * count)

    def to_json(self) -> ServiceTableDocument:
        return {
            "services": list(self.services),
            "codes": list(self.codes),
            **packed_cells(self.cells),
            "counts": pack(smallest(self.counts)),
        }

    @classmethod
    def from_json(cls, document: ServiceTableDocument) -> ServiceTable:
        counts = unpack(document["counts"]).astype(np.int64)
        return cls(tuple(document["services"]), tuple(document["codes"]), unpacked_cells(document), counts)


def packed_cells(cells: Cells) -> PackedCells:
    return {
        "columns": {
            name: {"levels": list(column.levels), "codes": pack(smallest(column.codes + 1))}
            for name, column in cells.columns.items()
        },
        "count": pack(smallest(cells.count)),
        "weight": pack(cells.weight),
        "weight_squared": pack(cells.weight_squared),
    }


def unpacked_cells(document: PackedCells) -> Cells:
    columns = {
        name: Column(tuple(column["levels"]), unpack(column["codes"]).astype(np.int64) - 1)
        for name, column in document["columns"].items()
    }
    count = unpack(document["count"]).astype(np.int64)
    return Cells(columns, count, unpack(document["weight"]), unpack(document["weight_squared"]))


def service_plan(plan: Plan, domains: Sequence[str] = ()) -> Plan:
    """The plan that a service is estimated under: the same design, weights and scale, asked of the column RATING.

    What the plan leaves out (flagged responses, modes) has been left out of the table already.
    """
    weights = replace(plan.weights, respondents="all")  # whoever did not use a service answered nevertheless
    measure = Measure(RATING, plan.measure.satisfied, plan.measure.scale, plan.measure.points, "share")
    return replace(
        plan, measure=measure, domains=tuple(domains), flagged=None, modes=(), figures=(), replication=None,
        small_areas=None, drivers=None, official_se=None, weights=weights, minimum=None,
    )  # fmt: skip


def group_cells(keys: Mapping[str, Column], weight: Floats) -> tuple[Cells, Codes]:
    """Cells of rows with equal keys and equal weight, and the cell of each row. Raises CellsError without rows."""
    if not len(weight):
        raise CellsError("analysis.no_responses_estimate_from")
    different, weight_code = np.unique(weight, return_inverse=True)
    by_weight = Column(tuple(str(value) for value in different), weight_code)
    place, unique = crossing([*keys.values(), by_weight])
    count = np.bincount(place)
    each = different[unique[:, -1]]
    columns = {name: Column(column.levels, unique[:, at]) for at, (name, column) in enumerate(keys.items())}
    return Cells(columns, count, each * count, each**2 * count), place


def _codes(codes: Sequence[int], places: Codes) -> Column:
    """A column of codes from their places, -1 for missing; levels sorted as everywhere."""
    order = sorted(range(len(codes)), key=lambda at: codes[at])
    rank = np.empty(len(codes) + 1, dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(codes))
    rank[-1] = -1
    return Column(tuple(str(codes[at]) for at in order), rank[places])
