"""Reduce a file of responses to weighted cells: one Ibis expression, run by DuckDB, one GROUP BY."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.expr.types import Table

from analysis.cells import Cells
from analysis.errors import CellsError
from analysis.plan import Plan


def open_responses(path: Path) -> Table:
    """The responses of a CSV file, a Parquet file or a directory of Parquet files, all CSV columns as text."""
    if not path.exists():
        raise CellsError(f"{path}: no such file or directory")
    connection = ibis.duckdb.connect()
    try:
        if path.is_dir():
            if not any(path.rglob("*.parquet")):
                raise CellsError(f"{path}: the directory holds no Parquet file")
            return connection.read_parquet(str(path / "**" / "*.parquet"), hive_partitioning=True)
        if path.suffix.lower() == ".parquet":
            return connection.read_parquet(str(path))
        if path.suffix.lower() == ".csv":
            return connection.read_csv(str(path), all_varchar=True, header=True)
    except duckdb.Error as error:
        raise CellsError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    raise CellsError(f"{path}: expected .csv, .parquet or a directory of Parquet files")


def reduce_to_cells(responses: Table, plan: Plan) -> Cells:
    """The plan's cells. Raises CellsError for a missing column, a weight that is no number or negative."""
    _require_columns(responses, plan)
    weight = _weight(responses, plan)
    keys = [responses[name].cast("string").name(name) for name in plan.key_columns]
    if plan.trims and plan.design.weight:
        keys = [key for key in keys if key.get_name() != plan.design.weight] + [weight.name(plan.design.weight)]
    prepared = responses.select(*keys, weight.name("_weight"))
    faults = prepared.aggregate(
        missing=prepared["_weight"].isnull().sum(), negative=(prepared["_weight"] < 0).sum()
    ).to_pyarrow()
    missing, negative = faults["missing"][0].as_py(), faults["negative"][0].as_py()
    if missing or negative:
        raise CellsError(
            f"the weight '{plan.design.weight}' is missing or no number in {missing or 0} rows "
            f"and negative in {negative or 0}"
        )
    names = list(plan.key_columns)
    grouped = prepared.group_by(names).aggregate(
        _count=prepared.count(),
        _sum=prepared["_weight"].sum(),
        _squares=(prepared["_weight"] * prepared["_weight"]).sum(),
    )
    table = grouped.order_by(names).to_pyarrow()
    columns = [table[name].to_pylist() for name in [*names, "_count", "_sum", "_squares"]]
    return Cells.from_groups(zip(*columns, strict=True), plan)


def _require_columns(responses: Table, plan: Plan) -> None:
    absent = [name for name in plan.columns if name not in responses.columns]
    if absent:
        hints = []
        for name in absent:
            near = get_close_matches(name, list(responses.columns), 1, 0.5)
            hints.append(f"'{name}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
        raise CellsError(f"columns missing from the responses: {', '.join(hints)}")


def _weight(responses: Table, plan: Plan) -> Any:
    if plan.design.weight is None:
        return ibis.literal(1.0)
    return responses[plan.design.weight].cast("string").nullif("").nullif("NA").try_cast("float64")
