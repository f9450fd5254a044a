"""What every sender has in common: it is opened for a channel, takes letters, and says how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from survey_app.outbox.letters import Letter
from wording import Refusal

SECONDS = 20  # that anybody outside is waited for


@dataclass(frozen=True)
class Sent:
    """state: 'sent', or 'delivered' where the other side says so. number: what it calls the message."""

    state: str = "sent"
    number: str = ""


class NotNowError(Refusal):
    """It may go later: nobody there, busy, a limit reached."""


class NeverError(Refusal):
    """It never will: refused for what it is, or for whom."""


class OptedOutError(NeverError):
    """Its receiver wants no more messages: kept, and nothing goes there again."""


class DroppedError(Refusal):
    """It is needed no more: nothing is wrong, and nothing is sent."""


Send = Callable[[Letter], Sent]
Opened = Callable[[Mapping[str, str]], AbstractContextManager[Send]]
