"""Working days: Monday to Friday, changed by a file of the days off and the weekend days worked of a year.

MINYI_HOLIDAYS names the file; one day a line, `2026-10-01 off` or `2026-10-10 work`, # begins a comment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

SATURDAY = 5


class CalendarError(ValueError):
    """A line of the file that is no day; says which."""


@dataclass(frozen=True)
class Calendar:
    """off: weekdays that are not worked; worked: weekend days that are."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

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


@lru_cache(maxsize=20_000)
def _between(calendar: Calendar, first: date, last: date) -> int:
    """Counted once for each pair of days: figures of many tickets ask for the same ones."""
    return sum(calendar.works(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


@lru_cache(maxsize=8)
def read_calendar(path: str) -> Calendar:
    """The calendar in a file. Raises CalendarError."""
    days: dict[str, set[date]] = {"off": set(), "work": set()}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError(f"cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            day, kind = words
            days[kind].add(date.fromisoformat(day))
        except (ValueError, KeyError) as error:
            raise CalendarError(f"{path}, line {number}: expected '2026-10-01 off' or '2026-10-10 work'") from error
    return Calendar(frozenset(days["off"]), frozenset(days["work"]))
