"""The calibrated weight of every row of a file, written as a stream in the file's order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from analysis.cells import Cells
from analysis.plan import Plan
from survey_app.estimates.reduce_files import row_weight

BATCH = 100_000


def write_weights(responses: Table, cells: Cells, plan: Plan, out: Path) -> None:
    """CSV `row,weight`: base weight times the g-weight of the row's cell, in batches of bounded memory.

    The g-weight depends on the calibration columns alone, so it is looked up by their levels; where base weights follow
    the sites, the whole weight is, by the site and whether the measured question was answered.
    """
    from analysis.sample import weighted_sample

    sample = weighted_sample(cells, plan)
    names = list(
        dict.fromkeys((*plan.margin_names, *plan.total_names, *(plan.nonresponse.classes if plan.nonresponse else ())))
    )
    if plan.flagged is not None:
        names.append(plan.flagged.column)
    if plan.trims and plan.weight_column:
        names = [*names, plan.weight_column]
    if plan.follows_sites:
        own = (plan.design.strata, plan.site_column, plan.weights.adults, plan.measure.question)
        names = list(dict.fromkeys([*names, *(name for name in own if name)]))
    keys = {name: sample.cells.columns[name] for name in names}
    base = sample.cells.count.astype(float) if plan.follows_sites else sample.base.weight
    factor = np.divide(sample.weight, base, out=np.zeros_like(base), where=base > 0)
    table: dict[tuple[str, ...], float] = {}
    columns = [np.array([*column.levels, ""])[column.codes] for column in keys.values()]
    for place, value in enumerate(factor):
        table[tuple(str(column[place]) for column in columns)] = float(value)
    texts = [responses[name].cast("string").name(f"key_{index}") for index, name in enumerate(names)]
    stream = responses.select(*texts, row_weight(responses, plan).name("base"), row=ibis.row_number()).order_by("row")
    levels = _Levels()
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "weight"])
        row = 0
        for batch in _batches(stream):
            writer.writerows(_weights(batch, len(names), table, levels, row))
            row += batch.num_rows


class _Levels:
    """A value's text as cells name it, remembered."""

    def __init__(self) -> None:
        self.known: dict[str | None, str] = {}

    def __call__(self, value: str | None) -> str:
        if value not in self.known:
            number = value is not None and value.endswith(".0") and value[:-2].lstrip("-").isdigit()
            self.known[value] = "" if value in (None, "", "NA") else value[:-2] if number else str(value).strip()
        return self.known[value]


def _batches(stream: Table) -> Iterator[pa.RecordBatch]:
    """Straight from DuckDB: Ibis 12 asks its version 2 for a reader under a name that is gone."""
    backend = stream.get_backend()
    yield from backend.con.sql(backend.compile(stream)).to_arrow_reader(BATCH)


def _weights(
    batch: pa.RecordBatch, keys: int, table: dict[tuple[str, ...], float], levels: _Levels, row: int
) -> list[tuple[int, str]]:
    columns = [batch.column(index).to_pylist() for index in range(keys)]
    base = batch.column(keys).to_pylist()
    factors = (
        table.get(tuple(levels(value) for value in key), 0.0)
        for key in (zip(*columns, strict=True) if columns else ((),) * len(base))
    )
    return [
        (row + place + 1, repr(float(weight) * factor))
        for place, (weight, factor) in enumerate(zip(base, factors, strict=True))
    ]
