"""Surveys: their list, and the page from which one is run."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import legal_warnings
from survey_app.console.views import bp, survey_of
from survey_app.models import db
from survey_app.services import audit, overview
from survey_app.services.questionnaires import definition_of
from survey_app.services.survey_states import NEXT, StateError, change_state


@bp.get("/surveys/<code>")
def survey_page(code: str) -> str:
    survey = survey_of(code)
    return render_template(
        "console/survey.html",
        survey=survey,
        state_names=state_names(),
        moves=[(state, move_names()[state]) for state in NEXT[survey.state]],
        fieldwork=overview.fieldwork(survey),
        sites=overview.site_counts(survey),
        runs=overview.estimate_runs(survey),
        warnings=legal_warnings(definition_of(survey)),
        demo=survey.demo,
    )


@bp.post("/surveys/<code>/state")
def set_state(code: str) -> BaseResponse:
    survey = survey_of(code)
    before = survey.state
    try:
        change_state(survey, request.form.get("state", ""))
        audit.record("survey.state", f"survey:{survey.code}", {"state": before}, {"state": survey.state})
        db.session.commit()
    except StateError as error:
        flash(str(error), "error")
    return redirect(url_for("console.survey_page", code=code))


def state_names() -> dict[str, str]:
    """The states of a survey."""
    return {
        "draft": _("草稿"), "locked": _("已锁定"), "open": _("进行中"), "paused": _("已暂停"), "closed": _("已结束"),
        "archived": _("已归档"),
    }  # fmt: skip


def move_names() -> dict[str, str]:
    """What the button that leads to a state says."""
    return {
        "locked": _("锁定计划"), "open": _("开放"), "paused": _("暂停"), "closed": _("结束"), "archived": _("归档"),
    }  # fmt: skip
