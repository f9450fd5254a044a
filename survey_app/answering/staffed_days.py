"""When an answer taken by staff counts as given: at noon of its day, inside the survey's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from survey_app.answering.after_close import late_is_taken
from survey_app.models import Survey


class DayError(ValueError):
    """A day on which no answer can have been given: future | early | late."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def moment_of(survey: Survey, day: date) -> datetime:
    """Noon of `day` in the survey's zone; on its first and last day and today, a moment at which it is open. A day after
    the close is taken of an official survey alone: such an answer is late (after_close.py).

    Raises DayError.
    """
    zone = ZoneInfo(survey.time_zone)
    moment, present = datetime.combine(day, time(12), zone).astimezone(UTC), datetime.now(UTC)
    if day > present.astimezone(zone).date():
        raise DayError("future")
    if survey.opens_at and moment < survey.opens_at:
        if day < survey.opens_at.astimezone(zone).date():
            raise DayError("early")
        moment = survey.opens_at
    if survey.closes_at and moment >= survey.closes_at:
        if day <= survey.closes_at.astimezone(zone).date():
            moment = survey.closes_at - timedelta(seconds=1)
        elif not late_is_taken(survey):
            raise DayError("late")
    return min(moment, present)
