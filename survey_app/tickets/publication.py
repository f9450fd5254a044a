"""Answers for everybody: the department writes a wording for the public, another person approves it, then it stands.

The caller commits, or rolls back where a TicketError is raised.
"""

from __future__ import annotations

from sqlalchemy import select

from survey_app.answering.masking import mask
from survey_app.answering.personal_numbers import Kind, found_in
from survey_app.ground import sign_off
from survey_app.ground.clock import today
from survey_app.models import Ticket, TicketPublication, db
from survey_app.tickets.steps import CLOSED, TicketError, cleaned
from wording import Message

PROPOSED, PUBLISHED, RETURNED, WITHDRAWN = "proposed", "published", "returned", "withdrawn"
MOST_CHARACTERS = 600
STATE_AFTER = {sign_off.APPROVED: PUBLISHED, sign_off.RETURNED: RETURNED, sign_off.WITHDRAWN: WITHDRAWN}


def subject(ticket: Ticket) -> str:
    return f"ticket:{ticket.id}"


def propose(ticket: Ticket, problem: str, reply: str, by: str) -> None:
    """Put forward the public wording of a closed ticket; it replaces one that was returned or withdrawn.

    A wording in which a phone, identity or account number is recognised is refused.  Raises TicketError.
    """
    problem, reply = cleaned(problem), cleaned(reply)
    if ticket.state != CLOSED:
        raise TicketError("tickets.only_closed_ticket_can")
    for name, words in ((Message("tickets.problem"), problem), (Message("tickets.reply"), reply)):
        if not words:
            raise TicketError(Message("tickets.write", name=name))
        if len(words) > MOST_CHARACTERS:
            raise TicketError(Message("tickets.most_characters_2", name=name, most_characters=MOST_CHARACTERS))
    for words, allowed in ((problem, ()), (reply, (Kind.LANDLINE,))):  # a landline in a reply is the office's own
        if any(found.kind not in allowed for found in found_in(words)):
            raise TicketError(Message("tickets.take_out_personal_number", words=mask(words)[:60]))
    _step(ticket, sign_off.PROPOSED, by, "")
    row = ticket.publication or TicketPublication(ticket_id=ticket.id)
    row.state, row.problem, row.reply, row.published_on = PROPOSED, problem, reply, None
    row.department = ticket.department or ticket.handler_area.name
    db.session.add(row)


def decide(ticket: Ticket, step: str, by: str, comment: str) -> None:
    """Approve (and so publish), return or withdraw a proposed wording. Raises TicketError."""
    row = ticket.publication
    if row is None or step not in STATE_AFTER:
        raise TicketError("tickets.nothing_decide")
    _step(ticket, step, by, comment)
    row.state = STATE_AFTER[step]
    row.published_on = today() if step == sign_off.APPROVED else None


def published(field: str = "", limit: int = 50, offset: int = 0) -> list[TicketPublication]:
    """Published answers, the newest first."""
    query = select(TicketPublication).join(Ticket).where(TicketPublication.state == PUBLISHED)
    if field:
        query = query.where(Ticket.field == field)
    order = (TicketPublication.published_on.desc(), TicketPublication.id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def fields_published() -> list[tuple[str, str, str]]:
    """Key, Chinese and English name of every field with a published answer."""
    query = select(Ticket.field, Ticket.field_name, Ticket.field_name_en).join(TicketPublication)
    rows = db.session.execute(query.where(TicketPublication.state == PUBLISHED).distinct().order_by(Ticket.field))
    return list({row.field: (row.field, row.field_name, row.field_name_en) for row in rows}.values())


def _step(ticket: Ticket, step: str, by: str, comment: str) -> None:
    try:
        sign_off.take_step(subject(ticket), step, by, comment)
    except sign_off.SignOffError as error:
        raise TicketError(str(error)) from error
