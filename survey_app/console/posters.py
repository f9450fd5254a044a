"""Posters and QR codes of a survey's sites: a page to print, one site's files, and a ZIP of all."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, render_template, request, stream_with_context
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.permissions import Owner, may, owner_of
from survey_app.console.views import bp, survey_of
from survey_app.models import Site, db
from survey_app.services.posters import dates, poster, poster_zip
from survey_app.services.qr import qr_png, qr_svg, site_url
from survey_app.services.questionnaires import definition_of

POSTER_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}


@owner_of("console.site_poster", "console.site_qr")
def owner_of_site(arguments: dict[str, Any]) -> Owner | None:
    site = db.session.scalar(select(Site).where(Site.code == arguments["code"]))
    return (site.area, None) if site is not None and site.area.kind != "city" else None


@bp.get("/surveys/<code>/posters")
def posters(code: str) -> str:
    """Every site's poster as one page to print; a county's account gets those of its county."""
    survey = survey_of(code)
    base = public_base()
    chosen = request.args.get("site")
    sites = [
        site
        for site in survey.sites
        if site.active
        and chosen in (None, "", site.code)
        and may(current_user.grants, "console.site_poster", site.area)
    ]
    cards = [
        {"site": site, "url": site_url(site.public_code, base), "svg": qr_svg(site_url(site.public_code, base))}
        for site in sites
    ]
    return render_template(
        "console/posters.html",
        survey=survey,
        cards=cards,
        local=is_local(base),
        base=base,
        definition=definition_of(survey),
        dates=dates(survey),
        whole=may(current_user.grants, "console.posters_zip", None) and not chosen,
        demo=survey.demo,
    )


@bp.get("/surveys/<code>/posters.zip")
def posters_zip(code: str) -> BaseResponse:
    """A4 posters of all sites, streamed one by one."""
    survey = survey_of(code)
    parts = poster_zip(survey, public_base(), definition_of(survey).organiser["zh"])
    headers = {"Content-Disposition": f"attachment; filename=posters-{survey.code}.zip"}
    return Response(stream_with_context(part for _done, part in parts), mimetype="application/zip", headers=headers)


@bp.get("/sites/<code>/poster.<ending>")
def site_poster(code: str, ending: str) -> BaseResponse:
    site = db.session.scalar(select(Site).where(Site.code == code)) or abort(404)
    if ending not in POSTER_TYPES:
        abort(404)
    drawing = poster(site, public_base(), ending, definition_of(site.survey).organiser["zh"])
    headers = {"Content-Disposition": f"inline; filename=poster-{site.public_code}.{ending}"}
    return Response(drawing, mimetype=POSTER_TYPES[ending], headers=headers)


@bp.get("/sites/<code>/qr.<ending>")
def site_qr(code: str, ending: str) -> BaseResponse:
    site = db.session.scalar(select(Site).where(Site.code == code)) or abort(404)
    url = site_url(site.public_code, public_base())
    if ending == "svg":
        return Response(qr_svg(url), mimetype="image/svg+xml")
    if ending == "png":
        return Response(qr_png(url), mimetype="image/png")
    return abort(404)


def public_base() -> str:
    """The public address the codes lead to."""
    return str(current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/")


def is_local(base: str) -> bool:
    """Whether only this machine can open `base`."""
    return "127.0.0.1" in base or "localhost" in base
