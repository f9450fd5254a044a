"""The live scorecard of an area: what its present values earn, whatever their state; nothing is frozen here."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.why import why_in_words
from survey_app.console.frame import bp, owner_of_area
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.ground.clock import local_day
from survey_app.ground.rulebooks import programme_for
from survey_app.models import Area, db
from survey_app.scoring.live import Line, live_scorecard
from survey_app.scoring.shown import shows_area
from survey_app.values import worklist
from survey_app.values.pages.worklist import asked_period, responsible_words, state_names
from survey_app.values.periods import periods


@bp.page(
    "/scorecards",
    "现时评分",
    all_of("manager", "evaluator", "scorer", "auditor"),
    menu=Menu("现时评分", "score", 40, ("/console/scorecards",)),
)
def live_scorecards() -> str | BaseResponse:
    """The first area the person may see. Raises NoProgrammeError where nothing can be rated yet."""
    programme_for()
    own = [area for area in worklist.rated_places() if _opens(area)]
    return _page(own[0]) if own else render_template("console/empty.html", lacks_areas=True)


@bp.page("/scorecards/<area>", "现时评分表", own("manager", "evaluator", "scorer", "auditor"), of=owner_of_area)
def live_scorecard_page(area: str) -> str | BaseResponse:
    place = db.session.scalar(select(Area).where(Area.code == area))
    return _page(place) if place is not None and asked_period().rulebook_of(place) else abort(404)


def _page(place: Area) -> str | BaseResponse:
    period = asked_period()
    seen = live_scorecard(place, period)
    columns = [
        Column("path", _("领域")), Column("points", _("得分"), "number"), Column("worst", _("最少"), "number"),
        Column("best", _("最多"), "number"), Column("most", _("满分"), "number"), Column("n", _("指标数"), "number"),
        Column("accepted", _("已核验"), "number"),
    ]  # fmt: skip
    rows = [{**vars(group), "path": " › ".join(group.path)} for group in seen.groups]
    paths = Table("paths", _("各领域得分"), columns, rows)
    hidden = seen.estimate is not None and not shows_area(seen.estimate, place, current_user.grants)
    told = [_row(line) for line in seen.lines]
    for row, line in zip(told, seen.lines, strict=True):
        if hidden and line.card.indicator.kind == "satisfaction":
            row["why"] = _("样本过少，不予公布")
    table = Table("indicators", _("各指标"), _columns(), told)
    return requested_export(paths, table) or render_template(
        "scoring/live_scorecard.html", area=place, period=period, periods=periods(), seen=seen, paths=paths, table=table, hidden=hidden,
        areas=[other for other in worklist.rated_places() if _opens(other)], demo=place.demo,
    )  # fmt: skip


def _opens(area: Area) -> bool:
    return may(current_user.grants, "console.live_scorecard_page", area)


def _columns() -> list[Column]:
    return [
        Column("number", _("序号"), "number"), Column("name", _("三级指标"), link="address"),
        Column("department", _("牵头部门")), Column("stars", _("达到")), Column("points", _("得分"), "number"),
        Column("range", _("范围")), Column("why", _("依据")), Column("state", _("状态")),
        Column("evidence", _("佐证"), "number"), Column("changed", _("最近修改")),
    ]  # fmt: skip


def _row(line: Line) -> Row:
    card, task = line.card, line.task
    worst, best = float(card.worst), float(card.best)
    why = " ".join(map(why_in_words, [card.why, *card.flags]))
    return {
        "number": card.indicator.number, "name": card.indicator.name,
        "department": responsible_words(task.who) if task else _("由满意度估计得出"),
        "stars": (card.tier.name or "★" * card.tier.level) if card.tier else "", "points": float(card.points),
        "range": f"{worst:g} – {best:g}" if worst != best else f"{worst:g}", "why": why,
        "state": state_names()[task.state] if task else "", "evidence": task.evidence if task else None,
        "changed": local_day(task.changed_at) if task else None,
        "address": url_for("console.value_page", period=task.period, area=task.area.code, indicator=task.indicator)
        if task else None,
    }  # fmt: skip
