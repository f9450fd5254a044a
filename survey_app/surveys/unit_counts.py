"""How many responses a survey has, by area and site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from survey_app.models import Area, Grant, ResponseCount, Site, Survey, db
from survey_app.surveys.small_cells import shown_counts, shown_nested


@dataclass(frozen=True)
class UnitProgress:
    """Complete responses of the sample in a county against its target, and complete ones kept apart from it."""

    unit: str
    sites: int  # of the sample
    target: int
    finished: int | None  # None: too few to be shown
    others: int | None

    @property
    def share(self) -> float:
        return min((self.finished or 0) / self.target, 1.0) if self.target else 0.0


@dataclass(frozen=True)
class Fieldwork:
    """Counts of one survey, the same as on its page of the fieldwork.

    finished: complete responses of the sample; others: complete ones kept apart from it; today: both of them since
    midnight in the survey's zone.
    """

    finished: int
    screened_out: int
    today: int
    others: int
    target: int
    units: tuple[UnitProgress, ...]


def fieldwork(survey: Survey) -> Fieldwork:
    """Responses by county against target, from the rollup."""
    key = ResponseCount.site_id, ResponseCount.sampled, ResponseCount.state
    by_site = (  # as the rollup lies, before a county is looked for
        select(*key, func.sum(ResponseCount.number).label("number"))
        .where(ResponseCount.survey_id == survey.id)
        .group_by(*key)
        .subquery()
    )
    columns = Area.name, by_site.c.sampled, by_site.c.state
    counted: dict[tuple[str, bool, str], int] = {
        (county, sampled, state): int(number)
        for county, sampled, state, number in db.session.execute(
            select(*columns, func.sum(by_site.c.number))
            .join(Site, Site.id == by_site.c.site_id)
            .join(Area, Area.id == Site.area_id)
            .group_by(*columns)
        )
    }
    planned = db.session.execute(
        select(
            Area.name,
            func.sum(case((Site.probability, 1), else_=0)),
            func.sum(case((Site.probability, Site.target), else_=0)),
        )
        .join(Area, Area.id == Site.area_id)
        .where(Site.survey_id == survey.id)
        .group_by(Area.name)
        .order_by(func.min(Site.id))
    ).all()
    units = tuple(
        UnitProgress(
            unit,
            int(sites),
            int(target or 0),
            counted.get((unit, True, "complete"), 0),
            counted.get((unit, False, "complete"), 0),
        )
        for unit, sites, target in planned
    )
    midnight = datetime.combine(datetime.now(ZoneInfo(survey.time_zone)).date(), time(), ZoneInfo(survey.time_zone))
    today = db.session.scalar(
        select(func.sum(ResponseCount.number)).where(
            ResponseCount.survey_id == survey.id,
            ResponseCount.hour >= -(int(midnight.timestamp()) // -3600),  # an hour belongs to the day it begins in
            ResponseCount.state == "complete",
        )
    )
    return Fieldwork(
        finished=sum(n for (_, sampled, state), n in counted.items() if sampled and state == "complete"),
        screened_out=sum(n for (_, _, state), n in counted.items() if state == "screened_out"),
        today=int(today or 0),
        others=sum(n for (_, sampled, state), n in counted.items() if not sampled and state == "complete"),
        target=sum(unit.target for unit in units),
        units=units,
    )


def site_counts(survey: Survey) -> Sequence[tuple[Site, int]]:
    """Every site with its finished responses."""
    counts = (
        select(ResponseCount.site_id, func.sum(ResponseCount.number).label("number"))
        .where(ResponseCount.survey_id == survey.id, ResponseCount.state == "complete")
        .group_by(ResponseCount.site_id)
        .subquery()
    )
    query = (
        select(Site, func.coalesce(counts.c.number, 0))
        .outerjoin(counts, counts.c.site_id == Site.id)
        .where(Site.survey_id == survey.id)
        .order_by(Site.probability.desc(), Site.id)
        .options(joinedload(Site.area))
    )
    return [(site, int(number)) for site, number in db.session.execute(query)]


def shown_fieldwork(fieldwork: Fieldwork, survey: Survey, grants: Iterable[Grant]) -> Fieldwork:
    """Responses by county, small ones hidden. Totals of the survey stay."""
    grants = list(grants)
    finished = shown_counts({unit.unit: unit.finished or 0 for unit in fieldwork.units}, grants, survey)
    others = shown_counts({unit.unit: unit.others or 0 for unit in fieldwork.units}, grants, survey)
    units = tuple(replace(unit, finished=finished[unit.unit], others=others[unit.unit]) for unit in fieldwork.units)
    return replace(fieldwork, units=units)


def shown_site_counts(
    counted: Sequence[tuple[Site, int]], survey: Survey, grants: Iterable[Grant]
) -> list[tuple[Site, int | None]]:
    """Responses by site, small ones hidden, also from the sums of their counties."""
    leaves = {site.id: number for site, number in counted}
    shown = shown_nested(leaves, {site.id: site.area_id for site, _number in counted}, grants, survey)[0]
    return [(site, shown[site.id]) for site, _number in counted]
