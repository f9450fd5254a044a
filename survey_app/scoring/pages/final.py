"""The final score: what is still open, trial and final runs, their result, and the two people who settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from analysis.methods import method_of
from analysis.scoring.documents import ScorecardDocument
from analysis.scoring.progress import star_words
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.panels import panel
from survey_app.console.permissions import Menu, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import changed_words, doer, state_names, step_names
from survey_app.estimates.pages.tables import verdict_column
from survey_app.estimates.suppression import hidden_levels
from survey_app.ground import sign_off
from survey_app.ground.clock import local_time
from survey_app.ground.language import language
from survey_app.ground.sign_off import SignOffError
from survey_app.ground.stored import card_of
from survey_app.ground.verdicts import card_interval, card_verdict, cards_told, known_total
from survey_app.models import Area, EstimateRun, FinalRun, ScoringRun, Survey, db
from survey_app.scoring import final_runs, objections, superseding
from survey_app.scoring.charts import bars_chart
from survey_app.scoring.final_checks import Open, open_points
from survey_app.scoring.final_comparison import compare
from survey_app.scoring.final_runs import FinalRunError
from survey_app.scoring.frozen import (
    frozen_of,
    programme_of,
    provisional_of,
    scorecards,
    scorecards_each,
    subject,
    summary_of,
)
from survey_app.scoring.pages.final_open import counted, linked, open_table
from survey_app.scoring.pages.final_words import goal_rows, kind_names, picked_words
from survey_app.scoring.pages.forms import FinalForm, SignOffForm, final_form
from survey_app.scoring.pages.objection_tables import objection_tables, shown_lines
from survey_app.scoring.pages.without_figure import without_figure
from survey_app.scoring.self_assessment import newest_estimate
from survey_app.scoring.shown import shown_runs
from survey_app.scoring.standing import has_values, ranked, standings
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.official_plan import correction_told
from survey_app.values.pages.reading_table import readings_told
from survey_app.values.periods import PeriodError, current_period, period_of, periods

PAGE = "console.final_page"


@bp.page(
    "/final",
    "查看最终评分",
    own("evaluator", "scorer", "auditor"),
    menu=Menu("最终评分", "score", 90, ("/console/final",)),
)
def final_list() -> Any:
    """Every combined run, and what stands between the city and the next final one."""
    city = _city()
    return _list_page(city) if city else render_template("console/empty.html")


@bp.action("/final", "进行最终评分", own("scorer"))
def final_make() -> Any:
    """A trial or a final run of the chosen estimate and period."""
    city = _city() or abort(404)
    known = {run.id: run for run in _estimates(city)}
    form = final_form(known)
    if form.validate_on_submit():
        with form.storing((FinalRunError, PeriodError)):
            period = period_of(form.period.data or "")
            estimate = known[form.estimate.data]
            run = final_runs.make_run(
                form.kind.data, city, estimate, period, form.reason.data or "", form.cause.data or ""
            )
        if not form.errors:
            flash(_("已完成试算。") if run.kind == final_runs.TRIAL else _("最终评分已生成，请提交审批。"), "ok")
            return redirect(url_for(PAGE, final_id=run.id))
    return _list_page(_city() or abort(404), form), 422


@bp.page("/final/<int:final_id>", "查看一次最终评分", own("evaluator", "scorer", "auditor"))
def final_page(final_id: int) -> Any:
    return _run_page(db.session.get(FinalRun, final_id) or abort(404))


@bp.action("/final/<int:final_id>/sign-off", "签署最终评分", own("evaluator", "scorer"))
def final_sign_off(final_id: int) -> Any:
    """Propose, approve, return or withdraw."""
    run, form = db.session.get(FinalRun, final_id) or abort(404), SignOffForm()
    if form.validate_on_submit():
        with form.storing((FinalRunError, SignOffError)):
            final_runs.settle(run, form.step.data, current_user.username, form.comment.data or "")
        if not form.errors:
            flash(_("已记录。"), "ok")
            return redirect(url_for(PAGE, final_id=final_id))
    return _run_page(db.session.get(FinalRun, final_id) or abort(404), form), 422


@panel(order=40)
def final_panel() -> str | None:
    """Final runs that wait for a second person, shown to those who may approve them."""
    if not may(current_user.grants, "console.final_sign_off", None):
        return None
    runs = list(db.session.scalars(select(FinalRun).where(FinalRun.kind == final_runs.FINAL)))
    stands = sign_off.standings([subject(run) for run in runs])
    waiting = [
        run
        for run in runs
        if (stand := stands[subject(run)]).state == sign_off.PROPOSED and stand.proposed_by != current_user.username
    ]
    return render_template("scoring/final_panel.html", waiting=waiting) if waiting else None


def _list_page(city: Area, form: FinalForm | None = None) -> Any:
    asked: Mapping[str, Any] = form.data if form else request.args
    known = _estimates(city)
    newest, _approved = newest_estimate(city.id)
    estimate = next((run for run in known if str(run.id) == str(asked.get("estimate"))), newest)
    period = next((period for period in periods() if period.code == asked.get("period")), current_period())
    points = open_points(city, estimate, period)
    open_points_table = linked(open_table(points, "open"), points, city, period.code, estimate.id if estimate else None)
    without = without_figure(estimate, _hidden(estimate)) if estimate else None
    tables = tuple(table for table in (open_points_table, _runs_table(city), without) if table is not None)
    return requested_export(*tables) or render_template(
        "scoring/final_list.html",
        city=city, estimate=estimate, estimates=known, approved=sign_off.states([f"estimate:{run.id}" for run in known]),
        period=period, periods=periods(), points=points, counts=counted(points), tables=tables, without=without, standing=final_runs.settled(city), form=form or unsent(FinalForm), make=may(current_user.grants, "console.final_make", None), demo=city.demo,
    )  # fmt: skip


def _run_page(run: FinalRun, form: SignOffForm | None = None) -> Any:
    cards = shown_runs(scorecards(run), current_user.grants)
    others = [other for other in final_runs.runs_of(run.city) if other.id != run.id]
    asked = request.args.get("against", "")
    chosen = next((other for other in others if str(other.id) == asked), None)
    before = chosen or run.supersedes or next((other for other in others if other.id < run.id), None)
    ranking, goals, stars = _ranking(run, cards), goals_table(run), _stars(run)
    compared = compared_table(before, run) if before else None
    provisional = [Open(**point) for point in provisional_of(run)]
    points = linked(open_table(provisional, "provisional"), provisional, run.city, run.period, run.estimate_run_id)
    objected = objection_tables(run) if run.kind == final_runs.FINAL else []
    without = without_figure(run.estimate_run, _hidden(run.estimate_run), cards)
    tables = [
        table for table in (ranking, goals, stars.table, without, compared, points, *objected) if table is not None
    ]
    stand = sign_off.standing(subject(run))
    return (
        requested_export(*tables)
        or requested_figure(stars)
        or render_template(
            "scoring/final.html",
            run=run, took_place=superseding.told(frozen_of(run).get("supersedes")), method=method_of(frozen_of(run)).sentence(language()), city=cards[0], ranking=ranking,
            together=cards_told(card.scorecard for card in cards[1:]), goals=goals, stars=stars, compared=compared, before=before,
            others=others, points=points, standing=stand, states=state_names(), steps=step_names(), kinds=kind_names(),
            settled=final_runs.settled(run.city), corrected=correction_told(run.estimate_run), superseded_by=_superseded_by(run, others), drift=final_runs.drift(run),
            readings=readings_told(held["digest"], held["rows"]) if (held := frozen_of(run).get("readings")) else "",
            shown_lines=shown_lines(run), objected=objected, show_counties=_may_be_shown(run, stand.state),
            picked=picked_words(run), without=without, form=form or unsent(SignOffForm), own=stand.proposed_by == current_user.username,
            entered=has_values(cards[0].values), changed=standings([cards])[0].changed,
            sign=run.kind == final_runs.FINAL and may(current_user.grants, "console.final_sign_off", None),
            demo=run.demo,
        )
    )  # fmt: skip


def _may_be_shown(run: FinalRun, state: str) -> bool:
    """Whether the press that shows the run to its counties is offered."""
    return (
        run.kind == final_runs.FINAL
        and state not in (sign_off.PROPOSED, sign_off.APPROVED)
        and bool(period_of(run.period).objection_days)
        and objections.round_of(run) is None
        and may(current_user.grants, "console.open_objections", None)
    )


def _ranking(run: FinalRun, cards: list[ScoringRun]) -> Table:
    zones = any(card.area.kind == "zone" for card in cards)
    columns = [
        Column("place", _("名次"), "number"),
        Column("area", _("县(市、区)或功能区") if zones else _("县(市、区)"), link="address"),
        Column("points", _("总分"), "number"), Column("star", _("评级")), Column("satisfaction", _("满意度"), "share"),
        Column("interval", _("区间")), Column("minus", _("扣分或否决")),
        Column("chance", _("此评级的概率"), "share"), Column("worst", _("最低"), "number"), Column("best", _("最高"), "number"),
        verdict_column(cards_told(card.scorecard for card in cards if card.area.kind != "city")),
    ]  # fmt: skip
    rows = []
    for listed in ranked(cards):
        row, card, entered = listed.run, card_of(listed.run), listed.entered
        if row.area.kind == "city":
            continue
        rows.append(
            {
                "place": listed.place, "area": row.area.name, "points": known_total(card) if entered else None,
                "star": star_words(card) if entered else _("未填报"),
                "satisfaction": card["satisfaction"], "interval": card_interval(card), "minus": minus(card), "verdict": card_verdict(card),
                "chance": (card["star_probability"] or {}).get(card["star_level"] or ""), "worst": card["range"]["worst"],
                "best": card["range"]["best"], "address": url_for("console.score_page", run_id=row.id),
            }
        )  # fmt: skip
    title = _("各县(市、区)和功能区得分与评级") if zones else _("各县(市、区)得分与评级")
    return Table("ranking", title, columns, rows)


@bp.app_template_global("minus_of")
def minus(card: ScorecardDocument) -> str:
    """What was taken off or made the whole void."""
    taken = [f"{step['name']} {step['points']:g}" for step in card["steps"] if step["points"] < 0]
    vetoed = [f"{_('整体不得分')}：{name}" for name in card["vetoed_by"]]
    return "；".join([*vetoed, *taken])


def _stars(run: FinalRun) -> Figure:
    counts = summary_of(run)["at_star"]
    caption = _("各评级的县(市、区)数")
    rows = [{"name": star, "value": number, "text": str(number)} for star, number in counts.items()]
    table_rows = [{"star": star, "number": number} for star, number in counts.items()]
    columns = [Column("star", _("评级")), Column("number", _("县(市、区)数"), "number")]
    svg = bars_chart(rows, _("县(市、区)数"), percent=False)
    return Figure("stars", caption, svg, Table("stars", caption, columns, table_rows))


def goals_table(run: FinalRun) -> Table:
    """How far the document's goals are reached."""
    columns = [
        Column("by", _("年份")), Column("text", _("目标")), Column("needed", _("需要"), "number"),
        Column("counted", _("已有"), "number"), Column("perhaps", _("未定"), "number"), Column("of", _("共"), "number"), Column("reached", _("结果")),
    ]  # fmt: skip
    return Table("goals", _("文件目标的进展"), columns, goal_rows(summary_of(run)["goals"], programme_of(run).goals))


