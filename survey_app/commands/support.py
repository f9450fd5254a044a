"""What the commands share: an application context, and failures told in the user's words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

BAD_INPUT = 2
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, nothing else.")


@contextmanager
def application(**overrides: Any) -> Iterator[Flask]:
    """A running application context, `overrides` replacing settings; an unreachable database ends the command with exit status 1."""
    from survey_app.app import create_app

    try:
        app = create_app(overrides)
        with app.app_context():
            yield app
    except OperationalError as error:
        fail(f"The database cannot be used: {error.orig}. Check DATABASE_URL and run `minyi db upgrade`.", 1)


def fail(message: str, status: int = BAD_INPUT) -> None:
    """Say `message` on standard error and end with `status`."""
    click.echo(message, err=True)
    sys.exit(status)
