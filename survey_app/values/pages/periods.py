"""Reporting periods, their deadlines, and deadlines put off for a department."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring import load_rulebook, rulebook_ids
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.models import Area, db
from survey_app.values import periods, worklist
from survey_app.values.periods import PeriodError


@bp.page(
    "/periods",
    "查看填报周期",
    all_of("manager", "evaluator", "scorer", "auditor"),
    menu=Menu("填报周期", "score", 50, ("/console/periods",)),
)
def periods_page() -> str | BaseResponse:
    from flask_security import current_user

    columns = [
        Column("period", _("周期")), Column("area", _("地区")), Column("department", _("部门")),
        Column("deadline", _("截止时间"), "moment"), Column("reason", _("理由")), Column("by", _("账号")),
        Column("at", _("时间"), "moment"),
    ]  # fmt: skip
    known = periods.periods()
    rows = [
        {
            "period": period.code, "area": row.area.name, "department": row.department, "deadline": row.deadline,
            "reason": row.reason, "by": row.by, "at": row.at,
        }
        for period in known for row in periods.extensions(period.code)
    ]  # fmt: skip
    table = Table("extensions", _("已延期"), columns, rows)
    areas = worklist.rated_places()
    return requested_export(table) or render_template(
        "values/periods.html", periods=known, table=table, areas=areas,
        can=may(current_user.grants, "console.change_period", None), departments=_departments(areas),
        books={level: [key for key in rulebook_ids() if load_rulebook(key).level == level] for level in ("city", "county")},
    )  # fmt: skip


@bp.action("/periods", "新建填报周期", own("manager"))
def make_period() -> BaseResponse:
    form = request.form
    return _done(
        lambda: periods.make_period(
            form.get("code", ""), periods.end_of_day(form.get("deadline", "")), form.get("city_rulebook", ""),
            form.get("county_rulebook", ""),
        ),
        _("周期已建立。"),
    )  # fmt: skip


@bp.action("/periods/<period>", "改填报周期", own("manager"))
def change_period(period: str) -> BaseResponse:
    form = request.form
    return _done(
        lambda: periods.change_period(
            period, periods.end_of_day(form.get("deadline", "")), form.get("state", ""), form.get("reason", "")
        ),
        _("周期已更改。"),
    )


@bp.action("/periods/<period>/extensions", "延长填报期限", own("manager"))
def extend_deadline(period: str) -> BaseResponse:
    form = request.form
    area = db.session.scalar(select(Area).where(Area.code == form.get("area", ""))) or abort(400)

    def extend() -> None:
        deadline = periods.end_of_day(form.get("deadline", ""))
        if deadline is None:
            raise PeriodError("请填写新的截止日期 (a new deadline is needed)")
        periods.extend(period, area, form.get("department", ""), deadline, form.get("reason", ""))

    return _done(extend, _("已延期。"))


def _done(action: Callable[[], object], message: str) -> BaseResponse:
    try:
        action()
        flash(message, "ok")
    except PeriodError as error:
        db.session.rollback()
        flash(str(error), "error")
    return redirect(url_for("console.periods_page"))


def _departments(areas: list[Area]) -> list[str]:
    """Names to choose from: every department that answers for something."""
    listed = worklist.tasks(periods.current_period(), areas)
    return sorted({name for task in listed for name in task.who.departments})
