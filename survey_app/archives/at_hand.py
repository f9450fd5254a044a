"""Archived answers read as if they stood in the database: the one seam between an archive and all that counts answers.

While a survey is at hand, the first statement that names a table of answers brings its rows into temporary tables of that
connection, and views under the tables' own names show both; every query of the product then finds what it found before.
Nothing can be written through them. They go with the connection's return to the pool, and with a transaction taken back.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from flask import g, has_app_context
from sqlalchemy import Connection, Engine, MetaData, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from survey_app.archives.inserting import insert_rows
from survey_app.archives.places import ArchivedError, held
from survey_app.models import EstimateRun, Response, Survey, SurveyArchive, db, every_table

MOST_ON_A_PAGE = 200_000  # responses that a page brings from their files
NAMES = "response|response_flag|answer_coding"
NAMED = re.compile(rf"\b(?:{NAMES})\b")
WRITTEN = re.compile(rf'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(?:{NAMES})\b', re.IGNORECASE)
WANTED = "minyi_at_hand"  # of an application context: survey -> whether it is for a page
HERE, USED, BUSY = "minyi_at_hand", "minyi_at_hand_used", "minyi_at_hand_busy"  # of a connection
T = TypeVar("T", bound=Callable[..., object])


@contextmanager
def at_hand(survey_id: int) -> Iterator[None]:
    """Whatever reads answers inside finds those of this survey, wherever they lie."""
    before = g.get(WANTED, {})
    setattr(g, WANTED, {**before, survey_id: False})
    try:
        yield
    finally:
        setattr(g, WANTED, before)


def reads_answers(work: T) -> T:
    """`work` on a survey or a run, its first argument, with the answers of that survey at hand."""

    @wraps(work)
    def with_answers(subject: Survey | EstimateRun, *args: object, **more: object) -> object:
        with at_hand(subject.id if isinstance(subject, Survey) else subject.survey_id):
            return work(subject, *args, **more)

    return with_answers  # type: ignore[return-value]  # of the same arguments


def for_request(survey_id: int, page: bool) -> None:
    """Whatever answers the request finds the answers of this survey. page: ArchivedError where they are too many for one."""
    setattr(g, WANTED, {survey_id: page, **g.get(WANTED, {})})


def response_numbered(number: int | None) -> Response | None:
    """The response with this number for a page, wherever it lies."""
    found = read_only(number) if number is not None else None
    if found is None or found in db.session:
        return found
    for_request(found.survey_id, page=True)
    return db.session.get(Response, number)


def read_only(number: int) -> Response | None:
    """The response with this number, or the copy of an archived one."""
    found = db.session.get(Response, number)
    if found is not None or db.session.scalar(select(SurveyArchive.survey_id).limit(1)) is None:
        return found
    from survey_app.archives.moving import copy_numbered  # Parquet's reader, which most processes can do without

    return copy_numbered(number)


@event.listens_for(Engine, "before_cursor_execute")
def _bring(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    wanted: dict[int, bool] = g.get(WANTED, {}) if has_app_context() else {}
    if not (wanted or HERE in connection.info) or BUSY in connection.info or not NAMED.search(statement):
        return
    here: dict[int, bool] = connection.info.setdefault(HERE, {})
    connection.info[BUSY] = True
    try:
        if not wanted:
            _drop_views(connection)
            return
        for survey_id in wanted.keys() - here.keys():
            here[survey_id] = _load(connection, survey_id, wanted[survey_id])
    finally:
        del connection.info[BUSY]
    if any(here.values()) and WRITTEN.match(statement):
        raise ArchivedError("archives.only_read")


def _load(connection: Connection, survey_id: int, for_page: bool) -> bool:
    """Bring the rows of one survey; False where they lie in no archive."""
    table: Any = SurveyArchive.__table__
    found = connection.execute(select(table).where(table.c.survey_id == survey_id)).first()
    if found is None:
        return False
    from survey_app.archives.parquet import read_rows, tables

    place, manifest = held(SurveyArchive(folder=found.folder, manifest=found.manifest))
    if for_page and manifest.responses > MOST_ON_A_PAGE:
        raise ArchivedError("archives.too_many_for_a_page", number=manifest.responses, code=manifest.survey)
    raw: Any = connection.connection.dbapi_connection
    idle = connection.dialect.name == "sqlite" and not raw.in_transaction
    connection.info[USED] = True
    if not any(connection.info[HERE].values()):
        _make_views(connection)
    for table in tables():
        copy = table.to_metadata(MetaData(), name=f"archived_{table.name}")
        for rows in read_rows(table, manifest.tables[table.name], place):
            insert_rows(connection, copy, rows)
    if idle:
        raw.commit()  # or a write that follows would rest on an old look at the database
    return True


def _make_views(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    temporary, whole = ("temp", "main") if sqlite else ("pg_temp", connection.dialect.default_schema_name)
    for statement in _dropping(temporary):
        connection.exec_driver_sql(statement)
    for name in NAMES.split("|"):
        keys = ("id", "receipt") if name == "response" else ("response_id",)
        made = f"archived_{name}"
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {made} AS SELECT * FROM {whole}.{name} WHERE 1 = 0")  # nosec B608
        for key in keys:
            place, on = (f"{temporary}.", made) if sqlite else ("", f"{temporary}.{made}")
            connection.exec_driver_sql(f"CREATE INDEX {place}ix_{made}_{key} ON {on} ({key})")
        columns = ", ".join(column.name for column in every_table().tables[name].columns)
        both = f"SELECT {columns} FROM {whole}.{name} UNION ALL SELECT {columns} FROM {temporary}.{made}"  # nosec B608
        connection.exec_driver_sql(f"CREATE TEMPORARY VIEW {name} AS {both}")


def _drop_views(connection: Connection) -> None:
    """Nothing is at hand any more, in the same transaction."""
    if any(connection.info.pop(HERE).values()):
        for statement in _dropping("temp" if connection.dialect.name == "sqlite" else "pg_temp"):
            connection.exec_driver_sql(statement)


def _dropping(temporary: str) -> list[str]:
    names = NAMES.split("|")
    views = [f"DROP VIEW IF EXISTS {temporary}.{name}" for name in names]
    return views + [f"DROP TABLE IF EXISTS {temporary}.archived_{name}" for name in names]


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "rollback_savepoint")
def _taken_back(connection: Connection, *_rest: object) -> None:
    """What was brought in this transaction is gone with it."""
    if not connection.invalidated:
        connection.info.pop(HERE, None)


@event.listens_for(Engine, "reset")
def _ended(connection: DBAPIConnection, record: ConnectionPoolEntry, _state: PoolResetState) -> None:
    record.info.pop(HERE, None)
    if record.info.pop(USED, None):
        connection.rollback()
        cursor = connection.cursor()
        for statement in _dropping("temp" if isinstance(connection, sqlite3.Connection) else "pg_temp"):
            cursor.execute(statement)
        cursor.close()
        connection.commit()
