"""Answers on their way between the database and their archive. The caller commits, and then the files are settled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, Text, cast, delete, func, select, text

from survey_app import rollup
from survey_app.archives.inserting import insert_rows
from survey_app.archives.parquet import (
    AT_ONCE,
    WHOLE,
    Row,
    Told,
    fingerprint,
    found_in,
    is_json,
    read_rows,
    tables,
    without,
    write_rows,
)
from survey_app.archives.places import (
    A_DAY,
    MANIFEST,
    OURS,
    ArchivedError,
    Manifest,
    after_commit,
    finished_at,
    flush,
    held,
    make,
    place_of,
    reaching,
    receipts_without,
    settle,
    write_receipts,
)
from survey_app.archives.records import forget
from survey_app.ground import audit
from survey_app.ground.versions import code_version
from survey_app.models import Response, ResponseCount, Survey, SurveyArchive, db
from survey_app.models.base import now


@dataclass(frozen=True)
class Written:
    """Files that hold all answers of a survey, as the database had them at one moment."""

    survey_id: int
    folder: str
    manifest: Manifest
    seen: tuple[object, ...]


def write_out(survey: Survey, folder: str, told: Told) -> Written:
    """Files of all that the database holds of the survey's answers; nothing counts before `leave`.

    Raises ArchivedError; OSError.
    """
    place = place_of(survey.code, folder)
    make(place, ours=not folder)
    seen, listed, found = _seen(survey.id), dict[str, int](), {}
    for table in tables():
        batches = _batches(table, survey.id)
        if table.name == Response.__tablename__:
            batches = _noting(batches, table, listed)
        found[table.name] = write_rows(table, batches, place, told)
    manifest = Manifest(survey.code, now().isoformat(), code_version(), found, write_receipts(place, listed.items()))
    flush(place.parent)
    return Written(survey.id, folder, manifest, seen)


def leave(survey: Survey, written: Written) -> SurveyArchive:
    """Delete the rows that the files hold, and record where they lie: in the caller's transaction, whose turn it is.

    Raises ArchivedError where the database holds something else by now, or deletes another number of rows.
    """
    _hold_still(survey)
    if _seen(survey.id) != written.seen:
        raise ArchivedError("archives.changed_meanwhile", code=survey.code)
    connection = db.session.connection()
    rollup.set_aside(connection, survey.id)
    for table in reversed(tables()):
        gone = connection.execute(delete(table).where(_own(table, survey.id))).rowcount
        if gone != written.manifest.tables[table.name].rows:
            raise ArchivedError("archives.changed_meanwhile", code=survey.code)
    rollup.recount(connection, survey.id)
    archive = SurveyArchive(
        survey_id=survey.id, folder=written.folder, manifest=written.manifest.as_dict(), archived_by=audit.actor()
    )
    db.session.add(archive)
    db.session.flush()
    after_commit(settling(archive))
    return archive


def come_back(archive: SurveyArchive, told: Told) -> int:
    """Put all rows into the database again and forget the archive, its files with the commit; how many responses.

    Raises ArchivedError where a file is not what it was, or the database does not say then what was archived.
    """
    place, manifest = held(archive)
    connection, number = db.session.connection(), 0
    for table in tables():
        own, before = manifest.tables[table.name], _prints(table, archive.survey_id)
        for batch in read_rows(table, own, place):
            insert_rows(connection, table, batch)
            number += len(batch)
            told(number)
        if f"{(_prints(table, archive.survey_id) - before) % WHOLE:064x}" != own.fingerprint:
            raise ArchivedError("archives.not_as_written", path=place)
    forget(archive)
    return manifest.responses


def copy_of(receipt: str) -> Response | None:
    """An archived answer as it is, for looking at; what is done to it is stored nowhere."""
    found = finished_at(receipt)
    return _copy(found[0], "receipt", receipt) if found else None


def copy_numbered(number: int) -> Response | None:
    """The same by its number."""
    copies = (_copy(archive, "id", number) for archive in db.session.scalars(select(SurveyArchive)).all())
    return next((copy for copy in copies if copy), None)


def _copy(archive: SurveyArchive, column: str, value: str | int) -> Response | None:
    place, manifest = held(archive)
    first = tables()[0]
    rows = found_in(first, manifest.tables[first.name], place, column, value)
    if not rows:
        return None
    values = dict(zip(first.columns.keys(), rows[0][1], strict=True))
    return Response(
        **{name: json.loads(value) if is_json(first.columns[name]) else value for name, value in values.items()}
    )


def take_out(receipt: str) -> Response | None:
    """Put one archived answer into the database again, with its flags; the files are written without it, and those that
    held it go with the commit. None where it is nowhere by now."""
    audit.wait_turn()
    found = finished_at(receipt)
    if found is None:
        return db.session.scalar(select(Response).where(Response.receipt == receipt))
    archive = found[0]
    place, manifest = held(archive)
    with reaching(place):
        number, made, gone = _written_without(receipt, place, manifest)
        old = [name for name in archive.left_behind if (place / name).exists()]
    archive.manifest = made.as_dict()
    archive.left_behind = [*old, *gone]
    rollup.take_one_out(db.session.connection(), number)
    db.session.flush()
    after_commit(settling(archive))
    return db.session.get_one(Response, number)


def _written_without(receipt: str, place: Path, manifest: Manifest) -> tuple[int, Manifest, list[str]]:
    """Its rows into the database, and files without them: its number, the manifest then, the files that have no place in it."""
    first, *hanging = tables()
    left, rows, gone = without(first, manifest.tables[first.name], place, "receipt", receipt)
    number = rows[0][0]
    connection, changed = db.session.connection(), {first.name: left}
    insert_rows(connection, first, rows)
    for table in hanging:
        changed[table.name], rows, touched = without(table, manifest.tables[table.name], place, "response_id", number)
        gone += touched
        if rows:
            insert_rows(connection, table, rows)
    made = replace(manifest, tables=changed, receipts=receipts_without(receipt, place, manifest.receipts))
    return number, made, [*gone, manifest.receipts.name]


def settling(archive: SurveyArchive) -> Any:
    """What is done with the files once the record is stored; it no longer asks the database."""
    manifest, left = Manifest.of(archive), list(archive.left_behind)
    place = place_of(manifest.survey, archive.folder)
    return lambda: settle(manifest, place, left)


def _hold_still(survey: Survey) -> None:
    """On PostgreSQL: who is storing an answer, a flag or a code of the survey finishes first, and the next ones wait."""
    db.session.refresh(survey, with_for_update=True)
    for table in tables()[1:]:
        rows = select(table.columns["id"]).where(_own(table, survey.id)).with_for_update().subquery()
        db.session.scalar(select(func.count()).select_from(rows))


def _seen(survey_id: int) -> tuple[object, ...]:
    """What changes whenever an answer of a survey comes, goes or is judged otherwise."""
    by_hour = db.session.execute(
        select(func.sum(ResponseCount.number), func.sum(ResponseCount.flagged), func.sum(ResponseCount.seconds))
        .where(ResponseCount.survey_id == survey_id)
        .group_by(ResponseCount.state)
        .order_by(ResponseCount.state)
    ).all()
    found = [_prints(table, survey_id) for table in tables()[1:]]
    version = db.session.scalar(select(Survey.flags_version).where(Survey.id == survey_id))
    numbers = db.session.execute(
        select(func.count(), func.sum(Response.id)).where(Response.survey_id == survey_id)
    ).one()
    return (version, *numbers, *(tuple(row) for row in by_hour), *found)


def _prints(table: Table, survey_id: int) -> int:
    return sum(fingerprint(batch) for batch in _batches(table, survey_id)) % WHOLE


def _own(table: Table, survey_id: int) -> Any:
    if table.name == Response.__tablename__:
        return table.columns["survey_id"] == survey_id
    return table.columns["response_id"].in_(select(Response.id).where(Response.survey_id == survey_id))


def _batches(table: Table, survey_id: int) -> Iterator[Sequence[Row]]:
    columns = [cast(column, Text) if is_json(column) else column for column in table.columns]
    query: Select[Any] = select(*columns).where(_own(table, survey_id))
    order = table.columns["receipt" if table.name == Response.__tablename__ else "response_id"]
    found = db.session.connection().execute(query.order_by(order).execution_options(yield_per=AT_ONCE))
    for part in found.partitions():
        yield [tuple(row) for row in part]


def _noting(batches: Iterator[Sequence[Row]], table: Table, listed: dict[str, int]) -> Iterator[Sequence[Row]]:
    names = list(table.columns.keys())
    receipt, finished = names.index("receipt"), names.index("finished_at")
    for batch in batches:
        listed.update({row[receipt]: int(row[finished].timestamp()) for row in batch})
        yield batch


def numbers_go_on(connection: Connection) -> None:
    """After a restore: rows to come get numbers behind those that lie in archives."""
    for kept in connection.scalars(select(SurveyArchive.__table__.c.manifest)):
        for table, own in Manifest.of(SurveyArchive(manifest=kept)).tables.items():
            given = {"name": table, "last": own.last}
            if connection.dialect.name == "postgresql":
                place = "pg_get_serial_sequence(:name, 'id')"
                highest = f"SELECT GREATEST(:last, (SELECT COALESCE(MAX(id), 1) FROM {table}))"  # nosec B608
                connection.execute(text(f"SELECT setval({place}, ({highest}))"), given)
            elif connection.execute(
                text("UPDATE sqlite_sequence SET seq = MAX(seq, :last) WHERE name = :name"), given
            ).rowcount == 0:  # fmt: skip
                connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), given)


def tidy(moment: datetime | None = None) -> int:
    """Files of ours that no archive names, as an attempt leaves that was cut off: delete them, and say how many.

    What was cut off after its commit is done first. A file goes when nobody has written to it for a day, since somebody may
    be archiving now.
    """
    before = (moment or now()).timestamp() - A_DAY
    root, named, gone = place_of("x", "").parent, set[Path](), 0
    places = set(root.iterdir()) if root.is_dir() else set[Path]()
    for archive in db.session.scalars(select(SurveyArchive)):
        manifest = Manifest.of(archive)
        place = place_of(manifest.survey, archive.folder)
        places.add(place)
        named |= {place / part.name for part in manifest.files}
        with suppress(OSError):  # one that cannot be reached is looked at another day
            gone += sum((place / name).exists() for name in archive.left_behind)
            settle(manifest, place, archive.left_behind)
    alone = {place / MANIFEST for place in places if not any(path.parent == place for path in named)}
    for place in places:
        with suppress(OSError):
            for path in place.iterdir():
                ours = path in alone or (OURS.fullmatch(path.name) and path not in named)
                if ours and path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)
                    gone += 1
    return gone
