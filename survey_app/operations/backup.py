"""A whole installation in one sealed file: every table as of one moment, the files in them, and the secrets.

    about.json                   release, revision, engine, moment; of each table its columns
    secrets/NAME                 as the file of the secret holds it
    tables/TABLE/000001.jsonl    rows as lines, the values in the order of the columns
    archives/SURVEY/…            the files of a survey whose answers were moved into Parquet
    manifest.json                of each member before it the SHA-256; of each table its number of rows

A tar under gzip in a seal (sealed.py), written while it is read: it takes no room but its own.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, select, text

from survey_app.archives.places import ARCHIVES, held, reaching
from survey_app.database import standing
from survey_app.ground import audit, crypto
from survey_app.ground.settings import Settings
from survey_app.ground.versions import code_version
from survey_app.jobs.queue import Progress
from survey_app.models import SurveyArchive, db, every_table
from survey_app.models.base import now
from survey_app.operations import rows
from survey_app.operations.health import BACKUP
from survey_app.operations.sealed import ArchiveError, SealedWriter
from survey_app.operations.secret_marks import NAMES

ABOUT, MANIFEST, SECRETS, TABLES = "about.json", "manifest.json", "secrets", "tables"
QUICK = 3  # gzip's level: little bigger than its best, and several times as fast


@dataclass(frozen=True)
class Made:
    """size: bytes; digest: SHA-256 of the file; rows: of all tables."""

    path: Path
    size: int
    digest: str
    rows: int


@dataclass
class _Members:
    """What goes into the archive, and what is noted of it."""

    archive: tarfile.TarFile
    digests: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, body: bytes) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode = len(body), 0o600
        self.archive.addfile(about, io.BytesIO(body))
        self.digests[name] = crypto.digest(body)


def back_up(path: Path, passphrase: str, settings: Settings, progress: Progress) -> Made:
    """Write the archive; it bears its name only when it is whole. The caller commits the note of it in the trail.

    Answers may come in meanwhile: what is read is one moment's. Raises ArchiveError; OSError where the disk is full.
    """
    if path.exists():
        raise ArchiveError("operations.archive_there", path=path)
    if standing(db.engine) == "empty":
        raise ArchiveError("operations.nothing_to_back_up")
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("xb") as file:
            os.chmod(draft, 0o600)
            number = _write(SealedWriter(file, passphrase), settings, progress)
            file.flush()
            os.fsync(file.fileno())
        made = Made(path, draft.stat().st_size, _digest(draft), number)
        draft.rename(path)
    except FileExistsError as error:
        raise ArchiveError("operations.archive_being_made", path=draft) from error
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    audit.record(BACKUP, "backup", after={"digest": made.digest, "size": made.size, "rows": made.rows})
    return made


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it was at its first look, while others write on."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            yield connection
        finally:
            connection.rollback()


def _write(sealed: SealedWriter, settings: Settings, progress: Progress) -> int:
    known = (
        every_table().tables.keys() if standing(db.engine) == "current" else ()
    )  # of another release all that is there
    with (
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=QUICK) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
        one_moment(db.engine) as connection,
    ):
        members, found = _Members(archive), rows.tables(connection, known)
        members.add(ABOUT, _json(_about(connection, found)))
        for name in NAMES:
            members.add(f"{SECRETS}/{name}", "\n".join(settings.secrets(name)).encode())
        expected = {table.name: _count(connection, table) for table in found}
        for table in found:
            _write_table(members, connection, table, expected, progress)
        if SurveyArchive.__tablename__ in members.rows:
            _write_archives(members, connection)
        members.add(MANIFEST, _json({"digests": members.digests, "rows": members.rows}))
    sealed.finish()
    return sum(members.rows.values())


def _write_table(
    members: _Members, connection: Connection, table: Table, expected: dict[str, int], progress: Progress
) -> None:
    members.rows[table.name] = 0
    for part, (number, body) in enumerate(rows.parts(connection, table), 1):
        members.add(f"{TABLES}/{table.name}/{part:06}.jsonl", body)
        members.rows[table.name] += number
        progress.tell(sum(members.rows.values()), sum(expected.values()), "正在备份", "backing up")


def _write_archives(members: _Members, connection: Connection) -> None:
    """The files of archived answers. Raises ArchivedError where one is missing or altered."""
    kept = SurveyArchive.__table__
    for row in connection.execute(select(kept.c.folder, kept.c.manifest)):
        place, manifest = held(SurveyArchive(folder=row.folder, manifest=row.manifest))
        for part in manifest.files:
            with reaching(place):
                body = (place / part.name).read_bytes()
            members.add(f"{ARCHIVES}/{place.name}/{part.name}", body)


def _about(connection: Connection, tables: list[Table]) -> dict[str, object]:
    return {
        "release": code_version(),
        "revision": connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
        "engine": connection.dialect.name,
        "made_at": now().isoformat(),
        "tables": {table.name: [column.name for column in table.columns] for table in tables},
    }


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return crypto.file_digest(file)
