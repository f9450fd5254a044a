"""Answers to every question kept as counts: what a run stores so that each can be told again without the answers.

Like the table of services: one row is a cell of responses that agree in design, calibration groups, domains and base
weight; for every question (column, as `questionnaires.items` has them) it holds how many gave which answer, or none and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, Codes, Column
from analysis.documents.kept import CountedDocument, QuestionTableDocument
from analysis.packing import pack, smallest, unpack
from analysis.plan_parts import MISSING_KINDS
from analysis.sample import Sample
from analysis.service_table import packed_cells, unpacked_cells

Floats = NDArray[np.float64]
WHY_MISSING = (*MISSING_KINDS, "not_used")  # why there is no answer; its code is -1 less the place here
ANSWER, GROUP = "answer", "group"  # columns of the sample of one question


@dataclass(frozen=True)
class Counted:
    """One question. count (entries,): how many responses of the cell `cell` gave the level `code`, or no answer: below 0."""

    levels: tuple[str, ...]
    cell: Codes
    code: Codes
    count: Codes

    @classmethod
    def of(cls, levels: Sequence[str], codes: NDArray[np.integer], place: Codes) -> Counted:
        """From rows. codes (rows,): place of the level, or below 0; place (rows,): the cell."""
        width = len(levels) + len(WHY_MISSING)
        number = np.bincount(place * width + codes + len(WHY_MISSING))
        held = np.flatnonzero(number)
        return cls(tuple(levels), held // width, held % width - len(WHY_MISSING), number[held])

    def to_json(self) -> CountedDocument:
        return {
            "levels": list(self.levels),
            "cell": pack(smallest(np.diff(self.cell, prepend=0))),
            "code": pack(smallest(self.code + len(WHY_MISSING))),
            "count": pack(smallest(self.count)),
        }

    @classmethod
    def from_json(cls, document: CountedDocument) -> Counted:
        cell, code, count = (unpack(document[part]).astype(np.int64) for part in ("cell", "code", "count"))
        return cls(tuple(document["levels"]), np.cumsum(cell), code - len(WHY_MISSING), count)


@dataclass(frozen=True)
class QuestionTable:
    """cells: the groups, with base weights equal inside each. items: the questions by name, in their order."""

    cells: Cells
    items: Mapping[str, Counted]

    def to_json(self) -> QuestionTableDocument:
        return {
            **packed_cells(self.cells),
            "items": [(name, counted.to_json()) for name, counted in self.items.items()],
        }

    @classmethod
    def from_json(cls, document: QuestionTableDocument) -> QuestionTable:
        items = {name: Counted.from_json(counted) for name, counted in document["items"]}
        return cls(unpacked_cells(document), items)

    def told_by(self, counted: Counted, name: str) -> tuple[Cells, Counted]:
        """The cells told apart by the answers to a question, in the column `name`; and the same counts over these."""
        cells, cell = self.cells, counted.cell
        part = counted.count / cells.count[cell]
        columns = {key: Column(column.levels, column.codes[cell]) for key, column in cells.columns.items()}
        columns[name] = Column(counted.levels, np.maximum(counted.code, -1))
        told = Cells(columns, counted.count, cells.weight[cell] * part, cells.weight_squared[cell] * part)
        return told, replace(counted, cell=np.arange(len(cell)))


@dataclass(frozen=True)
class Spread:
    """A weighted sample of the table's cells, ready to be told apart by the answers to one question after another.

    unit (cells,): cells that no estimate tells apart, as they share site, calibration group, factor and group.
    """

    sample: Sample
    group: Column
    unit: Codes
    first: Codes

    @classmethod
    def of(cls, sample: Sample, group: Column | None = None) -> Spread:
        """group: the column whose levels are compared; none: everybody is in one."""
        column = group or Column(("",), np.zeros(len(sample.cells), dtype=np.int64))
        calibrated, auxiliaries = sample.calibrated, sample.calibrated.auxiliaries
        keys = [sample.design.stratum, sample.design.psu, column.codes, _ranks(calibrated.factor)]
        keys += [auxiliaries.group] if auxiliaries is not None else []
        keys += [_ranks(calibrated.after_trim)] if calibrated.after_trim is not None else []
        flat = np.zeros(len(sample.cells), dtype=np.int64)
        for key in keys:
            flat = np.unique(flat * (int(key.max(initial=0)) + 2) + key + 1, return_inverse=True)[1]
        first = np.zeros(int(flat.max()) + 1, dtype=np.int64)
        first[flat[::-1]] = np.arange(len(flat) - 1, -1, -1)
        return cls(sample, column, flat, first)

    def of_question(self, counted: Counted) -> tuple[Sample, Codes]:
        """The same sample told apart by the question's answers, in the columns ANSWER and GROUP; and the code of each cell,
        below 0 where there is no answer."""
        whole, width = self.sample, len(counted.levels) + len(WHY_MISSING)
        place = self.unit[counted.cell] * width + counted.code + len(WHY_MISSING)
        part = counted.count / whole.cells.count[counted.cell]
        size = len(self.first) * width

        def summed(values: Floats) -> Floats:
            return np.asarray(np.bincount(place, values, minlength=size), dtype=float)

        number = summed(counted.count.astype(float))
        design = summed(part * whole.calibrated.design_weight[counted.cell])
        squared = summed(part * whole.calibrated.squared[counted.cell])
        held = np.flatnonzero(number)
        origin, code = self.first[held // width], held % width - len(WHY_MISSING)
        count, calibrated, layout = number[held].astype(np.int64), whole.calibrated, whole.design
        auxiliaries = calibrated.auxiliaries
        columns = {
            ANSWER: Column(counted.levels, np.maximum(code, -1)),
            GROUP: Column(self.group.levels, self.group.codes[origin]),
        }
        cells = Cells(columns, count, design[held], squared[held])
        told = replace(
            calibrated,
            design_weight=design[held],
            factor=calibrated.factor[origin],
            squared=squared[held],
            auxiliaries=replace(auxiliaries, group=auxiliaries.group[origin]) if auxiliaries is not None else None,
            after_trim=calibrated.after_trim[origin] if calibrated.after_trim is not None else None,
        )
        spread = replace(layout, stratum=layout.stratum[origin], psu=layout.psu[origin])
        return replace(whole, cells=cells, base=cells, calibrated=told, design=spread), code


def _ranks(values: Floats) -> Codes:
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)
