"""Gaps taken on: who mends what by when, and every step until somebody else has seen that it is mended.

open -> submitted -> closed, or sent back to open; closed -> reopened when the value falls again. An item that was
taken on by mistake is withdrawn, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from analysis.scoring.gaps import lacking, tier_of, words
from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.ground.uploads import Handed
from survey_app.models import Area, RectificationItem, RectificationNote, db
from survey_app.scoring.gap_words import said
from survey_app.scoring.rectification_items import CLOSED, OPEN, REOPENED, SUBMITTED, TO_DO, UNDER_WAY, WITHDRAWN, items
from survey_app.scoring.self_assessment import Assessment, tiers_reached
from survey_app.values import verification
from wording import Message, Refusal

AUTOMATIC = "自动"


class RectificationError(Refusal):
    """What may not be done with an item, in the user's words; nothing was stored."""


@dataclass(frozen=True)
class Pick:
    """One gap somebody takes on."""

    indicator: int
    to_stars: int
    department: str
    due: date


def take_on(found: Assessment, picks: Sequence[Pick]) -> list[RectificationItem]:
    """Store an item for each pick. The caller commits.

    Raises RectificationError with everything that is wrong: an unknown tier, one that is reached, no department,
    a day in the past, or an item of that indicator that is under way already.
    """
    audit.wait_turn()
    busy = {item.indicator for item in items(area_ids=[found.area.id], states=UNDER_WAY)}
    wrong = [text for pick in picks for text in _wrong(found, pick, busy)]
    if not picks:
        wrong.append(Message("scoring.no_gap_chosen"))
    numbers = [pick.indicator for pick in picks]
    wrong += [
        Message("scoring.chosen_twice", number=number)
        for number in sorted({n for n in numbers if numbers.count(n) > 1})
    ]
    if wrong:
        raise RectificationError(wrong)
    made = [_item(found, pick) for pick in picks]
    db.session.add_all(made)
    db.session.flush()
    for item in made:
        audit.record("rectification.take_on", subject(item), after=_told(item))
    return made


def note(item: RectificationItem, text: str, handed: Handed | None = None) -> RectificationNote:
    """Write down progress, with a file or without. The caller commits."""
    if item.state not in UNDER_WAY:
        raise RectificationError("scoring.item_finished")
    if not text.strip() and handed is None:
        raise RectificationError("scoring.write_something_or_attach")
    return _note(item, "progress", text, handed)


def submit(item: RectificationItem, text: str, handed: Handed | None = None) -> None:
    """Say that the gap is closed; somebody else will look. The caller commits."""
    _move(item, TO_DO, SUBMITTED, "submitted", text, handed)
    item.submitted_by = audit.actor()


def close(item: RectificationItem, text: str) -> None:
    """Verify that the gap is closed: another person than who submitted it, and the value must have reached the tier."""
    _other_person(item)
    reached = tiers_reached(item.area, item.rulebook_id, frozenset({item.indicator}))
    if item.indicator not in reached:
        raise RectificationError("scoring.indicator_values_not_been")
    if (reached[item.indicator] or 0) < item.to_stars:
        raise RectificationError("scoring.verified_value_not_reached", item_to_stars=item.to_stars)
    _move(item, (SUBMITTED,), CLOSED, "closed", text)
    item.closed_at = datetime.now(UTC)


def send_back(item: RectificationItem, text: str) -> None:
    """Return a submitted item with a comment; another person than who submitted it."""
    _other_person(item)
    _require(text, Message("scoring.return_needs_comment"))
    _move(item, (SUBMITTED,), REOPENED if item.times_reopened else OPEN, "returned", text)


def withdraw(item: RectificationItem, text: str) -> None:
    """Give up an item, with the reason."""
    _require(text, Message("scoring.withdrawal_needs_reason"))
    _move(item, UNDER_WAY, WITHDRAWN, "withdrawn", text)


def change(item: RectificationItem, department: str, due: date, reason: str) -> None:
    """Another owner or another day, with the reason."""
    _require(reason, Message("scoring.change_needs_reason"))
    if item.state not in UNDER_WAY:
        raise RectificationError("scoring.item_finished_2")
    _require(department, Message("scoring.name_department"))
    if (item.department, item.due) == (department.strip(), due):
        raise RectificationError("scoring.nothing_changed")
    if due != item.due and due < today():
        raise RectificationError("scoring.day_passed")
    before = _told(item)
    changed = f"{item.department} → {department.strip()}；{item.due} → {due}。{reason.strip()}"
    item.department, item.due = department.strip(), due
    _note(item, "changed", changed)
    audit.record("rectification.change", subject(item), before, _told(item), reason.strip())


