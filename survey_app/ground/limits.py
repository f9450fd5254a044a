"""How often something may happen: named buckets, counted in memory by each worker or in Redis by all together.

Plain functions: no hook, no middleware. What is counted is stored only as a keyed hash, an address's under a key that
changes daily. Where Redis fails, each worker counts for itself: nobody is kept from answering.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_network
from typing import Any, Literal, TypeVar

from flask import current_app
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from survey_app.ground.crypto import mac
from survey_app.ground.settings import Settings, in_force
from survey_app.ground.watching import limit_hit
from survey_app.ground.web_frame import of_process

PATIENCE = 0.5  # seconds that one request waits for Redis
AGAIN = 30.0  # seconds until a Redis that failed is asked again
NETWORK = 64  # bits: what one connection has of IPv6, and may change its address in
RISE = """local now = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) <= now then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return tonumber(ARGV[1]) - now"""
T = TypeVar("T")
log = logging.getLogger("minyi.limits")


@dataclass(frozen=True)
class Bucket:
    """What is counted together. rate: as `limits` writes it; setting: the field of Settings that holds it instead."""

    name: str
    counts: Literal["address", "account", "site", "form"]
    rate: str = ""
    setting: str = ""

    def rates(self, settings: Settings) -> list[RateLimitItem]:
        return _parsed(str(getattr(settings, self.setting)) if self.setting else self.rate)


# Valid codes and numbers are taken however many wrong ones came from the address before, for crowds share one: they are
# too long to be guessed (docs/method/steering.md). Wrong ones count, each sort for itself.
WRONG_INVITATIONS = Bucket("wrong invitations", "address", "60 per 15 minutes")
WRONG_RECEIPTS = Bucket("wrong receipts", "address", "60 per 15 minutes")
WRONG_TICKETS = Bucket("wrong tickets", "address", "60 per 15 minutes")
# Only an answer that was stored counts here: what carries no token of ours, is sent again or is refused uses up nobody's
# room. The rates leave room for 2,000 who send in the same second from one hall, through a carrier's three addresses, and
# stop programs; who is turned away keeps the answers on the phone, which sends them again.
ANSWERS_OF_ADDRESS = Bucket("answers of an address", "address", setting="rate_address")
ANSWERS_AT_SITE = Bucket("answers at a site", "site", setting="rate_site")
REFUSALS_OF_FORM = Bucket("refusals of a form", "form", "60 per 15 minutes")  # one form, sent wrong again and again
WRONG_PINS = Bucket("wrong pins of a tablet", "form", "10 per 15 minutes")
TURNS_OF_FORM = Bucket(
    "turns of a form", "form", "300 per 15 minutes"
)  # its drafts; without script its pages, language, size
DRAFTS = Bucket("drafts of an address", "address", setting="rate_address")  # forms whose unfinished answers are kept
REPORTS = Bucket("reports", "address", setting="rate_tickets")
# Wrong ones, as all below. Nobody locks a name for its owner: a device that has signed in counts for itself, and who
# guesses is slowed down by name and network together; all in all fewer than 100 tries a day for a name.
PASSWORDS_OF_NAME_HERE = Bucket("passwords of a name from a network", "account", "10 per 15 minutes")
PASSWORDS_OF_NAME = Bucket("passwords of a name", "account", "60 per day")
PASSWORDS_OF_DEVICE = Bucket("passwords of a name on its device", "account", "10 per 15 minutes;30 per day")
PASSWORDS_OF_SESSION = Bucket("passwords of who is signed in", "account", "10 per 15 minutes")
PASSWORDS_OF_ADDRESS = Bucket("passwords of an address", "address", "50 per 15 minutes")
PROVIDER_OF_ADDRESS = Bucket("failed sign-ins at a provider", "address", "50 per 15 minutes")
PROVIDER_BEGUN = Bucket(
    "sign-ins begun at a provider", "address", "300 per 15 minutes"
)  # done or not: an office shares one
API_CALLS = Bucket("calls of a token", "account", setting="rate_api")
API_FILES = Bucket("files of a token", "account", "20 per hour")
WRONG_TOKENS = Bucket("wrong tokens of an address", "address", "60 per 15 minutes")
WRONG_REPORTS = Bucket("wrong addresses for reports of sms", "address", "60 per 15 minutes")
SMS_REPORTS = Bucket("reports of an sms channel", "account", "1200 per minute")
CODES_OF_ACCOUNT = Bucket("codes of an account", "account", "10 per 15 minutes")  # of the app, and recovery codes
CODES_OF_ADDRESS = Bucket("codes of an address", "address", "50 per 15 minutes")


def count(bucket: Bucket, what: str) -> bool:
    """Count one of `what` (an address, a name, a site's code), and say whether it was still within the rate."""
    within = _counted(bucket, what)
    if not within:
        limit_hit(bucket.name)
    return within


class Room:
    """A place in each of several buckets for what may come to count, taken before it is tried, so that of many who come
    at once no more get in than the rates say; given back at the end, unless it was kept.

    there: whether all of them had one.
    """

    def __init__(self, *buckets: tuple[Bucket, str]) -> None:
        self._buckets, self._taken, self.there = buckets, 0, False

    def __enter__(self) -> Room:
        for one in self._buckets:
            self._taken += 1
            if not count(*one):
                return self
        self.there = True
        return self

    def keep(self) -> None:
        """It was done, and counts."""
        self._taken = 0

    def __exit__(self, *_error: object) -> None:
        for one in self._buckets[: self._taken]:
            _counted(*one, cost=-1)


def number(bucket: Bucket, of: str, more: int) -> int:
    """Count `more` under a key, and say how many they make in the bucket's first window."""
    rate = bucket.rates(in_force())[0]
    return counters().ask(lambda limiter: limiter.storage.incr(rate.key_for(of), rate.get_expiry(), more))


def risen(bucket: Bucket, of: str, to: int) -> int:
    """Let the figure under a key be `to`, where that is more than it is; by how much it rose in the bucket's first window.

    In one step: of several who come at the same moment, each takes what the others have left of the way.
    """
    rate = bucket.rates(in_force())[0]
    return counters().ask(lambda limiter: _risen(limiter.storage, rate.key_for(of), to, rate.get_expiry()))


def _risen(storage: Any, key: str, to: int, expiry: int) -> int:
    if isinstance(storage, _Memory):
        return storage.rise(key, expiry, to)
    try:
        return int(storage.get_connection().eval(RISE, 1, storage.prefixed_key(key), to, expiry))
    except storage.base_exceptions as error:
        raise StorageError(error) from error


def wait(bucket: Bucket, what: str) -> int:
    """Seconds until there is room again, one at least."""
    of, rates = key(bucket, what), bucket.rates(in_force())
    full = counters().ask(lambda limiter: [limiter.get_window_stats(rate, of) for rate in rates])
    return max([1, *(math.ceil(one.reset_time - time.time()) for one in full if not one.remaining)])


def _counted(bucket: Bucket, what: str, cost: int = 1) -> bool:
    of, rates = key(bucket, what), bucket.rates(in_force())
    return counters().ask(lambda limiter: False not in [limiter.hit(rate, of, cost=cost) for rate in rates])


class Counters:
    """Fixed windows in the store that MINYI_LIMITS names."""

    def __init__(self, store: str) -> None:
        self.memory = FixedWindowRateLimiter(_Memory())
        self._shared = None if store.startswith("memory://") else _shared(store)
        self._lost, self._again, self._lock = False, 0.0, threading.Lock()

    def ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        """The answer of Redis, or of this process where there is none, or where it fails."""
        if self._shared is None or not self._turn():
            return question(self.memory)
        try:
            answer = question(self._shared)
        except StorageError as error:
            self._note(lost=True, words=f"Redis fails, every worker counts limits for itself: {error}")
            return question(self.memory)
        self._note(lost=False, words="Redis is back, limits are counted together again")
        return answer

    def _turn(self) -> bool:
        """Whether Redis is to be asked; of a Redis that failed, one request asks again while the others do not wait."""
        with self._lock:
            moment = time.monotonic()
            if self._lost and moment < self._again:
                return False
            self._again = moment + AGAIN
            return True

    def _note(self, lost: bool, words: str) -> None:
        with self._lock:
            news, self._lost = lost != self._lost, lost
        if news:
            log.warning("%s", words)


class _Memory(Storage):
    """Fixed windows of one process. The library's own starts a thread at nearly every count to forget what has ended."""

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, tuple[int, float]] = {}  # what is counted -> how many, and when that ends
        self._lock, self._many = threading.Lock(), 10_000

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        return self._set(key, expiry, lambda number: number + amount)[1]

    def rise(self, key: str, expiry: float, to: int) -> int:
        before, now = self._set(key, expiry, lambda number: max(number, to))
        return now - before

    def _set(self, key: str, expiry: float, change: Callable[[int], int]) -> tuple[int, int]:
        """What was kept under a key, and what is now."""
        moment = time.time()
        with self._lock:
            before, ends = self._kept.get(key, (0, 0.0))
            if ends <= moment:
                before, ends = 0, moment + expiry
            now = change(before)
            self._kept[key] = (now, ends)
            if len(self._kept) > self._many:
                self._kept = {name: one for name, one in self._kept.items() if one[1] > moment}
                self._many = max(10_000, 2 * len(self._kept))
        return before, now

    def get(self, key: str) -> int:
        number, ends = self._kept.get(key, (0, 0.0))
        return number if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._kept.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        number = len(self._kept)
        self._kept = {}
        return number

    def clear(self, key: str) -> None:
        self._kept.pop(key, None)


def counters() -> Counters:
    """Those of this process; made when first asked for, so after a server has forked."""
    found: Counters | None = of_process().get("minyi_limits")
    if found is None:
        found = of_process().setdefault("minyi_limits", Counters(in_force().limits))
    return found


def reachable(store: str) -> bool:
    """Whether the store answers now."""
    return store.startswith("memory://") or _shared(store).storage.check()


def _shared(store: str) -> FixedWindowRateLimiter:
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    return FixedWindowRateLimiter(storage_from_string(store, wrap_exceptions=True, **patience))


def key(bucket: Bucket, what: str) -> str:
    """Under which one of `what` is counted."""
    day = ""
    if bucket.counts == "address":
        what, day = network(what), datetime.now(UTC).date().isoformat()
    secret = f"{current_app.config['SECRET_KEY']} limits {bucket.name} {day}".encode()
    return mac(secret, what).hex()[:20]


def network(address: str) -> str:
    """An IPv4 address itself, also where it is written as IPv6; of an IPv6 address the network."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or ip_network((int(found), NETWORK), strict=False))


@lru_cache(maxsize=64)
def _parsed(rate: str) -> list[RateLimitItem]:
    return parse_many(rate)
