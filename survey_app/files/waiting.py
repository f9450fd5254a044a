"""Keep a checked file until its sender confirms it, for an hour at most: it holds people's answers."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from survey_app.models import Survey, WaitingFile, db

KEPT = timedelta(hours=1)


def keep(survey: Survey, owner: str, name: str, mode: str, body: bytes) -> WaitingFile:
    """Keep `body` under a key nobody can guess. Earlier ones of the same person go. The caller commits."""
    forget_old()
    db.session.execute(delete(WaitingFile).where(WaitingFile.survey_id == survey.id, WaitingFile.owner == owner))
    kept = WaitingFile(
        key=secrets.token_hex(16), survey_id=survey.id, owner=owner, name=name[:200], mode=mode, body=body
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def take(survey: Survey, owner: str, key: str) -> WaitingFile | None:
    """The file under `key`, if it is this person's and not too old."""
    query = select(WaitingFile).where(
        WaitingFile.key == key, WaitingFile.survey_id == survey.id, WaitingFile.owner == owner,
        WaitingFile.kept_at > datetime.now(UTC) - KEPT,
    )  # fmt: skip
    return db.session.scalar(query)


def forget_old(moment: datetime | None = None) -> None:
    """Delete what nobody confirmed. The caller commits."""
    db.session.execute(delete(WaitingFile).where(too_old(moment or datetime.now(UTC))))


def too_old(moment: datetime) -> ColumnElement[bool]:
    """Whether a file's hour was over at `moment`."""
    return WaitingFile.kept_at < moment - KEPT
