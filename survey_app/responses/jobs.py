"""Looking for doubtful responses as a background job, for the button in the console and by the clock; and what the
clock takes away: what nobody confirmed, and answers whose time is over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from definitions import DefinitionError
from survey_app.answering.erasure import erase_survey, expired
from survey_app.ground.settings import in_force
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.jobs.schedule import forget_old_jobs, regular
from survey_app.models import Survey, db
from survey_app.responses.flags import flag_new, flag_responses
from survey_app.responses.leftovers import clear
from survey_app.surveys.life import COLLECTING


@job("flags", "检查应答质量", "Look for doubtful responses", refusals=(DefinitionError,))
def look_for_flags(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id}."""
    survey = db.session.get_one(Survey, arguments["survey"])
    progress.tell(0, 1, "正在检查全部应答", "looking through all responses")
    flag_responses(survey)
    return f"flags:{survey.code}"


@regular("flags", "检查应答质量", "Look for doubtful responses", timedelta(minutes=15))
def flag_collecting(progress: Progress) -> int:
    """Every survey that is collecting and has new responses."""
    surveys = db.session.scalars(select(Survey).where(Survey.state.in_(COLLECTING)).order_by(Survey.id)).all()
    return sum(sum(flag_new(survey).values()) for survey in surveys)


@regular("leftovers", "清理草稿和无人确认的文件", "Clear drafts and files nobody confirmed", time(2, 10))
def clear_leftovers(progress: Progress) -> int:
    """What was handed in and never confirmed, and what the clock's own jobs have left."""
    left = clear()
    return left.drafts + left.uploads + left.files + forget_old_jobs(datetime.now(UTC))


@regular("retention", "删除期满的应答", "Delete answers whose time is over", time(2, 30), "keep_answers")
def delete_expired(progress: Progress) -> int:
    """Of surveys that closed more days ago than are set."""
    days = in_force().keep_answers
    return sum(erase_survey(survey, f"retention of {days} days") for survey, _number in expired(days))
