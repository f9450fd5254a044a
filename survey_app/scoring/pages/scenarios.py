"""Kept scenarios: one area's side by side, and each by itself as it was when it was kept."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.documents import FutureDocument
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Owner, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.console.words import doer
from survey_app.ground.clock import local_time
from survey_app.models import Area, Scenario, db
from survey_app.scoring.charts import stacked_chart
from survey_app.scoring.pages.what_if_results import best_first, figures_of, tables_of
from survey_app.scoring.scenarios import asked_stored, future_of, scenarios_of
from survey_app.scoring.shown import shown_future


def owner_of_scenario(arguments: Arguments) -> Owner | None:
    kept = db.session.get(Scenario, arguments["scenario_id"])
    return (kept.area, None) if kept is not None else None


def owner_of_scenarios(arguments: Arguments) -> Owner | None:
    area = db.session.scalar(select(Area).where(Area.code == arguments["code"]))
    return (area, None) if area is not None else None


@bp.page("/scenarios/of/<code>", "查看假设方案", own("evaluator", "scorer", "auditor"), of=owner_of_scenarios)
def scenario_list(code: str) -> Any:
    """Every scenario of an area side by side."""
    area = db.session.scalar(select(Area).where(Area.code == code)) or abort(404)
    known = scenarios_of(area)
    table, figure = _compared(known), _chances(known)
    tables = [table, *([figure.table] if figure and figure.table else [])]
    return (
        requested_export(*tables)
        or (requested_figure(figure) if figure else None)
        or render_template("scoring/scenario_list.html", area=area, table=table, figure=figure, demo=area.demo)
    )


@bp.page(
    "/scenarios/<int:scenario_id>", "查看一个假设方案", own("evaluator", "scorer", "auditor"), of=owner_of_scenario
)
def scenario_page(scenario_id: int) -> Any:
    kept = db.session.get(Scenario, scenario_id) or abort(404)
    result = _result(kept)
    asked, tables, figures = _asked(kept), tables_of(result), figures_of(result)
    return (
        requested_export(asked, *tables, *(figure.table for figure in figures if figure.table))
        or requested_figure(*figures)
        or render_template(
            "scoring/scenario.html", kept=kept, result=result, asked=asked, tables=tables, figures=figures,
            demo=kept.demo,
        )
    )  # fmt: skip


def _result(kept: Scenario) -> FutureDocument:
    return shown_future(future_of(kept), kept.scoring_run, current_user.grants)


def _compared(known: list[Scenario]) -> Table:
    columns = [
        Column("name", _("方案"), link="address"), Column("star", _("评级")), Column("points", _("总分"), "number"),
        Column("change", _("比原来"), "number"), Column("p5", _("总分5%"), "number"), Column("p50", _("中位"), "number"),
        Column("p95", _("总分95%"), "number"), Column("void", _("整体不得分的概率"), "share"),
        Column("target", _("目标")), Column("upgrades", _("需要的提升"), "number"), Column("base", _("所据评分"), link="score"),
        Column("at", _("保存时间")),
    ]  # fmt: skip
    rows = []
    for kept in known:
        result = _result(kept)
        outlook, upgrades = result["outlook"], result["upgrades"]
        points = outlook and outlook["points"]
        change = result["after"]["score_if_not_void"] - result["before"]["score_if_not_void"]
        rows.append(
            {
                "name": kept.name, "address": url_for("console.scenario_page", scenario_id=kept.id),
                "star": " – ".join(result["after"].get("stars") or [result["after"]["star_level"] or ""]), "points": result["after"]["total"], "change": float(change),
                "p5": points and points["p5"], "p50": points and points["p50"], "p95": points and points["p95"],
                "void": outlook and outlook["void_probability"], "target": upgrades["target"] if upgrades else None,
                "upgrades": len(upgrades["upgrades"]) if upgrades and upgrades["reachable"] else None,
                "base": f"#{kept.scoring_run_id}", "score": url_for("console.score_page", run_id=kept.scoring_run_id),
                "at": f"{doer(kept.created_by)} {local_time(kept.created_at)}",
            }
        )  # fmt: skip
    return Table("scenarios", _("方案比较"), columns, rows)


def _chances(known: list[Scenario]) -> Figure | None:
    """The chance of each star, scenario by scenario; None where none has an outlook."""
    with_outlook = [(kept, found) for kept in known if (found := _result(kept)["outlook"])]
    if not with_outlook:
        return None
    stars = best_first(with_outlook[0][1]["star_probability"])
    caption = _("各方案的评级概率")
    rows = [{"name": kept.name, **found["star_probability"]} for kept, found in with_outlook]
    drawn = [
        {"name": kept.name, "star": star, "chance": found["star_probability"][star], "place": place}
        for kept, found in with_outlook
        for place, star in enumerate(stars)
    ]
    columns = [Column("name", _("方案")), *(Column(star, star, "share") for star in stars)]
    return Figure("chances", caption, stacked_chart(drawn, stars, _("概率")), Table("chances", caption, columns, rows))


def _asked(kept: Scenario) -> Table:
    columns = [
        Column("number", _("序号"), "number"),
        Column("metric", _("数值")),
        Column("what", _("假设")),
        Column("value", _("取值")),
    ]
    rows: list[Row] = []
    asked = asked_stored(kept)
    for number, metrics in asked["changes"].items():
        for metric, value in metrics.items():
            name = _metric_name(kept, int(number), metric)
            rows.append({"number": int(number), "metric": name, "what": _("改变"), "value": _said(value)})
    for row in asked["ranges"]:
        span = f"{row['chance']:g}" if row["chance"] is not None else f"{row['low']:g} – {row['high']:g}"
        rows.append({"number": row["number"], "metric": row["metric"], "what": _("范围"), "value": span})
    for number, size in asked["effort"].items():
        rows.append({"number": int(number), "metric": "", "what": _("一星的难度"), "value": f"{size:g}"})
    rows += [{"number": number, "metric": "", "what": _("不能提升"), "value": ""} for number in asked["fixed"]]
    return Table("asked", _("假设"), columns, rows)


def _metric_name(kept: Scenario, number: int, key: str) -> str:
    indicator = load_rulebook(kept.scoring_run.rulebook_id).indicator(number)
    metric = indicator.metric(key) if indicator else None
    return metric.name if metric else key


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return f"{value:g}" if isinstance(value, float) else str(value)
