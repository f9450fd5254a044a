"""Put a file away by the digest of its content, take it out again, and forget what nothing refers to any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from survey_app.ground import crypto
from survey_app.models import StoredFile, db, every_table
from survey_app.models.base import now


def put(body: bytes, media_type: str, stored_at: datetime | None = None) -> str:
    """Store `body` unless it is there already and give its SHA-256. The caller has checked it, and commits.

    stored_at: what is written down instead of this moment, where the moment would tell too much.
    """
    digest = crypto.digest(body)
    if db.session.get(StoredFile, digest) is None:
        db.session.add(
            StoredFile(digest=digest, media_type=media_type, size=len(body), body=body, stored_at=stored_at or now())
        )
        db.session.flush()
    return digest


def take(digest: str) -> StoredFile | None:
    """The file stored under `digest`."""
    return db.session.get(StoredFile, digest)


def unreferenced(before: datetime, but: Collection[str] = ()) -> list[str]:
    """Digests stored before this moment that no row of the database refers to, without those in `but`."""
    query = select(StoredFile.digest).where(StoredFile.stored_at < before, *_nothing_refers())
    return [digest for digest in db.session.scalars(query.order_by(StoredFile.digest)) if digest not in but]


def forget(digests: Iterable[str]) -> int:
    """Delete these files unless something still refers to them; how many went. The caller commits."""
    gone = 0
    for digest in digests:
        statement = delete(StoredFile).where(StoredFile.digest == digest, *_nothing_refers())
        try:
            with db.session.begin_nested():
                found = db.session.execute(statement.execution_options(synchronize_session=False))
                gone += found.rowcount  # type: ignore[attr-defined]
        except IntegrityError:  # somebody handed the same file in at this moment
            continue
    return gone


def _nothing_refers() -> list[ColumnElement[bool]]:
    """That no foreign key of any table points to the file; a new table is asked by itself."""
    mine = StoredFile.__table__
    return [
        ~exists().where(column == StoredFile.digest)
        for table in every_table().sorted_tables
        for column in table.columns
        if any(key.column.table is mine for key in column.foreign_keys)
    ]
