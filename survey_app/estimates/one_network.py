"""The figure without the answers of a site's day of which most came from one network.

Which days those are, two counts of the site and day tell (surveys/process_counts.py): no network is known any more, and none
stands with an answer, so all answers of the site and day are left out together.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select

from analysis.documents.comparisons import VariantDocument
from analysis.suppression import nested, suppressed
from survey_app.estimates.left_out import Asked, hidden, rows_without
from survey_app.ground.settings import in_force
from survey_app.models import Response, db
from survey_app.surveys.columns import sample_of
from survey_app.surveys.process_counts import one_network


def networks_left_out(asked: Asked) -> list[VariantDocument]:
    """A row for each such site and day with answers in the run, 'code day', the largest change first. Its name alone where it
    has few answers, or its site has few on its other days."""
    codes = {site.id: site.code for site in asked.survey.sites}
    days = {f"{codes[found.site_id]} {found.day}": found for found in one_network(asked.survey, codes)}
    if not days:
        return []
    zone = ZoneInfo(asked.survey.time_zone)
    level = case(*((_on(found.site_id, found.day, zone), name) for name, found in days.items()), else_=None)
    found = rows_without(asked, level, "without_network")
    numbers: dict[str | int, int] = {row["level"]: row["n"] or row.get("responses") or 0 for row in found}
    parents: dict[str | int, int] = {row["level"]: days[row["level"]].site_id for row in found}
    for site, rest in _others(asked, set(parents.values()), level).items():
        numbers[site], parents[site] = rest, site
    counts, sums = nested(numbers, parents)
    return hidden(found, suppressed(counts, sums, in_force().least_cell))


def _on(site: int, day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Answers of a site and a day of the survey's clock."""
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return and_(Response.site_id == site, Response.finished_at >= begins, Response.finished_at < ends)


def _others(asked: Asked, sites: set[int], level: ColumnElement[str]) -> dict[int, int]:
    """Answers of the sites on their other days."""
    query = select(Response.site_id, func.count()).where(
        *sample_of(asked.survey.id, asked.watermark), Response.site_id.in_(sites), level.is_(None)
    )
    return {site: int(number) for site, number in db.session.execute(query.group_by(Response.site_id))}
