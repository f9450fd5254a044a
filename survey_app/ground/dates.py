"""Days and moments as people write them, read in a zone; a day without an hour begins at 0:00 and closes at its end."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from wording import Refusal

LAST = time(23, 59, 59)
_DAY = r"(?P<y>\d{4})(?P<mark>[-/.年])(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
_HOUR = r"(?P<h>\d{1,2})(?:[:时点](?P<n>\d{1,2})?(?:[:分](?P<s>\d{1,2})?(?:\.\d+)?秒?)?)"
_MOMENT = re.compile(rf"{_DAY}(?:[T\s]*{_HOUR}\s*(?P<offset>Z|UTC|[+-]\d{{2}}:?\d{{2}})?)?", re.ASCII | re.IGNORECASE)


class DateError(Refusal):
    """What is no day or moment."""


def read_day(said: str) -> date:
    """2026-03-05, 2026/3/5, 2026.3.5 or 2026年3月5日; an hour behind it is passed over. Raises DateError."""
    return _parts(said)[0]


def read_moment(said: str, zone: ZoneInfo, closing: bool = False) -> datetime:
    """A day with or without an hour, by `zone` unless it says its offset. Raises DateError.

    closing: a day without an hour is meant to its last second, and so is 23:59 or 24:00.
    """
    day, at, offset = _parts(said)
    if at is None:
        at = LAST if closing else time(0)
    elif closing and (at.hour, at.minute) == (23, 59):
        at = LAST
    found = datetime.combine(day, at)
    return datetime.fromisoformat(f"{found.isoformat()}{offset}") if offset else found.replace(tzinfo=zone)


def last_second(day: date, zone: ZoneInfo) -> datetime:
    """The end of a day."""
    return datetime.combine(day, LAST, zone)


def with_zone(moment: datetime, zone: ZoneInfo) -> str:
    """2026-12-31 23:59 (UTC+08:00)."""
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} ({offset_of(local)})"


def offset_of(moment: datetime) -> str:
    """UTC+08:00, of a moment that knows its zone."""
    said = moment.strftime("%z")
    return f"UTC{said[:3]}:{said[3:5]}"


def _parts(said: str) -> tuple[date, time | None, str]:
    """The day, the time of day where one is written, and its offset as ISO has it, '' where none is."""
    plain = unicodedata.normalize("NFKC", said).strip()
    found = _MOMENT.fullmatch(re.sub(r"^(\d{4})(\d{2})(\d{2})(?!\d)", r"\1-\2-\3", plain))
    try:
        if found is None:
            raise ValueError
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
        if found["h"] is None:
            return day, None, ""
        hour, minute, second = (int(found[name] or 0) for name in ("h", "n", "s"))
        if (hour, minute, second) == (24, 0, 0):
            return day, LAST, _offset(found["offset"])
        return day, time(hour, minute, second), _offset(found["offset"])
    except ValueError:
        raise DateError("ground.no_moment", said=said[:40]) from None


def _offset(said: str | None) -> str:
    if not said:
        return ""
    return "+00:00" if said.upper() in ("Z", "UTC") else said if ":" in said else f"{said[:3]}:{said[3:]}"
