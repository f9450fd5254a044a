"""Departments added, renamed and taken off by the office; those of its programme stay as the document has them. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from definitions.names import by_key, clean, key, near
from survey_app.ground import audit
from survey_app.models import Assignment, ClaimGrant, Department, Extension, Grant, RectificationItem, Ticket, db
from survey_app.people.accounts import LONGEST_DEPARTMENT
from survey_app.people.departments import DepartmentError, added, answering, offered

HOLDERS: Mapping[str, InstrumentedAttribute[str | None] | InstrumentedAttribute[str]] = {
    "grants": Grant.department, "rectification": RectificationItem.department, "tickets": Ticket.department,
    "extensions": Extension.department, "rules": ClaimGrant.department,
}  # fmt: skip


def used() -> dict[str, dict[str, int]]:
    """Department -> how many grants, assignments, items of rectification, tickets, extensions and rules of providers name it."""
    found: dict[str, dict[str, int]] = {name: {} for name in offered()}
    for holder, column in HOLDERS.items():
        for name, number in db.session.execute(
            select(column, func.count()).where(column.is_not(None)).group_by(column)
        ):
            found.setdefault(str(name), {})[holder] = number
    for row in db.session.scalars(select(Assignment)):
        for name in {*row.leads, *row.supporting}:
            counted = found.setdefault(name, {})
            counted["assignments"] = counted.get("assignments", 0) + 1
    return found


def add(name: str, *, different: bool = False) -> None:
    """One more. Raises DepartmentError where it is there, or is probably another one and not said to be `different`."""
    name = _checked(name)
    meant = "" if different else near(name, offered())
    if meant:
        raise DepartmentError("people.department_near", department=name, meant=meant)
    db.session.add(Department(name=name, by=audit.actor()))
    db.session.flush()
    audit.record("department.add", f"department:{name}")


def rename(old: str, new: str, reason: str) -> int:
    """Everywhere at once, also what is under way; how many places changed. Raises DepartmentError."""
    audit.wait_turn()
    if old in answering(None):
        raise DepartmentError("people.department_of_programme", department=old)
    if old not in used():
        raise DepartmentError("people.no_such_department", department=old)
    if not reason.strip():
        raise DepartmentError("people.department_reason")
    new = _checked(new, besides=old)
    number = 0
    for column in HOLDERS.values():
        done = db.session.execute(update(column.class_).where(column == old).values(department=new))
        number += done.rowcount  # type: ignore[attr-defined]
    for row in db.session.scalars(select(Assignment)):
        if old in (*row.leads, *row.supporting):
            row.leads = [new if name == old else name for name in row.leads]
            row.supporting = [new if name == old else name for name in row.supporting]
            row.version += 1
            number += 1
    db.session.execute(update(Department).where(Department.name == old).values(name=new))
    db.session.flush()
    audit.record(
        "department.rename", f"department:{new}", {"name": old}, {"name": new, "count": number}, reason.strip()
    )
    return number


def remove(name: str) -> None:
    """Take one off that nothing names. Raises DepartmentError."""
    audit.wait_turn()
    row = db.session.scalar(select(Department).where(Department.name == name))
    if row is None or name in answering(None):
        raise DepartmentError("people.department_of_programme", department=name)
    if used()[name]:
        raise DepartmentError("people.department_in_use", department=name)
    db.session.delete(row)
    audit.record("department.remove", f"department:{name}")


def _checked(name: str, besides: str = "") -> str:
    name = clean(name)
    if not name or len(name) > LONGEST_DEPARTMENT:
        raise DepartmentError("people.department_name", most=LONGEST_DEPARTMENT)
    there = by_key(each for each in {*offered(), *added()} if each != besides).get(key(name))
    if there is not None:
        raise DepartmentError("people.department_there", department=there)
    return name
