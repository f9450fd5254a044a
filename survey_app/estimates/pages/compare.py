"""Two estimate runs side by side."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.documents.estimate import EstimateDocument
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.estimates import comparison, review
from survey_app.estimates.charts import rows_chart
from survey_app.estimates.pages.estimates import run_of
from survey_app.estimates.pages.tables import verdict_column
from survey_app.estimates.pages.words import domain_name, input_name, level_name, outcome_name, percent_axis, state_name
from survey_app.estimates.suppression import shown_result
from survey_app.ground.sign_off import standing
from survey_app.ground.verdicts import exception_of, together, verdict_of
from survey_app.ground.zones import zones_of
from survey_app.models import EstimateRun
from survey_app.surveys.columns import COUNTY_VARIABLE


@bp.page("/estimates/compare", "比较两次估计", own("manager", "evaluator", "scorer", "auditor"))
def compare_page() -> str | BaseResponse:
    """?a=&b=: what differs in the inputs of two runs, and in what came out."""
    first, second = (run_of(_number(name)) for name in ("a", "b"))
    one, two = (shown_result(run, current_user.grants) for run in (first, second))
    figures, margins = _figures_table(first, second, one, two), _margins_table(first, second, one, two)
    drawn = _drawn(first, second, one, two)
    return (
        requested_export(figures, margins)
        or requested_figure(drawn)
        or render_template(
            "estimates/compare.html",
            first=first, second=second, one=one, two=two, inputs=comparison.inputs(first, second),
            input_name=input_name, plan=comparison.plan_changes(first, second), figures=figures, margins=margins,
            drawn=drawn, state_name=state_name, verdicts=[verdict_of(one), verdict_of(two)],
            exception_of=exception_of,
            stands=[standing(review.subject(run.id)).state for run in (first, second)],
            demo=first.demo or second.demo,
        )
    )  # fmt: skip


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not text.isdecimal() or len(text) > 9:
        abort(404)
    return int(text)


def _figures_table(first: EstimateRun, second: EstimateRun, one: EstimateDocument, two: EstimateDocument) -> Table:
    rows = [
        {
            "domain": domain_name(row.domain) if row.domain else _("全市"), "level": level_name(row.level),
            "first": row.first and row.first["estimate"], "second": row.second and row.second["estimate"],
            "difference": row.difference, "first_se": row.first and row.first["se"],
            "second_se": row.second and row.second["se"], "first_outcome": outcome_name(row.first_decision),
            "second_outcome": outcome_name(row.second_decision),
            f"verdict#{first.id}": _said(one, row.domain, row.level), f"verdict#{second.id}": _said(two, row.domain, row.level),
        }
        for row in comparison.figures(one, two)
    ]  # fmt: skip
    columns = [
        Column("domain", _("分组")), Column("level", _("组")), Column("first", f"#{first.id}", "share"),
        Column("second", f"#{second.id}", "share"), Column("difference", _("差"), "share"),
        Column("first_se", f"{_('标准误')} #{first.id}", "share"), Column("second_se", f"{_('标准误')} #{second.id}", "share"),
        Column("first_outcome", f"{_('结论')} #{first.id}"), Column("second_outcome", f"{_('结论')} #{second.id}"),
        *(verdict_column(together(each, COUNTY_VARIABLE), f"#{run.id}") for run, each in ((first, one), (second, two))),
    ]  # fmt: skip
    return Table("figures", _("结果之差"), columns, rows)


def _said(result: EstimateDocument, domain: str, level: str) -> str:
    """The sentence of the whole, or of the row of a domain; '' where there is none."""
    row = next((row for row in result["domains"].get(domain, []) if row["level"] == level), None)
    return str((verdict_of(result, domain, row) if row or not domain else None) or "")


def _margins_table(first: EstimateRun, second: EstimateRun, one: EstimateDocument, two: EstimateDocument) -> Table:
    rows = [
        {
            "domain": domain_name(row.domain) if row.domain else _("全市"),
            "level": level_name(row.level),
            "first": row.first,
            "second": row.second,
            "difference": row.difference,
        }
        for row in comparison.margins(one, two)
    ]
    columns = [
        Column("domain", _("分组")), Column("level", _("组")), Column("first", f"#{first.id}", "number"),
        Column("second", f"#{second.id}", "number"), Column("difference", _("差"), "number"),
    ]  # fmt: skip
    return Table("cells", _("计入的应答之差"), columns, rows)


def _drawn(first: EstimateRun, second: EstimateRun, one: EstimateDocument, two: EstimateDocument) -> Figure:
    rows = [
        {**result["satisfied"], "name": f"#{run.id}", "stands_out": False}
        for run, result in ((first, one), (second, two))
    ]
    lines = sorted({*zones_of(one).lines, *zones_of(two).lines})
    return Figure("compared", _("两次估计与区间"), rows_chart(rows, {"axis": percent_axis()}, lines))
