"""The overview that a person meets after signing in."""

from __future__ import annotations

from flask import (
    redirect,
    render_template,
    url_for,
)
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import EVERYONE, Menu, may
from survey_app.scoring import batches
from survey_app.scoring.shown import shown_runs
from survey_app.surveys import listing, unit_counts
from survey_app.surveys.listing import present_survey
from survey_app.surveys.unit_counts import shown_fieldwork


@bp.page("/", "概览", EVERYONE, menu=Menu("概览", "", 10))
def home() -> str | BaseResponse:
    if current_user.tf_primary_method and current_user.mf_recovery_codes is None:
        return redirect(url_for("security.mf_recovery_codes"))
    survey = present_survey()
    if survey is None:
        return render_template("console/empty.html")
    batch = shown_runs(batches.newest_batch(survey), current_user.grants)
    if not may(current_user.grants, "console.estimate_page", None):
        own = [run for run in batch if may(current_user.grants, "console.score_page", run.area)]
        return render_template(
            "console/home_own.html", batch=own, grants=current_user.grants, role_names=role_names(), demo=survey.demo
        )
    return render_template(
        "console/home.html",
        survey=survey,
        fieldwork=shown_fieldwork(unit_counts.fieldwork(survey), survey, current_user.grants),
        run=next(iter(listing.estimate_runs(survey)), None),
        batch=batch,
        demo=survey.demo,
    )
