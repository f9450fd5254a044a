"""Fixtures every test may use: an application on a database of its own, on SQLite and on PostgreSQL.

A database is empty unless the test is marked with what fills it: `@begins_with(scored_city)`. Then it is a copy of
one that the function filled once in this run (tests/support/stored.py).
"""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from survey_app.models import db
from tests.support import release
from tests.support.application import application
from tests.support.browser import shared_chromium
from tests.support.pace import Pace
from tests.support.stored import DROPPING, RUN, Fill, empty, this_run
from wording import speak


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--release", action="store_true", help="Run what proves a release, and nothing else.")
    parser.addoption("--write-durations", action="store_true", help="Keep this run's durations for a first run.")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("untimed", deadline=None)  # a busy machine is slow, not wrong
    settings.load_profile("untimed")
    os.environ["LC_ALL"] = "C.UTF-8"  # what no test says otherwise is in English
    os.environ.setdefault(RUN, uuid.uuid4().hex[:8])
    config.pluginmanager.register(Pace(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    release.choose(config, items)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--release"):
        release.tell(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    DROPPING.shutdown()
    if not hasattr(session.config, "workerinput"):  # the process that started the others, and outlives them
        this_run().clear()
        del os.environ[RUN]


@pytest.fixture(scope="module", autouse=True)
def _no_page_left_open() -> Iterator[None]:
    """Pages that a file's tests left open go on working, and slow down all that come after."""
    yield
    if shared_chromium.cache_info().currsize:
        for context in shared_chromium().contexts:
            context.close()


@pytest.fixture
def proves(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say in a sentence what the test has shown, with its numbers: `make release` prints it."""
    return lambda sentence: record_property(release.PROVED, sentence)


@pytest.fixture
def fills(request: pytest.FixtureRequest) -> Fill:
    """What the test's database holds when it begins."""
    mark = request.node.get_closest_marker("begins_with")
    return mark.args[0] if mark else empty


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, fills: Fill, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of its own, dropped afterwards."""
    if request.param == "sqlite":
        yield this_run().on_sqlite(fills, tmp_path / "test.sqlite3")
        return
    with this_run().on_postgres(fills) as url:
        yield url


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application; an application context is active."""
    yield from _running(database_url)


@pytest.fixture
def sqlite_app(fills: Fill, tmp_path: Path) -> Iterator[Flask]:
    """As `app`, on SQLite alone: for tests in which the engine plays no part."""
    yield from _running(this_run().on_sqlite(fills, tmp_path / "test.sqlite3"))


def _running(url: str) -> Iterator[Flask]:
    app = application(url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def in_chinese() -> Iterator[None]:
    """The process speaks Chinese, as in a Chinese locale; in tests it speaks English otherwise."""
    speak("zh")
    yield
    speak(None)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
