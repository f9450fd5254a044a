"""Where a survey's archive lies and what must be in it; which receipts it holds, without opening a Parquet file.

    FOLDER/SURVEY/response-….parquet    named by their digests; so are the tables that hang on a response
    FOLDER/SURVEY/receipts-….index      each receipt in 16 bytes with the second it was finished in, in order
    FOLDER/SURVEY/manifest.json         what the database has of it, for whoever reads the files without it

The database says what counts (SurveyArchive): a file appears there, or is gone from there, in one transaction.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import struct
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from survey_app.ground import crypto
from survey_app.ground.settings import in_force
from survey_app.models import SurveyArchive, db
from survey_app.models.base import Document
from wording import Refusal

SCHEMA = 1  # of the files and the manifest
MANIFEST, ARCHIVES = "manifest.json", "archives"
OURS = re.compile(r"(?:response|response_flag|answer_coding|receipts|manifest)-[0-9a-f]{24}\.\w+|\.[0-9a-f]{16}\.part")
RECEIPT = struct.Struct(">16sq")
A_DAY = 86_400.0  # seconds
HELD: dict[tuple[Path, int, int, int, int], str] = {}  # path and state of a file -> its digest, as it was read


class ArchivedError(Refusal):
    """The archive cannot be read, or what was asked is not done with archived answers; nothing was changed."""


class AwayError(ArchivedError):
    """Files of an archive cannot be reached now, as those of a folder that is not mounted; they may be later."""


@dataclass(frozen=True)
class Part:
    """One file. size: bytes; sha256: in hexadecimal."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Rows:
    """The rows of one table. fingerprint: of what they say, whatever their order and files (see parquet.fingerprint).

    last: the highest number that one of them bears, or bore.
    """

    rows: int
    last: int
    fingerprint: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Manifest:
    """An archive: of which survey, since when (ISO), by which release; its tables, and the list of its receipts."""

    survey: str
    made_at: str
    release: str
    tables: dict[str, Rows]
    receipts: Part
    schema: int = SCHEMA

    @classmethod
    def of(cls, archive: SurveyArchive) -> Manifest:
        """Raises ArchivedError for one that a later release has made."""
        kept: Any = archive.manifest
        if kept["schema"] != SCHEMA:
            raise ArchivedError("archives.of_later_release", code=kept["survey"])
        tables = {
            name: Rows(own["rows"], own["last"], own["fingerprint"], tuple(Part(**part) for part in own["parts"]))
            for name, own in kept["tables"].items()
        }
        return cls(kept["survey"], kept["made_at"], kept["release"], tables, Part(**kept["receipts"]))

    def as_dict(self) -> Document:
        return asdict(self)

    @property
    def files(self) -> list[Part]:
        return [*(part for own in self.tables.values() for part in own.parts), self.receipts]

    @property
    def responses(self) -> int:
        return self.tables["response"].rows


def archive_of(survey_id: int) -> SurveyArchive | None:
    return db.session.get(SurveyArchive, survey_id)


def place_of(code: str, folder: str, instance: Path | None = None) -> Path:
    """The folder of the survey's files. folder: as SurveyArchive has it; instance: instead of the present one."""
    root = Path(folder) if folder else (instance or in_force().instance_folder()) / ARCHIVES
    return root / quote(code, safe="")


@contextmanager
def reaching(place: Path) -> Iterator[None]:
    """What is done inside with the files of this archive. Raises AwayError where the system does not open or write them."""
    try:
        yield
    except OSError as error:
        key = "archives.no_file" if isinstance(error, FileNotFoundError) else "archives.away"
        said, path = error.strerror or type(error).__name__, error.filename or place
        raise AwayError(key, code=unquote(place.name), path=path, said=said) from error


def look(archive: SurveyArchive) -> None:
    """Whether all its files are there, whatever they say. Raises AwayError."""
    manifest = Manifest.of(archive)
    place = place_of(manifest.survey, archive.folder)
    with reaching(place):
        there = set(os.listdir(place))
        for part in manifest.files:
            if part.name not in there or not os.access(place / part.name, os.R_OK):
                (place / part.name).open("rb").close()  # which says why


def held(archive: SurveyArchive) -> tuple[Path, Manifest]:
    """Its folder and manifest, with every file held to its digest. Raises ArchivedError; nothing was computed then."""
    manifest = Manifest.of(archive)
    place = place_of(manifest.survey, archive.folder)
    for part in manifest.files:
        _hold(place / part.name, part, manifest.survey)
    return place, manifest


