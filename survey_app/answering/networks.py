"""The largest network's share of a site's answers of a day: an alarm that by itself leaves nothing out.

Networks stand in the memory of a worker alone, for the day, as hashes under a key that only this memory has and that every
site and day has anew. What is written down are two numbers of the site and day, none of them beside an answer.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from survey_app.ground.crypto import mac
from survey_app.ground.limits import network
from survey_app.ground.web_frame import of_process


@dataclass
class _Day:
    """Answers of one site and day by network."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    answers: Counter[bytes] = field(default_factory=Counter)
    largest: int = 0


@dataclass
class _Kept:
    days: dict[tuple[int, date], _Day] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def larger(site_id: int, day: date, address: str) -> bool:
    """Count an answer from `address`; whether the site's largest network of the day has become larger by it."""
    kept: _Kept = of_process().setdefault("minyi_networks", _Kept())
    with kept.lock:
        if (site_id, day) not in kept.days:
            for old in [known for known in kept.days if known[1] < day - timedelta(days=1)]:
                del kept.days[old]
        found = kept.days.setdefault((site_id, day), _Day())
        name = mac(found.key, network(address))[:8]
        found.answers[name] += 1
        grew = found.answers[name] > found.largest
        found.largest += grew
    return grew
