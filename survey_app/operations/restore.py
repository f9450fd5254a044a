"""Bring an installation back from its archive into an empty database, on the same engine or the other.

The archive is read to its end and checked before anything is written; then everything is loaded in one transaction (on
SQLite into a file that gets its name at the end), brought to the present revision, and the secrets are put in place.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, Table, create_engine, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import AddConstraint, DropConstraint

from survey_app import rollup
from survey_app.archives.moving import numbers_go_on
from survey_app.archives.places import ARCHIVES, make, write
from survey_app.database import alembic_config, alone, revisions
from survey_app.ground import crypto
from survey_app.ground.settings import Settings
from survey_app.jobs.queue import Progress
from survey_app.models import SurveyArchive
from survey_app.operations import rows
from survey_app.operations.backup import ABOUT, MANIFEST, SECRETS, TABLES
from survey_app.operations.sealed import ArchiveError, SealedReader
from survey_app.operations.secret_marks import NAMES

BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, KeyError, TypeError)


@dataclass(frozen=True)
class Archive:
    """A checked archive. revision: of its tables; made_at: ISO; columns and rows by table; digest: SHA-256 of the file."""

    path: Path
    passphrase: str
    digest: str
    release: str
    revision: str
    made_at: str
    columns: dict[str, list[str]]
    rows: dict[str, int]
    secrets: dict[str, str]

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Table and lines of each part, in the order they were written."""
        with self.path.open("rb") as file:
            for name, body in _members(file, self.passphrase):
                kind, _slash, rest = name.partition("/")
                if kind == TABLES:
                    yield rest.partition("/")[0], body

    def files(self) -> Iterator[tuple[str, str, bytes]]:
        """Survey's folder, name and content of each file of archived answers."""
        with self.path.open("rb") as file:
            for name, body in _members(file, self.passphrase):
                kind, _slash, rest = name.partition("/")
                if kind == ARCHIVES:
                    yield *rest.split("/"), body  # type: ignore[misc]  # of two parts


def checked(path: Path, passphrase: str, progress: Progress) -> Archive:
    """Read the archive to its end and hold every member to its digest. Raises ArchiveError; OSError."""
    size, digests, kept = path.stat().st_size, {}, {}
    try:
        with path.open("rb") as file:
            for name, body in _members(file, passphrase):
                digests[name] = crypto.digest(body)
                if not name.startswith((f"{TABLES}/", f"{ARCHIVES}/")):
                    kept[name] = body
                progress.tell(file.tell(), size, "正在核对备份", "checking the archive")
            file.seek(0)
            whole = crypto.file_digest(file)
        about, manifest = json.loads(kept[ABOUT]), json.loads(kept[MANIFEST])
        del digests[MANIFEST]
        if manifest["digests"] != digests:
            raise ArchiveError("operations.archive_altered")
        secrets = {name: kept[f"{SECRETS}/{name}"].decode() for name in NAMES}
        return Archive(
            path, passphrase, whole, about["release"], about["revision"], about["made_at"], about["tables"],
            manifest["rows"], secrets,
        )  # fmt: skip
    except BROKEN as error:
        raise ArchiveError("operations.archive_altered") from error


def restore(archive: Archive, settings: Settings, engine: Engine, progress: Progress) -> list[str]:
    """Load a checked archive into the empty database of `engine`, and its secrets into the instance folder.

    Gives the archive's tables that are none of its release's, as somebody else's in a database that was older; they are left out.
    Raises ArchiveError where the place is not empty or the archive of a later release; what fails leaves no trace.
    """
    if archive.revision not in revisions():
        raise ArchiveError("operations.archive_of_later_release", release=archive.release)
    _secrets_fit(archive, settings)
    try:
        if engine.dialect.name == "sqlite":
            return _into_file(archive, settings, Path(str(engine.url.database)), progress)
        with alone(engine), engine.connect() as connection, connection.begin() as all_of_it:
            _empty(engine)
            left_out = _load(archive, connection, progress)
            with _secrets_placed(archive, settings), _archives_placed(archive, settings):
                all_of_it.commit()
            return left_out
    except DBAPIError as error:
        raise ArchiveError("operations.database_refused", told=str(error.orig).partition("\n")[0]) from error


def _into_file(archive: Archive, settings: Settings, path: Path, progress: Progress) -> list[str]:
    """A new SQLite file beside the place, which takes the name once it is whole and on the disk."""
    if path.exists():
        with _opened(path) as engine:
            _empty(engine)
    draft = path.with_name(f"{path.name}.restoring")
    draft.unlink(missing_ok=True)
    try:
        with _opened(draft) as engine, engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA synchronous=OFF")  # it is flushed below, once
            left_out = _load(archive, connection, progress)
            connection.commit()
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        with _secrets_placed(archive, settings), _archives_placed(archive, settings):
            for journal in ("-wal", "-shm"):  # of the empty file; beside another they would be read into it
                path.with_name(path.name + journal).unlink(missing_ok=True)
            draft.replace(path)
        return left_out
    finally:
        for left in (draft, draft.with_name(f"{draft.name}-journal")):
            left.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _empty(engine: Engine) -> None:
    """Raises ArchiveError also where only tables of somebody else are there, which could not be told from ours."""
    if inspect(engine).get_table_names():
        raise ArchiveError("operations.database_not_empty", address=engine.url.render_as_string(hide_password=True))


