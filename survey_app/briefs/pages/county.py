"""A county's figure in a run, and the sites it rests on: from each on to its fieldwork and to how its answers came in."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.briefs.summary import counties
from survey_app.console.frame import bp, owner_of_area
from survey_app.console.permissions import inside, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.estimates.figure_notes import COUNTY, notes_of, told
from survey_app.estimates.pages.estimates import run_of
from survey_app.estimates.pages.held import held_page
from survey_app.estimates.suppression import shown_result
from survey_app.ground.held import seen
from survey_app.ground.verdicts import apart, verdict_of
from survey_app.models import Area, Survey
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.unit_counts import shown_site_counts, site_counts


@bp.page(
    "/estimates/<int:run_id>/counties/<area>",
    "查看一个县的估计",
    own("manager", "evaluator", "scorer", "auditor"),
    of=owner_of_area,
)
def county_page(run_id: int, area: str) -> str | BaseResponse:
    run = run_of(run_id)
    if not seen(run.survey):
        return held_page(run)
    result = shown_result(run, current_user.grants)
    found = next((one for one in counties(run, result) if one.area.code == area), None) or abort(404)
    table = _sites(run.survey, found.area)
    notes = [told(note) for note in notes_of(run) if note.figure == COUNTY + found.row["level"]]
    return requested_export(table) or render_template(
        "briefs/county.html", run=run, result=result, found=found, table=table, notes=notes,
        verdict=verdict_of(result, COUNTY_VARIABLE, found.row), apart=apart(found.row), demo=run.demo,
    )  # fmt: skip


def _sites(survey: Survey, area: Area) -> Table:
    """The sites in the county with their finished responses of now, small ones hidden."""
    grants = current_user.grants
    rows = [
        {
            "site": site.name, "kind": _("抽样") if site.probability else _("开放"), "number": number, "target": site.target,
            "address": url_for("console.site_work", code=site.code) if may(grants, "console.site_work", site.area) else "",
            "process": _("应答过程") if may(grants, "console.process_page", None) else None,
            "came": url_for("console.process_page", code=survey.code, site=site.code),
        }
        for site, number in shown_site_counts(site_counts(survey), survey, grants)
        if inside(site.area, area)
    ]  # fmt: skip
    columns = [
        Column("site", _("调查点"), link="address"), Column("kind", _("类型")), Column("number", _("完成应答"), "number"),
        Column("target", _("目标"), "number"), Column("process", _("何时何地怎样完成"), link="came"),
    ]  # fmt: skip
    return Table("county-sites", _("调查点"), columns, rows)
