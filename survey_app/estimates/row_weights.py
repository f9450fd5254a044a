"""The calibrated weight of every row of a file, written as a stream in the file's order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from analysis.cells import Cells
from analysis.plan import Plan
from survey_app.estimates.reduce_files import in_sample, row_weight

BATCH = 100_000


def write_weights(responses: Table, cells: Cells, plan: Plan, out: Path) -> None:
    """CSV `row,weight`: base weight times the g-weight of the row's cell, in batches of bounded memory; 0 for rows that do
    not count.

    The g-weight depends on the calibration columns alone, so it is looked up by their levels; where base weights follow
    the sites, the whole weight is, by the site and whether the measured question was answered.
    """
    from analysis.row_factors import RowFactors
    from analysis.sample import weighted_sample

    sample = weighted_sample(cells, plan)
    rows = RowFactors.of(sample, plan)
    factor = rows.per_row(sample.weight)
    texts = [responses[name].cast("string").name(f"key_{index}") for index, name in enumerate(rows.names)]
    counted = in_sample(responses, plan).name("counted")
    base = row_weight(responses, plan).name("base")
    stream = responses.select(*texts, counted, base, row=ibis.row_number()).order_by("row")
    number = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "weight"])
        for batch in _batches(stream):
            *columns, inside, weights, _rows = (column.to_pylist() for column in batch.columns)
            keys = zip(*columns, strict=True) if columns else ((),) * batch.num_rows
            for values, counts, weight in zip(keys, inside, weights, strict=True):
                number += 1
                cell = rows.cell_of(values) if counts else None
                writer.writerow([number, repr(float(weight) * float(factor[cell])) if cell is not None else "0.0"])


def _batches(stream: Table) -> Iterator[pa.RecordBatch]:
    """Straight from DuckDB: Ibis 12 asks its version 2 for a reader under a name that is gone."""
    backend = stream.get_backend()
    yield from backend.con.sql(backend.compile(stream)).to_arrow_reader(BATCH)
