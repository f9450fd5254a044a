"""The figures of an estimate's page, drawn once and kept; each has its numbers as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask_babel import gettext as _
from scipy import stats

from analysis.decision import confidence_density
from analysis.documents.estimate import EstimateDocument
from analysis.documents.waves import WavesDocument
from analysis.errors import AnalysisError
from survey_app.console.figures import Figure
from survey_app.console.tables import Column, Table
from survey_app.console.words import zone_name
from survey_app.drawing.charts import Row
from survey_app.estimates import charts
from survey_app.estimates.pages import tables
from survey_app.estimates.pages.words import level_name, percent_axis, service_names
from survey_app.ground.percent import percent
from survey_app.ground.verdicts import rank_range
from survey_app.ground.zones import zones_of
from survey_app.surveys.columns import COUNTY_VARIABLE

TAIL = 0.0005  # of the distribution that the picture leaves out on either side
POINTS = 160


def distribution(result: EstimateDocument) -> Figure | None:
    """Where the true figure may lie, over the zones of its rulebook; None where no probability may be stated."""
    decision = result["decision"]
    if not decision or not decision["probability"]:
        return None
    share = result["measure"]["official"] == "share"
    row, scale = (result["satisfied"], 1.0) if share else (result["index"], 100.0)
    assert row["estimate"] is not None  # a decision has one
    assert row["se"] is not None
    estimate, se, df, n = row["estimate"] / scale, row["se"] / scale, float(result["df"]), result["n"]
    error = decision.get("probability_error")
    if error:
        se, df, n = error["se"], error["df"], error["n"]
    if se == 0 and row["lower"] == row["upper"]:  # margins fix it: nothing to draw
        return None
    ruled = zones_of(result)
    low, high = _range(estimate, se, df, ruled.lines)
    points = np.linspace(low, high, POINTS)
    try:
        density = confidence_density(points, estimate, se, df, n)
    except AnalysisError:
        return None
    own: Row = {"estimate": estimate, "lower": None, "upper": None, "text": percent(estimate, 2)}
    if row["lower"] is not None and row["upper"] is not None:
        own |= {"lower": row["lower"] / scale, "upper": row["upper"] / scale}
    starts = [*(zone.below for zone in ruled.zones[1:]), 0.0]
    zones = [
        {
            "start": start, "end": zone.below or 1.0, "void": zone.void, "free": zone.below is None and not zone.void,
            "label": zone_name(zone.number, zone.key), "chance": percent(decision["probability"][zone.key], 1),
        }
        for zone, start in zip(ruled.zones, starts, strict=True)
    ]  # fmt: skip
    svg = charts.density_chart(
        [round(float(point), 6) for point in points], [round(float(value), 6) for value in density], own, zones,
        {"axis": percent_axis()},
    )  # fmt: skip
    caption = _("真实满意度的置信分布与各区间的概率")
    columns = [Column("figure", percent_axis(), "share"), Column("density", _("密度"), "fine")]
    rows = [{"figure": float(point), "density": float(value)} for point, value in zip(points, density, strict=True)]
    return Figure("distribution", caption, svg, Table("distribution", caption, columns, rows))


def counties(result: EstimateDocument) -> Figure | None:
    rows = result["domains"].get(COUNTY_VARIABLE, [])
    lines = list(zones_of(result, COUNTY_VARIABLE).lines)
    names = [f"{row['level']} ({ranks})" if (ranks := rank_range(row)) else row["level"] for row in rows]
    ranked = any(row.get("ranks") for row in rows)
    caption = _("各县(市、区)满意度与区间(括号内为名次范围)") if ranked else _("各县(市、区)满意度与区间")
    return _rows("forest", caption, rows, names, tables.counties(result), lines)


def services(result: EstimateDocument) -> Figure | None:
    names = service_names(result)
    rows = [row for row in result["services"]["services"] if row["n"] != 0]
    rows = sorted(rows, key=lambda row: -(row["estimate"] or 0.0))
    return _rows(
        "services", _("使用者对各项服务的满意度"), rows, [names.get(row["key"], row["key"]) for row in rows],
        tables.services(result), list(zones_of(result).lines),
    )  # fmt: skip


def drivers(result: EstimateDocument) -> Figure | None:
    names, found = service_names(result), result["drivers"]
    if "why" in found or not found["services"]:
        return None
    t = float(stats.t.ppf(0.5 + found["confidence"] / 2, found["df"]))
    rows = [
        {
            "name": names.get(row["key"], row["key"]), "importance": row["importance"], "performance": row["performance"],
            "importance_lower": row["importance_lower"], "importance_upper": row["importance_upper"],
            "performance_lower": row["performance"] - t * row["performance_se"],
            "performance_upper": row["performance"] + t * row["performance_se"],
        }
        for row in found["services"]
    ]  # fmt: skip
    words = {"importance": _("重要性(总体满意度每变1分)"), "performance": _("表现(使用者平均分)")}
    svg = charts.drivers_chart(rows, [found["importance_line"], found["performance_line"]], words)
    return Figure("drivers", _("重要性与表现"), svg, tables.drivers(result))


def gap(result: EstimateDocument) -> Figure | None:
    names, city = service_names(result), result["perception_gap"]["city"]
    fields = [row for row in (city["fields"] if city else ()) if row["satisfaction"] is not None]
    if not fields:
        return None
    rows = [
        {"name": names.get(row["field"], row["field"]), "felt": row["satisfaction_rank"], "lower": row["rank_lower"],
         "upper": row["rank_upper"], "points": row["points_rank"]}
        for row in sorted(fields, key=lambda row: row["satisfaction_rank"] or 0.0)
    ]  # fmt: skip
    words = {"rank": _("名次(1为最好)"), "felt": _("市民感受(含区间)"), "points": _("指标得分")}
    return Figure(
        "gap", _("各领域：市民感受的名次与指标得分的名次"), charts.gap_chart(rows, words), tables.gap_city(result)
    )


def waves(trend: WavesDocument, lines: list[float]) -> Figure | None:
    points = [
        {"wave": row["wave"], "estimate": row["estimate"], "lower": row["lower"], "upper": row["upper"]}
        for row in trend["points"]
        if row["lower"] is not None
    ]
    if len(points) < 2:
        return None
    return Figure(
        "trend", _("历次调查的满意度"), charts.waves_chart(points, {"axis": percent_axis()}, lines), tables.waves(trend)
    )


def modes(result: EstimateDocument) -> Figure | None:
    comparison = result.get("mode_comparison")
    rows = comparison["modes"] if comparison else []
    if len(rows) < 2:
        return None
    return _rows(
        "mode-forest",
        _("各作答方式的满意度与区间"),
        rows,
        [level_name(row["mode"]) for row in rows],
        tables.modes(result),
        list(zones_of(result).lines),
    )


def weights(result: EstimateDocument) -> Figure | None:
    """None for runs made before weights were described."""
    quantiles = result["weights"].get("quantiles")
    if quantiles is None:
        return None
    words = {
        "before": _("校准前"), "after": _("校准后"), "place": _("应答(按权数从小到大)"), "weight": _("权数与平均权数之比"),
    }  # fmt: skip
    svg = charts.weights_lines(quantiles["before"], quantiles["after"], words)
    return Figure("weights", _("校准前后的权数"), svg, tables.weight_quantiles(result))


def _rows(name: str, caption: str, rows: list[Any], names: list[str], table: Any, lines: list[float]) -> Figure | None:
    if not any(row["estimate"] is not None for row in rows):
        return None
    drawn = [
        {"name": label, "estimate": row["estimate"], "lower": row["lower"], "upper": row["upper"], "stands_out": False}
        for label, row in zip(names, rows, strict=True)
    ]
    return Figure(name, caption, charts.rows_chart(drawn, {"axis": percent_axis()}, lines), table)


def _range(estimate: float, se: float, df: float, lines: tuple[float, ...]) -> tuple[float, float]:
    """What the picture shows: nearly all of the distribution, and always the lines with room beside them."""
    low, high = estimate, estimate
    if 0 < estimate < 1 and se > 0:
        reach = float(stats.t.ppf(1 - TAIL, df)) * se / (estimate * (1 - estimate))
        middle = float(np.log(estimate / (1 - estimate)))
        low, high = (float(1 / (1 + np.exp(-(middle + side * reach)))) for side in (-1, 1))
    ends = [low, high, *(line + side * 0.03 for line in lines for side in (-1, 1))]
    return max(min(ends), 0.001), min(max(ends), 0.999)
