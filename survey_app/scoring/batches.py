"""What the console shows of a survey's fieldwork and its newest runs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from survey_app.models import Area, EstimateRun, Period, ScoringRun, Survey, db
from survey_app.values.files import ValueFileError, Wrong
from survey_app.values.periods import periods
from survey_app.values.rulebooks import rated_areas
from wording import Message


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


def areas_of(period: str, city: str) -> tuple[str, ...]:
    """The city of this name and what else a period that exists rates. Raises ValueFileError."""
    if all(each.code != period for each in periods()):
        raise ValueFileError([Wrong("--period", Message("batch.no_period", code=period))])
    place = db.session.scalar(select(Area).where(Area.kind == "city", Area.name == city))
    if place is None:
        raise ValueFileError([Wrong("--city", Message("batch.no_city", city=city))])
    return tuple(area.name for area in rated_areas(place, db.session.get_one(Period, period)))
