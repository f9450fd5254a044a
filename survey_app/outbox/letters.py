"""From a stored message to its words, at the moment it is sent: subject, text and link in the receiver's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from survey_app.ground.crypto import mac
from survey_app.ground.imprint import imprint
from survey_app.ground.signing import naming_key
from survey_app.models import Outgoing
from survey_app.models.base import Document
from survey_app.outbox.events import EVENTS, PRIVATE
from wording import Message, reading


@dataclass(frozen=True)
class Letter:
    """What a sender is given. mark: the same at every attempt, so that a receiver knows a repetition; to: '' where the
    channel is the address."""

    to: str
    subject: str
    text: str
    language: str
    mark: str
    made_at: datetime
    event: str
    params: Document = field(default_factory=dict)


def letter_of(messages: Sequence[Outgoing], to: str, params: Document | None = None) -> Letter:
    """One letter of one message, or of several that were gathered. params: those of a single one, where they are known at
    its sending only."""
    first = messages[0]
    told = _whole(first.params if params is None else params)
    with reading(first.language):
        pieces = [_piece(message.event, _whole(message.params)) for message in messages[1:]]
        pieces.insert(0, _piece(first.event, told))
        if len(messages) == 1:
            subject = str(Message(EVENTS[first.event].title))
        else:
            subject = str(Message("outbox.gathered", n=len(messages)))
        office = imprint().organiser or imprint().handler
        ends = "outbox.sent_to_citizens" if first.event in PRIVATE else "outbox.sent_by"
        contact = imprint().contact
        text = "\n\n".join([*pieces, str(Message(ends, office=office or "Minyi", contact=contact))])
    name = EVENTS[first.event].outside or first.event
    mark = mac(naming_key(), f"minyi message {first.once}").hex()  # what it tells cannot be worked out from it
    prefix = office if first.event in PRIVATE and office else "Minyi"
    return Letter(to, f"[{prefix}] {subject}", text, first.language, mark, first.made_at, name, told)


def link_to(endpoint: str, **values: str | int) -> str:
    """A page's path, worked out where no request is."""
    return current_app.url_map.bind("").build(endpoint, values)


def in_its_language(link: str, language: str) -> str:
    """A citizen's page as its reader finds it: nobody is signed in there whose language is known."""
    return link if language == "zh" else f"{link}?lang={language}"


def _piece(event: str, given: Document) -> str:
    """A sentence, and under it the page, where there is a public address."""
    said, link = (
        str(Message(EVENTS[event].says, **{"area_en": given.get("area", ""), **given})),
        str(given.get("link", "")),
    )
    return said if not link or link.startswith("/") else f"{said}\n{link}"


def _whole(params: Document) -> Document:
    """With a link that can be opened from anywhere, where there is a public address: templates of SMS hold it too."""
    base, link = imprint().public_url.rstrip("/"), str(params.get("link", ""))
    return {**params, "link": base + link} if base and link.startswith("/") else params
