"""Citizens' problems: the list with its filters, the panel of what is due, and the figures of handling."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import unsent
from survey_app.console.frame import area_name, bp
from survey_app.console.panels import panel
from survey_app.console.permissions import Menu, all_of, may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground.clock import today
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.models import Area, Ticket, db
from survey_app.tickets.handling import handle, is_overdue, next_due, overdue
from survey_app.tickets.pages.forms import SeveralForm
from survey_app.tickets.pages.words import field_name, owner_name, state_names
from survey_app.tickets.reporting import find_ticket
from survey_app.tickets.routing import route_first, targets
from survey_app.tickets.seen import visible_to
from survey_app.tickets.steps import OPEN, RECEIVED, STATES, WORKING, TicketError
from wording import Message

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
    route_first()
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
        figures=may(current_user.grants, "console.ticket_figures", None), several=unsent(SeveralForm),
        unknown_years=in_force().calendar().unknown_years(min(due), max(due)),
    )  # fmt: skip


@bp.action("/tickets/several", "转办多个工单", all_of("manager"))
def tickets_several() -> BaseResponse:
    """All of the ticked tickets to one department of their own county or of the city, or none of them."""
    form = SeveralForm()
    seen = {
        int(number): int(version)
        for number, _, version in (mark.partition("-") for mark in form.ticket.data or ())
        if number.isdecimal() and version.isdecimal()
    }
    try:
        if not form.validate():
            raise TicketError("；".join(str(said) for field in form for said in field.errors))
        found = db.session.scalars(
            select(Ticket).where(visible("console.ticket_coordinate"), Ticket.id.in_(seen))
        ).all()
        if not found:
            raise TicketError("tickets.none_ticked")
        with transaction():
            for ticket in found:
                theirs = [target for target in targets(ticket) if target.department == form.department.data]
                if not theirs:
                    raise TicketError(
                        Message("tickets.no_such_department", ticket=ticket.id, department=form.department.data)
                    )
                handle(
                    ticket,
                    "reassign",
                    "coordinator",
                    current_user.username,
                    form.text.data,
                    seen=seen[ticket.id],
                    target=theirs[0],
                )
        flash(_("已转办%(n)s件", n=len(found)), "ok")
    except TicketError as error:
        flash(str(error), "error")
    return redirect(url_for("console.tickets_page"))


@panel(order=40)
def due_panel() -> str | None:
    """What waits for those who handle tickets."""
    route_first()
    due = and_(Ticket.state.in_((RECEIVED, WORKING)), _due_by(in_force().calendar().after(today(), SOON)))
    asked = {"late": overdue(), "due": due, "new": Ticket.state == RECEIVED, "open": true()}
    counts = [func.count(case((condition, Ticket.id))) for condition in asked.values()]
    waiting = select(*counts).where(visible("console.ticket_reply"), Ticket.state.in_(OPEN))
    numbers = dict(zip(asked, db.session.execute(waiting).one(), strict=True))
    numbers["soon"] = numbers["due"] - numbers["late"]
    return render_template("tickets/panel.html", numbers=numbers, soon=SOON) if numbers["open"] else None


def visible(endpoint: str) -> ColumnElement[bool]:
    """The tickets for which the matrix opens `endpoint` to the signed-in person, as a condition."""
    return visible_to(current_user.grants, endpoint)


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
            "id": ticket.id, "ticket": f"{ticket.id}-{ticket.version}" if ticket.state in OPEN else "", "address": url_for("console.ticket_page", ticket_id=ticket.id),
            "field": field_name(ticket.field_name, ticket.field_name_en), "area": area_name(ticket.area),
            "text": ticket.text[:EXCERPT] + ("…" if len(ticket.text) > EXCERPT else ""),
            "owner": owner_name(ticket.handler_area, ticket.department), "state": names[ticket.state],
            "received": str(ticket.received_on), "due": str(next_due(ticket)) if ticket.state in OPEN else "",
            "late": _("超期") if is_overdue(ticket) else "", "satisfaction": ticket.satisfaction,
        }
        for ticket in tickets
    ]  # fmt: skip
    return Table(
        "tickets", _("市民问题"), columns, rows, "ticket", empty=_("没有符合条件的问题。市民提交的问题列在这里。")
    )


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
