"""What a run must say of answers that other collectors brought, by keys of the API or as files of their tools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, cast, func, select

from analysis.notices import Notice, NoticeDocument
from survey_app.models import AnswersImport, ApiToken, Response, Survey, db


def notices_of_collectors(survey: Survey, watermark: int) -> list[NoticeDocument]:
    """For each, how many of the complete answers up to `watermark` it brought in which way, and how many of them count."""
    by_key = _brought(survey, watermark, ApiToken.label, ApiToken.id == Response.token_id)
    by_file = _brought(survey, watermark, AnswersImport.collector, AnswersImport.id == Response.import_id)
    told = [Notice("collector", {"collector": name, "number": n, "counted": counted}) for name, n, counted in by_key]
    told += [
        Notice("collector_file", {"collector": name, "number": n, "counted": counted}) for name, n, counted in by_file
    ]
    return [notice.as_dict() for notice in told]


def _brought(survey: Survey, watermark: int, named: Any, of_it: Any) -> list[tuple[str, int, int]]:
    query = (
        select(named, func.count(), func.sum(cast(Response.probability, Integer)))
        .select_from(Response)
        .join(named.class_, of_it)
        .where(Response.survey_id == survey.id, Response.id <= watermark, Response.state == "complete")
        .group_by(named)
        .order_by(named)
    )
    return [(name, number, int(counted)) for name, number, counted in db.session.execute(query)]
