"""What a setting may be: how a variable's text is read, and what is said where it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from survey_app.ground.working_days import read_calendar
from wording import Message, Refusal

Network = IPv4Network | IPv6Network
DATABASES = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
STORES = ("memory", "redis", "rediss", "redis+unix")
MOST_LINE, MOST_TEXT, MOST_FILES = 200, 4000, 20
ROOT_FILE = re.compile(r"[A-Za-z0-9_-]{1,80}\.txt\s+[!-~]{1,200}")
HIDDEN = "••••••"
# in an address: what stands between the name and the last @, and what a query calls a password
_PASSWORDS = (re.compile(r"(?<=://)([^:/?#@]*):.*@"), re.compile(r"(?<=[?&])([^=&]*password)=[^&]*", re.IGNORECASE))
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Kind:
    """allowed: the words for what may stand there. read: text to value; raises Refusal, 'must be …'."""

    allowed: str
    read: Callable[[str], Any]


def nearest(word: str, known: Iterable[str], before: str = "") -> Message | str:
    """'; did you mean …?', or nothing where nothing is like `word`. before: what stands before the known word."""
    found = get_close_matches(word, list(known), 1, 0.6)
    return Message("settings.nearest", word=before + found[0]) if found else ""


def one_of(*choices: str) -> Kind:
    """Exactly one word of several."""
    allowed = " \\| ".join(f"`{choice}`" for choice in choices)
    return Kind(allowed, lambda text: _chosen(text, choices))


def some_of(*choices: str) -> Kind:
    """Any number of words, with spaces or commas between them."""
    return Kind(
        "any of " + ", ".join(f"`{choice}`" for choice in choices),
        lambda text: frozenset(_chosen(word, choices) for word in text.replace(",", " ").split()),
    )


def _chosen(word: str, choices: tuple[str, ...]) -> str:
    if word not in choices:
        raise Refusal("settings.one_of", choices=choices, near=nearest(word, choices))
    return word


def whole(low: int, high: int, unit: str = "") -> Kind:
    """A whole number with its limits."""

    def read(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise Refusal("settings.whole", low=low, high=high)
        return int(text)

    return Kind(f"{low}–{high}{' ' + unit if unit else ''}", read)


def _switch(text: str) -> bool:
    if text.lower() not in ON + OFF:
        raise Refusal("settings.switch")
    return text.lower() in ON


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        offered = "" if "://" in text else Message("settings.nearest", word=f"https://{text}")
        raise Refusal("settings.web_address", near=offered)
    return text.rstrip("/")


def _listening(text: str) -> str:
    host, mark, port = text.rpartition(":")
    if not (mark and host and port.isdecimal() and 1 <= int(port) <= 65535):
        raise Refusal("settings.listening")
    return text


def _rates(text: str) -> str:
    from limits import parse_many  # a quarter of a second: for those who set a rate

    try:
        rates = parse_many(text)
    except ValueError:
        rates = []
    if not rates or any(rate.amount < 1 for rate in rates):
        raise Refusal("settings.rates")
    return text


def _store(text: str) -> str:
    scheme = text.partition("://")[0]
    if scheme not in STORES or "://" not in text:
        raise Refusal("settings.store", near=nearest(scheme, STORES))
    if scheme != "memory" and find_spec("redis") is None:
        raise Refusal("settings.no_redis")
    return text


def _database(text: str) -> str:
    """PostgreSQL is reached through psycopg 3, however its address begins."""
    scheme, mark, rest = text.partition("://")
    if not mark or scheme.partition("+")[0] not in DATABASES:
        raise Refusal("settings.database", near=nearest(scheme, DATABASES))
    if not scheme.startswith("sqlite") and rest.partition("?")[0].count("@") > 1:
        raise Refusal("settings.at_sign")  # else a host of that name is sought
    return f"{DATABASES.get(scheme, scheme)}://{rest}"


def _time_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise Refusal("settings.time_zone", near=nearest(text, available_timezones())) from error


def _calendar(text: str) -> str:
    read_calendar(text)
    return text


def _line(text: str) -> str:
    said = " ".join(text.split())
    if len(said) > MOST_LINE or not said.isprintable():
        raise Refusal("settings.line", most=MOST_LINE)
    return said


def _paragraphs(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    if len(text) > MOST_TEXT or not all(line.isprintable() for line in lines):
        raise Refusal("settings.paragraphs", most=MOST_TEXT)
    return "\n".join(lines)


def _root_files(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_FILES or not all(ROOT_FILE.fullmatch(line) for line in lines):
        raise Refusal("settings.root_files", most=MOST_FILES)
    return "\n".join(lines)


def without_password(value: str) -> str:
    """An address of a database or a store as it may be shown."""
    return _PASSWORDS[1].sub(rf"\1={HIDDEN}", _PASSWORDS[0].sub(rf"\1:{HIDDEN}@", value))


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(word) for word in text.replace(",", " ").split())
    except ValueError as error:
        raise Refusal("settings.networks", said=str(error)) from error


SWITCH = Kind("`1` \\| `0`", _switch)
TEXT = Kind("text", str)
FOLDER = Kind("folder", lambda text: Path(text).resolve())
WEB_ADDRESS = Kind("http(s) address", _web_address)
LISTENING = Kind("address:port", _listening)
RATES = Kind("rates", _rates)
STORE = Kind("`memory://` \\| `redis://…`", _store)
DATABASE = Kind("`postgresql://…` \\| `sqlite:///…`", _database)
TIME_ZONE = Kind("time zone", _time_zone)
CALENDAR = Kind("file", _calendar)
LINE = Kind("one line", _line)
PARAGRAPHS = Kind("text", _paragraphs)
NETWORKS = Kind("networks: `10.1.2.0/24`", _networks)
ROOT_FILES = Kind("`name.txt content`", _root_files)
