"""Reduce a file of responses to weighted cells: one Ibis expression, one GROUP BY, on DuckDB or on Spark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from analysis.cells import MANY, MISSING, Cells, Codes, Floats, Plain, Values
from analysis.errors import CellsError
from analysis.notices import Notice, NoticeDocument
from analysis.plan import Plan
from analysis.sample import NOT_FLAGGED
from survey_app.files.large_text import LargeText, large_text
from survey_app.files.said import FileRefusedError
from wording import Message, Text

Engine = Literal["duckdb", "spark"]
WEIGHT, COUNT, SUM, SQUARES, WEIGHED = "_weight", "_count", "_sum", "_squares", "_weighed"

WHOLE = "^(0|[1-9][0-9]{0,17})$"  # texts that are what a whole number is called
NAMES = "^[A-Za-z][A-Za-z_-]*[0-9][A-Za-z0-9_-]*$"  # no numbers, like no other name, and sorted by their bytes


@contextmanager
def opened(path: Path, engine: Engine = "duckdb") -> Iterator[Table]:
    """The responses of a CSV file, a workbook, a Parquet file or a directory of them; columns of the first two are text.

    Raises CellsError for a file that cannot be read, EngineError for an engine that is not there.
    """
    if not path.exists():
        raise CellsError("estimates.no_such_path", path=path)
    if path.is_dir() and not any(path.rglob("*.parquet")):
        raise CellsError("estimates.no_parquet", path=path)
    if not path.is_dir() and path.suffix.lower() not in (".csv", ".xlsx", ".parquet"):
        raise CellsError("estimates.kinds_of_file", path=path)
    try:
        with nullcontext() if path.is_dir() or path.suffix.lower() == ".parquet" else large_text(path) as text:
            if engine == "spark":
                from survey_app.estimates.spark_engine import spark_table

                with spark_table(path, text) as table:
                    yield table
            else:
                yield open_responses(path, text)
    except FileRefusedError as error:
        raise CellsError("estimates.at", path=path, said=error) from error
    except duckdb.Error as error:
        raise CellsError("estimates.at", path=path, said=_why(str(error), text.skipped if text else 0)) from error


def open_responses(path: Path, text: LargeText | None = None) -> Table:
    """On an embedded DuckDB, whose connection lives as long as the table; columns of a text come as text."""
    connection = ibis.duckdb.connect()
    if text is not None:
        return connection.read_csv(
            str(text.path), columns=dict.fromkeys(text.names, "VARCHAR"), delim=text.delimiter, header=True, quote='"',
            escape='"', strict_mode=True, auto_detect=False,
        )  # fmt: skip
    if path.is_dir():
        return connection.read_parquet(str(path / "**" / "*.parquet"), hive_partitioning=True)
    return connection.read_parquet(str(path))


def _why(said: str, skipped: int) -> FileRefusedError:
    """DuckDB's word on a line of a CSV, in the reader's."""
    line = re.search(r"CSV Error on Line: (\d+)", said)
    if line is None:
        return FileRefusedError("estimates.cannot_read", value=said.splitlines()[0])
    number = int(line[1]) + skipped
    width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if width:
        return FileRefusedError("estimates.line_cells_where_headings", number=number, width=width[2], width_=width[1])
    return FileRefusedError("estimates.line_quote_not_closed", number=number)


def reduce_to_cells(responses: Table, plan: Plan, sampled: bool = True) -> Cells:
    """The plan's cells, of the rows that are of the sample or of the others. Raises CellsError for a missing column or
    value, or a weight that is no number."""
    require_columns(responses, plan)
    inside = in_sample(responses, plan)
    chosen = responses.filter(inside if sampled else ~inside)
    grouped = grouping(chosen, plan).to_pyarrow()
    if pc.any(pc.not_equal(grouped[COUNT], grouped[WEIGHED])).as_py():
        raise _faulty_weights(chosen, plan)
    keys = {name: _coded(grouped[name]) for name in plan.key_columns}
    count, weight, squared = (np.asarray(grouped[name], dtype=float) for name in (COUNT, SUM, SQUARES))
    del grouped  # of a million PSUs it is as large as the cells
    _require_values(keys, count, responses, plan)
    return Cells.from_coded(keys, count, weight, squared, plan)


def in_sample(responses: Table, plan: Plan) -> Any:
    """Whether each row belongs to the sample, by the column that the plan names for it."""
    if plan.design.sample is None:
        return ibis.literal(True)
    return ~responses[plan.design.sample].cast("string").fill_null("").strip().lower().isin([*NOT_FLAGGED, "0.0"])


def left_out(responses: Table, plan: Plan) -> list[NoticeDocument]:
    """That answers which are not of the sample were left out, and how many."""
    number = int(responses.filter(~in_sample(responses, plan)).count().execute()) if plan.design.sample else 0
    return [Notice("not_of_sample", {"n": number, "column": plan.design.sample or ""}).as_dict()] if number else []


def grouping(responses: Table, plan: Plan) -> Table:
    """The one expression: key columns, then count, sums of weights and of their squares, and how many weights are 0 or more."""
    weight = row_weight(responses, plan)
    keys = [responses[name] for name in plan.key_columns]
    if plan.trims and plan.weight_column:
        keys = [key for key in keys if key.get_name() != plan.weight_column] + [weight.name(plan.weight_column)]
    prepared = responses.select(*keys, weight.name(WEIGHT))
    own = prepared[WEIGHT]
    return prepared.group_by(list(plan.key_columns)).aggregate(
        prepared.count().name(COUNT),
        own.sum().name(SUM),
        (own * own).sum().name(SQUARES),
        own.count(where=own >= 0).name(WEIGHED),
    )


def require_columns(responses: Table, plan: Plan) -> None:
    wanted = [*plan.columns, *([plan.design.sample] if plan.design.sample else [])]
    absent = [name for name in wanted if name not in responses.columns]
    if absent:
        hints: list[Text] = []
        for name in absent:
            near = get_close_matches(name, list(responses.columns), 1, 0.5)
            hints.append(Message("estimates.column_near", name=name, near=near[0]) if near else f"'{name}'")
        raise CellsError("estimates.columns_missing_from_responses", hints=hints)
    for name in wanted:
        if responses[name].type().is_nested():
            raise CellsError("analysis.column_of_lists", name=name)


def row_weight(responses: Table, plan: Plan) -> Any:
    """The base weight of each row as a number, null where it is none."""
    if plan.weight_column is None:
        return ibis.literal(1.0)
    column = responses[plan.weight_column]
    if column.type().is_numeric():
        return column.cast("float64")
    return column.cast("string").nullif("").nullif("NA").try_cast("float64")


def _faulty_weights(responses: Table, plan: Plan) -> CellsError:
    own = row_weight(responses, plan)
    absent, negative = (int(responses.filter(faulty).count().execute()) for faulty in (own.isnull(), own < 0))
    return CellsError(
        "estimates.weight_missing_or_no", design_weight=plan.design.weight, absent=absent, negative=negative
    )


def _require_values(keys: dict[str, tuple[Values, Codes]], count: Floats, responses: Table, plan: Plan) -> None:
    """A design or calibration column must be complete; the error names the count and the first rows."""
    for name in plan.required_columns:
        values, codes = keys[name]
        empty = codes < 0
        if not isinstance(values, np.ndarray):  # whole numbers and plain texts are all there
            empty = np.array([*(isinstance(value, str) and value in MISSING for value in values), True])[codes]
        if empty.any():
            rows, number = _first_rows(responses, name, plan), int(count[empty].sum())
            if rows:
                raise CellsError("estimates.values_missing_at", name=name, n=number, rows=rows)
            raise CellsError("estimates.values_missing", name=name, n=number)


def _first_rows(responses: Table, name: str, plan: Plan) -> list[int]:
    """Where the first missing values stand, counted from 1; an engine without row order does not say."""
    if responses.get_backend().name != "duckdb":
        return []
    counted = in_sample(responses, plan).name("counted")
    numbered = responses.select(responses[name].cast("string").name("value"), counted, row=ibis.row_number())
    missing = numbered.filter(numbered["counted"]).filter(numbered["value"].isnull() | numbered["value"].isin(MISSING))
    rows = missing.order_by("row").limit(3).to_pyarrow()["row"].to_pylist()
    return [row + 1 for row in rows]


def _coded(column: pa.ChunkedArray) -> tuple[Values, Codes]:
    """Distinct values of a column and the code of each row, -1 for null; whole numbers in order, where they stand close.
    Many texts that nobody could write in two ways come as an array: a million sites by name take no Python each."""
    if pa.types.is_integer(column.type) and (found := _counted(column)) is not None:
        return found
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    values = encoded.dictionary
    if pa.types.is_integer(values.type):
        return values.to_numpy(), codes
    plain = _plain(values) if len(values) > MANY and pa.types.is_string(values.type) else None
    return values.to_pylist() if plain is None else plain, codes


def _plain(texts: pa.Array) -> Plain | None:
    """Texts that are all whole numbers, or all names that could be written in one way alone, as an array."""
    numbers, names = (pc.all(pc.match_substring_regex(texts, pattern)).as_py() for pattern in (WHOLE, NAMES))
    if numbers:
        return np.asarray(texts.cast(pa.int64()).to_numpy())
    return np.array(texts.to_pylist(), dtype=np.bytes_) if names else None


def _counted(column: pa.ChunkedArray) -> tuple[Values, Codes] | None:
    """The same without a search, for whole numbers that are not spread much wider than there are rows."""
    ends = pc.min_max(column)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is None or high >= 2**63 or high - low > 4 * len(column):
        return None
    place = column.fill_null(low).to_numpy().astype(np.int64) - low
    present = np.zeros(high - low + 1, dtype=bool)
    present[place] = True
    codes = place if present.all() else (np.cumsum(present) - 1)[place]
    if column.null_count:
        codes[column.is_null().to_numpy()] = -1
    return np.flatnonzero(present) + low, codes
