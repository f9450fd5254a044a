"""Fixtures every test may use: an application on a fresh database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from survey_app.app import create_app
from survey_app.database import is_ready, upgrade
from survey_app.models import db
from tests.support.clients import PhoneClient

REQUIRE_ALL = os.environ.get("MINYI_REQUIRE_ALL") == "1"
POSTGRES = os.environ.get("MINYI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


hypothesis_settings.register_profile("untimed", deadline=None)  # a busy machine is slow, not wrong
hypothesis_settings.load_profile("untimed")


def absent(what: str) -> None:
    """Skip with the reason shown; on the checking machine, where everything is installed, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is missing, and MINYI_REQUIRE_ALL=1 says it must be here")
    pytest.skip(f"{what} is not installed on this machine")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of its own without a row, dropped afterwards; on PostgreSQL it is migrated already."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    yield from _postgres_database(request.getfixturevalue("migrated_postgres").rsplit("/", 1)[1])


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """An empty database after all migrations, made once; each test gets a copy."""
    for url in _postgres_database("template1"):
        app = _application(url)
        with app.app_context():
            upgrade(db.engine)
            db.session.remove()
            db.engine.dispose()
        yield url


def _postgres_database(template: str) -> Iterator[str]:
    name = f"minyi_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    except OperationalError:
        absent("a PostgreSQL server (MINYI_TEST_POSTGRES)")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database after all migrations, made once; each test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    app = _application(f"sqlite:///{path}")
    with app.app_context():
        upgrade(db.engine)
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture
def app(database_url: str, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated, empty database; an application context is active."""
    if database_url.startswith("sqlite"):
        shutil.copy(migrated_sqlite, tmp_path / "test.sqlite3")
    yield from _running(database_url)


@pytest.fixture
def sqlite_app(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """As `app`, on SQLite alone: for tests in which the engine plays no part."""
    shutil.copy(migrated_sqlite, tmp_path / "test.sqlite3")
    yield from _running(f"sqlite:///{tmp_path / 'test.sqlite3'}")


def _running(url: str) -> Iterator[Flask]:
    app = _application(url)
    app.test_client_class = PhoneClient
    with app.app_context():
        if not is_ready(db.engine):
            upgrade(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def _application(url: str) -> Flask:
    return create_app(
        {
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "JOBS": "inline",
            "SQLALCHEMY_DATABASE_URI": url,
            "SECRET_KEY": "only-for-tests",
            "SECURITY_PASSWORD_SALT": "only-for-tests",
            "TOTP_KEY": "only-for-tests",
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__rounds": 1, "argon2__memory_cost": 64},  # fast, weak
            "PUBLIC_URL": "http://127.0.0.1:8000",
        }
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
