"""Reports of an estimate, a scoring run and a final run, as Word, Excel and PDF."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.documents.estimate import EstimateDocument
from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Owner, own
from survey_app.console.sent_reports import sent_report
from survey_app.documents.content import Report
from survey_app.estimates.pages.quality import quality_report
from survey_app.estimates.pages.report import estimate_report
from survey_app.estimates.suppression import shown_result
from survey_app.ground.language import language
from survey_app.models import EstimateRun, FinalRun, ScoringRun, db
from survey_app.scoring import batches
from survey_app.scoring.frozen import scorecards
from survey_app.scoring.pages.final_report import final_report as report_of_final
from survey_app.scoring.report import batch_report, scoring_report
from survey_app.scoring.shown import shown_run, shown_runs


def owner_of_score_report(arguments: Arguments) -> Owner | None:
    run = db.session.get(ScoringRun, arguments["run_id"])
    return (run.area, None) if run is not None and run.area.kind != "city" else None


@bp.page(
    "/estimates/<int:run_id>/report.<any(docx, xlsx, pdf):ending>",
    "下载估计报告",
    own("manager", "evaluator", "scorer", "auditor"),
)
def estimate_report_file(run_id: int, ending: str) -> BaseResponse:
    return _of_estimate(run_id, ending, estimate_report)


@bp.page(
    "/estimates/<int:run_id>/quality.<any(docx, xlsx, pdf):ending>",
    "下载质量报告",
    own("manager", "evaluator", "scorer", "auditor"),
)
def quality_report_file(run_id: int, ending: str) -> BaseResponse:
    return _of_estimate(run_id, ending, quality_report)


def _of_estimate(
    run_id: int, ending: str, made: Callable[[EstimateRun, EstimateDocument, str], Report]
) -> BaseResponse:
    run = db.session.get(EstimateRun, run_id) or abort(404)
    report = made(run, shown_result(run, current_user.grants), language())
    return sent_report(report, ending, url_for("console.estimate_page", run_id=run_id))


@bp.page(
    "/scores/<int:run_id>/report.<any(docx, xlsx, pdf):ending>",
    "下载评分报告",
    own("evaluator", "scorer", "auditor"),
    of=owner_of_score_report,
)
def score_report(run_id: int, ending: str) -> BaseResponse:
    run = shown_run(db.session.get(ScoringRun, run_id) or abort(404), current_user.grants)
    return sent_report(scoring_report(run, language()), ending, url_for("console.score_page", run_id=run_id))


@bp.page(
    "/scores/batch/<batch>/report.<any(docx, xlsx, pdf):ending>",
    "下载评分总报告",
    own("evaluator", "scorer", "auditor"),
)
def batch_report_file(batch: str, ending: str) -> BaseResponse:
    runs = shown_runs(batches.batch_runs(batch), current_user.grants) or abort(404)
    return sent_report(batch_report(runs, language()), ending, url_for("console.batch_page", batch=batch))


@bp.page(
    "/final/<int:final_id>/report.<any(docx, xlsx, pdf):ending>",
    "下载最终评分报告",
    own("evaluator", "scorer", "auditor"),
)
def final_report(final_id: int, ending: str) -> BaseResponse:
    """A trial or a final run; a trial and what nobody approved say so on every page."""
    run = db.session.get(FinalRun, final_id) or abort(404)
    report = report_of_final(run, shown_runs(scorecards(run), current_user.grants), language())
    return sent_report(report, ending, url_for("console.final_page", final_id=final_id))
