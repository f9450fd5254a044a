"""The months of rectification: what stood open, submitted, closed and overdue, kept once a month for the trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.models import RectificationItem, RectificationSnapshot, db
from survey_app.scoring.rectification_items import CLOSED, SUBMITTED, TO_DO, is_overdue, items

COUNTED = ("open", "submitted", "closed", "overdue")


@dataclass(frozen=True)
class Month:
    """Counts at the moment a month's snapshot was taken."""

    month: str
    open: int
    submitted: int
    closed: int
    overdue: int


def take_snapshot(day: date | None = None) -> list[RectificationSnapshot]:
    """Store this month's counts by area and department; [] where they are stored already. The caller commits."""
    day = day or today()
    month = f"{day:%Y-%m}"
    audit.wait_turn()
    if is_taken(month):
        return []
    counts: dict[tuple[int, str], Counter[str]] = {}
    for item in items():
        counts.setdefault((item.area_id, item.department), Counter()).update(_counted(item, day))
    made = [
        RectificationSnapshot(month=month, area_id=area, department=department, **{key: found[key] for key in COUNTED})
        for (area, department), found in sorted(counts.items())
    ]
    db.session.add_all(made)
    if made:
        audit.record("rectification.snapshot", f"rectification:{month}", after={"rows": len(made)})
    return made


def take_if_due() -> bool:
    """Take this month's snapshot where it is not taken yet and there is anything to count. The caller commits."""
    due = not is_taken(f"{today():%Y-%m}") and db.session.scalar(select(exists().where(RectificationItem.id > 0)))
    return bool(due and take_snapshot())


def is_taken(month: str) -> bool:
    return bool(db.session.scalar(select(exists().where(RectificationSnapshot.month == month))))


def trend(places: Sequence[tuple[int, str]]) -> list[Month]:
    """The months in order, over these (area id, department) pairs."""
    wanted = set(places)
    months: dict[str, Counter[str]] = {}
    for row in db.session.scalars(select(RectificationSnapshot).order_by(RectificationSnapshot.month)):
        if (row.area_id, row.department) in wanted:
            months.setdefault(row.month, Counter()).update({key: getattr(row, key) for key in COUNTED})
    return [Month(month, **{key: found[key] for key in COUNTED}) for month, found in months.items()]


def places() -> list[tuple[int, str]]:
    """Every (area id, department) that items or snapshots know."""
    query = select(RectificationItem.area_id, RectificationItem.department).union(
        select(RectificationSnapshot.area_id, RectificationSnapshot.department)
    )
    return [(area, department) for area, department in db.session.execute(query)]


def _counted(item: RectificationItem, day: date) -> list[str]:
    if item.state in TO_DO:
        return ["open", "overdue"] if is_overdue(item, day) else ["open"]
    if item.state == SUBMITTED:
        return ["submitted", "overdue"] if is_overdue(item, day) else ["submitted"]
    return ["closed"] if item.state == CLOSED else []
