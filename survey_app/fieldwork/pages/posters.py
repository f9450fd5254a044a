"""Posters and QR codes of a survey's sites: a page to print, one site's files, and a ZIP of all."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.addresses import NoAddressError, is_local, public_base, shown_base, site_url
from survey_app.answering.definitions import definition_of
from survey_app.console.frame import bp, survey_of
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import Arguments, Owner, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork.jobs import newest_zip
from survey_app.fieldwork.posters import dates, poster
from survey_app.ground.qr import qr_png, qr_svg
from survey_app.jobs.queue import enqueue
from survey_app.models import Site, Survey, db

POSTER_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}


def owner_of_site(arguments: Arguments) -> Owner | None:
    site = db.session.scalar(select(Site).where(Site.code == arguments["code"]))
    return (site.area, None) if site is not None and site.area.kind != "city" else None


@bp.page("/surveys/<code>/posters", "打印二维码", all_of("manager", "auditor"))
def posters(code: str) -> str | BaseResponse:
    """Every site's files, the page to print and the ZIP of all; a county's account gets the sites of its county."""
    survey = survey_of(code)
    if request.args.get("site"):
        return redirect(url_for("console.posters_print", code=code, site=request.args["site"]))
    base = shown_base(survey.demo)
    table = _table(survey, base)
    return requested_export(table) or render_template(
        "fieldwork/posters.html", survey=survey, table=table, local=is_local(base), base=base,
        made=newest_zip(survey, base), demo=survey.demo,
    )  # fmt: skip


@bp.page("/surveys/<code>/posters/print", "打印二维码", all_of("manager", "auditor"))
def posters_print(code: str) -> str:
    """Posters as one page to print, one sheet each: of every site, or of ?site=."""
    survey = survey_of(code)
    base, chosen = public_base(survey.demo), request.args.get("site", "")
    cards = [
        {"site": site, "url": site_url(site.public_code, base), "svg": qr_svg(site_url(site.public_code, base))}
        for site in _sites(survey)
        if chosen in ("", site.code)
    ]
    return render_template(
        "fieldwork/posters_print.html",
        survey=survey,
        cards=cards,
        local=is_local(base),
        base=base,
        definition=definition_of(survey),
        dates=dates(survey),
        demo=survey.demo,
    )


@bp.action("/surveys/<code>/posters", "生成全部海报", own("manager"))
def make_posters(code: str) -> BaseResponse:
    """Have all posters drawn in the background."""
    survey = survey_of(code)
    return started(enqueue("posters", {"survey": survey.id, "base": public_base(survey.demo)}, current_user.username))


@bp.page("/surveys/<code>/posters.zip", "全部海报", own("manager", "auditor"))
def posters_zip(code: str) -> BaseResponse:
    """The ZIP that was drawn last; where there is none, the page where it is asked for."""
    survey = survey_of(code)
    made = newest_zip(survey, public_base(survey.demo))
    if made is None:
        flash(_("还没有按现在的地址制作过全部海报。"), "error")
        return redirect(url_for("console.posters", code=code))
    headers = {"Content-Disposition": f"attachment; filename=posters-{survey.code}.zip"}
    return Response(made[1].body, mimetype="application/zip", headers=headers)


@bp.page("/sites/<code>/poster.<ending>", "海报", own("manager", "auditor"), of=owner_of_site)
def site_poster(code: str, ending: str) -> BaseResponse:
    site = db.session.scalar(select(Site).where(Site.code == code)) or abort(404)
    if ending not in POSTER_TYPES:
        abort(404)
    drawing = poster(site, public_base(site.demo), ending, definition_of(site.survey).organiser["zh"])
    headers = {"Content-Disposition": f"inline; filename=poster-{site.public_code}.{ending}"}
    return Response(drawing, mimetype=POSTER_TYPES[ending], headers=headers)


@bp.page("/sites/<code>/qr.<ending>", "二维码", own("manager", "auditor"), of=owner_of_site)
def site_qr(code: str, ending: str) -> BaseResponse:
    site = db.session.scalar(select(Site).where(Site.code == code)) or abort(404)
    url = site_url(site.public_code, public_base(site.demo))
    if ending == "svg":
        return Response(qr_svg(url), mimetype="image/svg+xml")
    if ending == "png":
        return Response(qr_png(url), mimetype="image/png")
    return abort(404)


def _sites(survey: Survey) -> list[Site]:
    """The active sites whose posters the signed-in person may have."""
    return [site for site in survey.sites if site.active and may(current_user.grants, "console.site_poster", site.area)]


def _table(survey: Survey, base: str) -> Table:
    """What each site's poster says, and its files; without an address the sites alone."""
    known = [Column("name", _("名称"), link="print"), Column("area", _("所在地区")), Column("code", _("二维码编码"))]
    if not base:
        rows = [{"name": site.name, "area": site.area.name, "code": site.public_code} for site in _sites(survey)]
        return Table("posters", _("各点海报"), known, rows)
    columns = [
        *known,
        Column("address", _("地址"), link="address"), Column("pdf", "PDF", link="pdf_file"),
        Column("svg", "SVG", link="svg_file"), Column("png", "PNG", link="png_file"), Column("qr", _("仅二维码"), link="qr_file"),
    ]  # fmt: skip
    rows = []
    for site in _sites(survey):
        files = {
            f"{ending}_file": url_for("console.site_poster", code=site.code, ending=ending) for ending in POSTER_TYPES
        }
        address = site_url(site.public_code, base)
        rows.append(
            {
                "name": site.name, "area": site.area.name, "code": site.public_code, "address": address, "pdf": "PDF",
                "svg": "SVG", "png": "PNG", "qr": "SVG", "qr_file": url_for("console.site_qr", code=site.code, ending="svg"),
                "print": url_for("console.posters_print", code=survey.code, site=site.code), **files,
            }
        )  # fmt: skip
    return Table("posters", _("各点海报"), columns, rows)


def _zip_page(key: str) -> str:
    survey = db.session.get(Survey, int(key.partition(":")[0]))
    return url_for("console.posters", code=survey.code) if survey else ""


RESULT_PAGES["posters"] = _zip_page


@bp.app_errorhandler(NoAddressError)
def no_address(_error: NoAddressError) -> tuple[str, int]:
    """What was to be printed or handed out: why it is not, and that nothing was made."""
    return render_template("fieldwork/no_address.html", demo=False), 409
