"""The one gate before the official figure. From the opening of a period's official survey until its answers are settled
nobody sees the figure, except the persons whom its plan names; what they open is counted.

    stored.estimate_of, cells_of, detail_of --require--> here        runs' figures: a held one raises FigureHeldError
    surveys.shown_questions                 --seen-----> here        single answers and files: the question is left out
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import g, request
from sqlalchemy import func, select

from analysis.notices import Notice, NoticeDocument
from survey_app.ground import audit
from survey_app.ground.official import UNOPENED, FigureHeldError, naming_of
from survey_app.models import EstimateRun, FigureOpening, OfficialSurvey, Period, Survey, db

INTERIM, NOT_FOR_SCORING = "interim", "not_for_scoring"  # what a run is told of itself
ONE_LOOK = timedelta(minutes=1)  # a page with its drawings is opened once
_computing: ContextVar[bool] = ContextVar("computing_held_figures", default=False)


@dataclass(frozen=True)
class Openings:
    """How often, and by how many persons, the figure was opened before the close."""

    number: int
    persons: int


def held(survey: Survey) -> bool:
    """Whether the official figure of this survey is kept from everybody but those whom its plan names."""
    if survey.demo or survey.state in UNOPENED:
        return False
    naming = naming_of(survey)
    return naming is not None and naming.settled_at is None


def seen(survey: Survey) -> bool:
    """Whether the present reader may see the figure; that a person whom the plan names does is noted, and stored with the page."""
    if not held(survey) or _computing.get():
        return True
    from survey_app.ground.plans import plan_of  # which brings the checks of plans

    name = audit.signed_in_reader()
    if not name or name not in plan_of(survey).closing.seen_by:
        return False
    g.setdefault("figures_opened", {})[survey.id] = name
    return True


def not_seen() -> frozenset[str]:
    """Codes of the surveys whose figure the present reader may not see: for lists."""
    query = (
        select(Survey)
        .join(OfficialSurvey, OfficialSurvey.survey_id == Survey.id)
        .where(OfficialSurvey.settled_at.is_(None), Survey.state.not_in(UNOPENED))
    )
    return frozenset(survey.code for survey in db.session.scalars(query) if not seen(survey))


def require(run: EstimateRun) -> None:
    """Raises FigureHeldError where the run's figure may not be seen."""
    if not seen(run.survey):
        raise FigureHeldError(run.survey, run.id)


@contextmanager
def computing() -> Iterator[None]:
    """Inside, held figures are read to compute with: nothing of them is shown."""
    token = _computing.set(True)
    try:
        yield
    finally:
        _computing.reset(token)


def store_openings() -> None:
    """Store what the present request has opened. The caller commits."""
    for survey_id, name in g.pop("figures_opened", {}).items():
        since = datetime.now(UTC) - ONE_LOOK
        mine = (FigureOpening.survey_id == survey_id, FigureOpening.by == name, FigureOpening.at > since)
        if db.session.scalar(select(FigureOpening.id).where(*mine).limit(1)) is None:
            db.session.add(FigureOpening(survey_id=survey_id, by=name, place=request.path[:200]))
            audit.record(
                "figure.open", f"survey:{db.session.get_one(Survey, survey_id).code}", after={"at": request.path}
            )


def openings(survey: Survey) -> Openings:
    query = select(func.count(), func.count(FigureOpening.by.distinct())).where(FigureOpening.survey_id == survey.id)
    number, persons = db.session.execute(query).one()
    return Openings(number, persons)


def interim_number(run: EstimateRun) -> int | None:
    """Which interim run of its survey it is, from 1; None where it was not made before the close."""
    told = next((notice for notice in _notices(run) if notice["key"] == INTERIM), None)
    return int(told["params"]["number"]) if told else None


def scores(run: EstimateRun) -> bool:
    """Whether the figure of a run may stand in a scorecard: of the official survey after its close, of a demonstration, and
    of surveys from before a period named its own."""
    return not any(notice["key"] in (INTERIM, NOT_FOR_SCORING) for notice in _notices(run))


def told_of_survey(survey: Survey) -> list[NoticeDocument]:
    """What a run made now must say of the survey it is of. One made before any period asked for an official survey says nothing."""
    if survey.demo:
        return []
    if naming_of(survey) is None:
        asked = select(Period.code).where(Period.asks_official, Period.created_at <= survey.created_at).limit(1)
        return [Notice("not_for_scoring").as_dict()] if db.session.scalar(asked) is not None else []
    found = openings(survey)
    looked = (
        Notice("openings", {"number": found.number, "persons": found.persons}) if found.number else Notice("unopened")
    )
    return [
        *([Notice("interim", {"number": _interims(survey) + 1}).as_dict()] if held(survey) else []),
        looked.as_dict(),
    ]


def _interims(survey: Survey) -> int:
    runs = db.session.scalars(select(EstimateRun.result["notices"]).where(EstimateRun.survey_id == survey.id))
    return sum(any(notice["key"] == INTERIM for notice in notices or ()) for notices in runs)


def _notices(run: EstimateRun) -> list[NoticeDocument]:
    """Of a run of any release, the figure not looked at."""
    stored: list[NoticeDocument] = run.result.get("notices") or []  # type: ignore[assignment]
    return stored
