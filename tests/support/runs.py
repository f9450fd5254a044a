"""An estimate, and the scorecards that follow from it, made at once and committed, as tests want them."""

from __future__ import annotations

from survey_app.estimates.runs import make_run
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun, ScoringRun, Survey, db
from survey_app.scoring.runs import score_run


def run_estimate(survey: Survey) -> EstimateRun:
    run = make_run(survey, Silent())
    db.session.commit()
    return run


def run_scoring(estimate_run: EstimateRun) -> list[ScoringRun]:
    runs = score_run(estimate_run)
    db.session.commit()
    return runs
