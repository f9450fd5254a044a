"""When something may go out: not at night, and what is gathered once a day, by the office's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from survey_app.ground.clock import office
from survey_app.models import NoticeHours, db
from survey_app.models.base import now


def hours() -> NoticeHours:
    """The office's hours; the usual ones where nobody has set any."""
    return db.session.get(NoticeHours, 1) or NoticeHours(
        id=1, quiet_from=time(21, 0), quiet_until=time(8, 0), digest_at=time(8, 30)
    )


def may_go(moment: datetime, set_hours: NoticeHours) -> datetime:
    """`moment`, or the end of the quiet hours it falls into. Hours that begin when they end are none."""
    here = moment.astimezone(office())
    begin, end, at = set_hours.quiet_from, set_hours.quiet_until, here.time()
    quiet = begin <= at < end if begin <= end else at >= begin or at < end
    return _next(here, end) if quiet else moment


def gathered(moment: datetime, set_hours: NoticeHours) -> datetime:
    """The next hour at which gathered notices go, after `moment`."""
    return may_go(_next(moment.astimezone(office()), set_hours.digest_at), set_hours)


def due(gather: bool, moment: datetime | None = None) -> datetime:
    """When a message to a person that is made now goes out first."""
    set_hours = hours()
    moment = moment or now()
    return gathered(moment, set_hours) if gather else may_go(moment, set_hours)


def _next(here: datetime, at: time) -> datetime:
    found = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return (found if found > here else found + timedelta(days=1)).astimezone(UTC)
