"""Gaps taken on: who mends what by when, and every step until somebody else has seen that it is mended.

open -> submitted -> closed, or sent back to open; closed -> reopened when the value falls again. An item that was
taken on by mistake is withdrawn, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from analysis.scoring.gaps import lacking, tier_of, words
from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.models import Area, RectificationItem, RectificationNote, db
from survey_app.scoring.gap_words import said
from survey_app.scoring.self_assessment import Assessment, tiers_reached
from survey_app.values import verification

OPEN, SUBMITTED, CLOSED, REOPENED, WITHDRAWN = "open", "submitted", "closed", "reopened", "withdrawn"
TO_DO = (OPEN, REOPENED)
UNDER_WAY = (*TO_DO, SUBMITTED)
AUTOMATIC = "自动"


class RectificationError(ValueError):
    """What may not be done with an item, in the user's words; nothing was stored."""


@dataclass(frozen=True)
class Pick:
    """One gap somebody takes on."""

    indicator: int
    to_stars: int
    department: str
    due: date


@dataclass(frozen=True)
class Handed:
    """A file of a note, already checked and stored."""

    digest: str
    name: str


def is_overdue(item: RectificationItem, day: date | None = None) -> bool:
    """Whether an item still under way has passed its day."""
    return item.state in UNDER_WAY and item.due < (day or today())


def take_on(found: Assessment, picks: Sequence[Pick]) -> list[RectificationItem]:
    """Store an item for each pick. The caller commits.

    Raises RectificationError with everything that is wrong: an unknown tier, one that is reached, no department,
    a day in the past, or an item of that indicator that is under way already.
    """
    audit.wait_turn()
    busy = {item.indicator for item in items(area_ids=[found.area.id], states=UNDER_WAY)}
    wrong = [text for pick in picks for text in _wrong(found, pick, busy)]
    if not picks:
        wrong.append("没有选择任何差距 (no gap was chosen)")
    numbers = [pick.indicator for pick in picks]
    wrong += [f"{number}：选了两次 (chosen twice)" for number in sorted({n for n in numbers if numbers.count(n) > 1})]
    if wrong:
        raise RectificationError("\n".join(wrong))
    made = [_item(found, pick) for pick in picks]
    db.session.add_all(made)
    db.session.flush()
    for item in made:
        audit.record("rectification.take_on", subject(item), after=_told(item))
    return made


def note(item: RectificationItem, text: str, handed: Handed | None = None) -> RectificationNote:
    """Write down progress, with a file or without. The caller commits."""
    if item.state not in UNDER_WAY:
        raise RectificationError("这一项已经结束，不能再写进展 (this item is finished)")
    if not text.strip() and handed is None:
        raise RectificationError("请写进展，或附上材料 (write something, or attach a file)")
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
        raise RectificationError(
            "这项指标的数值还没有核定，不能销号 (the indicator's values have not been accepted by a verifier yet)"
        )
    if (reached[item.indicator] or 0) < item.to_stars:
        raise RectificationError(
            f"已核定的数值还没有达到{item.to_stars}星要求，不能销号 (the verified value has not reached {item.to_stars} stars)"
        )
    _move(item, (SUBMITTED,), CLOSED, "closed", text)
    item.closed_at = datetime.now(UTC)


def send_back(item: RectificationItem, text: str) -> None:
    """Return a submitted item with a comment; another person than who submitted it."""
    _other_person(item)
    _require(text, "请写明退回的理由 (a return needs a comment)")
    _move(item, (SUBMITTED,), REOPENED if item.times_reopened else OPEN, "returned", text)


def withdraw(item: RectificationItem, text: str) -> None:
    """Give up an item, with the reason."""
    _require(text, "请写明撤销的理由 (a withdrawal needs a reason)")
    _move(item, UNDER_WAY, WITHDRAWN, "withdrawn", text)


