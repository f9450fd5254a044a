"""The page of an estimate whose figure is held: all that fieldwork needs, and nothing of the official question."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from scipy import stats
from werkzeug.wrappers import Response as BaseResponse

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from survey_app.console.frame import bp
from survey_app.console.permissions import may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.estimates.names import missing_names
from survey_app.estimates.pages import tables
from survey_app.estimates.pages.words import domain_name, level_name
from survey_app.estimates.suppression import shown_without_figure
from survey_app.ground.held import interim_number, openings
from survey_app.ground.official import FigureHeldError
from survey_app.ground.plans import plan_of_run
from survey_app.models import EstimateRun


def held_page(run: EstimateRun) -> str | BaseResponse:
    """Size, missing, margins, services, and the half-width that the interval of a share of one half would have now."""
    result = shown_without_figure(run, current_user.grants)
    found = [_sizes(run, result), *([_missing(result)] if result["missing"] else []), tables.margins(result)]
    found += [tables.services(result), tables.service_counties(result)] if result.get("services") else []
    return requested_export(*found) or render_template(
        "estimates/held.html",
        run=run, result=result, tables=[table for table in found if table.rows], number=interim_number(run),
        openings=openings(run.survey), survey=run.survey, demo=run.demo,
    )  # fmt: skip


def half_width(row: EstimateDocument | DomainRow, confidence: float) -> float | None:
    """Of the interval of a share of one half, as large as any: by its effective size and df alone."""
    size, df = row["effective_n"], row["df"]
    return None if not size or not df else float(stats.t.ppf((1 + confidence) / 2, df)) * 0.5 / float(size) ** 0.5


@bp.app_errorhandler(FigureHeldError)
def held_elsewhere(error: FigureHeldError) -> tuple[str, int]:
    """A page, table, drawing or file of a held figure: what is refused, and where to read what may be known."""
    known = error.run_id if may(current_user.grants, "console.estimate_page", None) else None
    address = url_for("console.estimate_page", run_id=known) if known else url_for("console.home")
    return render_template(
        "estimates/held_elsewhere.html", said=str(error), address=address, survey=error.survey, demo=False
    ), 403


def _sizes(run: EstimateRun, result: EstimateDocument) -> Table:
    confidence = float(plan_of_run(run).interval.confidence)
    places: list[tuple[str, str, EstimateDocument | DomainRow]] = [("", _("全部"), result), *(
        (domain_name(name), level_name(row["level"]), row) for name, rows in result["domains"].items() for row in rows
    )]  # fmt: skip
    rows = [
        {
            "domain": domain, "level": level, "n": row["n"], "effective": None if width is None else row["effective_n"],
            "df": row["df"], "width": width,
        }
        for domain, level, row in places
        for width in [half_width(row, confidence)]  # too few degrees of freedom for a width make no size either
    ]  # fmt: skip
    columns = [
        Column("domain", _("分组")), Column("level", _("组")), Column("n", "n", "number"),
        Column("effective", _("有效样本量"), "number"), Column("df", _("自由度"), "number"),
        Column("width", _("区间半宽最多"), "share"),
    ]  # fmt: skip
    return Table("sizes", _("样本量与预计的区间半宽"), columns, rows)


def _missing(result: EstimateDocument) -> Table:
    names, counts = missing_names(), result["missing"] or {}
    rows = [{"kind": names[kind], "n": number} for kind, number in counts.items()]
    return Table(
        "missing", _("没有回答官方题目的应答"), [Column("kind", _("原因")), Column("n", _("应答(份)"), "number")], rows
    )
