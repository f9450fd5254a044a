"""Replies written once: placeholders of a fixed list, filled from the ticket, shown before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.models import ReplyTemplate, Ticket, db
from survey_app.tickets.steps import MOST_CHARACTERS, cleaned
from wording import FieldRefusal, Message

MOST_NAME = 40
SLOTS: dict[str, Callable[[Ticket], str]] = {
    "编号": lambda ticket: str(ticket.id),
    "领域": lambda ticket: ticket.field_name,
    "地点": lambda ticket: " ".join(filter(None, (ticket.area.name, ticket.place))),
    "部门": lambda ticket: ticket.department or ticket.handler_area.name,
    "收到日期": lambda ticket: ticket.received_on.isoformat(),
    "办结期限": lambda ticket: ticket.close_due_on.isoformat(),
    "今天": lambda _ticket: today().isoformat(),
}
_SLOT = re.compile(r"[{｛]\s*([^{}｛｝]*?)\s*[}｝]")


class TemplateError(FieldRefusal):
    """A template that cannot be kept."""


def templates() -> list[ReplyTemplate]:
    return list(db.session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.name)))


def save_template(name: str, text: str) -> None:
    """Keep a new one, or a new wording of one. The caller commits. Raises TemplateError."""
    name, text = name.strip(), cleaned(text)
    if not 0 < len(name) <= MOST_NAME:
        raise TemplateError(Message("tickets.template_name", most=MOST_NAME), "name")
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise TemplateError(Message("tickets.template_text", most=MOST_CHARACTERS), "text")
    for slot in _SLOT.findall(text):
        if slot not in SLOTS:
            raise TemplateError(Message("tickets.template_slot", slot=slot, slots=list(SLOTS)), "text")
    kept = db.session.get(ReplyTemplate, name)
    before = {"text": kept.text} if kept else None
    if kept is None:
        db.session.add(ReplyTemplate(name=name, text=text))
    else:
        kept.text = text
    audit.record("reply_template.save", f"reply_template:{name}", before, {"text": text})


def remove_template(name: str) -> None:
    """The caller commits."""
    kept = db.session.get(ReplyTemplate, name)
    if kept is not None:
        audit.record("reply_template.remove", f"reply_template:{name}", {"text": kept.text})
        db.session.delete(kept)


def filled(template: ReplyTemplate, ticket: Ticket) -> str:
    """The reply it makes for a ticket."""
    return _SLOT.sub(lambda slot: SLOTS[slot[1]](ticket), template.text)
