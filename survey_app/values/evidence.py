"""Files that show a value to be true: attached to an indicator, stored by digest, taken away with a reason."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from survey_app.files import stored
from survey_app.files.evidence_types import checked_file
from survey_app.ground import audit, crypto
from survey_app.models import Evidence, IndicatorEntry, db
from survey_app.models.base import now
from survey_app.values.entry import EntryError, Place, add_change, ensure_entry, entry_of, refusals, touch
from wording import Message, Refusal

MOST = 40  # files of one indicator
EVIDENCE = ":evidence"


def attach(place: Place, name: str, body: bytes, by: str) -> Evidence:
    """Keep a file for the indicator. The caller commits. Raises EntryError with what is wrong."""
    name, kind = _checked(name, body)
    audit.wait_turn()
    entry = ensure_entry(place)
    problems = refusals(place, entry)
    kept = attached(entry)
    if any(item.digest == crypto.digest(body) for item in kept):
        problems.append(("evidence", Message("values.file_already", name=name)))
    if len(kept) >= MOST:
        problems.append(("evidence", Message("values.indicator_takes_most_files", most=MOST)))
    if problems:
        raise EntryError(problems)
    item = Evidence(entry=entry, digest=stored.put(body, kind), name=name, media_type=kind, size=len(body), by=by)
    db.session.add(item)
    add_change(entry, EVIDENCE, None, {"name": name, "digest": item.digest}, by)
    touch(entry)
    audit.record("evidence.attach", place.subject, None, {"name": name, "digest": item.digest, "size": len(body)})
    return item


def remove(place: Place, item: Evidence, reason: str, by: str) -> None:
    """Take a file off the list, with a reason; it stays stored and in the history. The caller commits."""
    audit.wait_turn()
    problems = refusals(place, entry_of(place, fresh=True))
    if not reason.strip():
        problems.append(("evidence", Message("values.reason_needed")))
    if item.removed_at is not None:
        problems.append(("evidence", Message("values.file_been_removed_already")))
    if problems:
        raise EntryError(problems)
    item.removed_by, item.removed_at, item.removed_reason = by, now(), reason.strip()
    said = {"name": item.name, "digest": item.digest}
    add_change(item.entry, EVIDENCE, said, None, by, reason.strip())
    touch(item.entry)
    audit.record("evidence.remove", place.subject, said, None, reason.strip())


def attached(entry: IndicatorEntry | None, removed: bool = False) -> list[Evidence]:
    """The files of an entry in the order they came; `removed`: also those taken away."""
    if entry is None:
        return []
    query = select(Evidence).where(Evidence.entry_id == entry.id).order_by(Evidence.id)
    return list(db.session.scalars(query if removed else query.where(Evidence.removed_at.is_(None))))


def counts(period: str) -> Counter[int]:
    """Entry id -> how many files it has."""
    query = (
        select(Evidence.entry_id, func.count())
        .join(IndicatorEntry)
        .where(IndicatorEntry.period == period, Evidence.removed_at.is_(None))
    )
    return Counter({row[0]: row[1] for row in db.session.execute(query.group_by(Evidence.entry_id))})


def _checked(name: str, body: bytes) -> tuple[str, str]:
    try:
        return checked_file(name, body)
    except Refusal as error:
        raise EntryError([("evidence", error.said)]) from error
