"""What another collector sends: an interview a call, as many a day as its key allows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, update

from survey_app.answering.submission import Receipt, store
from survey_app.fieldwork.collected import Interview, Place, ready
from survey_app.models import ApiToken, db
from wording import Refusal


class DailyFullError(Refusal):
    """The collector has brought what it may bring today. seconds: until the next day begins."""

    def __init__(self, daily: int, seconds: int) -> None:
        super().__init__("api.daily_full", daily=daily)
        self.seconds = seconds


def take(token: ApiToken, place: Place, sent: Interview) -> Receipt:
    """Check and store one interview; the first receipt again for a key that was sent before. The caller commits.

    Raises DailyFullError, what `collected.ready` and `submission.store` raise, and IntegrityError where the same key is
    being stored at this moment.
    """
    found = ready(token.label, place, sent, {"token_id": token.id})
    if isinstance(found, Receipt):
        return found
    _count(token, datetime.now(ZoneInfo(place.site.time_zone)))
    return store(found)


def _count(token: ApiToken, moment: datetime) -> None:
    """One more of today, by one statement, so that of many at once no more get in than may. Raises DailyFullError."""
    today: date = moment.date()
    other = or_(ApiToken.day.is_(None), ApiToken.day != today)
    done = db.session.execute(
        update(ApiToken)
        .where(ApiToken.id == token.id, or_(other, ApiToken.taken < ApiToken.daily))
        .values(taken=case((other, 1), else_=ApiToken.taken + 1), day=today)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        ends = datetime.combine(today + timedelta(days=1), datetime.min.time(), moment.tzinfo)
        raise DailyFullError(token.daily or 0, max(1, int((ends - moment).total_seconds())))
