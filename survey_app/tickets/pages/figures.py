"""How citizens' problems are handled, by field, department and month; and by field beside satisfaction and points."""

from __future__ import annotations

from typing import get_args

from flask import render_template, request
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select, true
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, all_of, may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground.language import language
from survey_app.models import Survey, db
from survey_app.tickets.fields import TicketField, counter_of, problems_by_field
from survey_app.tickets.figures import LEAST, Beside, By, Tally, beside, newest_scorecard, service_satisfaction, tallies
from survey_app.tickets.pages.tickets import visible
from survey_app.tickets.routing import route_first


@bp.page(
    "/ticket-figures",
    "查看办理统计",
    all_of("manager", "evaluator", "department", "auditor"),
    menu=Menu("办理统计", "citizens", 20),
)
def ticket_figures() -> str | BaseResponse:
    """Tables of the tickets this person may see. ?by=field,department,month says what they are counted by."""
    route_first()
    wanted = [name for name in get_args(By) if name in request.args.getlist("by")] or ["field"]
    mine = visible("console.ticket_page")
    tables = [_handling(tallies(wanted, mine), wanted)]
    survey = db.session.scalar(select(Survey).order_by(Survey.id.desc()).limit(1))
    whole = may(current_user.grants, "console.ticket_page", None) and survey is not None
    if whole and survey is not None:
        fields = counter_of(survey).fields
        rows = beside(
            {field.key: field.indicators for field in fields},
            problems_by_field(survey.city_id, None, true()),
            service_satisfaction(survey),
            newest_scorecard(survey.city_id),
        )
        tables.append(_beside(rows, {field.key: field for field in fields}))
    return requested_export(*tables) or render_template(
        "tickets/ticket_figures.html", tables=tables, wanted=wanted, names=_names(), least=LEAST,
        demo=survey.demo if survey else False,
    )  # fmt: skip


def _names() -> dict[str, str]:
    return {"field": _("领域"), "department": _("办理部门"), "month": _("收到月份"), "area": _("办理地区")}


def _handling(rows: list[Tally], by: list[str]) -> Table:
    names = _names()
    columns = [Column(name, names[name]) for name in by]
    columns += [
        Column("tickets", _("件数"), "number"), Column("open", _("在办"), "number"), Column("late", _("超期"), "number"),
        Column("median", _("办结用时中位数（工作日）"), "number"), Column("first", _("首次答复按时"), "share"),
        Column("in_time", _("办结按时"), "share"), Column("rated", _("评价人数"), "number"),
        Column("satisfied", _("满意"), "share"),
    ]  # fmt: skip
    data = [
        {
            **dict(zip(by, row.group, strict=True)), "tickets": row.tickets, "open": row.open, "late": row.late,
            "median": row.median_days, "first": row.first_in_time, "in_time": row.in_time, "rated": row.rated,
            "satisfied": row.satisfied,
        }
        for row in rows
    ]  # fmt: skip
    return Table("handling", _("办理情况"), columns, data, empty=_("这段时间没有收到问题。"))


def _beside(rows: list[Beside], fields: dict[str, TicketField]) -> Table:
    columns = [
        Column("field", _("领域")), Column("problems", _("问题件数"), "number"), Column("share", _("占全部问题"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"), Column("rank", _("位次范围（1为最少）")),
        Column("satisfaction", _("服务满意率"), "share"), Column("se", _("标准误"), "share"),
        Column("points", _("得分占满分"), "share"),
    ]  # fmt: skip
    data = [
        {
            "field": fields[row.problems["field"]].name(language()), "problems": row.problems["problems"],
            "share": row.problems["share"], "lower": row.problems["lower"], "upper": row.problems["upper"],
            "rank": f"{row.problems['rank_lower']}–{row.problems['rank_upper']}" if row.problems["rank_lower"] else None,
            "satisfaction": row.satisfaction, "se": row.se, "points": row.points_share,
        }
        for row in rows
    ]  # fmt: skip
    return Table("beside", _("问题、满意率和得分"), columns, data)
