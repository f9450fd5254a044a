"""Citizens' problems: what was reported and how far it is. Contacts and unmasked words stay in the console."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from survey_app.api.frame import grants, operation
from survey_app.api.paging import Key, Page, PageQuery, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.models import Ticket, TicketEvent, db
from survey_app.tickets.handling import is_overdue
from survey_app.tickets.routing import route_first
from survey_app.tickets.seen import visible_to


class TicketLine(BaseModel):
    """A problem."""

    id: int
    state: str
    field: str = Field(description=marked("领域的代码"))
    field_name: str
    area: str = Field(description=marked("问题所在地区的代码"))
    handler_area: str
    department: str | None = Field(description=marked("办理部门；空为统筹人员"))
    text: str = Field(description=marked("市民的话，电话和证件号已遮盖"))
    place: str
    received_on: date
    reply_due_on: date
    close_due_on: date
    first_reply_on: date | None
    closed_on: date | None
    overdue: bool
    reopened: bool
    satisfaction: int | None = Field(description=marked("市民对办理的评价，1到5"))


class Step(BaseModel):
    """One step of a problem's way."""

    step: str
    on: date
    by: str
    department: str | None
    text: str


class TicketWhole(TicketLine):
    """The same with its way."""

    steps: list[Step]


class TicketsQuery(PageQuery):
    """Which problems."""

    state: Literal["", "received", "working", "asked", "closed", "declined"] = Field(
        "", description=marked("只要这种状态的")
    )
    since: date | None = Field(None, description=marked("只要这一天起收到的"))


@operation("/tickets", "查看问题工单", "console.tickets_page", Page[TicketLine], tag="tickets")
def list_tickets(query: TicketsQuery) -> Page[TicketLine]:
    """The problems that the key's role, area and department see, the newest first."""
    route_first()
    found = select(Ticket).where(visible_to(grants(), "console.ticket_page")).order_by(Ticket.id.desc())
    if query.state:
        found = found.where(Ticket.state == query.state)
    if query.since:
        found = found.where(Ticket.received_on >= query.since)

    def read(after: Key | None, number: int) -> list[Ticket]:
        rows = found.options(joinedload(Ticket.area), joinedload(Ticket.handler_area)).limit(number)
        return list(db.session.scalars(rows.where(Ticket.id < after) if after is not None else rows))

    return paged(query, read, lambda ticket: ticket.id, _line)


@operation("/tickets/<int:ticket_id>", "查看一件工单", "console.ticket_page", TicketWhole, tag="tickets")
def get_ticket(ticket_id: int) -> TicketWhole:
    route_first()
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise ProblemError(404, "api.not_found")
    return TicketWhole(**dict(_line(ticket)), steps=[_step(event) for event in ticket.events])


def _line(ticket: Ticket) -> TicketLine:
    return TicketLine(
        id=ticket.id, state=ticket.state, field=ticket.field, field_name=ticket.field_name, area=ticket.area.code,
        handler_area=ticket.handler_area.code, department=ticket.department, text=ticket.text, place=ticket.place,
        received_on=ticket.received_on, reply_due_on=ticket.reply_due_on, close_due_on=ticket.close_due_on,
        first_reply_on=ticket.first_reply_on, closed_on=ticket.closed_on, overdue=is_overdue(ticket),
        reopened=ticket.objected, satisfaction=ticket.satisfaction,
    )  # fmt: skip


def _step(event: TicketEvent) -> Step:
    return Step(step=event.step, on=event.on, by=event.by, department=event.department, text=event.text)
