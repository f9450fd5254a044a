"""What the day brings besides tickets: values and rectification that are due or late, told once for each due day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from survey_app.ground.clock import local, today
from survey_app.ground.settings import in_force
from survey_app.models import Area, Period, RectificationItem, db
from survey_app.models.base import Document
from survey_app.outbox.letters import link_to
from survey_app.outbox.receivers import Happening
from survey_app.scoring.rectification_items import TO_DO
from survey_app.values.periods import OPEN
from survey_app.values.reading import left_undeclared
from survey_app.values.worklist import DONE, Task, tasks

SOON = 3  # working days before values and rectification are due


def of_values() -> Iterator[Happening]:
    """One for each area and those who lead there together: how many values are not submitted, by the nearest day."""
    day = today()
    until = in_force().calendar().after(day, SOON)
    for period in db.session.scalars(select(Period).where(Period.state == OPEN).order_by(Period.code)):
        rated = [area for area in db.session.scalars(select(Area).order_by(Area.code)) if period.rulebook_of(area)]
        groups: dict[tuple[str, tuple[str, ...], date], list[Task]] = defaultdict(list)
        for task in tasks(period, rated):
            due = local(task.deadline).date() if task.deadline else None
            to_do = task.state not in DONE and not left_undeclared(task.indicator, task.state)
            if due is not None and to_do and (task.overdue or due <= until):
                groups[task.area.code, task.who.leads, due].append(task)
        for (_area, leads, due), found in groups.items():
            yield _values(found, leads, due)


def of_rectification() -> Iterator[Happening]:
    """Items that somebody has yet to do."""
    day = today()
    until = in_force().calendar().after(day, SOON)
    query = select(RectificationItem).where(RectificationItem.state.in_(TO_DO), RectificationItem.due <= until)
    for item in db.session.scalars(query.order_by(RectificationItem.id)):
        event = "rectification_overdue" if item.due < day else "rectification_due"
        params: Document = {
            **named(item.area), "name": item.name, "department": item.department, "due": item.due.isoformat()
        }  # fmt: skip
        once = f"{event} {item.id} {item.due}"
        yield Happening(event, f"rectification:{item.id}", {"item_id": item.id}, once, params)


def named(area: Area) -> Document:
    """An area in both languages."""
    return {"area": area.name, "area_en": area.name_en or area.name}


def _values(found: list[Task], leads: tuple[str, ...], due: date) -> Happening:
    first = found[0]
    event = "values_overdue" if first.overdue else "values_due"
    arguments: dict[str, str | int] = {"period": first.period, "area": first.area.code, "indicator": first.indicator}
    params: Document = {
        **named(first.area), "period": first.period, "departments": "、".join(leads) or "–", "n": len(found),
        "due": due.isoformat(),
    }  # fmt: skip
    shown = {"period": first.period, "area": first.area.code, "state": "overdue" if first.overdue else ""}
    link = link_to("console.values_page", **{name: value for name, value in shown.items() if value})
    subject = f"period:{first.period}/{first.area.code}"
    once = f"{event} {first.period} {first.area.code} {' '.join(leads)} {due}"
    return Happening(event, subject, arguments, once, params, link=link)