def compared_table(before: FinalRun, after: FinalRun) -> Table:
    """Both runs, area by area."""
    columns = [
        Column("area", _("地区")), Column("points_before", _("前次总分"), "number"), Column("points", _("本次总分"), "number"),
        Column("change", _("增减"), "number"), Column("star_before", _("前次评级")), Column("star", _("本次评级")),
        Column("moved", _("得分改变的指标")),
    ]  # fmt: skip
    rows = []
    for row in compare(before, after):
        both = row.points_before is not None and row.points_after is not None
        rows.append(
            {
                "area": row.area, "points_before": row.points_before, "points": row.points_after,
                "change": float((row.points_after or 0) - (row.points_before or 0)) if both else None,
                "star_before": row.star_before, "star": row.star_after,
                "moved": "；".join(f"{item.number} {item.name} {item.before:g}→{item.after:g}" for item in row.moved),
            }
        )  # fmt: skip
    return Table("compared", _("与前次比较"), columns, rows)


def _runs_table(city: Area) -> Table:
    columns = [
        Column("number", _("编号"), "number", link="address"), Column("kind", _("类型")), Column("period", _("周期")),
        Column("estimate", _("满意度估计")), Column("star", _("全市评级")), Column("points", _("全市总分"), "number"),
        Column("open", _("未落实"), "number"), Column("state", _("审批")), Column("changed", _("此后")), Column("by", _("生成")), Column("at", _("时间")),
    ]  # fmt: skip
    known = final_runs.runs_of(city)
    states = sign_off.states([subject(run) for run in known])
    standing, names, kinds = final_runs.settled(city), state_names(), kind_names()
    rows = []
    batches = scorecards_each(known)
    for run, batch, stand in zip(known, batches, standings(batches), strict=True):
        card, entered = card_of(batch[0]), has_values(batch[0].values)
        state = names[states.get(subject(run), "")] if run.kind == final_runs.FINAL else _("未审批")
        rows.append(
            {
                "number": run.id, "kind": kinds[run.kind], "period": run.period, "estimate": f"#{run.estimate_run_id}",
                "star": star_words(card) if entered else _("未填报"), "points": known_total(card) if entered else None,
                "open": len(run.provisional), "changed": changed_words(stand.changed),
                "state": _("现行结果") if standing is not None and standing.id == run.id else state,
                "by": doer(run.created_by), "at": local_time(run.created_at), "address": url_for(PAGE, final_id=run.id),
            }
        )  # fmt: skip
    return Table("runs", _("试算与最终评分"), columns, rows)


def _superseded_by(run: FinalRun, others: list[FinalRun]) -> FinalRun | None:
    states = sign_off.states([subject(other) for other in others])
    return next(
        (
            other
            for other in others
            if other.supersedes_id == run.id and states.get(subject(other)) == sign_off.APPROVED
        ),
        None,
    )


def _hidden(estimate: EstimateRun) -> frozenset[str]:
    return hidden_levels(estimate, COUNTY_VARIABLE, current_user.grants)


def _estimates(city: Area) -> list[EstimateRun]:
    query = select(EstimateRun).join(Survey).where(Survey.city_id == city.id).order_by(EstimateRun.id.desc())
    return list(db.session.scalars(query.limit(30)))


def _city() -> Area | None:
    return db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.id.desc())).first()
