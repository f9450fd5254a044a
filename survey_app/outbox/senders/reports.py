"""How a provider of SMS tells later what became of messages: one function that reads what it sends (docs/extend/sms.md).

A package brings one by the entry point group `minyi.sms_reports`, under the name of its provider; of others, and of the
stand-in, a list of JSON is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Literal

from survey_app.documents.characters import printable
from wording import Refusal

GROUP = "minyi.sms_reports"
DELIVERED: Literal["delivered"] = "delivered"
BOUNCED: Literal["bounced"] = "bounced"
OPTED_OUT: Literal["opted_out"] = "opted_out"
STATES: tuple[Literal["delivered", "bounced", "opted_out"], ...] = (DELIVERED, BOUNCED, OPTED_OUT)
_CODE = re.compile(r"[A-Za-z][A-Za-z_.:-]{0,39}|[A-Za-z]{0,8}[:_.-]?\d{1,6}")  # no telephone number


class ReportsError(Refusal):
    """Something that no reader makes anything of."""


class TooManyReportsError(ReportsError):
    """More than one request may tell; in smaller parts they are taken."""


@dataclass(frozen=True)
class Report:
    """One thing told. number: what the provider called the message, of delivered and bounced; phone: of opted_out, who wants
    no more; code: the provider's reason, kept only where it looks like a code."""

    state: Literal["delivered", "bounced", "opted_out"]
    number: str = ""
    phone: str = ""
    code: str = ""


# is given the channel's settings, the body as it came, and the fields of a form or of the address
Reader = Callable[[Mapping[str, str], bytes, Mapping[str, str]], Sequence[Report]]


def read_json(_known: Mapping[str, str], body: bytes, _fields: Mapping[str, str]) -> list[Report]:
    """[{"state": "delivered", "number": "…"}, {"state": "bounced", "number": "…", "code": "…"}, {"state": "opted_out",
    "phone": "…"}]. What is no such object is passed over.  Raises ReportsError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ReportsError("outbox.reports_unreadable") from None
    if not isinstance(found, list):
        raise ReportsError("outbox.reports_unreadable")
    return [_report(each) for each in found if isinstance(each, dict) and each.get("state") in STATES]


def reader_of(provider: str) -> Reader:
    """The provider's own, whatever goes wrong in it is a ReportsError; else that of JSON."""
    own = next((entry for entry in entry_points(group=GROUP) if entry.name == provider), None)
    if own is None:
        return read_json

    def careful(known: Mapping[str, str], body: bytes, fields: Mapping[str, str]) -> Sequence[Report]:
        try:
            read: Reader = own.load()
            return [_plain(report) for report in read(known, body, fields)]
        except Exception as error:  # another's code
            raise ReportsError("outbox.reports_unreadable") from error

    return careful


def _report(found: Mapping[str, object]) -> Report:
    texts = {name: str(found.get(name) or "") for name in ("number", "phone", "code")}
    state = next(each for each in STATES if each == found["state"])
    return _plain(Report(state, **texts))


def _plain(report: Report) -> Report:
    code = report.code.strip()
    return Report(
        report.state,
        printable(report.number)[:120],
        printable(report.phone)[:20],
        code if _CODE.fullmatch(code) else "",
    )
