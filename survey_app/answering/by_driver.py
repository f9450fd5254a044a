"""The two statements of an answer, asked of the driver itself: a row stored, a receipt looked up.

SQLAlchemy compiles them and converts what goes in and comes out, once; at every answer it would take five times as long
as the statement. Connections come from the engine's pool, with all that is asserted and looked after there. Whatever is raised
here is for the usual way to try again, and to say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeAlias

import orjson
from flask import current_app
from sqlalchemy import JSON, Engine, bindparam, select
from sqlalchemy.dialects import sqlite

from survey_app.models import Response, db

Row = Mapping[str, object]
Convert: TypeAlias = Callable[[Any], Any]
COLUMNS = Response.__table__.columns
FINISHED = select(Response.finished_at).where(Response.receipt == bindparam("number"))
SQLITE = sqlite.insert(Response).on_conflict_do_nothing(index_elements=["submission_key"])


class DriverError(RuntimeError):
    """The database refused the statement."""


def by_driver() -> Sqlite | Postgresql:
    """The one of this application."""
    found: Sqlite | Postgresql | None = current_app.extensions.get("minyi_by_driver")
    if found is None:
        engine = db.engine
        found = Sqlite(engine) if engine.dialect.name == "sqlite" else Postgresql(engine)
        current_app.extensions["minyi_by_driver"] = found
    return found


def as_json(rows: Sequence[Row]) -> str:
    """Rows as PostgreSQL reads them again by `INSERTED`: one parameter for any number, so nothing is compiled or planned anew."""
    return orjson.dumps(rows).decode()


def inserted(names: Sequence[str], placeholder: str) -> str:
    """PostgreSQL's statement that stores rows whose key is not there, and gives the receipts of those."""
    named = ", ".join(names)
    return (
        f"INSERT INTO response ({named}) SELECT {named} FROM json_populate_recordset(NULL::response, {placeholder}) "  # nosec B608
        "ON CONFLICT (submission_key) DO NOTHING RETURNING receipt"
    )


class Sqlite:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert: tuple[tuple[str, ...], str, list[tuple[str, Convert]]] = ((), "", [])

    def insert(self, rows: Sequence[Row]) -> set[object]:
        """Store rows durably and give their receipts. Raises where one was there already, and stores none."""
        names, statement, bound = self._insert
        if names != tuple(rows[0]):
            names, statement, bound = self._insert = self._compiled(tuple(rows[0]))
        values = [[make(row[name]) for name, make in bound] for row in rows]
        with closing(self._engine.raw_connection()) as connection:
            connection.execute("BEGIN IMMEDIATE")  # waits for the lock here
            if connection.executemany(statement, values).rowcount != len(rows):
                raise DriverError("a key was there already")
            self._engine.dialect.do_commit(connection)
        return {row["receipt"] for row in rows}

    def finished_at(self, number: str) -> datetime | None:
        """When the answer with this receipt was finished; None where it is not stored (any more)."""
        statement, read = self._finished
        with closing(self._engine.raw_connection()) as connection:
            found = connection.execute(statement, (number,)).fetchone()
        return read(found[0]) if found else None

    def _compiled(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], str, list[tuple[str, Convert]]]:
        dialect = self._engine.dialect
        compiled = SQLITE.compile(dialect=dialect, column_keys=names)
        kinds = {name: COLUMNS[name].type.dialect_impl(dialect) for name in compiled.positiontup or ()}
        return (
            names,
            str(compiled),
            [
                (name, _json if isinstance(kind, JSON) else kind.bind_processor(dialect) or _as_it_is)
                for name, kind in kinds.items()
            ],
        )

    @cached_property
    def _finished(self) -> tuple[str, Convert]:
        dialect = self._engine.dialect
        read = COLUMNS["finished_at"].type.dialect_impl(dialect).result_processor(dialect, None)
        return str(FINISHED.compile(dialect=dialect)), read or _as_it_is


class Postgresql:
    """One way to the server for each, which is durable when it returns: no transaction is begun around one statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def insert(self, rows: Sequence[Row]) -> set[object]:
        """Store rows durably; gives the receipts of those whose key was not there."""
        result = self._asked("minyi_insert", inserted(tuple(rows[0]), "$1"), as_json(rows))
        return {result.get_value(place, 0).decode() for place in range(result.ntuples)}

    def finished_at(self, number: str) -> datetime | None:
        """When the answer with this receipt was finished; None where it is not stored (any more)."""
        statement = "SELECT extract(epoch FROM finished_at) FROM response WHERE receipt = $1"
        result = self._asked("minyi_finished", statement, number)
        return datetime.fromtimestamp(float(result.get_value(0, 0)), UTC) if result.ntuples else None

    def _asked(self, name: str, statement: str, value: str) -> Any:
        """The result of a statement with one parameter, which a connection prepares the first time."""
        with closing(self._engine.raw_connection()) as connection:
            server = connection.driver_connection.pgconn  # type: ignore[union-attr]
            try:
                if name not in connection.info:
                    _taken(server.prepare(name.encode(), statement.encode()))
                    connection.info[name] = True
                return _taken(server.exec_prepared(name.encode(), [value.encode()]))
            except Exception:
                connection.invalidate()  # it may be lost, or know the statement no more
                raise


def _taken(result: Any) -> Any:
    if result.status not in (1, 2):  # PGRES_COMMAND_OK, PGRES_TUPLES_OK
        raise DriverError("the database refused a statement")
    return result


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _as_it_is(value: Any) -> Any:
    return value
