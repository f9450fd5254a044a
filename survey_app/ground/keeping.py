"""One store for what is kept a while: each thing under a key that only its holder has, until it is taken or ends.

Whatever holds personal data is sealed with the installation's key. The caller commits.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from survey_app.ground.crypto import UnsealableError, digest
from survey_app.ground.sealing import seal_bytes, unseal_bytes
from survey_app.models import Kept, db
from survey_app.models.base import now

FORM, PASSWORDS, ACCOUNTS, INTERVIEWS, DRAFT = "form", "passwords", "accounts", "interviews", "draft"
VALUES, ASSIGNMENTS, TRIAL, TAKEN_BACK = "values", "assignments", "trial", "taken_back"
PACKAGE, SIGN_IN, COLLECTED, ERASED, REPORT = "package", "sign_in", "collected", "erased", "report"


@dataclass(frozen=True)
class Purpose:
    """hours: how long; None as long as what it belongs to. sealed: it holds personal data. raw: bytes as they came, not JSON."""

    hours: int | None
    sealed: bool = True
    raw: bool = False


WEEK = 7 * 24
PURPOSES = {
    FORM: Purpose(24),  # a form that met an ended session
    PASSWORDS: Purpose(1),  # one-time passwords, to be read once
    ACCOUNTS: Purpose(1),  # a table of accounts before its confirmation
    INTERVIEWS: Purpose(1, raw=True),  # a file of interviews before its confirmation
    COLLECTED: Purpose(24, raw=True),  # a file of another tool's answers, until it is stored or dropped
    DRAFT: Purpose(WEEK),  # unfinished answers to a longer questionnaire, from the last time they were sent
    TRIAL: Purpose(13 * WEEK),  # answers by which a locked survey was tried; its opening deletes them
    TAKEN_BACK: Purpose(
        None
    ),  # an answer that its citizen took back, where the survey seals them; goes with the survey's
    ERASED: Purpose(None, sealed=False),  # that a collector's answer was erased: nothing but the hash of its keyed hash
    PACKAGE: Purpose(24, raw=True),  # a file that a job made, for who asked for it
    SIGN_IN: Purpose(1),  # what a sign-in at a provider is told from others by, until it comes back
    REPORT: Purpose(
        24, sealed=False
    ),  # a provider's, of a message that is still being sent: its number there, no address
    VALUES: Purpose(WEEK, sealed=False),  # what a person was shown of a workbook
    ASSIGNMENTS: Purpose(WEEK, sealed=False),
}


def keep(purpose: str, content: Any, key: str = "", **holder: Any) -> str:
    """Keep `content` under `key`, in place of what stood there, and give the key; without one, nobody can guess it.

    holder: columns of Kept, whose it is and what may be known of it: user_id, survey_id, site_id, by, digest, note.
    """
    rule, key, moment = PURPOSES[purpose], key or secrets.token_urlsafe(24), now()
    body = content if rule.raw else json.dumps(content, ensure_ascii=False).encode()
    ends = None if rule.hours is None else moment + timedelta(hours=rule.hours)
    values = {**holder, "body": seal_bytes(body) if rule.sealed else body, "sealed": rule.sealed, "expires_at": ends}
    mine = Kept.token == _hash(key), Kept.purpose == purpose
    if db.session.execute(update(Kept).where(*mine).values(values)).rowcount:  # type: ignore[attr-defined]
        return key
    forget_old(moment)
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Kept).values(
        {"token": _hash(key), "purpose": purpose, "made_at": moment, "by": "", "note": {}} | values
    )
    db.session.execute(new.on_conflict_do_update(index_elements=["token"], set_=values))  # another was quicker
    return key


def find(purpose: str, key: str, **holder: Any) -> Kept | None:
    """What stands under `key` for this holder, unless its time is over."""
    return _one(purpose, Kept.token == _hash(key), holder)


def held(purpose: str, keys: Iterable[str]) -> set[str]:
    """Those of the keys under which something is kept for as long as what it belongs to."""
    by_token = {_hash(key): key for key in keys}
    query = select(Kept.token).where(Kept.purpose == purpose, Kept.token.in_(by_token))
    return {by_token[token] for token in db.session.scalars(query)}


def number_of(key: str) -> int:
    """The number of what stands under `key`."""
    return db.session.scalars(select(Kept.id).where(Kept.token == _hash(key))).one()


def numbered(purpose: str, number: int) -> Kept | None:
    """The kept thing with this number, for addresses that are guarded otherwise."""
    return _one(purpose, Kept.id == number, {})


def content_of(kept: Kept) -> Any:
    """What was kept."""
    body = unseal_bytes(kept.body) if kept.sealed else kept.body
    return body if PURPOSES[kept.purpose].raw else json.loads(body)


def look(purpose: str, key: str, **holder: Any) -> Any:
    """The content under `key`; None where there is nothing (any more), or another person or text_key sealed it."""
    kept = find(purpose, key, **holder)
    if kept is None:
        return None
    try:
        return content_of(kept)
    except UnsealableError:
        return None


def take(purpose: str, key: str, **holder: Any) -> Any:
    """As `look`, but it is gone afterwards."""
    content = look(purpose, key, **holder)
    if content is not None:
        drop(purpose, key)
    return content


def drop(purpose: str, key: str) -> None:
    """Forget what stands under `key`."""
    db.session.execute(delete(Kept).where(Kept.token == _hash(key), Kept.purpose == purpose))


def forget(purpose: str, **holder: Any) -> None:
    """Forget all that this holder has of one purpose."""
    mine = [getattr(Kept, name) == value for name, value in holder.items()]
    db.session.execute(delete(Kept).where(Kept.purpose == purpose, *mine))


def shown(purpose: str, rows: list[Any], digest: str, by: str, note: Mapping[str, object]) -> Kept:
    """What a person was shown of the workbook stored under `digest`; only exactly that is stored when he confirms it."""
    kept = find(purpose, keep(purpose, rows, digest=digest, by=by, note=note))
    assert kept is not None
    return kept


def settle(kept: Kept) -> None:
    """It was confirmed, and stays as a record of what was shown."""
    kept.expires_at = None


def old(moment: datetime | None = None) -> dict[str, int]:
    """Purpose -> how many have come to their end."""
    counted = select(Kept.purpose, func.count()).where(Kept.expires_at <= (moment or now())).group_by(Kept.purpose)
    return {row.purpose: int(row[1]) for row in db.session.execute(counted)}


def forget_old(moment: datetime | None = None) -> None:
    """Forget what nobody came back for."""
    ended = delete(Kept).where(Kept.expires_at <= (moment or now()))
    db.session.execute(ended.execution_options(synchronize_session=False))


def _one(purpose: str, which: Any, holder: dict[str, object]) -> Kept | None:
    query = select(Kept).where(which, Kept.purpose == purpose).filter_by(**holder)
    return db.session.scalar(query.where(Kept.expires_at.is_(None) | (Kept.expires_at > now())))


def _hash(key: str) -> str:
    return digest(key)
