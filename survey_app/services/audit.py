"""Add to the audit trail, and prove that nobody changed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from flask import has_request_context
from sqlalchemy import select, update

from survey_app.models import AuditEntry, AuditHead, db
from survey_app.models.base import now

COMMAND_LINE = "command line"
_acting_for: ContextVar[str] = ContextVar("acting_for", default="")


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold. number: of the entry; kind: changed | missing | unlinked | cut_off."""

    number: int
    kind: str


def record(action: str, subject: str, before: Any = None, after: Any = None, reason: str = "") -> AuditEntry:
    """Add one entry in the present transaction; the caller commits, so what is told is what was done.

    The head row is locked first: entries are chained in the order of their commits.
    """
    db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=AuditHead.number))
    head = db.session.execute(select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1)).one()
    entry = AuditEntry(
        number=head.number + 1,
        at=now(),
        actor=actor(),
        action=action,
        subject=subject[:120],
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous=head.digest,
    )
    entry.digest = digest_of(entry)
    db.session.add(entry)
    db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=entry.number, digest=entry.digest))
    return entry


def wait_turn() -> None:
    """Hold the end of the trail until the commit: writers that call this first come one after the other.

    What is read afterwards (fresh, past the session's memory) is what nobody else is changing.
    """
    db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=AuditHead.number))


def verify() -> list[Break]:
    """Every break of the chain, in order; empty where nothing was changed, removed, reordered or cut off."""
    found: list[Break] = []
    number, previous = 0, ""
    for entry in entries():
        found += [Break(missing, "missing") for missing in range(number + 1, entry.number)]
        if entry.previous != previous and entry.number == number + 1:
            found.append(Break(entry.number, "unlinked"))
        if entry.digest != digest_of(entry):
            found.append(Break(entry.number, "changed"))
        number, previous = entry.number, entry.digest
    head = db.session.execute(select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1)).one()
    if (head.number, head.digest) != (number, previous):
        found.append(Break(max(head.number, number), "cut_off"))
    return found


def entries() -> Iterator[AuditEntry]:
    """All entries from the first on, a thousand at a time."""
    yield from db.session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000))


def newest(limit: int = 200, subject: str = "") -> list[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    return list(db.session.scalars(query.where(AuditEntry.subject.startswith(subject)) if subject else query))


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the entry's own content and the digest of the one before, as canonical JSON."""
    content = {
        "number": entry.number, "at": entry.at.astimezone(UTC).isoformat(), "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "before": entry.before, "after": entry.after, "reason": entry.reason,
        "previous": entry.previous,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


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
    if not has_request_context():
        return COMMAND_LINE
    from flask_security import current_user

    return str(current_user.username) if current_user.is_authenticated else "-"


def _plain(value: Any) -> Any:
    """As it will come back from the database: {} for nothing, so that both engines read the same."""
    return {} if value is None else json.loads(json.dumps(value, default=str))
