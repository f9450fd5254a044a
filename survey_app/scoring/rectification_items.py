"""What is being mended, as it stands: the states of an item, and the items by area, state and department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from survey_app.ground.clock import today
from survey_app.models import RectificationItem, db

OPEN, SUBMITTED, CLOSED, REOPENED, WITHDRAWN = "open", "submitted", "closed", "reopened", "withdrawn"
TO_DO = (OPEN, REOPENED)
UNDER_WAY = (*TO_DO, SUBMITTED)


def is_overdue(item: RectificationItem, day: date | None = None) -> bool:
    """Whether an item still under way has passed its day."""
    return item.state in UNDER_WAY and item.due < (day or today())


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
