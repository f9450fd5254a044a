"""When and by which code a survey's sites admit: hours, new codes, retired sites, stopping when full."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.opening_hours import read_hours
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.fieldwork.pages.forms import AccessForm, LeastForm, SeveralForm, SiteForm
from survey_app.fieldwork.site_access import (
    AccessError,
    restore_site,
    retire_site,
    retired_codes,
    rotate_code,
    set_hours,
    set_stops_when_full,
)
from survey_app.ground.clock import survey_time
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import RetiredCode, Site, Survey, db
from survey_app.surveys.small_cells import least_cell, set_least_cell

CHANGES = {"rotate": rotate_code, "retire": retire_site, "restore": restore_site}


def owner_of_access(arguments: Arguments) -> Owner | None:
    site = db.session.scalar(select(Site).where(Site.code == arguments["code"]))
    return (site.area, None) if site is not None and site.area.kind != "city" else None


@bp.page("/surveys/<code>/access", "查看填答入口", all_of("manager", "auditor"))
def access_page(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    tables = _tables(survey)
    asked = requested_export(*tables)
    if asked:
        return asked
    form = AccessForm(hours=survey.hours or "", stops_when_full=survey.stops_when_full)
    return _page(survey, tables, form, LeastForm(least=survey.least_cell))


@bp.action("/surveys/<code>/access", "改填答入口", own("manager"))
def set_access(code: str) -> BaseResponse | tuple[str, int]:
    """Hours and stopping for the whole survey; what did not change is not written down."""
    survey = survey_of(code)
    form = AccessForm()
    try:
        if not form.validate_on_submit():
            return _page(survey, _tables(survey), form, LeastForm(least=survey.least_cell)), 422
        with transaction():
            if (form.hours.data or "").strip() != (survey.hours or ""):
                set_hours(survey, form.hours.data or "", form.reason.data)
            if form.stops_when_full.data != survey.stops_when_full:
                set_stops_when_full(survey, form.stops_when_full.data, form.reason.data)
    except AccessError as error:
        form.hours.errors = [*form.hours.errors, str(error)]
        return _page(survey, _tables(survey), form, LeastForm(least=survey.least_cell)), 422
    flash(_("已保存，三秒内在各处生效"), "ok")
    return redirect(url_for("console.access_page", code=code))


@bp.action("/surveys/<code>/access/several", "停用或恢复多个调查点", all_of("manager"))
def change_several(code: str) -> BaseResponse:
    """All of the ticked sites or none; each is the person's own, and each has its line in the trail."""
    survey, form = survey_of(code), SeveralForm()
    wanted = set(form.site.data or ())
    sites = [
        site
        for site in survey.sites
        if site.code in wanted and may(current_user.grants, "console.change_site_access", site.area)
    ]
    try:
        if not form.validate_on_submit():
            raise AccessError([str(said) for said in form.reason.errors or (_("请选择"),)])
        if not sites:
            raise AccessError("fieldwork.none_ticked")
        with transaction():
            for site in sites:
                CHANGES[form.do.data](site, form.reason.data)
        flash(_("已处理%(n)s个调查点", n=len(sites)), "ok")
    except AccessError as error:
        flash(str(error), "error")
    return redirect(url_for("console.access_page", code=code))


@bp.action("/surveys/<code>/access/least", "改最小公布单元", own())
def set_least(code: str) -> BaseResponse | tuple[str, int]:
    """How small a cell may be shown to others than administrators."""
    survey = survey_of(code)
    form = LeastForm()
    if not form.validate_on_submit():
        usual = AccessForm(formdata=None, hours=survey.hours or "", stops_when_full=survey.stops_when_full)
        return _page(survey, _tables(survey), usual, form), 422
    with transaction():
        set_least_cell(survey, form.least.data, form.reason.data)
    flash(_("已保存"), "ok")
    return redirect(url_for("console.access_page", code=code))


@bp.page("/sites/<code>/access", "查看一个点的入口", own("manager", "auditor"), of=owner_of_access)
def site_access(code: str) -> str:
    site = _site(code)
    return _site_page(site, SiteForm(hours=site.hours or ""))


@bp.action("/sites/<code>/access", "换编码、停用或恢复调查点", own("manager"), of=owner_of_access)
def change_site_access(code: str) -> BaseResponse | tuple[str, int]:
    """Give the site a new code, retire or restore it, or set its hours; always with a reason."""
    site = _site(code)
    form = SiteForm()
    if not form.validate_on_submit():
        return _site_page(site, form), 422
    change = form.do.data
    try:
        with transaction():
            if change in CHANGES:
                CHANGES[change](site, form.reason.data)
            else:
                set_hours(site, form.hours.data or "", form.reason.data)
    except AccessError as error:
        form.hours.errors = [*form.hours.errors, str(error)]
        return _site_page(site, form), 422
    told = {
        "rotate": _("新二维码是 %(code)s，请重新打印并张贴海报；旧海报会说明去向。", code=site.public_code),
        "retire": _("本点已停用"),
        "restore": _("本点已恢复"),
    }
    flash(told.get(change, _("已保存，三秒内在各处生效")), "ok")
    return redirect(url_for("console.site_access", code=code))


def _page(survey: Survey, tables: list[Table], form: AccessForm, least: LeastForm) -> str:
    return render_template(
        "fieldwork/access.html", survey=survey, tables=tables, form=form, least=least, hours=_said(survey.hours),
        least_now=least_cell(survey), demo=survey.demo,
    )  # fmt: skip


def _site_page(site: Site, form: SiteForm) -> str:
    old = db.session.scalars(
        select(RetiredCode).where(RetiredCode.site_id == site.id).order_by(RetiredCode.retired_at.desc())
    ).all()
    return render_template(
        "fieldwork/site_access.html", site=site, survey=site.survey, form=form, hours=_said(site.hours or site.survey.hours),
        old=old, demo=site.demo,
    )  # fmt: skip


def _tables(survey: Survey) -> list[Table]:
    sites = [site for site in survey.sites if may(current_user.grants, "console.site_access", site.area)]
    names = {site.id: site for site in sites}
    columns = [
        Column("name", _("调查点"), link="address"),
        Column("county", _("所在单元")),
        Column("code", _("现用编码")),
        Column("label", _("样本编码")),
        Column("hours", _("开放时间")),
        Column("state", _("状态")),
    ]
    rows = [
        {
            "name": site.name,
            "county": site.area.name,
            "code": site.public_code if site.active else None,
            "site": site.code if may(current_user.grants, "console.change_site_access", site.area) else "",
            "label": site.code,
            "hours": _("；").join(_said(site.hours or survey.hours)),
            "state": _("在用") if site.active else _("已停用"),
            "address": url_for("console.site_access", code=site.code),
        }
        for site in sites
    ]
    old = [
        {
            "code": code.code,
            "name": names[code.site_id].name,
            "at": survey_time(code.retired_at, survey),
            "by": doer(code.retired_by),
            "reason": code.reason,
        }
        for code in retired_codes(survey)
        if code.site_id in names
    ]
    past = [
        Column("code", _("旧编码")),
        Column("name", _("调查点")),
        Column("at", _("停用时间")),
        Column("by", _("操作人")),
        Column("reason", _("理由")),
    ]
    return [Table("sites", _("调查点的二维码"), columns, rows, "site"), Table("retired", _("停用的编码"), past, old)]


def _said(hours: str | None) -> list[str]:
    return read_hours(hours or "").said(language()) or [_("全天")]


def _site(code: str) -> Site:
    found = db.session.scalar(select(Site).where(Site.code == code))
    return found if found is not None else abort(404)
