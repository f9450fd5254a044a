"""Links that make a tablet an interviewer's device of one site: made, shown as a code to scan, revoked."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from survey_app.answering.addresses import device_url, is_local, public_base, shown_base
from survey_app.answering.devices import DeviceError, make_device, pin_of, signed
from survey_app.console.forms import unsent
from survey_app.console.frame import area_name, bp, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, may, own
from survey_app.fieldwork.pages.forms import DeviceForm
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.fieldwork.pages.site_work import owner_of_site, site_of
from survey_app.ground import audit
from survey_app.ground.qr import qr_svg
from survey_app.ground.transaction import transaction
from survey_app.models import DeviceLink, Site, Survey, db

USUAL_DAYS = 30


def owner_of_device(arguments: Arguments) -> Owner | None:
    device = db.session.get(DeviceLink, arguments["device_id"])
    return (device.site.area, None) if device is not None and device.site.area.kind != "city" else None


@bp.page("/surveys/<code>/fieldwork/devices", "查看访问员平板", all_of("manager", "auditor"))
def devices_page(code: str) -> str:
    return _page(survey_of(code), unsent(DeviceForm, days=USUAL_DAYS))


def _page(survey: Survey, form: DeviceForm) -> str:
    """Every link of the person's sites; the address itself only for those who may make one."""
    sites = own_sites(survey)
    query = (
        select(DeviceLink)
        .join(Site)
        .where(Site.survey_id == survey.id)
        .order_by(DeviceLink.id.desc())
        .limit(500)
        .options(joinedload(DeviceLink.site).joinedload(Site.area))
    )
    base = shown_base(survey.demo)
    allowed, moment = {site.id for site in sites}, datetime.now(UTC)
    rows = []
    for device in db.session.scalars(query):
        if device.site_id in allowed:
            live = device.revoked_at is None and device.expires_at > moment
            acts = may(current_user.grants, "console.revoke_device", device.site.area)
            url = device_url(signed(device), base) if live and acts and base else ""
            pin = pin_of(device.id) if acts else ""
            rows.append(
                {"device": device, "live": live, "acts": acts, "url": url, "pin": pin, "qr": qr_svg(url) if url else ""}
            )
    makes = [site for site in sites if site.active and may(current_user.grants, "console.make_device_link", site.area)]
    form.site.choices = [SelectChoice(site.code, f"{area_name(site.area)} {site.name}") for site in makes]
    return render_template(
        "fieldwork/devices.html",
        survey=survey,
        rows=rows,
        form=form,
        base=base,
        demo=survey.demo,
        insecure=bool(base) and not base.startswith("https://") and not is_local(base),
    )


@bp.action(
    "/surveys/<code>/fieldwork/devices", "登记本机为平板", all_of("manager")
)  # the view asks for the chosen site
def make_device_here(code: str) -> BaseResponse | tuple[str, int]:
    """From the survey's page: the site is chosen in the form; the site's own rule decides who may."""
    survey, form = survey_of(code), DeviceForm()
    site = site_of(form.site.data or "")
    if site.survey_id != survey.id or not may(current_user.grants, "console.make_device_link", site.area):
        with transaction():
            audit.record("denied", request.path, after={"site": site.code})
        abort(403)
    return _make(site, form)


@bp.action("/sites/<code>/devices", "登记平板", own("manager"), of=owner_of_site)
def make_device_link(code: str) -> BaseResponse | tuple[str, int]:
    form = DeviceForm()
    form.site.data = code
    return _make(site_of(code), form)


@bp.action("/devices/<int:device_id>/revoke", "收回平板", own("manager"), of=owner_of_device)
def revoke_device(device_id: int) -> BaseResponse:
    device = db.session.get(DeviceLink, device_id) or abort(404)
    if device.revoked_at is None:
        with transaction():
            device.revoked_at = datetime.now(UTC)
            audit.record("device.revoke", f"site:{device.site.code}", {"label": device.label}, {"revoked": True})
    flash(_("“%(label)s”的链接已收回。", label=device.label), "ok")
    return redirect(url_for("console.devices_page", code=device.site.survey.code))


def _make(site: Site, form: DeviceForm) -> BaseResponse | tuple[str, int]:
    public_base(site.demo)  # a link that nobody can be shown is not made
    if not form.validate():
        return _page(site.survey, form), 422
    try:
        with transaction():
            device = make_device(
                site, form.label.data, form.days.data, current_user.username or "", form.mode.data or "tablet"
            )
            after = {"label": device.label, "expires_at": device.expires_at.isoformat(timespec="minutes")}
            audit.record("device.make", f"site:{site.code}", after=after)
    except DeviceError as error:
        flash(str(error), "error")
    else:
        flash(_("“%(label)s”的链接已生成，请用平板扫码打开。", label=device.label), "ok")
    return redirect(url_for("console.devices_page", code=site.survey.code))
