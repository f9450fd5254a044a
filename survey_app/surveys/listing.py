"""The list of surveys, each with how far it is and its newest estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import defer, joinedload

from analysis.documents.rows import FigureDocument
from survey_app.models import EstimateRun, ResponseCount, Site, Survey, db
from survey_app.surveys.states import COLLECTING
from survey_app.surveys.states import newest_survey as newest_survey


@dataclass(frozen=True)
class SurveyLine:
    """One survey of the list. responses: complete ones of sampled sites."""

    survey: Survey
    wave: int
    sites: int
    target: int
    responses: int
    run: EstimateRun | None

    @property
    def satisfied(self) -> FigureDocument | None:
        """Of the newest run; None while the figure is held from the reader."""
        from survey_app.ground.held import seen
        from survey_app.ground.stored import estimate_of  # only where there is one

        return estimate_of(self.run)["satisfied"] if self.run and seen(self.survey) else None


def survey_lines(archived: bool = False) -> list[SurveyLine]:
    """The newest first; archived surveys only where they are asked for. Five queries, however many there are."""
    query = select(Survey).options(joinedload(Survey.city)).order_by(Survey.id.desc())
    surveys = list(db.session.scalars(query if archived else query.where(Survey.state != "archived")))
    sites = {
        survey: (int(sites), int(target or 0))
        for survey, sites, target in db.session.execute(
            select(Site.survey_id, func.sum(case((Site.active, 1), else_=0)), func.sum(Site.target))
            .where(Site.probability)
            .group_by(Site.survey_id)
        )
    }
    counted = db.session.execute(
        select(ResponseCount.survey_id, func.sum(ResponseCount.number))
        .where(ResponseCount.state == "complete", ResponseCount.sampled)
        .group_by(ResponseCount.survey_id)
    )
    answered = {row[0]: int(row[1]) for row in counted}
    newest = select(func.max(EstimateRun.id)).group_by(EstimateRun.survey_id)
    found = select(EstimateRun).where(EstimateRun.id.in_(newest)).options(defer(EstimateRun.cells))
    runs = {run.survey_id: run for run in db.session.scalars(found)}
    before = {row[0]: row[1] for row in db.session.execute(select(Survey.id, Survey.wave_of_id))}
    return [
        SurveyLine(
            survey,
            _wave(survey.id, before),
            *sites.get(survey.id, (0, 0)),
            answered.get(survey.id, 0),
            runs.get(survey.id),
        )
        for survey in surveys
    ]


def _wave(survey: int, before: dict[int, int | None]) -> int:
    """Which wave it is, from 1: one more than the wave it follows."""
    wave, earlier = 1, before.get(survey)
    while earlier is not None:
        wave, earlier = wave + 1, before.get(earlier)
    return wave


def present_survey() -> Survey | None:
    """The survey the home page is about: the newest that collects, else the newest that is not archived, else any."""
    order = case((Survey.state.in_(COLLECTING), 0), (Survey.state != "archived", 1), else_=2)
    return db.session.scalars(select(Survey).order_by(order, Survey.id.desc())).first()


def estimate_runs(survey: Survey, most: int = 50) -> Sequence[EstimateRun]:
    """Newest first."""
    query = select(EstimateRun).where(EstimateRun.survey_id == survey.id).order_by(EstimateRun.id.desc())
    return db.session.scalars(query.limit(most)).all()


def demonstration() -> bool:
    """Whether the installation is one: it has no survey but the demonstration's. Then every page says so, also those of
    no survey; beside a real one the pages of what is simulated do."""
    return set(db.session.scalars(select(Survey.demo).distinct())) == {True}
