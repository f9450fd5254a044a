"""Surveys and their sites in the console's search."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from survey_app.console.frame import area_name
from survey_app.console.permissions import may
from survey_app.console.search import MOST, Found, Group, finder
from survey_app.models import Area, RetiredCode, Site, Survey, db
from survey_app.surveys.pages.surveys import state_of


@finder(order=10)
def surveys(text: str) -> Group:
    """By title or code. A county's account is led to its posters, as in the list."""
    page = next(
        (page for page in ("console.survey_page", "console.posters") if may(current_user.grants, page, None)), None
    )
    if page is None:
        return Group(_("调查"))
    query = select(Survey).where(
        or_(Survey.title.icontains(text, autoescape=True), Survey.code.icontains(text, autoescape=True))
    )
    found = db.session.scalars(query.order_by(Survey.id.desc()).limit(MOST + 1))
    return Group(
        _("调查"), [Found(one.title, url_for(page, code=one.code), f"{one.code} · {state_of(one)}") for one in found]
    )


@finder(order=20)
def sites(text: str) -> Group:
    """By name, or by a code that is or was printed; those of the areas where the person may see a site's work."""
    areas = [
        area.id for area in db.session.scalars(select(Area)) if may(current_user.grants, "console.site_work", area)
    ]
    code, was = text.lower(), select(RetiredCode.site_id).where(RetiredCode.code == text.lower())
    named = or_(Site.name.icontains(text, autoescape=True), Site.code == code, Site.address == code, Site.id.in_(was))
    query = select(Site).where(Site.area_id.in_(areas), named).options(joinedload(Site.survey)).order_by(Site.id.desc())
    found = [
        Found(
            site.name,
            url_for("console.site_work", code=site.code),
            f"{area_name(site.area)} · {site.survey.title} · {site.public_code}",
        )
        for site in db.session.scalars(query.limit(MOST + 1))
    ]
    return Group(_("调查点"), found)
