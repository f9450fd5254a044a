"""What the commands share: an application context, and failures told in the user's words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from definitions.numbers import figure_of, share_of
from wording import Refusal, Text

BAD_INPUT = 2
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, nothing else.")


class _Read(click.ParamType[float]):
    """A number of an option, read as everywhere."""

    def __init__(self, name: str, read: Callable[[str], Decimal | float]) -> None:
        self.name, self.read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):  # a default
            return value
        try:
            return float(self.read(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


NUMBER, SHARE = _Read("number", figure_of), _Read("share", share_of)


@contextmanager
def application(**options: Any) -> Iterator[Flask]:
    """A running application context; settings that do not do end the command, and an unreachable database with status 1.

    options: settings that the command line gave.
    """
    from psycopg.errors import UndefinedTable

    from survey_app.app import create_app
    from survey_app.ground.held import FigureHeldError
    from survey_app.ground.settings import SettingsError

    try:
        app = create_app(options)
        with app.app_context():
            yield app
    except (FigureHeldError, SettingsError) as error:
        fail(str(error))
    except (OperationalError, ProgrammingError) as error:
        if isinstance(error, ProgrammingError) and not isinstance(error.orig, UndefinedTable):
            raise  # PostgreSQL's word for a database without tables is this one, SQLite's the other
        told = str(error.orig).partition("\n")[0]
        fail("commands.database_unusable", 1, told=told)


def serving(function: Callable[..., None]) -> Callable[..., None]:
    """The options of a server, each of which is a setting too."""
    for option in (
        click.option(
            "--workers", type=click.IntRange(1, 64), help="Processes that answer; default: MINYI_WORKERS, else 2."
        ),
        click.option(
            "--port", type=click.IntRange(1, 65535), help="Port to listen on; default: MINYI_PORT, else 8000."
        ),
        click.option(
            "--host", help="Address to listen on, 0.0.0.0 for all of the machine; default: MINYI_HOST, else 127.0.0.1."
        ),
    ):
        function = option(function)
    return function


def fail(said: Text, status: int = BAD_INPUT, /, **params: Any) -> None:
    """Say a message, or the one of a key with its params, on standard error and end with `status`."""
    tell(said, True, **params)
    sys.exit(status)


def tell(said: Text, err: bool = False, /, **params: Any) -> None:
    """Say a message, or the one of a key with its params, in the language of the command line."""
    click.echo(str(Refusal(said, **params)), err=err)
