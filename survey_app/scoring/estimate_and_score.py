"""An estimate with the scorecards that follow from it, recorded as one: what the job and `minyi run` do alike."""

from __future__ import annotations

from survey_app.estimates.runs import make_run
from survey_app.ground import audit
from survey_app.jobs.queue import Progress
from survey_app.models import EstimateRun, ScoringRun, Survey, db
from survey_app.scoring.runs import score_run


def estimate_and_score(survey: Survey, progress: Progress) -> tuple[EstimateRun, list[ScoringRun]]:
    """Estimate, score, and record it. The caller has looked for doubtful answers, and commits.

    Raises NoResponsesError or the analysis' own error; nothing is stored then.
    """
    run = make_run(survey, progress)
    progress.tell(9, 10, "正在为市和各县(市、区)评分", "scoring the city and its counties")
    scored = score_run(run)
    db.session.flush()
    after = {"estimate_run": run.id, "batch": scored[0].batch if scored else None, "plan": run.plan_digest}
    audit.record("run", f"survey:{survey.code}", after=after)
    return run, scored
