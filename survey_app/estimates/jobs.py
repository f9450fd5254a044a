"""Recomputing an estimate from what it stored, as background work."""

from __future__ import annotations

from survey_app.estimates.review import subject
from survey_app.estimates.runs import verify_run
from survey_app.ground import audit
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.models import EstimateRun, db


@job("verify", "复算核对", "Recompute and compare")
def verify(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"run": id}. Recompute a run from what it stored; what came of it stands in the audit trail."""
    progress.tell(0, 1, "正在按所存数据复算", "recomputing from what the run stored")
    run = db.session.get_one(EstimateRun, arguments["run"])
    audit.record("run.verify", subject(run.id), after=verify_run(run))
    return subject(run.id)
