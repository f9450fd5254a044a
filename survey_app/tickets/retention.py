"""Tickets that ended long ago lose every word and picture; what remains is counted and leads to nobody."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from survey_app.files.stored import forget
from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.models import HotlineNumber, SignOffStep, Ticket, TicketDraft, TicketPublication, db
from survey_app.tickets.publication import PUBLISHED
from survey_app.tickets.steps import ENDED


def expired(days: int) -> list[int]:
    """Tickets that ended more than `days` ago and still hold words."""
    before = today() - timedelta(days=days)
    query = select(Ticket.id).where(Ticket.state.in_(ENDED), Ticket.closed_on < before, Ticket.number_hash.is_not(None))
    return list(db.session.scalars(query.order_by(Ticket.id)))


def purge(days: int, reason: str) -> int:
    """Delete text, contact, place, photos and history texts of expired tickets; how many there were. The caller commits.

    Their numbers open nothing any more. Published answers were written for everybody and stay.
    """
    ids = expired(days)
    for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        _empty(ticket)
    if ids:
        audit.record("tickets.purge", "tickets", {"tickets": len(ids)}, {"tickets": 0}, reason)
    return len(ids)


def delete_tickets(ids: list[int]) -> int:
    """Delete whole tickets with everything that belongs to them, in the present transaction.

    The approvals go too: an id may be given again, and nobody has approved what comes under it.
    """
    subjects = [f"ticket:{number}" for number in ids]
    db.session.execute(delete(SignOffStep).where(SignOffStep.subject.in_(subjects)))
    for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        digests = _photos_gone(ticket)
        db.session.delete(ticket)
        db.session.flush()
        forget(digests)
    return len(ids)


def _empty(ticket: Ticket) -> None:
    ticket.text = ticket.place = ""
    ticket.sealed_text = ticket.sealed_contact = ticket.sealed_way = ticket.number_hash = ticket.submission_key = None
    for event in ticket.events:
        event.text, event.sealed_text = "", None
    db.session.execute(delete(TicketDraft).where(TicketDraft.ticket_id == ticket.id))
    db.session.execute(update(HotlineNumber).where(HotlineNumber.ticket_id == ticket.id).values(number=""))
    unpublished = TicketPublication.state != PUBLISHED
    db.session.execute(delete(TicketPublication).where(TicketPublication.ticket_id == ticket.id, unpublished))
    digests = _photos_gone(ticket)
    db.session.flush()
    forget(digests)


def _photos_gone(ticket: Ticket) -> list[str]:
    digests = [photo.digest for photo in ticket.photos]
    ticket.photos.clear()
    return digests
