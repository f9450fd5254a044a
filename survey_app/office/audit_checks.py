"""Verifications of the audit trail that are kept: a whole one takes its time, so it is a background job.

A check of what is new starts at the last link that was found good; it cannot see what was changed before that one,
which a whole check does.
"""

from __future__ import annotations

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.audit import START, Link
from survey_app.jobs.queue import Progress
from survey_app.models import AuditCheck, db
from survey_app.models.base import now

MOST_BREAKS = 100  # kept with a check; more say nothing new


def last_check() -> AuditCheck | None:
    return db.session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).first()


def last_whole_check() -> AuditCheck | None:
    """The newest check that began with the first entry."""
    query = select(AuditCheck).where(AuditCheck.first == 1).order_by(AuditCheck.id.desc()).limit(1)
    return db.session.scalars(query).first()


def check_new(asked_by: str) -> AuditCheck:
    """Check what was added since the last good check; everything, where there is none. The caller commits."""
    before = last_check()
    good = before is not None and not before.breaks
    return _check(asked_by, Link(before.number, before.digest) if before is not None and good else START, None)


def check_all(asked_by: str, progress: Progress) -> AuditCheck:
    """Check every entry there is. The caller commits."""
    return _check(asked_by, START, progress)


def _check(asked_by: str, start: Link, progress: Progress | None) -> AuditCheck:
    whole = audit.head().number

    def tell(link: Link) -> None:
        if progress is not None:
            progress.tell(link.number, whole, "正在核对", "checking")

    check = AuditCheck(asked_by=asked_by, first=start.number + 1, started_at=now())
    breaks, last = audit.verify_from(start, tell)
    if start.number and audit.digest_at(start.number) != start.digest:
        breaks.insert(0, audit.Break(start.number, "not_expected"))
    check.breaks = [{"number": item.number, "kind": item.kind} for item in breaks[:MOST_BREAKS]]
    check.number, check.digest, check.finished_at = last.number, last.digest, now()
    db.session.add(check)
    db.session.flush()
    return check
