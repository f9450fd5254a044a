"""Robots of groups: WeCom's and DingTalk's, each with its own form of a text and its own codes for 'too fast'."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote_plus

from survey_app.ground.crypto import mac
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders.frame import NeverError, NotNowError, Send, Sent
from survey_app.outbox.senders.http import post, until_silent


@dataclass(frozen=True)
class Robot:
    """most: bytes of a text. later: its codes for 'busy' and for more than twenty messages a minute."""

    most: int
    later: frozenset[int]


ROBOTS = {
    "wecom": Robot(2048, frozenset({-1, 45009})),  # developer.work.weixin.qq.com, document 91770
    "dingtalk": Robot(20_000, frozenset({-1, 130101, 660026})),  # open.dingtalk.com, custom robots
}


@contextmanager
def wecom(known: Mapping[str, str]) -> Iterator[Send]:
    yield until_silent(lambda letter: _said(ROBOTS["wecom"], known["address"], letter))


@contextmanager
def dingtalk(known: Mapping[str, str]) -> Iterator[Send]:
    def send(letter: Letter) -> Sent:
        address, secret = known["address"], known.get("signing", "")
        return _said(
            ROBOTS["dingtalk"], signed(address, secret, int(time.time() * 1000)) if secret else address, letter
        )

    yield until_silent(send)


def signed(address: str, secret: str, milliseconds: int) -> str:
    """DingTalk's signature: HMAC-SHA-256 of 'timestamp\\nsecret' under the secret, in base64, quoted; it holds an hour."""
    sign = quote_plus(b64encode(mac(secret.encode(), f"{milliseconds}\n{secret}")))
    return f"{address}&timestamp={milliseconds}&sign={sign}"


def _said(robot: Robot, address: str, letter: Letter) -> Sent:
    text = f"{letter.subject}\n\n{letter.text}".encode()[: robot.most].decode("utf-8", "ignore")
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    answer = post(address, body, {"Content-Type": "application/json"})
    try:
        told = json.loads(answer.body)
        code, why = int(told["errcode"]), str(told.get("errmsg", ""))[:200]
    except (ValueError, KeyError, TypeError, AttributeError):
        if answer.status == 429 or answer.status >= 500:
            raise NotNowError("outbox.odd_answer", status=answer.status) from None
        raise NeverError("outbox.odd_answer", status=answer.status) from None
    if code in robot.later:
        raise NotNowError("outbox.robot_refused", code=code, said=why)
    if code:
        raise NeverError("outbox.robot_refused", code=code, said=why)
    return Sent()
