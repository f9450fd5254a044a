"""Opening hours of a site's code: read from a line such as `1-5 08:30-17:30; 6 09:00-12:00`, said in words, looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from wording import Refusal

DAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MOST = 7  # windows
_NAMES = {f"周{name}": day for day, name in enumerate(DAYS["zh"], start=1)} | {"周天": 7}
_NAMES |= {name.lower(): day for day, name in enumerate(DAYS["en"], start=1)}
_WINDOW = re.compile(r"(?:(?P<days>[^\s:：]+)\s+)?(?P<from>\d{1,2}[:：]\d{2})\s*[-–—~至]\s*(?P<to>\d{1,2}[:：]\d{2})")


class HoursError(Refusal):
    """Opening hours that cannot be read, in the user's words."""


@dataclass(frozen=True)
class Window:
    """On `days` (1 Monday to 7 Sunday) from minute `start` of the day up to, not including, minute `end`."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Hours:
    """Open in any of the windows, by the survey's own clock; no window: always."""

    windows: tuple[Window, ...] = ()

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at `moment`, which carries the survey's time zone."""
        minute = moment.hour * 60 + moment.minute
        return not self.windows or any(
            moment.isoweekday() in window.days and window.start <= minute < window.end for window in self.windows
        )

    def said(self, language: str) -> list[str]:
        """One line per window, as people read it."""
        return [
            f"{_days(window.days, language)} {_clock(window.start)}–{_clock(window.end)}" for window in self.windows
        ]

    def written(self) -> str:
        """The line from which `read_hours` makes the same hours."""
        return "; ".join(f"{_numbers(w.days)} {_clock(w.start)}-{_clock(w.end)}" for w in self.windows)


@lru_cache(maxsize=256)
def read_hours(text: str) -> Hours:
    """Hours from a line: windows parted by `;` or line breaks, days 1–7, 周一 or Mon, none for every day.

    Raises HoursError, naming the part that cannot be read.
    """
    parts = [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
    if len(parts) > MOST:
        raise HoursError("answering.most_windows", most=MOST)
    return Hours(tuple(_window(part) for part in parts))


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise HoursError("answering.cannot_read_write", part=part[:40])
    start, end = _minutes(found["from"], part), _minutes(found["to"], part)
    if start >= end:
        raise HoursError("answering.must_end_after_starts", part=part[:40])
    return Window(_read_days(found["days"], part), start, end)


def _read_days(text: str | None, part: str) -> tuple[int, ...]:
    if not text:
        return tuple(range(1, 8))
    days: set[int] = set()
    for piece in re.split(r"[,，、]", text):
        ends = [_day(end, part) for end in re.split(r"[-–—~至]", piece)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise HoursError("answering.these_days_no_range", part=part[:40])
        days |= set(range(ends[0], ends[-1] + 1))
    return tuple(sorted(days))


def _day(name: str, part: str) -> int:
    day = int(name) if re.fullmatch("[1-7]", name) else _NAMES.get(name.lower())
    if day is None:
        raise HoursError("answering.no_weekday_use", part=part[:40], value=name or "空", name=name)
    return day


def _minutes(clock: str, part: str) -> int:
    hour, minute = (int(number) for number in re.split("[:：]", clock))
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise HoursError("answering.no", part=part[:40], clock=clock)
    return hour * 60 + minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _runs(days: tuple[int, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        runs = [*runs[:-1], (runs[-1][0], day)] if runs and runs[-1][1] == day - 1 else [*runs, (day, day)]
    return runs


def _numbers(days: tuple[int, ...]) -> str:
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(days))


def _days(days: tuple[int, ...], language: str) -> str:
    if len(days) == 7:
        return "Every day" if language == "en" else "每天"
    names = DAYS["en" if language == "en" else "zh"]
    if language == "en":
        return ", ".join(
            names[first - 1] if first == last else f"{names[first - 1]}–{names[last - 1]}"
            for first, last in _runs(days)
        )
    return "、".join(
        f"周{names[first - 1]}" if first == last else f"周{names[first - 1]}至周{names[last - 1]}"
        for first, last in _runs(days)
    )