def change(item: RectificationItem, department: str, due: date, reason: str) -> None:
    """Another owner or another day, with the reason."""
    _require(reason, "请写明变更的理由 (a change needs a reason)")
    if item.state not in UNDER_WAY:
        raise RectificationError("这一项已经结束，不能变更 (this item is finished)")
    _require(department, "请填写责任部门 (name the department)")
    if (item.department, item.due) == (department.strip(), due):
        raise RectificationError("没有任何变更 (nothing was changed)")
    if due != item.due and due < today():
        raise RectificationError("期限不能早于今天 (the day has passed)")
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


def items(
    area_ids: Sequence[int] | None = None, states: Sequence[str] | None = None, department: str = ""
) -> list[RectificationItem]:
    """Items by area, state and department, the nearest day first."""
    query = select(RectificationItem).order_by(RectificationItem.due, RectificationItem.id)
    if area_ids is not None:
        query = query.where(RectificationItem.area_id.in_(area_ids))
    if states is not None:
        query = query.where(RectificationItem.state.in_(states))
    if department:
        query = query.where(RectificationItem.department == department)
    return list(db.session.scalars(query))


def subject(item: RectificationItem) -> str:
    return f"rectification:{item.id}"


def _wrong(found: Assessment, pick: Pick, busy: set[int]) -> list[str]:
    at = f"{pick.indicator}"
    tier = tier_of(found.rulebook, pick.indicator, pick.to_stars)
    if tier is None:
        return [f"{at}：没有{pick.to_stars}星这一档 (there is no tier of {pick.to_stars} stars)"]
    wrong = []
    reached = next(row.stars for row in found.card.indicators if row.indicator.number == pick.indicator)
    if reached is not None and reached >= pick.to_stars:
        wrong.append(f"{at}：已达到{pick.to_stars}星 (has reached {pick.to_stars} stars already)")
    if pick.indicator in busy:
        wrong.append(f"{at}：已有正在整改的事项 (an item of it is under way already)")
    if not pick.department.strip():
        wrong.append(f"{at}：请填写责任部门 (name the department)")
    if len(pick.department) > 80:
        wrong.append(f"{at}：部门名称不超过80字 (a department's name has at most 80 characters)")
    if pick.due < today():
        wrong.append(f"{at}：期限不能早于今天 (the day has passed)")
    return wrong


def _item(found: Assessment, pick: Pick) -> RectificationItem:
    row = next(row for row in found.card.indicators if row.indicator.number == pick.indicator)
    tier = tier_of(found.rulebook, pick.indicator, pick.to_stars)
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
        raise RectificationError("别人已经先做了这一步，请刷新页面 (somebody was faster; please reload the page)")
    before = item.state
    item.state = to
    _note(item, step, text, handed)
    audit.record(f"rectification.{step}", subject(item), {"state": before}, {"state": to}, text.strip())


def _note(
    item: RectificationItem, step: str, text: str, handed: Handed | None = None, by: str = ""
) -> RectificationNote:
    written = RectificationNote(
        step=step, by=by or audit.actor(), at=datetime.now(UTC), text=text.strip(),
        file_digest=handed.digest if handed else None, file_name=handed.name if handed else "",
    )  # fmt: skip
    item.notes.append(written)
    if step == "progress":
        after = {"text": written.text, "file": written.file_digest}
        audit.record("rectification.progress", subject(item), after=after)
    return written


def _other_person(item: RectificationItem) -> None:
    if item.submitted_by == audit.actor():
        raise RectificationError("提交的人不能自己核验 (who submitted it cannot verify it)")


def _require(text: str, message: str) -> None:
    if not text.strip():
        raise RectificationError(message)


def _told(item: RectificationItem) -> dict[str, object]:
    return {
        "area": item.area.name, "indicator": item.indicator, "to_stars": item.to_stars, "department": item.department,
        "due": item.due.isoformat(), "state": item.state,
    }  # fmt: skip


verification.WHEN_ACCEPTED.append(values_changed)  # what was mended may have come undone
