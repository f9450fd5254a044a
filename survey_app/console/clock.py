"""Moments as people of the office read them: stored in UTC, shown in the office's time zone."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo(os.environ.get("MINYI_TIME_ZONE", "Asia/Shanghai"))


def local(moment: datetime) -> datetime:
    """`moment` on the office's clock."""
    return moment.astimezone(OFFICE) if moment.tzinfo else moment


def local_time(moment: datetime | None, seconds: bool = False) -> str:
    """To the minute, or to the second; a dash where there is none."""
    if moment is None:
        return "–"
    return local(moment).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def local_day(moment: datetime | None) -> str:
    """The day alone, for deadlines."""
    return local(moment).strftime("%Y-%m-%d") if moment is not None else ""
