"""What a balancer and a watchman ask of a server: /livez whether it runs, /readyz whether it can take answers."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, jsonify
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from survey_app.archives.places import ArchivedError, look
from survey_app.database import standing
from survey_app.ground.settings import in_force
from survey_app.models import AuditEntry, SurveyArchive, db
from survey_app.operations.secret_marks import fitting

log = logging.getLogger("minyi")
bp = Blueprint("health", __name__)
BACKUP = "backup.make"  # what the trail calls one
LEAST_FREE = 64 * 1024 * 1024  # bytes; below it a photo or a journal may not fit any more
STANDINGS = {"current": "ok", "newer": "ok", "older": "older than this program: minyi db upgrade", "empty": "no tables: minyi db upgrade"}  # fmt: skip


@bp.get("/livez")
def live() -> Response:
    """The process answers."""
    return Response("ok", mimetype="text/plain")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """What is needed to take an answer, each 'ok' or what is wrong; 503 where anything is. Names no address and nobody.

    Beside it, for a watchman, how old the last backup is and whether archived answers can be read: a server can take answers
    all the same.
    """
    found = checks()
    known = found["database"] == "ok"  # else it would be waited for again
    beside = archives() | _backup() if known else dict.fromkeys(("archives", "last_backup"), "unknown")
    return jsonify(found | beside), 200 if set(found.values()) == {"ok"} else 503


@bp.get("/healthz")
def health() -> Response:
    """The same in a word, under the address that older configurations ask."""
    well = set(checks().values()) == {"ok"}
    return Response("ok" if well else "not ready: see /readyz", 200 if well else 503, mimetype="text/plain")


def checks() -> dict[str, str]:
    """What is looked at -> 'ok', or what is wrong with it."""
    return {**_database(db.engine), "disk": _disk(db.engine)}


def _secrets() -> str:
    return "ok" if fitting(in_force()) else "not those of this database: minyi secrets check"


def _database(engine: Engine) -> dict[str, str]:
    try:
        return {"database": "ok", "revision": STANDINGS[standing(engine)], "secrets": _secrets()}
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return {"database": "does not answer", "revision": "unknown", "secrets": "unknown"}


def archives() -> dict[str, str]:
    """Whether the files of archived answers are there: 'ok', or the surveys of which they are not."""
    try:
        unread = [archive.survey.code for archive in db.session.scalars(select(SurveyArchive)).all() if _away(archive)]
    except SQLAlchemyError:
        return {"archives": "unknown"}
    return {"archives": f"cannot be read: {', '.join(unread)}" if unread else "ok"}


def _away(archive: SurveyArchive) -> bool:
    try:
        look(archive)
    except ArchivedError:
        return True
    return False


def _backup() -> dict[str, str]:
    try:
        last = last_backup()
    except SQLAlchemyError:
        return {"last_backup": "unknown"}
    return {"last_backup": last.isoformat(timespec="minutes") if last else "none"}


def last_backup() -> datetime | None:
    """When this database was backed up last, as its trail says."""
    return db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == BACKUP))


def _disk(engine: Engine) -> str:
    """Where the data lies: of SQLite the database's folder, else where this server keeps its files."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    folder = Path(path).parent if path and path != ":memory:" else Path(in_force().instance)
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return "folder missing"
    return "ok" if free >= LEAST_FREE else f"{free // 1024 // 1024} MB free"
