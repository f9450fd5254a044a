"""Reporting periods and the day a department's values are due."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from sqlalchemy import select

from survey_app.ground import audit, rulebooks
from survey_app.ground.clock import office
from survey_app.ground.dates import last_second
from survey_app.models import Area, Extension, Period, db
from wording import Refusal

OPEN, CLOSED = "open", "closed"
MOST_OBJECTION_DAYS = 60
_CODE = re.compile(r"\d{4}[0-9A-Za-z_-]{0,12}")


class PeriodError(Refusal):
    """A period that cannot be made or changed, in the user's words."""


def periods() -> list[Period]:
    """All periods, the newest first."""
    return list(db.session.scalars(select(Period).order_by(Period.code.desc())))


def period_of(code: str) -> Period:
    """The period `code`. Raises PeriodError."""
    found = db.session.get(Period, code)
    if found is None:
        raise PeriodError("values.no_period", code=code)
    return found


def current_period() -> Period:
    """The newest open period, else the newest of all; there is always one."""
    found = rulebooks.current_period()
    assert found is not None
    return found


def make_period(code: str, deadline: datetime | None, programme: str) -> Period:
    """Open a new period that is rated by a programme, id or reference. Cities with one of their own keep it. The caller
    commits. Raises PeriodError, NoProgrammeError."""
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise PeriodError("values.period_name_begins_its")
    if db.session.get(Period, code) is not None:
        raise PeriodError("values.already_period", code=code)
    before = rulebooks.current_period()
    period = Period(code=code, deadline=deadline, state=OPEN, by_city=dict(before.by_city) if before else {})
    rulebooks.name_in(period, rulebooks.load_programme_or_none(programme))
    db.session.add(period)
    audit.record("period.make", f"period:{code}", after=_said(period))
    db.session.flush()
    return period


def change_period(
    code: str, deadline: datetime | None, state: str, reason: str, objection_days: int | None = None
) -> None:
    """Move the deadline, close or open again, or set for how many working days counties may object (0: not at all;
    None: as it is). Says why. The caller commits. Raises PeriodError."""
    period = period_of(code)
    if state not in (OPEN, CLOSED):
        raise PeriodError("values.no_such_state", state=state)
    if not reason.strip():
        raise PeriodError("values.reason_needed_2")
    before = _said(period)
    period.deadline, period.state = deadline, state
    if objection_days is not None:
        if not 0 <= objection_days <= MOST_OBJECTION_DAYS:
            raise PeriodError("values.objection_days", most=MOST_OBJECTION_DAYS)
        period.objection_days = objection_days
    audit.record("period.change", f"period:{code}", before, _said(period), reason.strip())
    db.session.flush()


def extend(code: str, area: Area, department: str, deadline: datetime, reason: str) -> Extension:
    """Give one department of one area a deadline of its own. The caller commits. Raises PeriodError."""
    period, department, reason = period_of(code), department.strip(), reason.strip()
    if not department or not reason:
        raise PeriodError("values.department_reason_needed")
    before = deadline_of(period, area, (department,))
    row = Extension(period=code, area=area, department=department, deadline=deadline, reason=reason, by=audit.actor())
    db.session.add(row)
    audit.record(
        "period.extend", f"period:{code}/{area.code}/{department}", {"deadline": before}, {"deadline": deadline}, reason
    )
    db.session.flush()
    return row


def extensions(code: str | None = None) -> list[Extension]:
    """Every extension, of one period or of all: the newest period first, and in it the newest extension."""
    query = select(Extension).order_by(Extension.period.desc(), Extension.id.desc())
    return list(db.session.scalars(query.where(Extension.period == code) if code else query))


def own_deadlines(code: str) -> dict[tuple[int, str], datetime]:
    """(area id, department) -> the deadline that counts for it, where it has one of its own."""
    return {(row.area_id, row.department): row.deadline for row in reversed(extensions(code))}


def deadline_of(
    period: Period, area: Area, departments: tuple[str, ...], own: dict[tuple[int, str], datetime] | None = None
) -> datetime | None:
    """When `departments` of `area` are due together: the latest of their own days, else the period's.

    `own`: the result of `own_deadlines`, where many are asked.
    """
    known = own_deadlines(period.code) if own is None else own
    theirs = [known[(area.id, name)] for name in departments if (area.id, name) in known]
    return max(theirs) if theirs else period.deadline


def end_of_day(day: date | None) -> datetime | None:
    """The last second of a day, in the city's time; None for none."""
    return last_second(day, office()).astimezone(UTC) if day is not None else None


def _said(period: Period) -> dict[str, object]:
    return {
        "state": period.state,
        "deadline": period.deadline,
        "programme": period.programme,
        "objection_days": period.objection_days,
    }