def values_changed(area: Area, rulebook_id: str, indicators: Iterable[int]) -> list[RectificationItem]:
    """Reopen the closed items whose accepted value no longer reaches their tier; call it after a value was accepted,
    in the same transaction. The newest item of an indicator speaks for it; one not accepted is left as it is."""
    numbers = frozenset(indicators)
    closed = [
        item
        for item in items(area_ids=[area.id], states=(CLOSED,))
        if item.indicator in numbers and item.rulebook_id == rulebook_id
    ]
    if not closed:
        return []
    db.session.flush()
    reached = tiers_reached(area, rulebook_id, numbers)
    busy = {item.indicator for item in items(area_ids=[area.id], states=UNDER_WAY)}
    newest = {item.indicator: item for item in sorted(closed, key=lambda item: item.id)}
    fallen = [
        item
        for number, item in newest.items()
        if number in reached and (reached[number] or 0) < item.to_stars and number not in busy
    ]
    for item in fallen:
        item.state, item.closed_at, item.times_reopened = REOPENED, None, item.times_reopened + 1
        _note(item, "reopened", f"数值回落，未达到{item.to_stars}星要求", by=AUTOMATIC)
        audit.record("rectification.reopen", subject(item), {"state": CLOSED}, {"state": REOPENED}, "value fell")
    return fallen


def subject(item: RectificationItem) -> str:
    return f"rectification:{item.id}"


def _wrong(found: Assessment, pick: Pick, busy: set[int]) -> list[Message]:
    at = f"{pick.indicator}"
    tier = tier_of(found.card, pick.indicator, pick.to_stars)
    if tier is None:
        return [Message("scoring.no_tier_stars", at=at, pick_to_stars=pick.to_stars)]
    wrong = []
    reached = next(row.stars for row in found.card.indicators if row.indicator.number == pick.indicator)
    if reached is not None and reached >= pick.to_stars:
        wrong.append(Message("scoring.reached_stars_already", at=at, pick_to_stars=pick.to_stars))
    if pick.indicator in busy:
        wrong.append(Message("scoring.item_under_way_already", at=at))
    if not pick.department.strip():
        wrong.append(Message("scoring.name_department_2", at=at))
    if len(pick.department) > 80:
        wrong.append(Message("scoring.department_name_most_characters", at=at))
    if pick.due < today():
        wrong.append(Message("scoring.day_passed_2", at=at))
    return wrong


def _item(found: Assessment, pick: Pick) -> RectificationItem:
    row = next(row for row in found.card.indicators if row.indicator.number == pick.indicator)
    tier = tier_of(found.card, pick.indicator, pick.to_stars)
    assert tier is not None  # _wrong has looked
    indicator = row.indicator
    gap = words(lacking(indicator, tier.requirement, found.supplied), said)
    item = RectificationItem(
        area=found.area, rulebook_id=found.rulebook.id, indicator=indicator.number, name=indicator.name,
        department=pick.department.strip(), from_stars=row.stars, to_stars=tier.stars, requirement=indicator.words(tier),
        gap=gap, gain=float(tier.points - row.points), due=pick.due, state=OPEN, submitted_by="",
        created_by=audit.actor(), times_reopened=0, demo=found.area.demo,
    )  # fmt: skip
    _note(item, "taken_on", gap)
    return item


def _move(
    item: RectificationItem, of: tuple[str, ...], to: str, step: str, text: str, handed: Handed | None = None
) -> None:
    audit.wait_turn()
    db.session.refresh(item, ["state"])
    if item.state not in of:
        raise RectificationError("scoring.somebody_faster_reload_page")
    before = item.state
    item.state = to
    _note(item, step, text, handed)
    audit.record(f"rectification.{step}", subject(item), {"state": before}, {"state": to}, text.strip())


def _note(
    item: RectificationItem, step: str, text: str, handed: Handed | None = None, by: str = ""
) -> RectificationNote:
    written = RectificationNote(
        step=step,
        by=by or audit.actor(),
        at=datetime.now(UTC),
        text=text.strip(),
        file_digest=handed.digest if handed else None,
        file_name=handed.name if handed else "",
    )
    item.notes.append(written)
    if step == "progress":
        after = {"text": written.text, "file": written.file_digest}
        audit.record("rectification.progress", subject(item), after=after)
    return written


def _other_person(item: RectificationItem) -> None:
    if item.submitted_by == audit.actor():
        raise RectificationError("scoring.who_submitted_cannot_verify")


def _require(text: str, message: Message) -> None:
    if not text.strip():
        raise RectificationError(message)


def _told(item: RectificationItem) -> dict[str, object]:
    return {
        "area": item.area.name,
        "indicator": item.indicator,
        "to_stars": item.to_stars,
        "department": item.department,
        "due": item.due.isoformat(),
        "state": item.state,
    }


verification.WHEN_ACCEPTED.append(values_changed)  # what was mended may have come undone
