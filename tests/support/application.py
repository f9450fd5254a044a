"""The application as tests make it: weak hashing, keys that guard nothing, jobs done at once."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from survey_app.app import create_app
from tests.support.clients import PhoneClient

REQUIRE_ALL = os.environ.get("TEST_MINYI_REQUIRE_ALL") == "1"
SETTINGS = {
    "SECRET_KEY": "only-for-tests",
    "SECURITY_PASSWORD_SALT": "only-for-tests",
    "TOTP_KEY": "only-for-tests",
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__rounds": 1, "argon2__memory_cost": 64},  # fast, weak
}


def absent(what: str) -> None:
    """Skip with the reason shown; on the checking machine, where everything is installed, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is missing, and TEST_MINYI_REQUIRE_ALL=1 says it must be here")
    pytest.skip(f"{what} is not installed on this machine")


def _compile_addresses_once() -> None:
    """Werkzeug compiles every address of every application; the tests make hundreds of applications of the same ones."""
    compiled: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), tuple(sorted((rule.defaults or {}).items())), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


_compile_addresses_once()


def application(url: str) -> Flask:
    """The application on the database at `url`, for tests that call it in this process."""
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
    return app


def change(app: Flask, **values: Any) -> None:
    """Put other settings into force in a running application."""
    app.config["MINYI"] = replace(app.config["MINYI"], **values)
