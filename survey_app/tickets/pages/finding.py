"""Citizens' problems in the console's search."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from survey_app.console.search import MOST, Found, Group, finder
from survey_app.ground.web_frame import LARGEST_NUMBER
from survey_app.models import Ticket, db
from survey_app.tickets.pages.tickets import EXCERPT, visible
from survey_app.tickets.pages.words import state_names
from survey_app.tickets.reporting import find_ticket


@finder(order=40)
def tickets(text: str) -> Group:
    """By the citizen's number or the office's, or by words of the problem and its place; those that are the person's to see."""
    numbered = find_ticket(text)
    number = int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_NUMBER else 0
    named = or_(
        Ticket.id == (numbered.id if numbered else number),
        Ticket.text.icontains(text, autoescape=True),
        Ticket.place.icontains(text, autoescape=True),
    )
    query = select(Ticket).where(visible("console.ticket_page"), named).order_by(Ticket.id.desc()).limit(MOST + 1)
    states = state_names()
    found = [
        Found(f"#{one.id} {one.text[:EXCERPT]}", url_for("console.ticket_page", ticket_id=one.id), states[one.state])
        for one in db.session.scalars(query)
    ]
    return Group(_("问题工单"), found)
