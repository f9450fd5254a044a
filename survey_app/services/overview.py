"""What the console shows of a survey's fieldwork and its newest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from survey_app.models import Area, EstimateRun, FinalRun, ResponseCount, ScoringRun, Site, Survey, db


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


def newest_survey() -> Survey | None:
    return db.session.scalars(select(Survey).order_by(Survey.id.desc())).first()


def estimate_runs(survey: Survey) -> Sequence[EstimateRun]:
    """Newest first."""
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id).order_by(EstimateRun.id.desc())
    return db.session.scalars(query.limit(50)).all()


def newest_batch(survey: Survey) -> Sequence[ScoringRun]:
    """The newest scoring runs of the survey: the city and its counties."""
    query = (
        select(ScoringRun.batch)
        .join(EstimateRun)
        .where(EstimateRun.survey_id == survey.id)
        .order_by(ScoringRun.id.desc())
    )
    found = db.session.scalars(query).first()
    return batch_runs(found) if found else []


def batch_runs(batch: str) -> Sequence[ScoringRun]:
    return db.session.scalars(select(ScoringRun).where(ScoringRun.batch == batch).order_by(ScoringRun.id)).all()


def batches(limit: int = 60) -> list[list[ScoringRun]]:
    """The newest batches of scorecards, each with the city's first."""
    newest = select(ScoringRun.batch).group_by(ScoringRun.batch).order_by(func.max(ScoringRun.id).desc()).limit(limit)
    names = list(db.session.scalars(newest))
    found: dict[str, list[ScoringRun]] = {name: [] for name in names}
    for run in db.session.scalars(select(ScoringRun).where(ScoringRun.batch.in_(names)).order_by(ScoringRun.id)):
        found[run.batch].append(run)
    return [found[name] for name in names]


def final_of(batch: str) -> FinalRun | None:
    """The trial or final run that a batch belongs to."""
    return db.session.scalar(select(FinalRun).where(FinalRun.batch == batch))
