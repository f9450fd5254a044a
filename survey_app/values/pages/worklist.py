"""Indicator values: the list of work by area, department and state, and what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.panels import panel
from survey_app.console.permissions import Menu, all_of, may
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground import audit
from survey_app.models import Period, db
from survey_app.values import entry, worklist
from survey_app.values.assignments import Responsible
from survey_app.values.pages.forms import SubmitSeveralForm
from survey_app.values.periods import PeriodError, current_period, period_of, periods
from survey_app.values.tasks_seen import tasks_seen
from survey_app.values.worklist import Task

READY = ("draft", "returned")
NOBODY = "-"  # the filter for what the coordinator answers for
SHORT = 60  # tasks that are listed at once; of more, the departments come first


@bp.page(
    "/values",
    "查看指标数值",
    all_of("manager", "evaluator", "department", "scorer", "auditor"),
    menu=Menu("指标填报", "score", 10, ("/console/values",)),
)
def values_page() -> str | BaseResponse:
    """The signed-in person's indicators, overdue first, with a count of each state."""
    period = asked_period()
    listed = own_tasks(period)
    areas = list({task.area.id: task.area for task in listed}.values())
    departments = sorted({name for task in listed for name in task.who.departments})
    chosen = {name: request.args.get(name, "") for name in ("area", "department", "state")}
    inside = [task for task in listed if _matches(task, {**chosen, "state": ""})]
    rows = [task for task in inside if _matches(task, chosen)]
    table = task_table("values", _("指标"), rows)
    summary = _summary(inside)
    return requested_export(table, summary) or render_template(
        "values/values.html", table=table, summary=summary if len(summary.rows) > 1 else None,
        listed=any(chosen.values()) or len(rows) <= SHORT, counts=worklist.counted(inside), periods=periods(), period=period,
        areas=areas, departments=departments, chosen=chosen, states=state_names(),
        ready=[task for task in rows if _ready(task)][:200], demo=any(area.demo for area in areas),
    )  # fmt: skip


@bp.action(
    "/values/<period>/submit", "报送指标数值", all_of("manager", "department")
)  # each indicator is asked for in the view
def submit_values(period: str) -> BaseResponse:
    """Hand in everything on the list that is ready, exactly as it was shown there."""
    form, done, left = SubmitSeveralForm(), 0, []
    for mark in (form.ready.data or ()) if form.validate_on_submit() else ():
        place, version = marked(period, mark)
        if not may(current_user.grants, "console.submit_value", place.area, place.who.leads):
            refuse(place)
        try:
            entry.submit(place, version, current_user.username)
            done += 1
        except entry.EntryError as error:
            left.append(f"{place.area.name} {place.indicator} {place.name}：{error}")
    db.session.commit()
    flash(_("已提交%(done)s项。", done=done), "ok" if done else "error")
    if left:
        flash(_("%(left)s项没有提交：", left=len(left)) + " " + "； ".join(left[:8]), "error")
    return redirect(url_for("console.values_page", period=period, area=form.area.data or None))


@bp.page("/values/overdue", "查看逾期", all_of("manager", "evaluator", "department", "scorer", "auditor"))
def overdue_page() -> str | BaseResponse:
    """Who is late with what, by department."""
    period = asked_period()
    late = [task for task in own_tasks(period) if task.overdue]
    columns = [
        Column("area", _("地区")), Column("department", _("部门"), link="address"), Column("late", _("逾期指标"), "number"),
        Column("deadline", _("截止时间"), "moment"), Column("which", _("指标")),
    ]  # fmt: skip
    rows = [
        {
            "area": area.name, "department": department or _("统筹人员"), "late": len(tasks),
            "deadline": min(task.deadline for task in tasks if task.deadline),
            "which": "、".join(task.indicator for task in tasks),
            "address": url_for("console.values_page", period=period.code, area=area.code,
                               department=department or NOBODY, state="overdue"),
        }
        for (area, department), tasks in worklist.by_department(late).items()
    ]  # fmt: skip
    summary = Table("departments", _("逾期的部门"), columns, rows, empty=_("没有逾期的部门。"))
    table = task_table("overdue", _("逾期的指标"), late)
    return requested_export(summary, table) or render_template(
        "values/overdue.html", summary=summary, table=table, periods=periods(), period=period
    )


@panel(order=20)
def values_panel() -> Markup | str | None:
    """What of the current period waits for the signed-in person."""
    if not may(current_user.grants, "console.values_page", None):
        return None
    period = current_period()
    listed = own_tasks(period)
    mine = [task for task in listed if may(current_user.grants, "console.save_value", task.area, task.who.departments)]
    judged = [task for task in listed if may(current_user.grants, "console.verify_value", task.area)]
    waiting = sum(task.state == "submitted" for task in judged)
    counts = worklist.counted(mine)
    shown = {name: counts[name] for name in ("overdue", "returned", "unassigned", "missing", "draft") if counts[name]}
    if not shown and not waiting:
        return None
    return render_template("values/panel.html", counts=shown, waiting=waiting, states=state_names(), period=period)


