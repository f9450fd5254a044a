"""Answers that come in at the same moment become durable in one transaction (group commit): one flush to disk for all.

No thread of its own: of the requests that wait, one writes what waits by then, and hands on to the next. None is let go
before the commit that holds its answer. Where a batch fails, each is stored alone and fails alone, with its own reason.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from flask import current_app
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey_app.answering.by_driver import SQLITE, Row, as_json, by_driver, inserted
from survey_app.ground.metrics import metrics
from survey_app.ground.transaction import transaction, unreached
from survey_app.models import Response, db

MOST_WAITING = 1024  # requests of one process; the next is told to come again
MOST_TOGETHER = 256  # rows of one transaction
GATHER = 0.003  # seconds that a crowd's next writer leaves others to come
PATIENCE = 30.0  # seconds; as long as SQLite waits for its lock
T = TypeVar("T")


class BusyError(RuntimeError):
    """Too many wait, or the database takes too long. Nothing is known to be stored; sending it again stores it once."""


class _Waiting(Generic[T]):
    """A row to insert, or other work of one answer in the session, with what came of it."""

    __slots__ = ("done", "error", "found", "leads", "row", "settled", "turn", "work")

    def __init__(self, row: Row | None, work: Callable[[], T] | None) -> None:
        self.row: Row | None = row
        self.work: Callable[[], T] | None = work
        self.turn = threading.Lock()  # released when it is done, or when it is its turn to write
        self.turn.acquire()
        self.done, self.leads = False, False
        self.settled = False  # whether it is durable, or failed for a reason of its own
        self.found: Any = None
        self.error: BaseException | None = None

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        if not self.settled:
            raise BusyError
        return self.found  # type: ignore[no-any-return]


def insert_row(row: Row) -> bool:
    """Store a response durably. False: one is stored under its submission key already.

    Raises BusyError, and what the database has against this row.
    """
    return writer().through(_Waiting(row, None))


def run(work: Callable[[], T]) -> T:
    """Do what storing an answer takes (spend an invitation, take a place) durably; gives what `work` gives, raises what it raises.

    It runs between a savepoint and the commit that it shares with others, in the session of one of them.
    """
    return writer().through(_Waiting(None, work))


def writer() -> Writer:
    """The one of this application in this process."""
    found: Writer | None = current_app.extensions.get("minyi_writer")
    return found or current_app.extensions.setdefault("minyi_writer", Writer(db.engine))


class Writer:
    """Who waits in this process, and who of them writes."""

    def __init__(self, engine: Engine) -> None:
        self._sqlite, file = engine.dialect.name == "sqlite", engine.url.database
        self._insert = _insert_sqlite if self._sqlite else _insert_postgresql
        self._waiting: deque[_Waiting[Any]] = deque()
        self._door: IO[str] | None = None  # opened by who writes first
        self._guard, self._writing, self._company = threading.Lock(), False, False
        self._file = Path(f"{file}.writing") if self._sqlite and file and file != ":memory:" else None

    def through(self, one: _Waiting[T]) -> T:
        """What comes of `one` once it is durable."""
        with self._guard:
            if len(self._waiting) >= MOST_WAITING:
                raise BusyError
            self._waiting.append(one)
            first, self._writing = not self._writing, True
        if not first and not one.turn.acquire(timeout=PATIENCE):
            with self._guard:
                if one in self._waiting and not one.leads:
                    self._waiting.remove(one)
                    raise BusyError
            one.turn.acquire()  # it is being written, or its turn came at this very moment
        if not one.done:
            self._write_all()
        return one.outcome()

    def _write_all(self) -> None:
        """Write what waits, first of all the caller's own, and let the next one write.

        Where others came along the last time, it leaves them a moment: on two busy cores a transaction that holds twice as
        many answers saves more than the moment takes. Who sends alone never waits.
        """
        if self._company:
            time.sleep(GATHER)
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
            self._company = len(batch) > 1
        try:
            self._write(batch)
        finally:
            with self._guard:
                following = self._waiting[0] if self._waiting else None
                self._writing = following is not None
                if following is not None:
                    following.leads = True
            for each in batch:
                each.done = True
                each.turn.release()
            if following is not None:
                following.turn.release()

    def _write(self, batch: Sequence[_Waiting[Any]]) -> None:
        metrics().together.observe(len(batch))
        with self._alone():
            if len(batch) > 1:
                try:
                    self._together(batch)
                    return
                except Exception as error:  # whose fault it was shows when each is stored alone
                    if unreached(error):
                        return  # nobody's: all are told to come again
                    for each in batch:
                        each.found = each.error = None
            for each in batch:
                try:
                    if each.row is not None:
                        each.found = each.row["receipt"] in self._inserted([each.row])
                    elif each.work is not None:
                        with self._session():
                            each.found = each.work()
                except BaseException as error:
                    each.error = error
                each.settled = True

    def _together(self, batch: Sequence[_Waiting[Any]]) -> None:
        rows = [each.row for each in batch if each.row is not None]
        if len(rows) == len(batch):
            new = self._inserted(rows)
        else:
            with self._session() as session:
                new = self._insert(session.connection(), rows) if rows else set()
                for each in batch:
                    if each.work is not None:
                        try:
                            with session.begin_nested():
                                each.found = each.work()
                        except Exception as error:
                            each.error = error
        for each in batch:
            each.settled = True
            if each.row is not None:
                each.found = each.row["receipt"] in new

    def _inserted(self, rows: list[Row]) -> set[object]:
        """Insert durably, without the session, which takes longer; gives the receipts of rows that were new.

        By the driver alone; where that fails, and once more where the connection was lost, the usual way: what was stored all
        the same is found there.
        """
        with suppress(Exception):
            return by_driver().insert(rows)
        try:
            return self._inserted_once(rows)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._inserted_once(rows)

    def _inserted_once(self, rows: list[Row]) -> set[object]:
        with db.single.connect() as connection:
            self._begin(connection)
            new = self._insert(connection, rows)
            connection.commit()
        return new

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with current_app.app_context(), transaction():  # its own session, apart from what this request has read
            self._begin(db.session.connection())
            yield db.session()

    def _begin(self, connection: Connection) -> None:
        if self._sqlite:  # waits for the lock here; a later statement that would have to wait could only fail
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Processes that write to one SQLite file wait in line, where SQLite itself would sleep and try again."""
        if self._file is None:
            yield
            return
        if self._door is None:
            self._door = self._file.open("w")
        fcntl.flock(self._door, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)


def _insert_sqlite(connection: Connection, rows: list[Row]) -> set[object]:
    """Insert rows whose key is not there; gives the receipts of those."""
    done = connection.execute(SQLITE, rows)
    receipts = {row["receipt"] for row in rows}
    if done.rowcount == len(rows):
        return receipts
    return set(connection.scalars(select(Response.receipt).where(Response.receipt.in_(receipts))))


def _insert_postgresql(connection: Connection, rows: list[Row]) -> set[object]:
    """The same; all rows are one parameter."""
    return set(connection.exec_driver_sql(inserted(tuple(rows[0]), "%s"), (as_json(rows),)).scalars())
