"""What a read-only link opens: one run's brief, for whoever has the address. No sign-in, nothing of the staff, no index."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.briefs.links import run_behind
from survey_app.briefs.pages.brief import brief
from survey_app.briefs.pages.parts import county_map, county_table, trend_figure
from survey_app.briefs.summary import counties, over_periods
from survey_app.console.frame import HEADERS
from survey_app.documents import TYPES, written
from survey_app.documents.content import ReportError
from survey_app.estimates.figure_notes import notes_of, told
from survey_app.estimates.review import subject
from survey_app.estimates.suppression import shown_result
from survey_app.ground.language import language
from survey_app.ground.sign_off import APPROVED, standing
from survey_app.ground.verdicts import verdict_of
from survey_app.models import EstimateRun

bp = Blueprint("view", __name__, url_prefix="/view")
OWN = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@bp.after_request
def closed(response: BaseResponse) -> BaseResponse:
    """Kept nowhere, found by no search, told to no other site."""
    response.headers.update(HEADERS | OWN)
    return response


@bp.get("/<token>")
def view_page(token: str) -> str | tuple[str, int]:
    """The figure, its trend and the counties, as whoever has no grants may see them."""
    run = run_behind(token)
    if run is None:
        return render_template("briefs/ended.html", language=language()), 404
    result = shown_result(run, [])
    found = counties(run, result)
    return render_template(
        "briefs/view.html", run=run, result=result, token=token, language=language(), verdict=verdict_of(result),
        trend=trend_figure(over_periods(run, result), result), table=county_table(found, run, links=False) if found else None,
        mapped=county_map(found, run, public=True) if found else None,
        notes=[told(note) for note in notes_of(run)], approved=standing(subject(run.id)).state == APPROVED,
    )  # fmt: skip


@bp.get("/<token>/brief.<any(docx, pdf):ending>")
def view_file(token: str, ending: str) -> BaseResponse:
    """The same as a document."""
    run: EstimateRun = run_behind(token) or abort(404)
    report = brief(run, shown_result(run, []), language())
    try:
        body = written(report, ending)
    except ReportError:
        abort(404, _("这台服务器不能写出这种文件"))
    headers = {"Content-Disposition": f"attachment; filename={report.name}.{ending}"}
    return Response(body, content_type=TYPES[ending], headers=headers)
