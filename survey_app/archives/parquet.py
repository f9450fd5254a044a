"""Rows of the database in Parquet files and back: the same values in the same columns, whichever engine had them.

JSON and masked or sealed texts are there letter for letter; moments in UTC to the microsecond. Responses lie in the order
of their receipts, which are drawn at random.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, LargeBinary, Table

from survey_app.archives.places import ArchivedError, Part, Rows, reaching, write
from survey_app.ground.crypto import digest
from survey_app.models import Response, every_table

AT_ONCE = 5_000  # rows that are held in memory: a row group
A_FILE = 50_000  # rows of a file: what is written anew when one of them is erased
WHOLE = 1 << 256
Row = tuple[Any, ...]
Told = Callable[[int], None]  # rows that are done


def tables() -> list[Table]:
    """The responses, then what hangs on one and goes with it."""
    first: Any = Response.__table__
    hanging = [
        table
        for table in every_table().sorted_tables
        for key in table.foreign_keys
        if key.column.table is first and key.ondelete == "CASCADE"
    ]
    return [first, *hanging]


def fingerprint(rows: Iterable[Row]) -> int:
    """The sum, modulo 2**256, of the SHA-256 of each row: what they say, in no order; a row is taken out by its own."""
    return sum(int(digest(_line(row)), 16) for row in rows) % WHOLE


def _line(row: Row) -> bytes:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def write_rows(table: Table, batches: Iterator[Sequence[Row]], place: Path, told: Told) -> Rows:
    """Files of A_FILE rows at most, each read back and held against the rows it was made of, one and all.

    Raises ArchivedError where a file does not say what the database said.
    """
    parts: list[Part] = []
    sums = number = last = 0
    for first in batches:
        writing = _Writing(table, chain([first], islice(batches, A_FILE // AT_ONCE - 1)), told, number, last)
        made = write(place, table.name, "parquet", 0, writing.into)
        if [fingerprint(batch) for batch in read_part(table, place / made.name)] != writing.given:
            raise ArchivedError("archives.not_as_written", path=place / made.name)
        parts.append(replace(made, rows=writing.number - number))
        sums, number, last = (sums + sum(writing.given)) % WHOLE, writing.number, writing.last
    return Rows(number, last, f"{sums:064x}", tuple(parts))


@dataclass
class _Writing:
    """One file while it is written. given: the fingerprint of each row group; number, last: of all rows so far."""

    table: Table
    batches: Iterable[Sequence[Row]]
    told: Told
    number: int
    last: int
    given: list[int] = field(default_factory=list)

    def into(self, file: IO[bytes]) -> None:
        with pq.ParquetWriter(file, schema_of(self.table), compression="zstd") as writer:
            for batch in self.batches:
                writer.write_table(_as_arrow(self.table, batch), row_group_size=len(batch))
                self.given.append(fingerprint(batch))
                self.number, self.last = self.number + len(batch), max(self.last, *(row[0] for row in batch))
                self.told(self.number)


def read_part(table: Table, path: Path) -> Iterator[list[Row]]:
    """The rows of a file, a row group at a time, their values in the order of the table's columns."""
    with reaching(path.parent):
        file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        with reaching(path.parent):
            rows = _as_rows(file.read_row_group(group), table)
        yield rows


def read_rows(table: Table, own: Rows, place: Path) -> Iterator[list[Row]]:
    for part in own.parts:
        yield from read_part(table, place / part.name)


def found_in(table: Table, own: Rows, place: Path, column: str, value: str | int) -> list[tuple[Part, Row]]:
    """The rows that have this value, each with the file that it lies in."""
    with reaching(place):
        return [
            (part, row)
            for part in own.parts
            for row in _as_rows(pq.read_table(place / part.name, filters=[(column, "=", value)]), table)
        ]


def without(table: Table, own: Rows, place: Path, column: str, value: str | int) -> tuple[Rows, list[Row], list[str]]:
    """The table's rows without those that have this value; the rows, and the names of the files that were written anew."""
    found = found_in(table, own, place, column, value)
    if not found:
        return own, [], []
    rows, held = [row for _part, row in found], Counter(part for part, _row in found)
    parts = [_left_of(table, part, place, held[part], column, value) if part in held else part for part in own.parts]
    rest = (int(own.fingerprint, 16) - fingerprint(rows)) % WHOLE
    left = Rows(own.rows - len(rows), own.last, f"{rest:064x}", tuple(part for part in parts if part.rows))
    return left, rows, sorted(part.name for part in held)


def _left_of(table: Table, part: Part, place: Path, fewer: int, column: str, value: str | int) -> Part:
    """The file without its rows that have this value, `fewer` of them, its columns as they are; read back and compared.

    One that had no others is not written, and has no rows. Raises ArchivedError.
    """
    if part.rows == fewer:
        return replace(part, rows=0)

    def groups(path: Path) -> Iterator[pa.Table]:
        with reaching(place), pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                left = file.read_row_group(number).filter(pc.field(column) != value)
                if left.num_rows:
                    yield left

    def into(file: IO[bytes]) -> None:
        with pq.ParquetWriter(file, schema_of(table), compression="zstd") as writer:
            for group in groups(place / part.name):
                writer.write_table(group, row_group_size=group.num_rows)

    made = write(place, table.name, "parquet", part.rows - fewer, into)
    before, after = groups(place / part.name), groups(place / made.name)
    read = [one.num_rows for one, other in zip(before, after, strict=True) if one.equals(other)]
    if sum(read) != made.rows:
        raise ArchivedError("archives.not_as_written", path=place / made.name)
    return made


def schema_of(table: Table) -> pa.Schema:
    return pa.schema([pa.field(column.name, _kind(column), column.nullable) for column in table.columns])


def _kind(column: Column[Any]) -> pa.DataType:
    if isinstance(column.type, Boolean):
        return pa.bool_()
    if isinstance(column.type, Integer):
        return pa.int64()
    if isinstance(column.type, Float):
        return pa.float64()
    if isinstance(column.type, LargeBinary):
        raise TypeError(column.name)
    moment = isinstance(getattr(column.type, "impl", column.type), DateTime)
    return pa.timestamp("us", tz="UTC") if moment else pa.string()


def _as_arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    schema = schema_of(table)
    columns = zip(schema, zip(*rows, strict=True), strict=True)
    return pa.table([pa.array(values, field.type) for field, values in columns], schema=schema)


def _as_rows(read: pa.Table, table: Table) -> list[Row]:
    columns = [read[name].to_pylist() for name in table.columns.keys()]  # noqa: SIM118  # a collection of columns
    return list(zip(*columns, strict=True))


def is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)
