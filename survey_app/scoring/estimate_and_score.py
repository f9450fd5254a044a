"""Estimate runs as background jobs."""

from __future__ import annotations

from typing import Any

from analysis.errors import AnalysisError
from definitions import DefinitionError
from survey_app.estimates.runs import NoResponsesError, make_run
from survey_app.ground import audit
from survey_app.jobs.queue import Progress, job
from survey_app.models import EstimateRun, ScoringRun, Survey, db
from survey_app.responses.flags import flag_new
from survey_app.scoring.runs import score_run


@job("estimate", "估计并评分", "Estimate and score", refusals=(NoResponsesError, AnalysisError, DefinitionError))
def estimate(arguments: dict[str, Any], progress: Progress) -> str:
    """arguments: {"survey": id}. An estimate run, and the scoring runs that follow from it."""
    return f"estimate:{estimate_and_score(db.session.get_one(Survey, arguments['survey']), progress)[0].id}"


def estimate_and_score(survey: Survey, progress: Progress) -> tuple[EstimateRun, list[ScoringRun]]:
    """Look for doubtful answers, estimate, score, and record it: the job and `minyi run` alike. The caller commits.

    Raises NoResponsesError or the analysis' own error; new flags stand then, and nothing else is stored.
    """
    progress.tell(0, 10, "正在检查应答质量", "looking for doubtful responses")
    flag_new(survey)
    db.session.commit()  # flags stand by themselves, and SQLite's one writer is free while the estimate is made
    run = make_run(survey, progress)
    progress.tell(9, 10, "正在为市和各县(市、区)评分", "scoring the city and its counties")
    scored = score_run(run)
    db.session.flush()
    after = {"estimate_run": run.id, "batch": scored[0].batch if scored else None, "plan": run.plan_digest}
    audit.record("run", f"survey:{survey.code}", after=after)
    return run, scored
