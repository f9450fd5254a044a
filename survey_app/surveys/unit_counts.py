"""How many responses a survey has, by area and site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from survey_app.models import Area, Grant, ResponseCount, Site, Survey, db
from survey_app.surveys.small_cells import shown_counts, shown_nested


@dataclass(frozen=True)
class UnitProgress:
    """Finished sample responses of a fieldwork unit against its target, and those of its open venues."""

    unit: str
    sites: int
    target: int
    finished: int | None  # None: too few to be shown
    open_venues: int | None

    @property
    def share(self) -> float:
        return min((self.finished or 0) / self.target, 1.0) if self.target else 0.0


@dataclass(frozen=True)
class Fieldwork:
    """Counts of one survey."""

    finished: int
    screened_out: int
    today: int
    open_venues: int
    target: int
    units: tuple[UnitProgress, ...]


def fieldwork(survey: Survey) -> Fieldwork:
    """Responses by unit against target, from the rollup; `today`: the last 24 whole hours and the present one."""
    counted: dict[tuple[str, bool, str], int] = {
        (county, sampled, state): int(number)
        for county, sampled, state, number in db.session.execute(
            select(Area.name, ResponseCount.sampled, ResponseCount.state, func.sum(ResponseCount.number))
            .join(Site, Site.id == ResponseCount.site_id)
            .join(Area, Area.id == Site.area_id)
            .where(ResponseCount.survey_id == survey.id)
            .group_by(Area.name, ResponseCount.sampled, ResponseCount.state)
        )
    }
    planned = db.session.execute(
        select(Site.stratum, func.count(), func.sum(Site.target))
        .where(Site.survey_id == survey.id, Site.probability)
        .group_by(Site.stratum)
        .order_by(func.min(Site.id))
    ).all()
    units = tuple(
        UnitProgress(
            unit or "",
            sites,
            int(target or 0),
            counted.get((unit or "", True, "complete"), 0),
            counted.get((unit or "", False, "complete"), 0),
        )
        for unit, sites, target in planned
    )
    today = db.session.scalar(
        select(func.sum(ResponseCount.number)).where(
            ResponseCount.survey_id == survey.id,
            ResponseCount.hour >= int(datetime.now(UTC).timestamp()) // 3600 - 24,
            ResponseCount.state != "voided",
        )
    )
    return Fieldwork(
        finished=sum(n for (_, sampled, state), n in counted.items() if sampled and state == "complete"),
        screened_out=sum(n for (_, _, state), n in counted.items() if state == "screened_out"),
        today=int(today or 0),
        open_venues=sum(n for (_, sampled, state), n in counted.items() if not sampled and state == "complete"),
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
    """Responses by fieldwork unit, small ones hidden. Totals of the survey stay."""
    grants = list(grants)
    finished = shown_counts({unit.unit: unit.finished or 0 for unit in fieldwork.units}, grants, survey)
    venues = shown_counts({unit.unit: unit.open_venues or 0 for unit in fieldwork.units}, grants, survey)
    units = tuple(
        replace(unit, finished=finished[unit.unit], open_venues=venues[unit.unit]) for unit in fieldwork.units
    )
    return replace(fieldwork, units=units)


def shown_site_counts(
    counted: Sequence[tuple[Site, int]], survey: Survey, grants: Iterable[Grant]
) -> list[tuple[Site, int | None]]:
    """Responses by site, small ones hidden, also from the sums of their counties."""
    leaves = {site.id: number for site, number in counted}
    shown = shown_nested(leaves, {site.id: site.area_id for site, _number in counted}, grants, survey)[0]
    return [(site, shown[site.id]) for site, _number in counted]
