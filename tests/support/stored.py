"""Databases a session fills once: every test that asks for one gets a copy of its own.

What fills a database is a function without arguments, called in an application context on an empty, migrated
database. The processes of a run share what is stored: the first that needs it makes it, the others wait at a lock.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError

from analysis.scoring.programme import load_programme
from survey_app.database import upgrade
from survey_app.ground.rulebooks import SETTING, name_in
from survey_app.models import KeptSetting, Period, db
from tests.support.application import absent, application

POSTGRES = os.environ.get("TEST_MINYI_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
RUN = "TEST_MINYI_RUN"  # the name of the run, in the environment for all its processes
Fill = Callable[[], object]
DROPPING = ThreadPoolExecutor(1)  # a database takes longer to drop than to make, and no test waits for it


def empty() -> None:
    """A database after all migrations, without a row, of an office that has chosen Jining's programme."""
    upgrade(db.engine)
    db.session.add(KeptSetting(name=SETTING, value="jining-2023", by="tests"))
    for period in db.session.scalars(select(Period)):
        name_in(period, load_programme("jining-2023"))
    db.session.commit()


def begins_with(fill: Fill) -> pytest.MarkDecorator:
    """Mark tests whose database is a copy of what `fill` has filled; others begin with an empty one."""
    return pytest.mark.begins_with.with_args(fill)


def this_run() -> Stored:
    if RUN not in os.environ:  # a benchmark, without pytest
        os.environ[RUN] = uuid.uuid4().hex[:8]
        atexit.register(Stored(os.environ[RUN]).clear)
    return Stored(os.environ[RUN])


class Stored:
    """What the run `name` has stored: files in a folder of its own, databases on the server that carry its name."""

    def __init__(self, name: str) -> None:
        self.name, self.folder = name, Path(tempfile.gettempdir()) / f"minyi-tests-{name}"
        self.folder.mkdir(exist_ok=True)

    def on_sqlite(self, fill: Fill, path: Path) -> str:
        """The address of a copy at `path`."""
        source = self.folder / f"{_key(fill)}.sqlite3"
        with self.alone(source.name):
            if not source.exists():
                draft = source.with_suffix(".draft")
                draft.unlink(missing_ok=True)
                if fill is not empty:
                    self.on_sqlite(empty, draft)
                _run(fill, f"sqlite:///{draft}")
                draft.rename(source)
        shutil.copyfile(source, path)
        return f"sqlite:///{path}"

    @contextmanager
    def on_postgres(self, fill: Fill) -> Iterator[str]:
        """The address of a copy, which is dropped afterwards."""
        name = f"minyi_test_{self.name}_{uuid.uuid4().hex[:12]}"
        _copy(self._source_on_postgres(fill), name)
        try:
            yield _address(name)
        finally:
            DROPPING.submit(_statement, f"DROP DATABASE {name} WITH (FORCE)")

    def _source_on_postgres(self, fill: Fill) -> str:
        name = f"minyi_test_{self.name}_{_key(fill)}"
        made = self.folder / name  # an empty file: the database is there and filled
        with self.alone(name):
            if not made.exists():
                _statement(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                _copy("template1" if fill is empty else self._source_on_postgres(empty), name)
                _run(fill, _address(name))
                made.touch()
        return name

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        with (self.folder / f"lock_{what}").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def clear(self) -> None:
        """Take everything away, once the last process of the run has ended."""
        for made in self.folder.glob("minyi_test_*"):
            _statement(f"DROP DATABASE IF EXISTS {made.name} WITH (FORCE)")
        shutil.rmtree(self.folder)


def _key(fill: Fill) -> str:
    where = f"{fill.__module__}.{fill.__qualname__}"
    return f"{fill.__name__[:30]}_{hashlib.sha256(where.encode()).hexdigest()[:8]}"


def _run(fill: Fill, url: str) -> None:
    with application(url).app_context():
        fill()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()  # the last connection folds SQLite's journal into the file


def _copy(source: str, name: str) -> None:
    _statement(f"CREATE DATABASE {name} TEMPLATE {source}")


def _statement(words: str) -> None:
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        connection = admin.connect()
    except OperationalError:
        absent("a PostgreSQL server (TEST_MINYI_POSTGRES)")
    with connection:
        connection.execute(text(words))
    admin.dispose()


def _address(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"
