"""A verifier accepts submitted values or sends them back with a comment; never those he entered himself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.persons import unsettled
from survey_app.models import Area, IndicatorEntry, ValueChange, db
from survey_app.models.base import now
from survey_app.values import readings
from survey_app.values.entry import ConflictError, EntryError, Place, entry_of, move, refusals
from survey_app.values.periods import CLOSED, current_period
from survey_app.values.reading import ACCEPTED, RETURNED, SUBMITTED
from wording import Message

# told of the area, rulebook and indicators of a value accepted in the present period (rectification listens)
WHEN_ACCEPTED: list[Callable[[Area, str, list[int]], object]] = []


def accept(place: Place, version: int, by: str, comment: str = "") -> None:
    """The values count from now on. The caller commits. Raises EntryError, ConflictError."""
    entry = _waiting(place, version, by, (SUBMITTED,))
    readings.lock(place.period, place.subject)
    _settle(entry, place, ACCEPTED, by, comment)
    if place.indicator.isdigit() and place.period.code == current_period().code:
        for told in WHEN_ACCEPTED:
            told(place.area, place.rulebook.id, [int(place.indicator)])


def send_back(place: Place, version: int, by: str, comment: str) -> None:
    """The department has to correct them; also what was accepted can be sent back. The caller commits.

    Raises EntryError where the comment is missing, ConflictError.
    """
    if not comment.strip():
        raise EntryError([("comment", Message("values.comment_needed_return"))])
    entry = _waiting(place, version, by, (SUBMITTED, ACCEPTED))
    _settle(entry, place, RETURNED, by, comment)


def hands_of(entries: Iterable[IndicatorEntry]) -> dict[int, set[str]]:
    """Entry id -> everybody who entered a value of the indicator in its period, or submitted it."""
    found = {entry.id: {entry.submitted_by} for entry in entries}
    query = select(ValueChange.entry_id, ValueChange.by)
    query = query.where(ValueChange.entry_id.in_(found), ~ValueChange.what.startswith(":"))
    for entry, by in db.session.execute(query.distinct()):
        found[entry].add(by)
    return {entry: hands - {""} for entry, hands in found.items()}


def _waiting(place: Place, version: int, by: str, states: tuple[str, ...]) -> IndicatorEntry:
    audit.wait_turn()
    entry = entry_of(place, fresh=True)
    if entry is None or entry.version != version or entry.state not in states:
        raise ConflictError
    if place.period.state == CLOSED:
        raise EntryError(refusals(place, None))
    hands = hands_of([entry])[entry.id]
    if by in hands:
        raise EntryError([("", Message("values.nobody_verifies_what_he"))])
    if name := unsettled(by, sorted(hands)):
        raise EntryError([("", Message("ground.person_unsettled", name=name))])
    return entry


def _settle(entry: IndicatorEntry, place: Place, to: str, by: str, comment: str) -> None:
    entry.verified_by, entry.verified_at, entry.comment = by, now(), comment.strip()
    move(entry, place, to, by, comment.strip())
