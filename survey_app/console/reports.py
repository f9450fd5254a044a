"""Reports of an estimate and of a scoring run, as Word, Excel and PDF."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.permissions import Owner, owner_of
from survey_app.console.views import bp
from survey_app.models import EstimateRun, ScoringRun, db
from survey_app.security import language
from survey_app.services import overview
from survey_app.services.reports import TYPES, Report, batch_report, estimate_report, scoring_report, written
from survey_app.services.reports.content import ReportError
from survey_app.services.sign_off import standing
from survey_app.services.suppressed_views import shown_run, shown_runs
from survey_app.services.suppression import shown_result


@owner_of("console.score_report")
def owner_of_score_report(arguments: dict[str, Any]) -> Owner | None:
    run = db.session.get(ScoringRun, arguments["run_id"])
    return (run.area, None) if run is not None and run.area.kind != "city" else None


@bp.get("/estimates/<int:run_id>/report.<any(docx, xlsx, pdf):ending>")
def estimate_report_file(run_id: int, ending: str) -> BaseResponse:
    run = db.session.get(EstimateRun, run_id) or abort(404)
    result = shown_result(run, current_user.grants)
    report = estimate_report(run, result, language(), state_name(f"estimate:{run.id}"))
    return _sent(report, ending, url_for("console.estimate_page", run_id=run_id))


@bp.get("/scores/<int:run_id>/report.<any(docx, xlsx, pdf):ending>")
def score_report(run_id: int, ending: str) -> BaseResponse:
    run = shown_run(db.session.get(ScoringRun, run_id) or abort(404), current_user.grants)
    return _sent(scoring_report(run, language()), ending, url_for("console.score_page", run_id=run_id))


@bp.get("/scores/batch/<batch>/report.<any(docx, xlsx, pdf):ending>")
def batch_report_file(batch: str, ending: str) -> BaseResponse:
    runs = shown_runs(overview.batch_runs(batch), current_user.grants) or abort(404)
    return _sent(batch_report(runs, language()), ending, url_for("console.batch_page", batch=batch))


def state_name(subject: str) -> str:
    """How far the sign-off of a subject is, with who and when."""
    now = standing(subject)
    names: dict[str, str] = {
        "": _("未提交审批"), "proposed": _("待审批"), "approved": _("已批准"), "returned": _("已退回"), "withdrawn": _("已撤回"),
    }  # fmt: skip
    last = now.steps[-1] if now.steps else None
    return names[now.state] + (f" ({last.by}, {last.at:%Y-%m-%d})" if last else "")


def _sent(report: Report, ending: str, back: str) -> BaseResponse:
    try:
        body = written(report, ending)
    except ReportError as error:
        flash(str(error), "error")
        return redirect(back)
    headers = {"Content-Disposition": f"attachment; filename={report.name}.{ending}"}
    return Response(body, content_type=TYPES[ending], headers=headers)
