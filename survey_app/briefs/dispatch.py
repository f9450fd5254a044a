"""Dispatch briefs (调度): how every indicator of a period stands, what has changed since the last brief, and who must act."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from analysis.scoring.rulebook import Rulebook
from survey_app.ground import audit
from survey_app.models import Dispatch, Period, db
from survey_app.models.brief import DispatchItem
from survey_app.values.forms import said
from survey_app.values.reading import (
    ACCEPTED,
    DRAFT,
    MISSING,
    RETURNED,
    SUBMITTED,
    UNASSIGNED,
    left_undeclared,
    metrics_of,
)
from survey_app.values.readings import readings_in
from survey_app.values.worklist import DONE, Task, rated_places, tasks
from wording import Refusal

CORRECT, ASSIGN, VERIFY, ENTER = "correct", "assign", "verify", "enter"
ACTS = {RETURNED: CORRECT, UNASSIGNED: ASSIGN, SUBMITTED: VERIFY, MISSING: ENTER, DRAFT: ENTER}
COORDINATOR, VERIFIER = "-", "="  # who is no department


class DispatchError(Refusal):
    """A brief that cannot be made, or is not there."""


@dataclass(frozen=True)
class Item:
    """One indicator of one area, as it stood. leads: none where a coordinator answers for it. deadline: ISO 8601 or ''.
    said: its values in words."""

    area: str
    indicator: str
    name: str
    state: str
    leads: Sequence[str]
    deadline: str
    overdue: bool
    said: str

    @property
    def key(self) -> tuple[str, str]:
        return self.area, self.indicator

    @property
    def due(self) -> datetime | None:
        return datetime.fromisoformat(self.deadline) if self.deadline else None


@dataclass(frozen=True)
class Acts:
    """What somebody of an area must do. who: a department, COORDINATOR or VERIFIER. late: those of them past their day."""

    area: str
    who: str
    work: Mapping[str, Sequence[str]]  # ENTER, CORRECT, ASSIGN, VERIFY -> indicators
    late: Sequence[str]
    due: datetime | None  # the first


def make(period: Period, by: str) -> Dispatch:
    """The next brief of the period, of everything as it stands. The caller commits. Raises DispatchError."""
    audit.wait_turn()
    places = rated_places(period)
    asked = (task for task in tasks(period, places) if not left_undeclared(task.indicator, task.state))
    held = readings_in(period)
    rulebooks = {name: held.rulebook(name) for name in {period.rulebook_of(place) for place in places}}
    items = [
        _item(rulebooks[period.rulebook_of(task.area)], task) for task in sorted(asked, key=lambda task: task.order[1:])
    ]
    if not items:
        raise DispatchError("briefs.nothing_asked")
    number = 1 + max((one.number for one in dispatches(period.code)), default=0)
    made = Dispatch(period=period.code, number=number, by=by, items=items, demo=any(place.demo for place in places))
    db.session.add(made)
    audit.record("dispatch.make", f"period:{period.code}", after={"number": number})
    db.session.flush()
    return made


def dispatches(period: str) -> list[Dispatch]:
    """Those of a period, the newest first."""
    query = select(Dispatch).where(Dispatch.period == period)
    return list(db.session.scalars(query.order_by(Dispatch.number.desc())))


def dispatch_of(period: str, number: int) -> Dispatch:
    """Raises DispatchError."""
    found = db.session.scalar(select(Dispatch).where(Dispatch.period == period, Dispatch.number == number))
    if found is None:
        raise DispatchError("briefs.no_dispatch", period=period, number=number)
    return found


def before(one: Dispatch) -> Dispatch | None:
    """The brief before it in its period."""
    return next((other for other in dispatches(one.period) if other.number < one.number), None)


def items_of(one: Dispatch) -> list[Item]:
    return [Item(**item) for item in one.items]


def counted(items: Iterable[Item]) -> Counter[str]:
    """'asked', 'in' (submitted or accepted), ACCEPTED and 'late' -> how many."""
    numbers: Counter[str] = Counter()
    for item in items:
        numbers["asked"] += 1
        numbers["in"] += item.state in DONE
        numbers[ACCEPTED] += item.state == ACCEPTED
        numbers["late"] += item.overdue
    return numbers


def changed(now: Iterable[Item], then: Iterable[Item]) -> list[tuple[Item | None, Item]]:
    """(as it was, as it is) of what stands otherwise than in the brief before."""
    was = {item.key: item for item in then}
    pairs = [(was.get(item.key), item) for item in now]
    return [(old, new) for old, new in pairs if old is None or (old.state, old.said) != (new.state, new.said)]


def acts(items: Iterable[Item]) -> list[Acts]:
    """Who must do what, those who are late first; an indicator that is led by two stands under both."""
    grouped: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    somebody: dict[str, Sequence[str]] = {SUBMITTED: (VERIFIER,), UNASSIGNED: (COORDINATOR,)}
    for item in items:
        for who in somebody.get(item.state, item.leads or (COORDINATOR,)) if item.state != ACCEPTED else ():
            grouped[item.area, who].append(item)
    found = []
    for (area, who), theirs in grouped.items():
        work: defaultdict[str, list[str]] = defaultdict(list)
        for item in theirs:
            work[ACTS[item.state]].append(item.indicator)
        late = [item.indicator for item in theirs if item.overdue]
        found.append(Acts(area, who, dict(work), late, min((item.due for item in theirs if item.due), default=None)))
    return sorted(found, key=lambda one: -len(one.late))


def _item(rulebook: Rulebook, task: Task) -> DispatchItem:
    given = [
        f"{metric.name} {text}"
        for metric in metrics_of(rulebook, task.indicator)
        if (text := said(metric, task.values.get(metric.key)))
    ]
    deadline = task.deadline.isoformat() if task.deadline else ""
    return DispatchItem(
        area=task.area.name,
        indicator=task.indicator,
        name=task.name,
        state=task.state,
        leads=list(task.who.leads),
        deadline=deadline,
        overdue=task.overdue,
        said="；".join(given),
    )
