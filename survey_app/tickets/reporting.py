"""The citizen's side of a ticket: hand a problem in exactly once, follow it by its number, answer, object, rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from survey_app.answering.masking import mask
from survey_app.files import stored as stored_files
from survey_app.ground.clock import office, today
from survey_app.ground.reach import MAIL, SMS, in_language, kind_of, tidied
from survey_app.ground.sealing import seal
from survey_app.models import Channel, Ticket, TicketEvent, TicketPhoto, db
from survey_app.tickets.fields import Counter, Place, TicketField
from survey_app.tickets.numbers import new_number, number_hash, read_number
from survey_app.tickets.photos import ALL_BYTES, MEDIA_TYPE, MOST_PHOTOS, PhotoError
from survey_app.tickets.photos import cleaned as cleaned_photo
from survey_app.tickets.steps import (
    CITIZEN,
    ENDED,
    MOST_CHARACTERS,
    OBJECTION_DAYS,
    STEPS,
    TicketError,
    cleaned,
    first_dates,
    sealed_if_masked,
    take,
)
from wording import Message, Refusal

PLACE_CHARACTERS, CONTACT_CHARACTERS = 100, 60
LEAST_CHARACTERS = 5
SCALE = (5, 4, 3, 2, 1)  # satisfaction with the handling, very satisfied first


class ReportRefusedError(Refusal):
    """A report that cannot be stored; `errors` maps form fields to message keys. Nothing was stored."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(f"{len(errors)} fields refused")
        self.errors = dict(errors)


@dataclass(frozen=True)
class Report:
    """What was checked: photos are clean pictures already."""

    field: TicketField
    place: Place
    where: str
    text: str
    contact: str
    way: str = ""
    photos: tuple[bytes, ...] = ()


def checked(counter: Counter, form: Mapping[str, str], photos: Sequence[bytes]) -> Report:
    """The report in a form. Raises ReportRefusedError with everything that is wrong with it."""
    field, place = counter.field(form.get("field", "")), counter.place(form.get("area", ""))
    where, text, contact = (cleaned(form.get(name, "")) for name in ("where", "text", "contact"))
    errors: dict[str, str] = {}
    if field is None:
        errors["field"] = "choose_field"
    if place is None:
        errors["area"] = "choose_area"
    if len(where) > PLACE_CHARACTERS:
        errors["where"] = "too_long"
    if len(text) < LEAST_CHARACTERS:
        errors["text"] = "say_more"
    elif len(text) > MOST_CHARACTERS:
        errors["text"] = "too_long"
    clean, wrong = _photos(photos)
    if wrong:
        errors["photo"] = wrong
    if len(contact) > CONTACT_CHARACTERS:
        errors["contact"] = "too_long"
    way = tidied(form.get("way", ""))
    if way and kind_of(way) not in ways_to_tell():
        errors["way"] = "way_unknown"
    if errors or field is None or place is None:
        raise ReportRefusedError(errors)
    return Report(field, place, where.replace("\n", " "), text, contact.replace("\n", " "), way, clean)


def ways_to_tell() -> set[str]:
    """How a citizen can be told that there is an answer: mail, sms, as far as the office has them in use."""
    used = select(Channel.kind).where(Channel.kind.in_((MAIL, SMS)), Channel.active)
    return set(db.session.scalars(used))


def hand_in(counter: Counter, report: Report, submission_key: str, language: str = "zh") -> str:
    """Store a report and give its number. The caller commits; a repeated `submission_key` is an IntegrityError,
    and `earlier_number` gives its number.

    Nothing stored leads to a response: no site, no language but inside the sealed way, no time of day (photos neither), a
    key of its own.
    """
    number, day = new_number(submission_key), today()
    ticket = Ticket(
        number_hash=number_hash(number), submission_key=submission_key, city_id=counter.city_id,
        area_id=report.place.area_id, handler_area_id=report.place.area_id, field=report.field.key,
        field_name=report.field.zh, field_name_en=report.field.en, indicators=list(report.field.indicators),
        place=mask(report.where), text=mask(report.text), sealed_text=sealed_if_masked(report.text),
        sealed_contact=seal(report.contact) if report.contact else None,
        sealed_way=seal(in_language(report.way, language)) if report.way else None, received_on=day,
        demo=counter.demo, **first_dates(day),
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    for place, body in enumerate(report.photos, 1):
        digest = stored_files.put(body, MEDIA_TYPE, datetime.combine(day, time(), office()))
        ticket.photos.append(TicketPhoto(place=place, digest=digest))
    db.session.flush()
    return number


def earlier_number(submission_key: str) -> str | None:
    """The number of the ticket that was stored under this key."""
    stored = db.session.scalar(select(Ticket.id).where(Ticket.submission_key == submission_key))
    return new_number(submission_key) if stored else None


def find_ticket(typed: str) -> Ticket | None:
    """The ticket whose number was typed; no query for what was never a number."""
    number = read_number(typed)
    if number is None:
        return None
    return db.session.scalar(select(Ticket).where(Ticket.number_hash == number_hash(number)))


def told(ticket: Ticket) -> list[TicketEvent]:
    """The history a citizen sees: what was written to or by the citizen."""
    return [event for event in ticket.events if STEPS[event.step].told]


def may_object(ticket: Ticket) -> bool:
    """Whether the citizen may still have the ended ticket reopened: once, within thirty days."""
    if ticket.state not in ENDED or ticket.objected or ticket.closed_on is None:
        return False
    return today() <= ticket.closed_on + timedelta(days=OBJECTION_DAYS)


def may_rate(ticket: Ticket) -> bool:
    """Whether satisfaction is still to be asked: once, when the ticket has ended."""
    return ticket.state in ENDED and ticket.satisfaction is None


def supplement(ticket: Ticket, text: str) -> None:
    """The citizen answers the department's question. Raises TicketError."""
    take(ticket, "supplement", CITIZEN, CITIZEN, text)


def object_to(ticket: Ticket, text: str) -> None:
    """The citizen is not satisfied and has the ticket reopened. Raises TicketError."""
    if not may_object(ticket):
        raise TicketError(Message("tickets.cannot_reopened_again"), "moved_on")
    take(ticket, "object", CITIZEN, CITIZEN, text, objected=True, joined_to_id=None)  # on its own again


def rate(ticket: Ticket, value: str) -> None:
    """Keep the citizen's satisfaction with the handling, 1 to 5, once. Raises TicketError."""
    if value not in {str(code) for code in SCALE}:
        raise TicketError(Message("tickets.choose"), "choose")
    if not may_rate(ticket):
        raise TicketError(Message("tickets.rated_already"), "moved_on")
    take(ticket, "rate", CITIZEN, CITIZEN, satisfaction=int(value))


def _photos(bodies: Sequence[bytes]) -> tuple[tuple[bytes, ...], str]:
    """The pictures drawn anew, and the message key of the first thing wrong with them."""
    if len(bodies) > MOST_PHOTOS:
        return (), "photo_many"
    if sum(map(len, bodies)) > ALL_BYTES:
        return (), "photo_large"
    try:
        return tuple(cleaned_photo(body) for body in bodies), ""
    except PhotoError as error:
        return (), error.key
