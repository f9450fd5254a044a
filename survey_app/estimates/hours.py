"""The figure without each band of hours: whether it hangs on when people answered.

The hour of an answer joins its cell for this one sum, and only the sums of the bands are kept: a run stores no answer's hour.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, or_

from analysis.documents.comparisons import VariantDocument
from analysis.suppression import one_way, suppressed
from survey_app.estimates.left_out import Asked, hidden, rows_without
from survey_app.ground.settings import in_force
from survey_app.models import Response, Survey, db

NIGHT = "22–6"
BANDS = ((6, 10), (10, 14), (14, 18), (18, 22))  # on the survey's clock
BY_THEMSELVES = ("web", "tablet", "api")  # a form that is keyed has the hour of who keyed it


def hours_left_out(asked: Asked) -> list[VariantDocument]:
    """A row for each band, the largest change first; of one with few answers its name alone. None where all came in one band."""
    found = rows_without(asked, band_of(asked.survey), "without_hours")
    if len(found) < 2:
        return []
    counts, sums = one_way({row["level"]: row["n"] or 0 for row in found})
    return hidden(found, suppressed(counts, sums, in_force().least_cell))


def band_of(survey: Survey) -> ColumnElement[Any]:
    """The band of an answer that a person sent in himself; NULL of any other."""
    hour = _hour(survey)
    band = case(*((and_(hour >= first, hour < last), f"{first}–{last}") for first, last in BANDS), else_=NIGHT)
    return case((or_(*(Response.mode == mode for mode in BY_THEMSELVES)), band), else_=None)


def _hour(survey: Survey) -> ColumnElement[int]:
    """On the survey's clock."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    at: Any = func.strftime("%s", Response.finished_at) if sqlite else extract("epoch", Response.finished_at)
    offset = datetime.now(ZoneInfo(survey.time_zone)).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    return (cast(at, Integer) + seconds) % 86400 // 3600
