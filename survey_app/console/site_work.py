"""One sampled site's list of persons: what became of each, and the work on it."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.permissions import Owner, owner_of
from survey_app.console.views import bp
from survey_app.models import Site, db


@owner_of("console.site_work")
def owner_of_site(arguments: dict[str, Any]) -> Owner | None:
    site = db.session.scalar(select(Site).where(Site.code == arguments["code"]))
    return (site.area, None) if site is not None and site.area.kind != "city" else None


def site_of(code: str) -> Site:
    """The site with this code; 404 where there is none."""
    found = db.session.scalar(select(Site).where(Site.code == code))
    return found or abort(404)


@bp.get("/sites/<code>/work")
def site_work(code: str) -> str | BaseResponse:
    site = site_of(code)
    return render_template("console/site_work.html", site=site, survey=site.survey, demo=site.demo)
