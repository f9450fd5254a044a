"""An INSERT of rows as they were read: JSON goes in as the text it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, Insert, Table, Text, bindparam, cast, insert


def inserting(connection: Connection, table: Table, columns: Sequence[Column[Any]]) -> Insert:
    """Each value is given as `of_` and its column's name; JSON as text, so that its null stays apart from SQL's and no figure
    is written anew."""
    postgres = connection.dialect.name == "postgresql"

    def given(column: Column[Any]) -> Any:
        if not isinstance(column.type, JSON):
            return bindparam(f"of_{column.name}", type_=column.type)
        text = bindparam(f"of_{column.name}", type_=Text())
        return cast(text, JSON) if postgres else text

    return insert(table).values({column.name: given(column) for column in columns})


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """rows: of values in the order of the table's columns."""
    names = [f"of_{name}" for name in table.columns.keys()]  # noqa: SIM118  # a collection of columns
    statement = inserting(connection, table, list(table.columns))
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
