"""An estimate and the scorecards that follow from it, as background work; the months of rectification by the clock."""

from __future__ import annotations

from datetime import time

from analysis.errors import AnalysisError
from definitions import DefinitionError
from survey_app.estimates.runs import NoResponsesError
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.jobs.schedule import regular
from survey_app.models import Survey, db
from survey_app.responses.flags import flag_new
from survey_app.scoring.estimate_and_score import estimate_and_score
from survey_app.scoring.rectification_months import take_snapshot


@job("estimate", "估计并评分", "Estimate and score", refusals=(NoResponsesError, AnalysisError, DefinitionError))
def estimate(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id}. Doubtful answers are looked for, then an estimate and its scoring runs are made."""
    survey = db.session.get_one(Survey, arguments["survey"])
    progress.tell(0, 10, "正在检查应答质量", "looking for doubtful responses")
    flag_new(survey)
    db.session.commit()  # flags stand by themselves, and SQLite's one writer is free while the estimate is made
    return f"estimate:{estimate_and_score(survey, progress)[0].id}"


@regular("snapshot", "记下本月整改情况", "Keep the month's counts of rectification", time(1, 10))
def keep_month(progress: Progress) -> int:
    """On the first day of each month that a server runs; a month that is kept stays as it is."""
    return len(take_snapshot())
