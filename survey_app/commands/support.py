"""What the commands share: an application context, and failures told in the user's words."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from survey_app.files.said import of_system
from survey_app.ground.failures import held_back, told_as_document
from wording import Message, Refusal, Text, again
from wording.message import texts_of

if TYPE_CHECKING:
    from analysis.minimum import Foreseen
    from survey_app.models import Survey
    from survey_app.models.base import Base

BAD_INPUT = 2
Stored = TypeVar("Stored", bound="Base")
REASON = click.option(
    "--reason",
    required=True,
    callback=lambda _context, _option, said: _why(said),
    help="Why; it is kept in the audit trail.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, nothing else.")


class _Read(click.ParamType[float]):
    """A number of an option, read as everywhere."""

    def __init__(self, name: str, reader: str) -> None:
        self.name, self.reader = name, reader

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):  # a default
            return value
        from definitions import numbers  # with readers of YAML, which a list does not need

        try:
            return float(getattr(numbers, self.reader)(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


NUMBER, SHARE = _Read("number", "figure_of"), _Read("share", "share_of")


@contextmanager
def application(**options: Any) -> Iterator[Flask]:
    """A running application context; settings that do not do and archived answers that cannot be read end the command, and an
    unreachable database with status 1.

    options: settings that the command line gave.
    """
    from survey_app.app import create_app
    from survey_app.archives.places import ArchivedError
    from survey_app.ground.official import FigureHeldError
    from survey_app.operations import secret_marks

    with _running(lambda: create_app(options), (ArchivedError, FigureHeldError, secret_marks.OtherSecretsError)) as app:
        secret_marks.check(app.config["MINYI"])
        yield app


@contextmanager
def tables() -> Iterator[Flask]:
    """The database alone in an application context, for a command that lists what stands in it: no pages, no sign-in."""
    with _running(_bare) as app:
        yield app


def _bare() -> Flask:
    from survey_app.database import engine_options, secure_connections
    from survey_app.ground.settings import load
    from survey_app.models import db

    settings, app = load(), Flask("survey_app")
    if not settings.database_url:
        settings.instance_folder()
    app.config.update(
        MINYI=settings,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
    )
    db.init_app(app)
    secure_connections(app)
    return app


@contextmanager
def _running(make: Callable[[], Flask], refused: tuple[type[Exception], ...] = ()) -> Iterator[Flask]:
    from survey_app.ground.settings import SettingsError

    try:
        app = make()
        if not gc.isenabled():  # a server starts: what was imported stays, and is not gone through again
            gc.freeze()
            gc.enable()
        with app.app_context():
            yield app
    except SettingsError as error:
        fail(error)
    except refused as error:
        fail(error)
    except DatabaseError as error:
        said = _of_database(error)
        if said is None:
            raise
        fail(said, 1)


DRIVERS = {  # what SQLite says, in words of ours
    "unable to open database file": "commands.database_no_file",
    "file is not a database": "commands.database_damaged",
    "malformed": "commands.database_damaged",
    "readonly": "commands.database_read_only",
    "no such table": "commands.database_no_tables",
    "no such column": "commands.database_no_tables",
    "database is locked": "commands.database_busy",
    "is full": "commands.database_disk",
    "disk I/O": "commands.database_disk",
}


def _of_database(error: DatabaseError) -> Message | None:
    """Why the database cannot be used; None where it can, and the fault is ours."""
    told = str(error.orig).partition("\n")[0]
    if type(error.orig).__module__ == "sqlite3":
        key = next((key for part, key in DRIVERS.items() if part in told), "")
        return Message(key, path=_file_of_database()) if key else None
    from psycopg.errors import UndefinedColumn, UndefinedTable

    if isinstance(error.orig, UndefinedTable | UndefinedColumn):
        return Message("commands.database_no_tables", path="DATABASE_URL")
    return Message("commands.database_unusable", told=told) if isinstance(error, OperationalError) else None


def _file_of_database() -> str:
    from sqlalchemy import make_url

    from survey_app.ground.settings import load

    return make_url(load().database).database or ":memory:"


@contextmanager
def changing() -> Iterator[None]:
    """A transaction, in an application context; a refusal ends the command in its own words, and nothing is changed."""
    from survey_app.ground.transaction import transaction

    try:
        with transaction():
            yield
    except Refusal as error:
        fail(error)


def stored(kind: type[Stored], number: int, absent: Text) -> Stored:
    """One row by its number; absent: what is said where there is none."""
    from survey_app.models import db

    found = db.session.get(kind, number)
    if found is None:
        fail(absent)
    return found


def survey_of(code: str) -> Survey:
    from sqlalchemy import select

    from survey_app.models import Survey, db

    found = db.session.scalar(select(Survey).where(Survey.code == code))
    if found is None:
        fail("commands.no_survey", code=code)
    return found


def survey_or_newest(code: str | None) -> Survey:
    from survey_app.surveys.states import newest_survey

    if code:
        return survey_of(code)
    found = newest_survey()
    if found is None:
        fail("commands.no_survey_yet")
    return found


def _why(said: str) -> str:
    if not said.strip():
        fail("commands.say_why_reason")
    return said.strip()


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


def fail(said: Text | Iterable[Text] | Exception, status: int = BAD_INPUT, /, **params: Any) -> NoReturn:
    """Say an error, a message, or the one of a key with its params, on standard error and end with `status`."""
    error = said if isinstance(said, Refusal) else Refusal(str(said) if isinstance(said, Exception) else said, **params)
    if not told_as_document(error, status):
        click.echo(str(error), err=True)
    sys.exit(status)


def fail_on(error: OSError, path: object = None) -> NoReturn:
    """Say which file the system did not read or write, and why."""
    fail("terminal.of_file", path=path or error.filename, said=of_system(error))


def printed(document: object, as_json: bool, readable: Callable[[], str]) -> None:
    """One JSON document, in which a message has its text beside key and params, or what `readable` says for people."""
    if said := json.dumps(_with_texts(document), ensure_ascii=False, indent=2) if as_json else readable():
        click.echo(said)


def _with_texts(part: Any) -> Any:
    if isinstance(part, Mapping):
        if part.keys() in ({"key", "params"}, {"key", "params", "text"}):
            within = "" if "." in part["key"] else "notices."
            return {**part, "text": str(again({**part, "key": within + part["key"]}))}
        return {key: _with_texts(value) for key, value in part.items()}
    return [_with_texts(each) for each in part] if isinstance(part, list | tuple) else part


def tabbed(rows: Iterable[Mapping[str, object]], *names: str) -> str:
    """A line for each row: what it has under `names`, all of it where none is named, with tabs between."""
    return "\n".join("\t".join(str(row[name]) for name in names or row) for row in rows)


def word(code: object, of: str = "") -> str:
    """A state, kind or role in the reader's words, of a subject where it has its own; what has none stands as it is."""
    known, name = texts_of("states"), str(code).replace(" ", "_")
    found = next((key for key in (f"{of}_{name}", name) if key in known), None)
    return str(Message(f"states.{found}")) if found else str(code)


def tell(said: Text, err: bool = False, /, **params: Any) -> None:
    """Say a message, or the one of a key with its params, in the language of the command line."""
    told = Refusal(said, **params)
    if not (err and held_back(told)):
        click.echo(str(told), err=err)


IN_WANT = {"below": "commands.counties_below", "near": "commands.counties_near"}


def in_want(rows: Iterable[Foreseen]) -> list[str]:
    """A line for the counties that will probably miss the plan's minimum, and one for those that may."""
    listed = list(rows)
    named = {key: [row.level for row in listed if row.standing == standing] for standing, key in IN_WANT.items()}
    return [str(Message(key, names=names)) for key, names in named.items() if names]


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """One line of a table: the first cell to the left, figures to the right; a wide letter fills two places."""
    gaps = [
        " " * max(width - sum(2 if ord(c) > 0x2E80 else 1 for c in cell), 1)
        for cell, width in zip(cells, widths, strict=True)
    ]
    return cells[0] + gaps[0] + "".join(gap + cell for cell, gap in zip(cells[1:], gaps[1:], strict=True))
