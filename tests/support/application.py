"""The application as tests make it: weak hashing, keys that guard nothing, jobs done at once."""

from __future__ import annotations

import io
import os
import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from ruamel.yaml import YAML
from ruamel.yaml.nodes import Node
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from survey_app.app import create_app
from survey_app.models import db
from tests.support.clients import PhoneClient

REQUIRE_ALL = os.environ.get("TEST_MINYI_REQUIRE_ALL") == "1"
SETTINGS = {
    "SECRET_KEY": "only-for-tests",
    "SECURITY_PASSWORD_SALT": "only-for-tests",
    "TOTP_KEY": "only-for-tests",
    "HANDLER": "某市统计局",  # without whom no survey opens
    "CONTACT": "0537-1234567",
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__rounds": 1, "argon2__memory_cost": 64},  # fast, weak
}


def absent(what: str) -> None:
    """Skip with the reason shown; on the checking machine, where everything is installed, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is missing, and TEST_MINYI_REQUIRE_ALL=1 says it must be here")
    pytest.skip(f"{what} is not installed on this machine")


def _compile_addresses_once() -> None:
    """Werkzeug compiles every address of every application; the tests make hundreds of applications of the same ones."""
    compiled: dict[Any, dict[str, Any]] = {}
    compile_rule = Rule.compile
    made = ("_parts", "_trace", "_converters", "arguments")

    def once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.merge_slashes, tuple(sorted((rule.defaults or {}).items())))
        if key not in compiled:
            compile_rule(rule)
            builders = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
            compiled[key] = {name: getattr(rule, name) for name in made} | builders
        vars(rule).update(compiled[key])
        rule._build, rule._build_unknown = rule._build.__get__(rule), rule._build_unknown.__get__(rule)

    Rule.compile = once  # type: ignore[method-assign]


_compile_addresses_once()


def _read_yaml_once() -> None:
    """A text of YAML is taken apart once a process; what it says is built anew for each that asks."""
    compose, found = YAML.compose, LRUCache(400)

    def once(reader: YAML, stream: io.StringIO) -> Node | None:
        key = (stream.getvalue(), reader.Composer)
        if key not in found:
            found[key] = compose(reader, stream)
        return found[key]

    YAML.compose = once  # type: ignore[method-assign]


_read_yaml_once()


class CompiledOnce(BytecodeCache):
    """Templates are compiled once a process, not once for each of its hundreds of applications."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, ...], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get(self._key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[self._key(bucket)] = bucket.code

    def _key(self, bucket: Bucket) -> tuple[str, ...]:
        return bucket.key, bucket.checksum, *bucket.environment.extensions


Flask.jinja_options = {"bytecode_cache": CompiledOnce()}
STATEMENTS: LRUCache[Any, Any] = LRUCache(4000)  # compiled once a process too, not once for each of its databases
DIALECTS: dict[str, Dialect] = {}  # what they were compiled for: the key of a compiled statement names it


def application(url: str, waits: bool = False) -> Flask:
    """The application on the database at `url`, for tests that call it in this process. waits: for the disk, as served."""
    app = create_app(
        {
            **SETTINGS,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "JOBS": "inline",
            "SQLALCHEMY_DATABASE_URI": url,
            "PUBLIC_URL": "http://127.0.0.1:8000",
        }
    )
    app.test_client_class = PhoneClient
    if not waits:
        with app.app_context():
            event.listen(db.engine, "connect", _without_waiting)
            _compile_statements_once(db.engine)
    return app


def _compile_statements_once(engine: Engine) -> None:
    engine.update_execution_options(compiled_cache=STATEMENTS)
    engine.dialect = DIALECTS.get(engine.name, engine.dialect)

    @event.listens_for(engine, "connect", once=True)
    def _(_connection: DBAPIConnection, _record: object) -> None:  # by now the dialect knows what the server can do
        DIALECTS.setdefault(engine.name, engine.dialect)


def _without_waiting(connection: DBAPIConnection, _record: object) -> None:
    """No test in this process loses its machine's power: it need not wait for the disk."""
    cursor = connection.cursor()
    sqlite = isinstance(connection, sqlite3.Connection)
    cursor.execute("PRAGMA synchronous = OFF" if sqlite else "SET SESSION synchronous_commit = off")
    cursor.close()
    if not sqlite:
        connection.commit()


def change(app: Flask, **values: Any) -> None:
    """Put other settings into force in a running application."""
    app.config["MINYI"] = replace(app.config["MINYI"], **values)
