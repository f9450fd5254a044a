"""The office's side of a ticket: reply, ask, pass on, extend, close; what is waiting; what is opened and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, or_, select

from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.ground.sealing import unseal
from survey_app.ground.settings import in_force
from survey_app.models import Area, Ticket, TicketDraft, TicketEvent, db
from survey_app.tickets.steps import OPEN, RECEIVED, STEPS, WORKING, Details, TicketError, Who, take
from wording import Message

LONGEST_EXTENSION = 30  # working days
GO_ALONG = ("interim", "close", "decline", "reopen", "pass_on", "reassign", "extend")  # with joined tickets


@dataclass(frozen=True)
class Target:
    """Who a ticket can be given to. department None: the coordinator of the area."""

    area: Area
    department: str | None

    @property
    def value(self) -> str:
        return f"{self.area.id}:{self.department or ''}"


@dataclass(frozen=True)
class Revealed:
    """What the citizen wrote, unmasked."""

    contact: str
    text: str
    answers: tuple[str, ...]


def handle(
    ticket: Ticket, step: str, who: Who, by: str, text: str, *, seen: int, target: Target | None = None, days: int = 0,
    other: Ticket | None = None,
) -> TicketEvent:  # fmt: skip
    """Take one of the office's steps and record it; the caller commits. Raises TicketError.

    target: for 'pass_on' and 'reassign'.  days: working days, for 'extend'.  other: for 'join', the ticket it goes along with.
    What is done with a ticket is done with those joined to it, each of which keeps its number and its own history.
    """
    if step not in STEPS or not set(STEPS[step].who) & {"department", "coordinator"}:
        raise TicketError(Message("tickets.no_such_step", step=step[:20]))
    details: Details = {}
    columns: dict[str, object] = {}
    if step in ("pass_on", "reassign"):
        if target is None:
            raise TicketError("tickets.choose_who_goes")
        if (target.area.id, target.department) == (ticket.handler_area_id, ticket.department):
            raise TicketError("tickets.ticket_already")
        columns = {"handler_area_id": target.area.id, "department": target.department, "routed": True}
        details = {"from": _owner(ticket.handler_area, ticket.department), "to": _owner(target.area, target.department)}
    if step == "extend":
        columns, details = _extended(ticket, days)
    if step == "join":
        columns, details = _joined(ticket, other)
    if step == "part":
        if ticket.joined_to_id is None:
            raise TicketError("tickets.not_joined")
        columns, details = {"joined_to_id": None}, {"from": f"#{ticket.joined_to_id}", "to": f"#{ticket.id}"}
    before = _standing(ticket)
    event = take(ticket, step, who, by, text, details, seen, **columns)
    for along in _along(ticket, step):
        take(along, step, who, by, text, details, None, **columns)
    # replies, and what the 12345 line wrote, stay out of the trail, which is never erased; the ticket's own history has them
    from survey_app.answering.masking import mask  # with the questionnaires, which a list does not need

    reason = "" if STEPS[step].told or step == "hotline_in" else mask(text.strip())
    audit.record(f"ticket.{step}", f"ticket:{ticket.id}", before, _standing(ticket), reason)
    db.session.execute(delete(TicketDraft).where(TicketDraft.ticket_id == ticket.id, TicketDraft.author == by))
    return event


def reveal(ticket: Ticket, reason: str) -> Revealed:
    """The contact and the unmasked words, for who handles the ticket; every opening is recorded; the caller commits before it
    shows anything. Raises TicketError."""
    if not reason.strip():
        raise TicketError("tickets.say_why")
    contact = unseal(ticket.sealed_contact) if ticket.sealed_contact else ""
    text = unseal(ticket.sealed_text) if ticket.sealed_text else ticket.text
    answers = tuple(unseal(event.sealed_text) for event in ticket.events if event.sealed_text)
    from survey_app.answering.masking import mask

    audit.record("ticket.reveal", f"ticket:{ticket.id}", reason=mask(reason.strip()))
    return Revealed(contact, text, answers)


def save_draft(ticket: Ticket, author: str, text: str) -> None:
    """Keep a reply that is not sent yet; an empty one is forgotten. The caller commits."""
    db.session.execute(delete(TicketDraft).where(TicketDraft.ticket_id == ticket.id, TicketDraft.author == author))
    if text.strip():
        db.session.add(TicketDraft(ticket_id=ticket.id, author=author, text=text[:4000]))


def draft_of(ticket: Ticket, author: str) -> str:
    kept = db.session.get(TicketDraft, (ticket.id, author))
    return kept.text if kept else ""


def overdue() -> ColumnElement[bool]:
    """The condition of a ticket that is late. While the citizen is asked something the clock stands still."""
    day = today()
    no_reply = and_(Ticket.first_reply_on.is_(None), Ticket.reply_due_on < day)
    return and_(Ticket.state.in_((RECEIVED, WORKING)), or_(no_reply, Ticket.close_due_on < day))


def is_overdue(ticket: Ticket) -> bool:
    return ticket.state in (RECEIVED, WORKING) and next_due(ticket) < today()


def next_due(ticket: Ticket) -> date:
    """The next day by which something must be done."""
    if ticket.first_reply_on is None:
        return min(ticket.reply_due_on, ticket.close_due_on)
    return ticket.close_due_on


def tickets(city_id: int | None = None) -> list[Ticket]:
    """All tickets, those due first first, ended ones last."""
    query = select(Ticket).order_by(Ticket.state.not_in(OPEN), Ticket.close_due_on, Ticket.id)
    return list(db.session.scalars(query.where(Ticket.city_id == city_id) if city_id else query))


def _extended(ticket: Ticket, days: int) -> tuple[dict[str, object], Details]:
    if not 1 <= days <= LONGEST_EXTENSION:
        raise TicketError(Message("tickets.working_days", longest_extension=LONGEST_EXTENSION))
    later = in_force().calendar().after(max(ticket.close_due_on, today()), days)
    columns: dict[str, object] = {"close_due_on": later}
    if ticket.first_reply_on is None:
        columns["reply_due_on"] = in_force().calendar().after(max(ticket.reply_due_on, today()), days)
    return columns, {"days": days, "from": str(ticket.close_due_on), "to": str(later)}


def _joined(ticket: Ticket, other: Ticket | None) -> tuple[dict[str, object], Details]:
    """Nothing is merged: the ticket goes to who handles the other, and what is done with that is done with it."""
    if other is None or other.id == ticket.id or other.city_id != ticket.city_id or other.state not in OPEN:
        raise TicketError("tickets.choose_joined")
    if other.joined_to_id is not None or joined_to(ticket):
        raise TicketError("tickets.joined_already")
    columns: dict[str, object] = {
        "joined_to_id": other.id, "handler_area_id": other.handler_area_id, "department": other.department, "routed": True,
    }  # fmt: skip
    return columns, {"from": f"#{ticket.id}", "to": f"#{other.id}"}


def joined_to(ticket: Ticket) -> list[Ticket]:
    """The tickets that are handled with this one."""
    mine = Ticket.joined_to_id == ticket.id, Ticket.number_hash.is_not(None)
    return list(db.session.scalars(select(Ticket).where(*mine).order_by(Ticket.id)))


def _along(ticket: Ticket, step: str) -> list[Ticket]:
    return [one for one in joined_to(ticket) if step in GO_ALONG and one.state in STEPS[step].before]


def _standing(ticket: Ticket) -> dict[str, str | None]:
    return {
        "state": ticket.state,
        "area": ticket.handler_area.name,
        "department": ticket.department,
        "close_due_on": str(ticket.close_due_on),
        **({"joined_to": f"#{ticket.joined_to_id}"} if ticket.joined_to_id else {}),
    }


def _owner(area: Area, department: str | None) -> str:
    return f"{area.name} {department or ''}".strip()
