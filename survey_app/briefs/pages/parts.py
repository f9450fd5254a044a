"""The tables and the figure of a summary, as pages and the brief show them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from survey_app.briefs.summary import CountyFigure, Point
from survey_app.console.figures import Figure
from survey_app.console.frame import area_name
from survey_app.console.tables import Column, Table
from survey_app.drawing.maps import share_map
from survey_app.estimates.charts import waves_chart
from survey_app.estimates.pages.words import outcome_name, percent_axis
from survey_app.ground.percent import percent
from survey_app.ground.verdicts import rank_range
from survey_app.ground.zones import zones_of
from survey_app.models import EstimateRun
from survey_app.surveys.area_maps import map_of, places_of
from survey_app.surveys.pages.area_map import source_line


def trend_figure(points: Sequence[Point], result: EstimateDocument) -> Figure | None:
    """The figure over the periods; None where there is one alone."""
    if len(points) < 2:
        return None
    rows = [
        {"wave": one.period, "estimate": one.share, "lower": one.lower, "upper": one.upper, "typed": bool(one.source)}
        for one in points
    ]
    svg = waves_chart(rows, {"axis": percent_axis()}, list(zones_of(result).lines))
    caption = _("历次满意度") + (_("(空心为以往公布的数字，口径可能不同)") if any(one.source for one in points) else "")
    return Figure("periods", caption, svg, _points(points))


def county_table(found: Sequence[CountyFigure], run: EstimateRun, *, links: bool) -> Table:
    """Counties with their intervals; links: to the page of each, for who has signed in."""
    rows = [
        {
            "county": area_name(one.area), "n": one.row["n"], "share": one.share, "lower": one.row["lower"],
            "upper": one.row["upper"], "ranks": rank_range(one.row), "outcome": outcome_name(one.row["decision"]) if one.share is not None else None,
            "address": url_for("console.county_page", run_id=run.id, area=one.area.code) if links else "",
        }
        for one in found
    ]  # fmt: skip
    columns = [
        Column("county", _("县(市、区)"), link="address"), Column("share", _("满意度"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"), Column("outcome", _("结论")),
        Column("n", "n", "number"),
    ]  # fmt: skip
    if any(row["ranks"] for row in rows):
        columns.insert(1, Column("ranks", _("名次范围")))
    return Table("county-figures", _("各县(市、区)满意度与区间"), columns, rows)


def county_map(found: Sequence[CountyFigure], run: EstimateRun, *, public: bool) -> Figure | None:
    """The counties' figures with their intervals on the city's map. public: only where the map has its review number, and
    without the sites; None where there is no such map."""
    area_map = map_of(run.survey.city, public=public)
    if area_map is None:
        return None
    rows = [
        {"code": one.area.code, "name": area_name(one.area), "share": one.share, "said": _in_words(one)}
        for one in found
    ]
    places = [] if public else places_of(area_map, (site for site in run.survey.sites if site.active))
    words = {"axis": _("满意度"), "source": source_line(area_map)}
    svg = share_map(area_map.outlines["areas"], rows, places, words)
    caption = _("各县(市、区)满意度与区间") + (_("(点为调查点)") if places else "")
    return Figure("county-map", caption, svg, county_table(found, run, links=False))


def _in_words(one: CountyFigure) -> str:
    if one.share is None:
        return "–"
    lower, upper = one.row["lower"], one.row["upper"]
    return percent(one.share, 1) + (
        f" ({percent(lower, 1)}–{percent(upper, 1)})" if lower is not None and upper is not None else ""
    )


def _points(points: Sequence[Point]) -> Table:
    rows = [
        {"period": one.period, "share": one.share, "lower": one.lower, "upper": one.upper,
         "source": one.source or _("本系统的估计 #%(run)s", run=one.run_id)}
        for one in points
    ]  # fmt: skip
    columns = [
        Column("period", _("周期")), Column("share", _("满意度"), "share"), Column("lower", _("下限"), "share"),
        Column("upper", _("上限"), "share"), Column("source", _("来源")),
    ]  # fmt: skip
    return Table("periods", _("历次满意度"), columns, rows)
