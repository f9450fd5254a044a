"""Reporting periods, their deadlines, and deadlines put off for a department."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import AnyForm, Form, unsent
from survey_app.console.frame import area_name, bp, programme_title
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.ground.clock import local
from survey_app.ground.official import named_in
from survey_app.ground.rulebooks import programme_in
from survey_app.models import Area, Period, db
from survey_app.values import periods, worklist
from survey_app.values.pages.forms import ChangePeriodForm, ExtendForm, MakePeriodForm
from survey_app.values.periods import PeriodError, end_of_day


@bp.page(
    "/periods",
    "查看填报周期",
    all_of("manager", "evaluator", "scorer", "auditor"),
    menu=Menu("填报周期", "score", 50, ("/console/periods",)),
)
def periods_page() -> str | BaseResponse:
    return requested_export(_extensions()) or _page()


@bp.action("/periods", "新建填报周期", own("manager"))
def make_period() -> BaseResponse | tuple[str, int]:
    form = MakePeriodForm().offer()
    return _take(
        form,
        "",
        lambda: periods.make_period(form.code.data, end_of_day(form.deadline.data), form.programme.data),
        _("周期已建立。"),
    )


@bp.action("/periods/<period>", "改填报周期", own("manager"))
def change_period(period: str) -> BaseResponse | tuple[str, int]:
    form = ChangePeriodForm()
    return _take(
        form,
        _known(period).code,
        lambda: periods.change_period(
            period, end_of_day(form.deadline.data), form.state.data, form.reason.data, form.objection_days.data
        ),
        _("周期已更改。"),
    )


@bp.action("/periods/<period>/extensions", "延长填报期限", own("manager"))
def extend_deadline(period: str) -> BaseResponse | tuple[str, int]:
    places = {area.code: area for area in worklist.rated_places()}
    form = ExtendForm().offer(_choices(places.values()))

    def extend() -> None:
        deadline = end_of_day(form.deadline.data)
        assert deadline is not None  # the form asks for it
        periods.extend(period, places[form.area.data], form.department.data, deadline, form.reason.data)

    return _take(form, _known(period).code, extend, _("已延期。"))


def _take(form: Form, period: str, action: Callable[[], object], done: str) -> BaseResponse | tuple[str, int]:
    """Do what a form of the page asks for, or show the page again with what is wrong beside its boxes."""
    if form.validate_on_submit():
        with form.storing(PeriodError):
            action()
        if not form.errors:
            flash(done, "ok")
            return redirect(url_for("console.periods_page"))
    return _page(form, period), 422


def _page(sent: Form | None = None, sent_period: str = "") -> str:
    """The page; of its forms the one that was sent comes as it was sent, every other as things stand."""
    areas = worklist.rated_places()

    def form(kind: type[AnyForm], period: Period | None = None, **filled: Any) -> AnyForm:
        mine = isinstance(sent, kind) and sent_period == (period.code if period else "")
        return sent if mine else unsent(kind, **filled)  # type: ignore[return-value]  # mypy forgets what mine says

    known, cities = periods.periods(), [area for area in areas if area.kind == "city"]
    named = named_in(*(period.code for period in known))
    listed = [
        {
            "period": period,
            "programme": _named(period),
            "by_city": [
                f"{area_name(city)}{_('：')}{_named(period, city)}" for city in cities if city.code in period.by_city
            ],
            "official": [one for one in named if one.period == period.code],
            "extend": form(ExtendForm, period).offer(_choices(areas)),
            "change": form(
                ChangePeriodForm,
                period,
                state=period.state,
                deadline=_day(period),
                objection_days=period.objection_days,
            ),
        }
        for period in known
    ]
    return render_template(
        "values/periods.html", listed=listed, make=form(MakePeriodForm).offer(), table=_extensions(), sent=sent,
        suffix=f"{'-later' if isinstance(sent, ExtendForm) else ''}-{sent_period}" if sent_period else "",
        can=may(current_user.grants, "console.change_period", None),
    )  # fmt: skip


def _named(period: Period, city: Area | None = None) -> str:
    found = programme_in(period, city)
    return programme_title(found) if found else _("未选定评价方案")


def _extensions() -> Table:
    columns = [
        Column("period", _("周期")),
        Column("area", _("地区")),
        Column("department", _("部门")),
        Column("deadline", _("截止时间"), "moment"),
        Column("reason", _("理由")),
        Column("by", _("账号")),
        Column("at", _("时间"), "moment"),
    ]
    rows = [
        {
            "period": row.period, "area": row.area.name, "department": row.department, "deadline": row.deadline,
            "reason": row.reason, "by": doer(row.by), "at": row.at,
        }
        for row in periods.extensions()
    ]  # fmt: skip
    return Table("extensions", _("已延期"), columns, rows, empty=_("没有延期。"))


def _known(code: str) -> Period:
    return db.session.get(Period, code) or abort(404)


def _day(period: Period) -> date | None:
    return local(period.deadline).date() if period.deadline else None


def _choices(areas: Iterable[Area]) -> list[tuple[str, str]]:
    return [(area.code, area_name(area)) for area in areas]
