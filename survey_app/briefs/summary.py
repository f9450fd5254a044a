"""What a decision rests on, put together once for the home page, a brief and a read-only link: the figure over the periods,
and the counties with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from survey_app.briefs.earlier import earlier_of
from survey_app.estimates.trend import earlier_runs
from survey_app.ground.stored import estimate_of
from survey_app.models import Area, EstimateRun, OfficialSurvey, Survey, db
from survey_app.surveys.columns import COUNTY_VARIABLE


@dataclass(frozen=True)
class Point:
    """The official figure of a period, in [0, 1]. source: of one that was typed in; '' of a run's own."""

    period: str
    share: float
    lower: float | None
    upper: float | None
    source: str = ""
    run_id: int | None = None


@dataclass(frozen=True)
class CountyFigure:
    """A county's row of the result as it may be shown; share None where it has none, or may not be shown."""

    area: Area
    row: DomainRow

    @property
    def share(self) -> float | None:
        return self.row["estimate"]


def over_periods(run: EstimateRun, result: EstimateDocument) -> list[Point]:
    """Figures typed in, then the approved runs of earlier surveys, then this run. Periods that a run has are not typed in."""
    own = [(one, estimate_of(one)) for one in earlier_runs(run)] + [(run, result)]
    periods = periods_of([one.survey for one, _found in own])
    made = [point for one, found in own if (point := _point(one, found, periods)) is not None]
    known = {point.period for point in made}
    typed = [
        Point(one.period, one.share, one.lower, one.upper, one.source)
        for one in earlier_of(run.survey.city)
        if one.period not in known
    ]
    return [*typed, *made]


def counties(run: EstimateRun, result: EstimateDocument) -> list[CountyFigure]:
    """The rated counties in the order of their shares, the highest first, those without a figure last."""
    areas = {area.name: area for area in db.session.query(Area).filter_by(parent_id=run.survey.city_id)}
    rows = [
        CountyFigure(areas[row["level"]], row)
        for row in result["domains"].get(COUNTY_VARIABLE, [])
        if row["level"] in areas
    ]
    return sorted(rows, key=lambda one: (one.share is None, -(one.share or 0)))


def period_of(survey: Survey) -> str:
    """The period whose official survey it is, else the year it opened in."""
    return periods_of([survey])[survey.id]


def periods_of(surveys: Sequence[Survey]) -> dict[int, str]:
    """A survey's id -> `period_of`, of all in one query."""
    query = select(OfficialSurvey).where(OfficialSurvey.survey_id.in_([survey.id for survey in surveys]))
    named = {naming.survey_id: naming.period for naming in db.session.scalars(query)}
    return {one.id: named.get(one.id) or str((one.opens_at or one.created_at).year) for one in surveys}


def _point(run: EstimateRun, result: EstimateDocument, periods: Mapping[int, str]) -> Point | None:
    share = result["measure"]["official"] == "share"
    found, scale = (result["satisfied"], 1) if share else (result["index"], 100)
    if found["estimate"] is None:
        return None
    lower, upper = (None if limit is None else limit / scale for limit in (found["lower"], found["upper"]))
    return Point(periods[run.survey_id], found["estimate"] / scale, lower, upper, run_id=run.id)
