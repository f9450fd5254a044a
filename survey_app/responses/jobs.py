"""Looking for doubtful responses as a background job, for the button in the console."""

from __future__ import annotations

from definitions import DefinitionError
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.models import Survey, db
from survey_app.responses.flags import flag_responses


@job("flags", "检查应答质量", "Look for doubtful responses", refusals=(DefinitionError,))
def look_for_flags(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id}."""
    survey = db.session.get_one(Survey, arguments["survey"])
    progress.tell(0, 1, "正在检查全部应答", "looking through all responses")
    flag_responses(survey)
    return f"flags:{survey.code}"
