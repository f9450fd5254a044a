"""Add to the audit trail, and prove that nobody changed it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from flask import current_app, has_request_context
from sqlalchemy import select, update

from survey_app.ground import crypto
from survey_app.ground.watching import event
from survey_app.models import AuditEntry, AuditHead, db
from survey_app.models.base import now

COMMAND_LINE = "command line"
_acting_for: ContextVar[str] = ContextVar("acting_for", default="")


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold. kind: changed | missing | unlinked | cut_off | not_expected."""

    number: int
    kind: str


@dataclass(frozen=True)
class Link:
    """An entry's number and digest: a place of the chain that can be noted elsewhere."""

    number: int
    digest: str


START = Link(0, "")
_together: ContextVar[list[Link] | None] = ContextVar("together", default=None)  # the trail's end, the last of them
PIECE = 5000  # entries read at a time
_COLUMNS = [getattr(AuditEntry, column.key) for column in AuditEntry.__table__.columns]


def record(action: str, subject: str, before: Any = None, after: Any = None, reason: str = "") -> AuditEntry:
    """Add one entry in the present transaction; the caller commits, so what is told is what was done.

    The head row is locked first: entries are chained in the order of their commits.
    """
    many = _together.get()
    end = many[-1] if many else _turn()
    entry = AuditEntry(
        number=end.number + 1,
        at=now(),
        actor=actor(),
        action=action,
        subject=subject[:120],
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous=end.digest,
    )
    entry.digest = digest_of(entry)
    db.session.add(entry)
    event(f"{action} {entry.subject}")
    if many:
        many.append(Link(entry.number, entry.digest))
    else:
        _end_at(entry)
    return entry


@contextmanager
def together() -> Iterator[None]:
    """For many entries of one transaction, rolled back where anything is raised: the trail's end is read and written once,
    so that they can be stored at once."""
    many = [_turn()]
    token = _together.set(many)
    try:
        yield
    finally:
        _together.reset(token)
    _end_at(many[-1])


def _turn() -> Link:
    """The trail's end, held until the commit."""
    wait_turn()
    return head()


def _end_at(last: Link | AuditEntry) -> None:
    db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=last.number, digest=last.digest))


def wait_turn() -> None:
    """Hold the end of the trail until the commit: writers that call this first come one after the other.

    What is read afterwards (fresh, past the session's memory) is what nobody else is changing.
    """
    db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=AuditHead.number))


def verify(expected: Link | None = None, progress: Callable[[Link], None] | None = None) -> list[Break]:
    """Every break of the chain, in order; empty where nothing was changed, removed, reordered or cut off.

    expected: a link noted elsewhere; a chain made anew from the start holds in itself, and only this finds it.
    progress: told after every piece how far the check has come.
    """
    found, _last = verify_from(START, progress)
    if expected is not None and expected.number and digest_at(expected.number) != expected.digest:
        found.append(Break(expected.number, "not_expected"))
    return found


def verify_from(start: Link, progress: Callable[[Link], None] | None = None) -> tuple[list[Break], Link]:
    """The breaks after the link `start`, and the last link there is."""
    found: list[Break] = []
    last = start
    while True:
        piece = db.session.execute(
            select(*_COLUMNS).where(AuditEntry.number > last.number).order_by(AuditEntry.number).limit(PIECE)
        ).all()
        for entry in piece:
            found += _breaks(last, entry)
            last = Link(entry.number, entry.digest)
        if progress is not None:
            progress(last)
        if len(piece) < PIECE and (not piece or last.number >= head().number):
            break  # else: entries were added while we looked
    if head() != last:
        found.append(Break(max(head().number, last.number), "cut_off"))
    return found, last


def _breaks(last: Link, entry: Any) -> list[Break]:
    missing = [Break(number, "missing") for number in range(last.number + 1, min(entry.number, last.number + 1000))]
    unlinked = [Break(entry.number, "unlinked")] if not missing and entry.previous != last.digest else []
    changed = [Break(entry.number, "changed")] if entry.digest != digest_of(entry) else []
    return missing + unlinked + changed


def head() -> Link:
    """The end of the chain, as it was recorded with the last entry. Note it elsewhere, on paper or in a letter."""
    row = db.session.execute(select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1)).one()
    return Link(row.number, row.digest)


def digest_at(number: int) -> str:
    """The digest of one entry; '' where there is none."""
    return db.session.scalar(select(AuditEntry.digest).where(AuditEntry.number == number)) or ""


def entries() -> Iterator[AuditEntry]:
    """All entries from the first on, a thousand at a time."""
    yield from db.session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000))


def newest(limit: int = 200) -> list[AuditEntry]:
    """The newest entries, the newest first."""
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)))


def digest_of(entry: Any) -> str:
    """SHA-256 over the entry's own content and the digest of the one before, as canonical JSON."""
    return crypto.digest(json.dumps(content_of(entry), sort_keys=True, ensure_ascii=False))


def content_of(entry: Any) -> dict[str, object]:
    """What the digest covers."""
    return {
        "number": entry.number, "at": entry.at.astimezone(UTC).isoformat(), "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "before": entry.before, "after": entry.after, "reason": entry.reason,
        "previous": entry.previous,
    }  # fmt: skip


@contextmanager
def acting_for(name: str) -> Iterator[None]:
    """What is recorded inside is recorded as done by `name`: a background job acts for who asked for it."""
    token = _acting_for.set(name)
    try:
        yield
    finally:
        _acting_for.reset(token)


def actor() -> str:
    """Who a job acts for, else the signed-in account, else the command line."""
    if _acting_for.get():
        return _acting_for.get()
    return signed_in_reader() or "-" if has_request_context() else COMMAND_LINE


def signed_in_reader() -> str:
    """The account that reads the present page; '' where nobody has signed in, for a job and on the command line."""
    signed_in = (
        current_app.extensions.get("minyi_signed_in") if has_request_context() and not _acting_for.get() else None
    )
    return str(signed_in()) if signed_in else ""


def _plain(value: Any) -> Any:
    """As it will come back from the database: {} for nothing, so that both engines read the same."""
    return {} if value is None else json.loads(json.dumps(value, default=str))
