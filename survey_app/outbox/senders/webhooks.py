"""Webhooks as Standard Webhooks has them: JSON of type, timestamp and data, signed with HMAC-SHA-256 over id, moment and body.

https://www.standardwebhooks.com: its libraries check what this makes.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from survey_app.ground.crypto import mac
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders.frame import NeverError, NotNowError, Send, Sent
from survey_app.outbox.senders.http import post, until_silent

PREFIX = "whsec_"
GONE = 410  # the receiver wants no more


@contextmanager
def opened(known: Mapping[str, str]) -> Iterator[Send]:
    yield until_silent(lambda letter: _send(known, letter))


def new_secret() -> str:
    """What signs, as receivers take it."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, mark: str, moment: int, body: bytes) -> str:
    """Of the header webhook-signature. moment: seconds since 1970."""
    key = b64decode(secret.removeprefix(PREFIX))
    return "v1," + b64encode(mac(key, f"{mark}.{moment}.".encode() + body)).decode()


def _send(known: Mapping[str, str], letter: Letter) -> Sent:
    said = {"type": letter.event, "timestamp": letter.made_at.isoformat(), "data": dict(letter.params)}
    body, moment, mark = json.dumps(said, ensure_ascii=False).encode(), int(time.time()), f"msg_{letter.mark[:32]}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": mark,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(known["signing"], mark, moment, body),
    }
    answer = post(known["address"], body, headers, known.get("authority", ""))
    if 200 <= answer.status < 300:
        return Sent("delivered", mark)
    if answer.status == GONE:
        raise NeverError("outbox.odd_answer", status=answer.status)
    raise NotNowError("outbox.odd_answer", status=answer.status)
