"""The states of a ticket and the steps between them, as data; and the one function that takes a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import update

from questionnaires import checks
from survey_app.answering.masking import mask
from survey_app.ground.clock import today
from survey_app.ground.sealing import seal
from survey_app.ground.settings import in_force
from survey_app.models import Ticket, TicketEvent, db
from wording import Message, Refusal, Text

Who = Literal["department", "coordinator", "citizen", "rule"]
RECEIVED, WORKING, ASKED, CLOSED, DECLINED = "received", "working", "asked", "closed", "declined"
STATES = (RECEIVED, WORKING, ASKED, CLOSED, DECLINED)
OPEN, ENDED = (RECEIVED, WORKING, ASKED), (CLOSED, DECLINED)
CITIZEN: Who = "citizen"
RULE: Who = "rule"
MOST_CHARACTERS = 1000
OBJECTION_DAYS = 30  # calendar days in which a citizen may have an ended ticket reopened


@dataclass(frozen=True)
class Step:
    """before: states it may be taken in; after: the state it leads to ("" stays). told: the citizen reads its text.

    text: whether words are needed; a reply and a reason are.
    """

    before: tuple[str, ...]
    after: str
    who: tuple[Who, ...]
    told: bool = False
    text: bool = True
    replies: bool = False  # counts as the first reply


HANDLERS: tuple[Who, ...] = ("department", "coordinator")
STEPS: dict[str, Step] = {
    "route": Step((RECEIVED,), "", ("rule",), text=False),
    "interim": Step(OPEN, WORKING, HANDLERS, told=True, replies=True),
    "ask": Step((RECEIVED, WORKING), ASKED, HANDLERS, told=True, replies=True),
    "close": Step(OPEN, CLOSED, HANDLERS, told=True, replies=True),
    "pass_on": Step(OPEN, RECEIVED, HANDLERS),
    "reassign": Step(OPEN, RECEIVED, ("coordinator",)),
    "extend": Step(OPEN, "", ("coordinator",)),
    "decline": Step(OPEN, DECLINED, ("coordinator",), told=True, replies=True),
    "reopen": Step(ENDED, WORKING, ("coordinator",), told=True),
    "join": Step(OPEN, "", ("coordinator",)),
    "part": Step(STATES, "", ("coordinator",)),
    "hotline_in": Step(STATES, "", ("coordinator",)),
    "hotline_out": Step(STATES, "", ("coordinator",), text=False),
    "supplement": Step((ASKED,), WORKING, ("citizen",), told=True),
    "object": Step(ENDED, WORKING, ("citizen",), told=True),
    "rate": Step(ENDED, "", ("citizen",), text=False),
}


Details: TypeAlias = dict[str, str | int | list[int]]  # of a step, as its history tells them


class TicketError(Refusal):
    """A step that cannot be taken, in the user's words; nothing was stored. `key` names the citizen's message."""

    def __init__(self, message: Text, key: str = "") -> None:
        super().__init__(message)
        self.key = key


def take(
    ticket: Ticket, step: str, who: Who, by: str, text: str = "", details: Details | None = None,
    seen: int | None = None, **columns: Any,
) -> TicketEvent:  # fmt: skip
    """Take one step in the present transaction; the caller commits.

    seen: the version the person looked at; a step taken meanwhile by somebody else refuses this one.
    columns: further columns of the ticket that change with it.  Raises TicketError.
    """
    rule = STEPS[step]
    if who not in rule.who:
        raise TicketError("tickets.you_may_not_take")
    text = cleaned(text)
    if rule.text and not text:
        raise TicketError(Message("tickets.write_reply_or_reason"), "required")
    if len(text) > MOST_CHARACTERS:
        raise TicketError(Message("tickets.most_characters", most_characters=MOST_CHARACTERS), "too_long")
    day = today()
    handled_by = ticket.department
    state = {"state": rule.after} if rule.after else {}
    changes = {**_dates(ticket, step, rule, day), **columns, "version": ticket.version + 1, **state}
    query = update(Ticket).where(
        Ticket.id == ticket.id,
        Ticket.state.in_(rule.before),
        Ticket.version == (ticket.version if seen is None else seen),
    )
    if not db.session.execute(query.values(**changes).execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise TicketError(Message("tickets.somebody_faster_reload"), "moved_on")
    db.session.refresh(ticket)
    event = TicketEvent(
        ticket_id=ticket.id, step=step, on=day, by=by, department=handled_by, details=details or {},
        at=datetime.now(UTC), text=text,
    )  # fmt: skip
    if who == CITIZEN:  # an office's own telephone number stays readable, a citizen's does not
        event.at, event.text, event.sealed_text = None, mask(text), sealed_if_masked(text)
    db.session.add(event)
    db.session.flush()
    db.session.expire(ticket, ["events"])
    return event


def sealed_if_masked(text: str) -> str | None:
    """The original, encrypted, where masking would change it."""
    return seal(text) if mask(text) != text else None


def cleaned(text: str) -> str:
    """Tidied as an answer is, with plain line ends."""
    return checks.cleaned([text.replace("\r\n", "\n").replace("\r", "\n")])


def first_dates(day: date) -> dict[str, date]:
    """When a ticket of this day is due."""
    days = in_force().calendar()
    return {
        "reply_due_on": days.after(day, in_force().ticket_reply_days),
        "close_due_on": days.after(day, in_force().ticket_close_days),
    }


def _dates(ticket: Ticket, step: str, rule: Step, day: date) -> dict[str, date | None]:
    """What the step does to the days: waiting for the citizen does not count against the department."""
    changes: dict[str, date | None] = {}
    if rule.replies and ticket.first_reply_on is None:
        changes["first_reply_on"] = day
    if step == "ask":
        changes["asked_on"] = day
    elif ticket.asked_on is not None and rule.after:
        waited = in_force().calendar().between(ticket.asked_on, day)
        changes |= {"asked_on": None, "close_due_on": in_force().calendar().after(ticket.close_due_on, waited)}
    if rule.after in ENDED:
        changes["closed_on"] = day
    elif ticket.state in ENDED and rule.after:
        changes |= {"closed_on": None, "close_due_on": first_dates(day)["close_due_on"]}
    return changes
