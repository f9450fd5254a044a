"""SMS as Chinese providers take it: a signature and a template that were approved, and the template's parameters.

A provider is one function behind `Provider`; others than the stand-in come from packages, by the entry point group
`minyi.sms` (docs/extend/sms.md). None of them knows a repetition when it sees one, so what may have gone is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points

from survey_app.outbox.letters import Letter
from survey_app.outbox.senders.frame import NeverError, NotNowError, OptedOutError, Send, Sent

GROUP, STAND_IN = "minyi.sms", "stand_in"
TO_CITIZENS = ("invitation", "reminder", "ticket_answered")
TEMPLATES = (*TO_CITIZENS, "test", *(f"{event}_en" for event in TO_CITIZENS))  # a channel has one for each


@dataclass(frozen=True)
class Sms:
    """One message. phone: eleven digits. params: the template's, by name. mark: ours, for the provider's records."""

    phone: str
    signature: str
    template: str
    params: Mapping[str, str]
    mark: str


# is given the channel's settings (key and secret among them) and the message; gives Sent, or raises NotNowError only
# where the message has surely not gone, OptedOutError where its receiver wants none, NeverError otherwise
Provider = Callable[[Mapping[str, str], Sms], Sent]


def stand_in(_known: Mapping[str, str], sms: Sms) -> Sent:
    """Reaches nobody. Numbers that begin with 190 0000 000 are answered as providers do: busy, opted out, refused, taken and reported of later."""
    if sms.phone == "19000000001":
        raise NotNowError("outbox.sms_busy")
    if sms.phone == "19000000002":
        raise OptedOutError("outbox.opted_out")
    if sms.phone == "19000000003":
        raise NeverError("outbox.sms_refused", said="isv.MOBILE_NUMBER_ILLEGAL")
    if sms.phone == "19000000004":
        return Sent("sent", f"stand-in {sms.mark[:12]}")
    return Sent("delivered", f"stand-in {sms.mark[:12]}")


def providers() -> dict[str, Callable[[], Provider]]:
    """Name -> what loads the provider."""
    installed = {entry.name: entry.load for entry in entry_points(group=GROUP)}
    return {STAND_IN: lambda: stand_in, **installed}


@contextmanager
def opened(known: Mapping[str, str]) -> Iterator[Send]:
    """Raises NotNowError where the provider's package is not there any more."""
    load = providers().get(known["provider"])
    if load is None:
        raise NotNowError("outbox.sms_no_provider", name=known["provider"])
    provider = load()

    def send(letter: Letter) -> Sent:
        own = f"template_{letter.event}_{letter.language}"
        template = known.get(own) or known.get(f"template_{letter.event}", "")
        if not template:
            raise NeverError("outbox.sms_no_template")
        params = {name: str(value) for name, value in letter.params.items()}
        try:
            return provider(known, Sms(letter.to, known["signature"], template, params, letter.mark[:32]))
        except (NotNowError, NeverError):
            raise
        except Exception as error:  # another's code: whether it has gone nobody knows
            raise NeverError("outbox.sms_unknown", said=str(error)[:200]) from error

    yield send
