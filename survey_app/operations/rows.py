"""Rows of any table as lines of JSON and back: the same lines whichever engine they come from or go to.

Tables are read as the database has them, not as the models say: an archive of another revision is read too.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Date, DateTime, LargeBinary, MetaData, Table, Text, cast, select

from survey_app.archives.inserting import inserting

MADE_ANEW = {"alembic_version", "response_count"}  # by the migrations, and by counting the responses
PART = 4 * 1024 * 1024  # bytes of lines that are held at once
ROWS_AT_ONCE = 500
FILES_AT_ONCE = 4  # of tables that hold files


def tables(connection: Connection, known: Collection[str] = ()) -> list[Table]:
    """The tables of the database that hold what cannot be made again. known: all that are ours, where that is known."""
    found = MetaData()
    found.reflect(connection)
    ours = found.tables.keys() & known if known else found.tables.keys()
    return [found.tables[name] for name in sorted(ours - MADE_ANEW)]


def parts(connection: Connection, table: Table) -> Iterator[tuple[int, bytes]]:
    """All rows in the order of their key: how many, and their lines, in parts of some megabytes."""
    columns = list(table.columns)
    query = select(*(cast(column, Text) if isinstance(column.type, JSON) else column for column in columns))
    at_once = FILES_AT_ONCE if any(isinstance(column.type, LargeBinary) for column in columns) else ROWS_AT_ONCE
    found = connection.execution_options(stream_results=True, yield_per=at_once).execute(
        query.order_by(*table.primary_key.columns)
    )
    lines, size = [], 0
    for row in found:
        line = json.dumps([_out(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode()
        lines.append(line)
        size += len(line) + 1
        if size >= PART:
            yield len(lines), b"\n".join(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), b"\n".join(lines)


def store(connection: Connection, table: Table, columns: Sequence[str], body: bytes) -> int:
    """Insert the lines of one part, whose values stand in the order of `columns`; gives their number."""
    wanted = [table.columns[name] for name in columns]
    rows = [
        {
            f"of_{name}": _in(column, value)
            for name, column, value in zip(columns, wanted, json.loads(line), strict=True)
        }
        for line in body.split(b"\n")
    ]
    connection.execute(inserting(connection, table, wanted), rows)
    return len(rows)


def _out(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _in(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return b64decode(value)
    for kind, read in ((DateTime, datetime), (Date, date)):
        if isinstance(column.type, kind):
            return read.fromisoformat(value)
    return value
