"""Working days: a day that the operator's file names stands, then the announced days off and weekend days worked.

MINYI_HOLIDAYS names the file; one day a line, `2026-10-01 off` or `2026-10-10 work`, # begins a comment. What the State
Council announces each autumn for the next year comes with the package chinesecalendar. A year that neither knows has
plain weekdays, and pages and `minyi config check` say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from wording import Refusal

SATURDAY = 5


class CalendarError(Refusal):
    """A line of the file that is no day; says which."""


@dataclass(frozen=True)
class Calendar:
    """off: weekdays that are not worked; worked: weekend days that are; years: those of which this is known."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def works(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def after(self, day: date, days: int) -> date:
        """The `days`-th working day after `day`."""
        while days > 0:
            day += timedelta(days=1)
            days -= self.works(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; 0 where last is not later."""
        return _between(self, first, last)

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Years from `first` to `last` in which plain weekdays are counted."""
        return [year for year in range(first.year, last.year + 1) if year not in self.years]


@lru_cache(maxsize=20_000)
def _between(calendar: Calendar, first: date, last: date) -> int:
    """Counted once for each pair of days: figures of many tickets ask for the same ones."""
    return sum(calendar.works(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


@cache
def announced() -> Calendar:
    """As the State Council announced it, for the years that the package holds."""
    try:
        from chinese_calendar import constants
    except ImportError:  # an environment older than the lock: every year is unknown, and said to be
        return Calendar()
    off = frozenset(day for day in constants.holidays if day.weekday() < SATURDAY)
    worked = frozenset(constants.workdays)
    return Calendar(off, worked, frozenset(day.year for day in off))


@lru_cache(maxsize=8)
def read_calendar(path: str) -> Calendar:
    """The announced days as the file at `path` changes them; without a file, those. Raises CalendarError."""
    known, days = announced(), _days(path) if path else {"off": frozenset(), "work": frozenset()}
    return Calendar(
        (known.off - days["work"]) | days["off"],
        (known.worked - days["off"]) | days["work"],
        known.years | {day.year for named in days.values() for day in named},
    )


def _days(path: str) -> dict[str, frozenset[date]]:
    """The days that a file names, by kind."""
    days: dict[str, set[date]] = {"off": set(), "work": set()}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError("settings.calendar_unreadable", error=error) from error
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            day, kind = words
            days[kind].add(date.fromisoformat(day))
        except (ValueError, KeyError) as error:
            raise CalendarError("settings.calendar_line", path=path, line=number) from error
    return {kind: frozenset(named) for kind, named in days.items()}
