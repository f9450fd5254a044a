"""Whose sites are whose."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from survey_app.console.permissions import may
from survey_app.models import Grant, Site, Survey, db


def sites_seen(survey: Survey, grants: Iterable[Grant]) -> list[Site]:
    """The survey's sites whose work these grants open: a county's those of its county."""
    grants = list(grants)
    query = select(Site).where(Site.survey_id == survey.id).options(joinedload(Site.area)).order_by(Site.id)
    allowed: dict[int, bool] = {}
    found = []
    for site in db.session.scalars(query):
        if site.area_id not in allowed:
            allowed[site.area_id] = may(grants, "console.site_work", site.area)
        if allowed[site.area_id]:
            found.append(site)
    return found
