"""Citizens' problems: the list with its filters, the panel of what is due, and the figures of handling."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import area_name, bp
from survey_app.console.panels import panel
from survey_app.console.permissions import ROUTES, Menu, all_of, may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground.clock import today
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.models import Area, Ticket, db
from survey_app.tickets.handling import is_overdue, next_due, overdue
from survey_app.tickets.pages.words import field_name, owner_name, state_names
from survey_app.tickets.reporting import find_ticket
from survey_app.tickets.routing import route_waiting
from survey_app.tickets.steps import OPEN, RECEIVED, STATES, WORKING

MOST_ROWS = 500
EXCERPT = 40
SOON = 2  # working days
CHOICES = ("state", "field", "department", "area", "due")


@bp.page(
    "/tickets",
    "查看问题工单",
    all_of("manager", "evaluator", "department", "auditor"),
    menu=Menu("问题工单", "citizens", 10, ("/console/tickets",)),
)
def tickets_page() -> str | BaseResponse:
    """The tickets this person may see, open ones first asked for; filters stand in the address."""
    with transaction():
        route_waiting()
    typed = request.args.get("number", "").strip()
    if typed:
        found = find_ticket(typed)
        if found and may(current_user.grants, "console.ticket_page", found.handler_area, found.department):
            return redirect(url_for("console.ticket_page", ticket_id=found.id))
        flash(_("没有找到这个工单号，或不归您办理。"), "error")
    mine = visible("console.ticket_page")
    chosen = {name: request.args.get(name, "") for name in CHOICES}
    query = select(Ticket).where(mine, *_conditions(chosen)).order_by(Ticket.close_due_on, Ticket.id)
    rows = list(
        db.session.scalars(query.options(joinedload(Ticket.area), joinedload(Ticket.handler_area)).limit(MOST_ROWS + 1))
    )
    table = _table(rows[:MOST_ROWS])
    due = [ticket.close_due_on for ticket in rows if ticket.state in OPEN] or [today()]
    return requested_export(table) or render_template(
        "tickets/tickets.html", table=table, chosen=chosen, states=state_names(), counts=_counts(mine),
        more=len(rows) > MOST_ROWS, most=MOST_ROWS, late=_number(and_(mine, overdue())), fields=_fields(mine),
        departments=_departments(mine), areas=_areas(mine), field_name=field_name,
        figures=may(current_user.grants, "console.ticket_figures", None),
        unknown_years=in_force().calendar().unknown_years(min(due), max(due)),
    )  # fmt: skip


@panel(order=40)
def due_panel() -> str | None:
    """What waits for those who handle tickets."""
    mine = visible("console.ticket_reply")
    if not db.session.scalar(select(Ticket.id).where(or_(mine, Ticket.routed.is_(False))).limit(1)):
        return None
    with transaction():
        route_waiting()
    due = and_(Ticket.state.in_((RECEIVED, WORKING)), _due_by(in_force().calendar().after(today(), SOON)))
    numbers = {
        "late": _number(and_(mine, overdue())),
        "soon": _number(and_(mine, due)) - _number(and_(mine, overdue())),
        "new": _number(and_(mine, Ticket.state == RECEIVED)),
        "open": _number(and_(mine, Ticket.state.in_(OPEN))),
    }
    return render_template("tickets/panel.html", numbers=numbers, soon=SOON) if numbers["open"] else None


def visible(endpoint: str) -> ColumnElement[bool]:
    """The tickets for which the matrix opens `endpoint` to the signed-in person, as a condition."""
    scopes = [(grant, ROUTES[endpoint].may.get(grant.role)) for grant in current_user.grants]
    conditions: list[ColumnElement[bool]] = [false()]
    for grant, scope in scopes:
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


def _conditions(chosen: dict[str, str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    state = chosen["state"]
    if state in STATES:
        found.append(Ticket.state == state)
    elif state != "all":
        found.append(Ticket.state.in_(OPEN))
    if chosen["field"]:
        found.append(Ticket.field == chosen["field"])
    if chosen["department"]:
        found.append(Ticket.department == chosen["department"])
    if chosen["area"].isdecimal():
        found.append(Ticket.area_id == int(chosen["area"]))
    if chosen["due"] == "late":
        found.append(overdue())
    elif chosen["due"] == "soon":
        found.append(and_(Ticket.state.in_((RECEIVED, WORKING)), _due_by(in_force().calendar().after(today(), SOON))))
    return found


def _due_by(day: date) -> ColumnElement[bool]:
    return or_(and_(Ticket.first_reply_on.is_(None), Ticket.reply_due_on <= day), Ticket.close_due_on <= day)


def _table(tickets: list[Ticket]) -> Table:
    columns = [
        Column("id", _("编号"), "number", link="address"), Column("field", _("领域")), Column("area", _("地点")),
        Column("text", _("问题")), Column("owner", _("办理")), Column("state", _("状态")),
        Column("received", _("收到")), Column("due", _("期限")), Column("late", _("超期")),
        Column("satisfaction", _("满意度"), "number"),
    ]  # fmt: skip
    names = state_names()
    rows = [
        {
            "id": ticket.id, "address": url_for("console.ticket_page", ticket_id=ticket.id),
            "field": field_name(ticket.field_name, ticket.field_name_en), "area": area_name(ticket.area),
            "text": ticket.text[:EXCERPT] + ("…" if len(ticket.text) > EXCERPT else ""),
            "owner": owner_name(ticket.handler_area, ticket.department), "state": names[ticket.state],
            "received": str(ticket.received_on), "due": str(next_due(ticket)) if ticket.state in OPEN else "",
            "late": _("超期") if is_overdue(ticket) else "", "satisfaction": ticket.satisfaction,
        }
        for ticket in tickets
    ]  # fmt: skip
    return Table("tickets", _("市民问题"), columns, rows)


def _counts(mine: ColumnElement[bool]) -> dict[str, int]:
    query = select(Ticket.state, func.count()).where(mine).group_by(Ticket.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _number(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Ticket.id)).where(condition)) or 0


def _fields(mine: ColumnElement[bool]) -> list[tuple[str, str]]:
    query = select(Ticket.field, Ticket.field_name, Ticket.field_name_en).where(mine).distinct()
    return sorted({row[0]: field_name(row[1], row[2]) for row in db.session.execute(query)}.items())


def _departments(mine: ColumnElement[bool]) -> list[str]:
    query = select(Ticket.department).where(mine, Ticket.department.is_not(None)).distinct()
    return sorted(name for name in db.session.scalars(query) if name)


def _areas(mine: ColumnElement[bool]) -> list[Area]:
    places = select(Ticket.area_id).where(mine)
    return list(db.session.scalars(select(Area).where(Area.id.in_(places)).order_by(Area.code)))