def own_tasks(period: Period) -> list[Task]:
    """The tasks whose page the signed-in person may open."""
    return tasks_seen(period, current_user.grants)


def asked_period() -> Period:
    """The period of ?period=…, else the current one."""
    code = request.args.get("period", "")
    try:
        return period_of(code) if code else current_period()
    except PeriodError:
        abort(404)


def refuse(place: entry.Place) -> NoReturn:
    """For a form that names what the person may not touch: 403, and a line in the audit trail as for any address."""
    db.session.rollback()
    audit.record("denied", request.path, after={"method": request.method, "value": place.subject})
    db.session.commit()
    abort(403)


def marked(period: str, mark: str) -> tuple[entry.Place, int]:
    """A hidden field 'area|indicator|version' of a list that acts on several at once."""
    area, _bar, rest = mark.partition("|")
    indicator, _bar, version = rest.partition("|")
    place = entry.place_of(period, area, indicator)
    if place is None or not version.isdecimal():
        abort(400)
    return place, int(version)


def _summary(listed: list[Task]) -> Table:
    """How far each area is, or each department of a single one; those with overdue work first."""
    names = state_names()
    areas = len({task.area.id for task in listed}) > 1
    columns = [
        Column("who", _("地区") if areas else _("牵头部门"), link="address"),
        Column("n", _("指标数"), "number"),
        *(Column(name, label, "number") for name, label in names.items()),
    ]
    grouped: dict[str, list[Task]] = defaultdict(list)
    for task in listed:
        for department in (task.who.leads or (NOBODY,)) if not areas else ("",):
            grouped[department or task.area.name].append(task)
    rows = []
    for who, tasks in grouped.items():
        counts, first = worklist.counted(tasks), tasks[0]
        address = url_for(
            "console.values_page", period=first.period, area=first.area.code, department=None if areas else who
        )
        words = _("统筹人员") if who == NOBODY else who
        rows.append(
            {"who": words, "n": len(tasks), "address": address, **{name: counts[name] or None for name in names}}
        )
    rows.sort(key=lambda row: -int(row["overdue"] or 0))
    return Table("progress", _("各地区进度") if areas else _("各部门进度"), columns, rows)


def task_table(name: str, caption: str, listed: Iterable[Task]) -> Table:
    """Tasks as a table, each leading to its page."""
    columns = [
        Column("area", _("地区")), Column("number", _("序号"), "number"), Column("name", _("三级指标"), link="address"),
        Column("department", _("牵头部门")), Column("state", _("状态")), Column("deadline", _("截止时间"), "moment"),
        Column("evidence", _("佐证"), "number"), Column("changed", _("最近修改"), "moment"),
    ]  # fmt: skip
    nothing = _("没有符合条件的指标。地区添加、评价方案选定之后，要填报的指标列在这里。")
    return Table(name, caption, columns, [_row(task) for task in listed], empty=nothing)


def _row(task: Task) -> Mapping[str, object]:
    state = state_names()[task.state]
    return {
        "area": task.area.name, "number": int(task.indicator) if task.indicator.isdecimal() else None, "name": task.name,
        "department": responsible_words(task.who), "state": f"{state} · {_('逾期')}" if task.overdue else state,
        "deadline": task.deadline, "evidence": task.evidence, "changed": task.changed_at,
        "address": url_for("console.value_page", period=task.period, area=task.area.code, indicator=task.indicator),
    }  # fmt: skip


def responsible_words(who: Responsible) -> str:
    """Who answers for an indicator, as people read it."""
    if who.shared:
        both = f"（{'、'.join(who.supporting)}）" if who.supporting else ""
        return str(_("共同负责，统筹人员填报")) + both
    if not who.leads:
        return str(_("未指定"))
    beside = str(_("（配合：%(names)s）", names="、".join(who.supporting))) if who.supporting else ""
    return "、".join(who.leads) + beside


def state_names() -> dict[str, str]:
    """The states of an indicator's values; 'overdue' stands beside them."""
    return {
        "overdue": _("逾期"), "returned": _("被退回"), "unassigned": _("未指定部门"), "missing": _("未填报"),
        "draft": _("草稿"), "submitted": _("待核验"), "accepted": _("已核验"),
    }  # fmt: skip


def _matches(task: Task, chosen: dict[str, str]) -> bool:
    state = chosen["state"]
    return (
        chosen["area"] in ("", task.area.code)
        and (
            not chosen["department"]
            or chosen["department"] in task.who.departments
            or (chosen["department"] == NOBODY and not task.who.leads)
        )
        and (not state or (task.overdue if state == "overdue" else task.state == state))
    )


def _ready(task: Task) -> bool:
    leads = may(current_user.grants, "console.submit_value", task.area, task.who.leads)
    return leads and task.state in READY and any(value is not None for value in task.values.values())