def _hold(path: Path, part: Part, code: str) -> None:
    with reaching(path.parent):
        found = path.stat()
        known = (path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if known not in HELD:
            with path.open("rb") as file:
                HELD[known] = crypto.file_digest(file)
    if HELD[known] != part.sha256:
        raise ArchivedError("archives.altered", code=code, path=path)


def write(place: Path, kind: str, ending: str, rows: int, body: Iterable[bytes] | Callable[[IO[bytes]], None]) -> Part:
    """A new file on the disk, for its owner alone, under a name from its digest. body: its content, or what writes it."""
    draft = place / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            body(file) if callable(body) else file.writelines(body)
            file.flush()
            os.fsync(file.fileno())
        with draft.open("rb") as written:
            digest = crypto.file_digest(written)
        made = Part(f"{kind}-{digest[:24]}.{ending}", rows, draft.stat().st_size, digest)
        draft.rename(place / made.name)
    finally:
        draft.unlink(missing_ok=True)
    flush(place)
    return made


def flush(place: Path) -> None:
    """The names of a folder's files onto the disk."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def make(place: Path, ours: bool = False) -> None:
    """The folder of a survey's files, for its owner alone, without what an attempt that was cut off has left in it a day ago:
    younger files may be another's, who is archiving now.

    ours: nobody else's archives lie there. Raises ArchivedError where it holds an archive already, which would be somebody else's.
    """
    if not ours and (place / MANIFEST).exists():
        raise ArchivedError("archives.folder_taken", path=place)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    for left in place.iterdir():
        with suppress(FileNotFoundError):
            if OURS.fullmatch(left.name) and left.stat().st_mtime < time.time() - A_DAY:
                left.unlink()


def write_receipts(place: Path, found: Iterable[tuple[str, int]]) -> Part:
    """found: each receipt with the second since 1970 in which it was finished."""
    lines = [RECEIPT.pack(receipt.encode(), moment) for receipt, moment in sorted(found)]
    return write(place, "receipts", "index", len(lines), lines)


def receipts_without(receipt: str, place: Path, listed: Part) -> Part:
    """The list without this receipt, which it has."""
    with reaching(place), (place / listed.name).open("rb") as file:
        at = _number_before(file, listed.rows, _padded(receipt))
        file.seek(0)
        before, _own, after = file.read(at * RECEIPT.size), file.read(RECEIPT.size), file.read()
    return write(place, "receipts", "index", listed.rows - 1, [before, after])


def finished_at(receipt: str, survey_id: int | None = None) -> tuple[SurveyArchive, int] | None:
    """The archive that holds this receipt, and the second since 1970 in which its answer was finished.

    survey_id: the survey of the page that asks, whose archive must be looked at; without one, each. Raises ArchivedError
    where it is in no other and that one cannot be read.
    """
    if not 0 < len(receipt) <= 16 or not receipt.isascii():
        return None
    unread: ArchivedError | None = None
    for archive in db.session.scalars(select(SurveyArchive).execution_options(populate_existing=True)).all():
        try:
            moment = _listed(archive, _padded(receipt))
        except ArchivedError as error:
            unread = error if survey_id in (None, archive.survey_id) else unread
            continue
        if moment is not None:
            return archive, moment
    if unread is not None:
        raise unread
    return None


def _listed(archive: SurveyArchive, receipt: bytes) -> int | None:
    manifest = Manifest.of(archive)
    path, rows = place_of(manifest.survey, archive.folder) / manifest.receipts.name, manifest.receipts.rows
    _hold(path, manifest.receipts, manifest.survey)
    with reaching(path.parent), path.open("rb") as file:
        at = _number_before(file, rows, receipt)
        found, moment = _row(file, at) if at < rows else (b"", 0)
    return moment if found == receipt else None


def _number_before(file: IO[bytes], rows: int, receipt: bytes) -> int:
    """How many receipts of the list come before this one."""
    return bisect_left(range(rows), receipt, key=lambda number: _row(file, number)[0])


def _row(file: IO[bytes], number: int) -> tuple[bytes, int]:
    file.seek(number * RECEIPT.size)
    receipt, moment = RECEIPT.unpack(file.read(RECEIPT.size))
    return receipt, moment


def _padded(receipt: str) -> bytes:
    return receipt.encode().ljust(16, b"\0")


def settle(manifest: Manifest, place: Path, left: Iterable[str] = ()) -> None:
    """After the commit: the manifest beside the files says what the database says, and what it left behind is gone."""
    for name in left:
        (place / name).unlink(missing_ok=True)
    said = json.dumps(manifest.as_dict(), ensure_ascii=False, indent=1).encode()
    path = place / MANIFEST
    if not path.exists() or path.read_bytes() != said:
        made = write(place, "manifest", "json", 0, [said])
        (place / made.name).replace(path)
    flush(place)


def after_commit(work: Callable[[], None]) -> None:
    """Do this when the present transaction is stored; not where it is taken back."""
    db.session.info.setdefault("minyi_archives", []).append(work)


@event.listens_for(db.session, "after_commit")
def _stored(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint's end stores nothing yet
        return
    for work in session.info.pop("minyi_archives", []):
        with suppress(OSError):  # what could not be deleted now is, with the next look (tidy)
            work()


@event.listens_for(db.session, "after_soft_rollback")
def _taken_back(session: Session, _ended: object) -> None:
    session.info.pop("minyi_archives", None)


def drop(code: str, folder: str, names: Iterable[str]) -> None:
    """These files, the manifest and the folder, where it is empty then."""
    place = place_of(code, folder)
    for name in (*names, MANIFEST):
        (place / name).unlink(missing_ok=True)
    with suppress(OSError):
        place.rmdir()
