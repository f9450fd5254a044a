"""Browse the audit trail: filters that an index answers, pages by key, so that a million entries cost what fifty do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from survey_app.models import AuditEntry, db

PAGE = 50
COUNTED = 10_000  # entries; beyond that "more than" is enough


@dataclass(frozen=True)
class Filter:
    """Which entries. subject: the beginning of it. since, until: moments, the second exclusive."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def any(self) -> bool:
        return self != Filter()


@dataclass(frozen=True)
class Page:
    """Entries, the newest first. older, newer: the key of the neighbouring page, None where there is none."""

    entries: list[AuditEntry]
    older: int | None
    newer: int | None


def page(wanted: Filter, before: int | None = None, after: int | None = None) -> Page:
    """The newest entries, those before the number `before`, or those after `after`."""
    query = _filtered(select(AuditEntry), wanted)
    if after is not None:
        upwards = query.where(AuditEntry.number > after).order_by(AuditEntry.number).limit(PAGE + 1)
        found = list(db.session.scalars(upwards))
        entries, more = found[:PAGE][::-1], len(found) > PAGE
        return Page(entries, entries[-1].number if entries else None, entries[0].number if more else None)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    found = list(db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(PAGE + 1)))
    entries, more = found[:PAGE], len(found) > PAGE
    newer = entries[0].number if entries and before is not None else None
    return Page(entries, entries[-1].number if more else None, newer)


def count(wanted: Filter, most: int = COUNTED) -> int:
    """How many there are, at most `most` + 1."""
    inner = _filtered(select(AuditEntry.number), wanted).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def actions() -> list[str]:
    """Every action that occurs, each found by one step along the index."""
    first = select(func.min(AuditEntry.action).label("name")).cte("step", recursive=True)
    following = select(func.min(AuditEntry.action)).where(AuditEntry.action > first.c.name).scalar_subquery()
    steps = first.union_all(select(following).where(first.c.name.is_not(None)))
    return [name for name in db.session.scalars(select(steps.c.name)) if name is not None]


def following(wanted: Filter, number: int, most: int) -> list[AuditEntry]:
    """The first of those after the entry `number`, at most so many."""
    query = _filtered(select(AuditEntry), wanted).where(AuditEntry.number > number)
    return list(db.session.scalars(query.order_by(AuditEntry.number).limit(most)))


def export(wanted: Filter) -> Iterator[Any]:
    """Every wanted entry from the first on, read a thousand at a time."""
    last = 0
    while True:
        found = following(wanted, last, 1000)
        yield from found
        if len(found) < 1000:
            return
        last = found[-1].number
        db.session.expunge_all()


def _filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.actor:
        query = query.where(AuditEntry.actor == wanted.actor)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        query = query.where(_begins(wanted.subject))
    if wanted.since is not None:
        query = query.where(AuditEntry.number >= _first_at(wanted.since))
    if wanted.until is not None:
        query = query.where(AuditEntry.number < _first_at(wanted.until))
    return query


def _begins(start: str) -> Any:
    """An index answers LIKE on PostgreSQL and GLOB on SQLite, where LIKE would ignore case."""
    if db.session.get_bind().dialect.name == "sqlite":
        escaped = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in start)
        return AuditEntry.subject.op("GLOB")(f"{escaped}*")
    return AuditEntry.subject.startswith(start, autoescape=True)


def _first_at(moment: datetime) -> int:
    """The number of the first entry at or after `moment`: time runs with the numbers, and the key is the faster way."""
    query = select(AuditEntry.number).where(AuditEntry.at >= moment).order_by(AuditEntry.at, AuditEntry.number).limit(1)
    return db.session.scalar(query) or 2**31 - 1
