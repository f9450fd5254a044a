"""Why a message was not sent, without whom it was for: as it is kept, and as what was kept before that is shown."""

from __future__ import annotations

import re

from survey_app.models import Outgoing
from survey_app.outbox.events import PRIVATE
from survey_app.outbox.senders.mail import REFUSED
from wording import Message, Text, of_column

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")  # of RFC 3463
_PERSON = re.compile(r"[^\s<>@]+@[^\s<>]+|1[3-9](?:[ -]?\d){9}")  # what may be an address or a mobile number


def without_persons(said: Text, event: str) -> Text:
    """What a server echoes is left out, and of a refusal to a citizen all but its status."""
    if isinstance(said, str):
        return _PERSON.sub("…", said)
    params = {name: _PERSON.sub("…", each) if isinstance(each, str) else each for name, each in said.params.items()}
    if event in PRIVATE and said.key == REFUSED:
        status = _STATUS.match(str(params.get("said", "")))
        params["said"] = status[0] if status else "-"
    return Message(said.key, **params)


def reason_of(message: Outgoing) -> Text:
    """As a page shows it; '' where there is none."""
    return without_persons(of_column(message.reason), message.event) if message.reason else ""
