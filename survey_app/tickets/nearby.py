"""Which open tickets may be about the same: near in place, time and words. Only suggested; a person joins them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, select

from survey_app.models import Ticket, db
from survey_app.tickets.steps import OPEN

DAYS = 30  # between the days of receipt
LEAST, SAME_FIELD = 0.25, 0.1  # likeness from which one is suggested; what the same field adds
MOST, LOOKED_AT = 5, 500


@dataclass(frozen=True)
class Near:
    """A ticket that may be about the same. likeness in [0, 1]."""

    ticket: Ticket
    likeness: float


def near(
    city_id: int, area_id: int, field: str, words: str, day: date, mine: ColumnElement[bool], besides: int = 0
) -> list[Near]:
    """The likest first, of those for which `mine` holds: in the same area or somewhere in the city, received within 30 days."""
    here = Ticket.area_id.in_((area_id, city_id)) if area_id != city_id else Ticket.city_id == city_id
    close = Ticket.received_on.between(day - timedelta(days=DAYS), day + timedelta(days=DAYS))
    open_ones = Ticket.state.in_(OPEN) & Ticket.joined_to_id.is_(None) & Ticket.number_hash.is_not(None)
    query = select(Ticket).where(mine, here, close, open_ones, Ticket.city_id == city_id, Ticket.id != besides)
    found = [
        Near(one, min(1.0, likeness(words, f"{one.place} {one.text}") + (SAME_FIELD if one.field == field else 0)))
        for one in db.session.scalars(query.order_by(Ticket.id.desc()).limit(LOOKED_AT))
    ]
    return sorted((one for one in found if one.likeness >= LEAST), key=lambda one: -one.likeness)[:MOST]


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the two texts' pairs of neighbouring letters, in [0, 1]. Dice (1945)."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _pairs(text: str) -> set[str]:
    letters = [letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum()]
    return {one + other for one, other in pairwise(letters)}
