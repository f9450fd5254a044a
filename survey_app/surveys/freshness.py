"""Whether what an estimate was made from has changed since: responses that came or went, flags set or lifted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from analysis.notices import NoticeDocument
from survey_app.ground.held import INTERIM, NOT_FOR_SCORING
from survey_app.models import EstimateRun, Response, ResponseCount, Survey, db
from survey_app.surveys.official_plan import UNOFFICIAL

FLAGS, RESPONSES, VALUES = "flags", "responses", "values"  # what may have changed, in the order it is told


def changed_since(run_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Estimate run -> what has changed since it was made: of FLAGS and RESPONSES; before them why its figure does not count
    (marks). Two queries, and one a survey.

    An earlier release did not store how many responses it read; of its runs only new ones are seen.
    """
    rows = db.session.execute(
        select(
            EstimateRun.id, EstimateRun.survey_id, EstimateRun.watermark, EstimateRun.flags_version,
            EstimateRun.result["modes"].label("modes"), EstimateRun.result["notices"].label("notices"), Survey.flags_version.label("flags_now"),
        )
        .join(Survey, Survey.id == EstimateRun.survey_id)
        .where(EstimateRun.id.in_(set(run_ids)))
    ).all()  # fmt: skip
    surveys = {row.survey_id for row in rows}
    newest = {survey: _newest(survey) for survey in surveys}
    counted = {
        survey: int(number)
        for survey, number in db.session.execute(
            select(ResponseCount.survey_id, func.sum(ResponseCount.number))
            .where(ResponseCount.survey_id.in_(surveys), ResponseCount.state == "complete", ResponseCount.sampled)
            .group_by(ResponseCount.survey_id)
        )
    }
    found = {}
    for row in rows:
        read = sum(mode["n"] for mode in row.modes) if row.modes else None
        other = newest[row.survey_id] > row.watermark or read not in (None, counted.get(row.survey_id, 0))
        flagged = row.flags_now != (row.flags_version or 0)
        found[row.id] = (*marks(row.notices or ()), *((FLAGS,) if flagged else ()), *((RESPONSES,) if other else ()))
    return found


def marks(notices: Iterable[NoticeDocument]) -> tuple[str, ...]:
    """Why a run's figure does not count, by what it was told: of UNOFFICIAL, INTERIM and NOT_FOR_SCORING."""
    told = {notice["key"] for notice in notices}
    return tuple(mark for mark in (UNOFFICIAL, INTERIM, NOT_FOR_SCORING) if mark in told)


def _newest(survey: int) -> int:
    """The id of the newest complete response of the sample."""
    query = select(Response.id).where(Response.survey_id == survey, Response.state == "complete", Response.probability)
    return db.session.scalar(query.order_by(Response.id.desc()).limit(1)) or 0
