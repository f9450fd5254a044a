"""Tickets for tests, made through the citizen's own way in."""

from __future__ import annotations

import io
import secrets
from typing import Any

from PIL import Image
from sqlalchemy import select

from survey_app.models import Area, Survey, Ticket, db
from survey_app.tickets.fields import counter_of
from survey_app.tickets.numbers import number_hash
from survey_app.tickets.reporting import checked, hand_in

WORDS = {
    "field": "traffic",
    "text": "路口的红绿灯坏了，请打13812345678",
    "where": "一号路口",
    "contact": "张三 13812345678",
}


def ticket_in(area: str, *photos: bytes, **changes: str) -> tuple[Ticket, str]:
    """A problem reported in `area`, waiting to be routed, and its number."""
    survey = db.session.scalars(select(Survey)).one()
    place = db.session.scalar(select(Area.id).where(Area.name == area))
    counter = counter_of(survey)
    number = hand_in(counter, checked(counter, {**WORDS, "area": str(place), **changes}, photos), secrets.token_hex(12))
    return db.session.scalars(select(Ticket).where(Ticket.number_hash == number_hash(number))).one(), number


def ticket_of(area: str, department: str | None, *photos: bytes, **columns: Any) -> tuple[Ticket, str]:
    """A ticket of `area` that is dealt with by `department` of that area."""
    ticket, number = ticket_in(area, *photos)
    ticket.routed, ticket.department = True, department
    for name, value in columns.items():
        setattr(ticket, name, value)
    db.session.commit()
    return ticket, number


def dot() -> bytes:
    """The smallest photo."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()
