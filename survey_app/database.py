"""Engine settings that make 'acknowledged' mean 'on disk', and the migrations that shape the tables."""

from __future__ import annotations

import fcntl
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flask import Flask
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util import queue

from survey_app import rollup
from survey_app.models import db
from wording import Refusal

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
UPGRADING = (
    0x6D696E7969  # the name of PostgreSQL's lock: one process at a time changes tables or makes the first account
)
Standing = Literal["empty", "current", "older", "newer"]
IDLE = 1.0  # seconds after which a connection is asked whether it still stands
WAITING = 20.0  # seconds that a connection is waited for at most
SILENT = 3.0  # seconds after which a server that has answered nobody is given up
AGAIN = 0.5  # seconds after which a server that had no connection left is asked again
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")


class SharingPool(QueuePool):
    """Nodes, jobs and other programs share the connections that PostgreSQL gives. Where it has none left, who asks waits for one of ours
    that comes back, or for room, as long as the server answers anybody."""

    _heard = _full = -math.inf  # when one came back, and when the server had none left

    def _do_get(self) -> ConnectionPoolEntry:
        began = time.monotonic()
        while True:
            found: ConnectionPoolEntry | None = None
            if time.monotonic() < self._full + AGAIN:  # one of ours comes back sooner
                with suppress(queue.Empty):
                    found = self._pool.get(True, AGAIN)
            try:
                found = found or super()._do_get()
                found.get_connection()  # type: ignore[attr-defined]  # of its record: one that was lost is made anew here
                return found
            except Exception as error:
                if found is not None:
                    self._dec_overflow()
                if not isinstance(error, self._dialect.loaded_dbapi.OperationalError):  # type: ignore[union-attr]
                    raise
                self._full = time.monotonic()
                heard = max(self._heard, began if self.checkedout() else -math.inf)
                if self._full > min(began + WAITING, heard + SILENT):
                    raise

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record.dbapi_connection is not None:
            self._heard = time.monotonic()
        super()._do_return_conn(record)

    def recreate(self) -> SharingPool:
        made = super().recreate()
        assert isinstance(made, SharingPool)
        made._heard = self._heard
        return made


class NotDurableError(Refusal):
    """A new connection does not promise durable commits; the server refuses to run on it."""


def engine_options(url: str) -> dict[str, object]:
    """Settings by engine. SQLite's own driver waits for the writer instead of failing.

    What a statement was given (answers, hashes of passwords) is never part of an error, so it is in no log. What comes back
    to the pool in a transaction is rolled back by `secure_connections`, once and only then. PostgreSQL's driver prepares nothing of
    its own: at each rollback it would let go of all that its server has prepared, what by_driver.py asks for with it.
    """
    common = {"hide_parameters": True, "pool_reset_on_return": None}
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}, **common}
    return {
        "poolclass": SharingPool,
        "pool_size": 8,
        "max_overflow": 4,
        "connect_args": {"prepare_threshold": None, "connect_timeout": 10},
        **common,
    }


def secure_connections(app: Flask) -> None:
    """Set and assert durability on every new connection of this app's engine; none comes back to the pool in a transaction."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "reset", _ended)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable_sqlite)
        return
    event.listen(engine, "connect", _durable_postgresql)
    event.listen(engine, "checkout", partial(_still_there, engine))
    event.listen(engine, "checkin", _was_there)


def _ended(connection: DBAPIConnection, *_rest: object) -> None:
    """After a commit that failed SQLAlchemy takes the transaction for over, and its rows would wait for the commit of whoever
    has the connection next. A crowd's statements leave no transaction, and need not be told to roll back."""
    sqlite = isinstance(connection, sqlite3.Connection)
    if connection.in_transaction if sqlite else connection.pgconn.transaction_status:
        connection.rollback()


def _durable_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if synchronous != 2 or journal not in ("wal", "memory"):
        raise NotDurableError("ground.sqlite_not_durable", journal=journal, synchronous=synchronous)


def _durable_postgresql(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SHOW synchronous_commit")
    setting = cursor.fetchone()[0]  # type: ignore[index]
    cursor.close()
    connection.commit()
    if setting == "off":
        raise NotDurableError("ground.postgresql_not_durable")


def _still_there(engine: Engine, connection: DBAPIConnection, record: ConnectionPoolEntry, _given: object) -> None:
    """Ask a connection that has lain idle whether its server is still there; in a crowd none has, and none is asked."""
    if time.monotonic() - record.info.get("was_there", 0.0) < IDLE:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError("the server has ended this connection") from error


def _was_there(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["was_there"] = time.monotonic()


def alembic_config(engine: Engine | Connection) -> Config:
    """Alembic's configuration without an ini file: the scripts, and the engine of the running app, or a connection
    in whose present transaction everything is done."""
    from alembic.config import Config  # a server that is up migrates nothing, so it does without

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; a second call changes nothing.

    Several servers may start at once: one does it, the others wait and find it done.
    """
    with alone(engine):
        migrate(engine)


def migrate(engine: Engine) -> None:
    """The same, for who is `alone` already.

    The rollup's triggers are looked after here: a migration that makes the table of responses anew loses them.
    """
    from alembic import command

    command.upgrade(alembic_config(engine), "head")
    rollup.install(engine)


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """While this lasts no other process of any server is in such a block on this database."""
    if engine.dialect.name == "sqlite":
        path = engine.url.database
        if not path or path == ":memory:":
            yield
            return
        with Path(f"{path}.upgrading").open("w") as file:  # not the database's own file: closing that drops its locks
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:name)"), {"name": UPGRADING})
        connection.commit()  # the lock is the session's, so no transaction stays open beside the migration
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:name)"), {"name": UPGRADING})
            connection.commit()


def standing(engine: Engine) -> Standing:
    """How the tables stand to this program. `newer`: a later release has been at work, whose tables this one can use."""
    found, known = revision(engine), revisions()
    if not found:
        return "empty"
    if found not in known:
        return "newer"
    return "current" if found == known[-1] else "older"


def revision(engine: Engine) -> str:
    """The revision of the tables; '' where there are none."""
    if not inspect(engine).has_table("alembic_version"):
        return ""
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


@cache
def revisions() -> tuple[str, ...]:
    """The revisions this program knows, in order: a file's name begins with its own."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))
