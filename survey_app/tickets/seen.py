"""Whose tickets are whose."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from survey_app.console.permissions import ROUTES
from survey_app.models import Area, Grant, Ticket, db


def visible_to(grants: Iterable[Grant], endpoint: str) -> ColumnElement[bool]:
    """The tickets for which the matrix opens `endpoint` to these grants, as a condition."""
    conditions: list[ColumnElement[bool]] = [false()]
    for grant in grants:
        scope = ROUTES[endpoint].may.get(grant.role)
        if scope == "all":
            return true()
        if scope == "own":
            inside = Ticket.handler_area_id.in_(_subtree(grant.area)) if grant.area else true()
            conditions.append(and_(inside, Ticket.department == grant.department if grant.department else true()))
    return or_(*conditions)


def _subtree(area: Area) -> list[int]:
    children = list(db.session.scalars(select(Area.id).where(Area.parent_id == area.id)))
    below = list(db.session.scalars(select(Area.id).where(Area.parent_id.in_(children))))
    return [area.id, *children, *below]
