"""Scorecards: every batch there is, one area's card, and the ranking of a batch."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import abort, render_template
from flask_security import current_user

from analysis.scoring.progress import document_goals, summarise
from survey_app.console.permissions import Owner, owner_of
from survey_app.console.views import bp
from survey_app.models import ScoringRun, db
from survey_app.services import overview
from survey_app.services.suppressed_views import shown_run, shown_runs


@owner_of("console.score_page")
def owner_of_score(arguments: dict[str, Any]) -> Owner | None:
    run = db.session.get(ScoringRun, arguments["run_id"])
    return (run.area, None) if run is not None and run.area.kind != "city" else None


@bp.get("/scores/<int:run_id>")
def score_page(run_id: int) -> str:
    run = shown_run(db.session.get(ScoringRun, run_id) or abort(404), current_user.grants)
    groups = [(path, list(rows)) for path, rows in groupby(run.scorecard["indicators"], key=lambda row: row["path"])]
    return render_template(
        "console/score.html",
        run=run,
        card=run.scorecard,
        groups=groups,
        batch=overview.batch_runs(run.batch),
        demo=run.demo,
    )


@bp.get("/scores/batch/<batch>")
def batch_page(batch: str) -> str:
    runs = shown_runs(overview.batch_runs(batch), current_user.grants) or abort(404)
    counties = [run for run in runs if run.area.kind == "county"]
    by_name = {run.area.name: run for run in counties}
    summary = summarise({name: run.scorecard for name, run in by_name.items()}, document_goals(), None)
    ranked = [by_name[name] for name in summary.ranking]
    city = next((run for run in runs if run.area.kind == "city"), None)
    return render_template("console/batch.html", city=city, ranked=ranked, summary=summary, demo=runs[0].demo)
