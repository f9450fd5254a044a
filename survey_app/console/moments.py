"""Moments as people in the city read them: stored in UTC, shown in the city's time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def local(moment: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """Day and time of an aware moment in the city; '–' for none."""
    return "–" if moment is None else moment.astimezone(ZONE).strftime(form)


def day(moment: datetime | None) -> str:
    """The day alone."""
    return local(moment, "%Y-%m-%d")
