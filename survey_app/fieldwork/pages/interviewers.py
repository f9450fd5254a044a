"""Interviewers: whom they are to find, how their interviews come in, and one returned to its tablet by its process."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from survey_app.archives.at_hand import response_numbered
from survey_app.console.frame import area_name, bp, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork.invitations import InvitationError
from survey_app.fieldwork.pages.forms import ContactsForm, ReturnForm
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.fieldwork.pages.site_work import owner_of_site, site_of
from survey_app.fieldwork.tablets.contacts import add_contacts
from survey_app.fieldwork.tablets.interviewers import (
    LEAST_INTERVIEWS,
    can_return,
    reserves_left,
    return_interview,
    work_of,
)
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.models import DeviceLink, Site, db


@bp.page("/surveys/<code>/fieldwork/interviewers", "查看访问员的工作", all_of("manager", "evaluator", "auditor"))
def interviewers_page(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    columns = [
        Column("device", _("设备或访问员")), Column("site", _("调查点")), Column("interviews", _("访问"), "number"),
        Column("minutes", _("用时中位数(分)"), "number"), Column("odd", _("8至21时以外"), "share"),
        Column("same", _("答案雷同的标记"), "share"), Column("returned", _("退回"), "number"),
        Column("attempts", _("联系次数"), "number"), Column("reached", _("联系上"), "share"),
    ]  # fmt: skip
    rows = [
        {
            "device": work.device.label, "site": f"{area_name(work.device.site.area)} {work.device.site.name}",
            "interviews": work.interviews, "minutes": None if work.minutes is None else round(work.minutes, 1),
            "odd": work.at_odd_hours, "same": work.same, "returned": work.returned, "attempts": work.attempts,
            "reached": work.reached,
        }
        for work in work_of(survey, {site.id for site in own_sites(survey)})
    ]  # fmt: skip
    table = Table("interviewers", _("访问员的工作"), columns, rows)
    return requested_export(table) or render_template(
        "fieldwork/interviewers.html", survey=survey, table=table, least=LEAST_INTERVIEWS, demo=survey.demo
    )


@bp.form("/sites/<code>/contacts", "登记要访问的人", own("manager"), of=owner_of_site)
def site_contacts(code: str) -> str | tuple[str, int] | BaseResponse:
    """Addresses or persons of a site for its interviewers; what is stored is shown to nobody here."""
    site, form = site_of(code), ContactsForm(reserves=0)
    devices = db.session.scalars(select(DeviceLink).where(DeviceLink.site_id == site.id).order_by(DeviceLink.id))
    live = [device for device in devices if device.revoked_at is None]
    form.device.choices = [SelectChoice("", _("本点任何一台")), *(SelectChoice(str(one.id), one.label) for one in live)]
    if form.is_submitted() and form.validate():
        chosen = next((one.id for one in live if str(one.id) == form.device.data), None)
        with form.storing(InvitationError, "lines"):
            number = add_contacts(site, form.lines.data or "", form.reserves.data or 0, chosen)
        if not form.errors:
            flash(_("已登记 %(number)s 处。", number=number), "ok")
            return redirect(url_for("console.site_work", code=code))
    page = render_template(
        "fieldwork/contacts.html",
        site=site,
        survey=site.survey,
        form=form,
        reserves=reserves_left(site),
        demo=site.demo,
    )
    return (page, 422) if form.errors else page


def owner_of_interview(arguments: Arguments) -> Owner | None:
    response = response_numbered(int(arguments["number"]))
    site = db.session.get(Site, response.site_id) if response is not None else None
    return (site.area, None) if site is not None and site.area.kind != "city" else None


@bp.form("/process/<int:number>/return", "退回访问", own("manager"), of=owner_of_interview)
def return_to_tablet(number: int) -> str | tuple[str, int] | BaseResponse:
    """Asked with what is known of how it came; the answers are not shown, before or after."""
    response = response_numbered(number) or abort(404)
    form, site = ReturnForm(), db.session.get_one(Site, response.site_id)
    if form.is_submitted() and form.validate():
        with form.storing(InvitationError, "reason"):
            return_interview(response, form.reason.data or "")
        if not form.errors:
            flash(_("已退回，平板上的名单会说明理由。"), "ok")
            return redirect(url_for("console.response_process", number=number))
    with transaction():
        audit.record("response.process", f"survey:{site.survey.code}", after={"number": response.id})
    page = render_template(
        "fieldwork/return.html", survey=site.survey, site=site, response=response, form=form, able=can_return(response),
        minutes=(response.finished_at - response.started_at).total_seconds() / 60, demo=response.demo,
    )  # fmt: skip
    return (page, 422) if form.errors else page
