"""Moments as people read them: stored in UTC, shown by the office's clock, or by a survey's own where it is about one."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from survey_app.ground.dates import with_zone
from survey_app.ground.settings import in_force

if TYPE_CHECKING:
    from survey_app.models import Survey


def office() -> ZoneInfo:
    """The office's clock."""
    return in_force().time_zone


def today() -> date:
    """The day at the office: what due dates are compared with."""
    return datetime.now(office()).date()


def local(moment: datetime) -> datetime:
    """`moment` on the office's clock."""
    return moment.astimezone(office()) if moment.tzinfo else moment


def local_time(moment: datetime | None, seconds: bool = False) -> str:
    """To the minute, or to the second; a dash where there is none."""
    if moment is None:
        return "–"
    return local(moment).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def local_day(moment: datetime | None) -> str:
    """The day alone."""
    return local(moment).strftime("%Y-%m-%d") if moment is not None else ""


def deadline(moment: datetime | None) -> str:
    """The last minute that counts, with its zone."""
    return with_zone(moment, office()) if moment is not None else ""


def survey_time(moment: datetime | None, survey: Survey, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A stored moment by the survey's own clock; a dash where there is none."""
    return moment.astimezone(ZoneInfo(survey.time_zone)).strftime(pattern) if moment is not None else "–"