def _load(archive: Archive, connection: Connection, progress: Progress) -> list[str]:
    """Tables of the archive's revision, its rows, then the present revision and the counts; gives what it left out."""
    from alembic import command

    command.upgrade(alembic_config(connection), archive.revision)
    rollup.remove(connection)
    found = {table.name: table for table in rows.tables(connection)}
    bound = [key for table in found.values() for key in table.foreign_key_constraints]
    postgres = connection.dialect.name == "postgresql"
    if not postgres:
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # every reference is looked at by the last step
    for key in bound if postgres else []:  # rows of one table refer to one another, and tables in circles
        connection.execute(DropConstraint(key))
    for table in found.values():
        if table.name in archive.columns and _has_rows(connection, table):
            connection.execute(table.delete())  # what the migrations put there
    done = 0
    for name, body in archive.parts():
        if name in found:
            done += rows.store(connection, found[name], archive.columns[name], body)
        progress.tell(done, sum(archive.rows.values()), "正在恢复", "restoring")
    for key in bound if postgres else []:
        connection.execute(AddConstraint(key))
    _as_many(archive, connection, found)
    if postgres:
        _numbers_go_on(connection, found)
    command.upgrade(alembic_config(connection), "head")
    connection.execute(update(SurveyArchive).values(folder=""))  # they are placed below the instance folder
    numbers_go_on(connection)
    rollup.install_on(connection)
    return sorted(archive.columns.keys() - found.keys())


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(1).select_from(table).limit(1)).first() is not None


def _as_many(archive: Archive, connection: Connection, found: dict[str, Table]) -> None:
    for name, table in found.items():
        if connection.scalar(select(func.count()).select_from(table)) != archive.rows.get(name, 0):
            raise ArchiveError("operations.archive_altered")


def _numbers_go_on(connection: Connection, found: dict[str, Table]) -> None:
    """The next row of a table gets a number behind those that are there."""
    for table in found.values():
        for column in table.primary_key.columns:
            if column.server_default is not None and "nextval" in str(getattr(column.server_default, "arg", "")):
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:named, :column), :last, :used)"),
                    {"named": table.name, "column": column.name, **_last(connection, table, column.name)},
                )


def _last(connection: Connection, table: Table, column: str) -> dict[str, Any]:
    last = connection.scalar(select(func.max(table.columns[column])))
    return {"last": last or 1, "used": last is not None}


def _members(file: BinaryIO, passphrase: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member; the seal is held to its very end, behind the last of them."""
    sealed = SealedReader(file, passphrase)
    with gzip.GzipFile(fileobj=sealed, mode="rb") as packed:
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            for member in archive:
                body = archive.extractfile(member)
                if body is not None:
                    yield member.name, body.read()
        while packed.read(1024 * 1024):
            pass
    while sealed.read(1024 * 1024):
        pass


def _secrets_fit(archive: Archive, settings: Settings) -> None:
    """Raises ArchiveError where a secret that is there already, given or kept, is another."""
    for name, value in archive.secrets.items():
        path = settings.instance / name
        given = str(getattr(settings, name)) or (path.read_text(encoding="ascii") if path.exists() else "")
        if given and given.split() != value.split():
            raise ArchiveError("operations.another_secret_there", name=name, path=path)


@contextmanager
def _secrets_placed(archive: Archive, settings: Settings) -> Iterator[None]:
    """The files of those secrets that are neither given nor there; taken back where what follows fails."""
    with _taken_back() as placed:
        for name, value in archive.secrets.items():
            path = settings.secret_file(name)
            if not getattr(settings, name) and not path.exists():
                placed.append(path)
                path.touch(mode=0o600)
                path.write_text(value + "\n", encoding="ascii")
        yield


@contextmanager
def _archives_placed(archive: Archive, settings: Settings) -> Iterator[None]:
    """The files of archived answers below the instance folder; taken back where what follows fails."""
    with _taken_back() as placed:
        for folder, name, body in archive.files():
            place = settings.instance_folder() / ARCHIVES / folder
            if not any(path.parent == place for path in placed):
                make(place)
            placed.append(place / write(place, name.partition("-")[0], name.rpartition(".")[2], 0, [body]).name)
        yield


@contextmanager
def _taken_back() -> Iterator[list[Path]]:
    """For the files that are placed: they go again where what follows fails."""
    placed: list[Path] = []
    try:
        yield placed
    except BaseException:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        raise
