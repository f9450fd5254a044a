"""The figure without each band of hours: whether it hangs on when people answered.

The hour of an answer joins its cell for this one sum, and only the sums of the bands are kept: a run stores no answer's hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, or_

from analysis.cells import Cells
from analysis.documents.comparisons import VariantDocument
from analysis.plan import Plan
from analysis.robustness import left_out_by
from analysis.suppression import one_way, suppressed
from analysis.zones import Rules
from survey_app.ground.settings import in_force
from survey_app.models import Response, Survey, db
from survey_app.surveys.columns import cells_query

HOURS = "hours"  # no plan may name it
NIGHT = "22–6"
BANDS = ((6, 10), (10, 14), (14, 18), (18, 22))  # on the survey's clock
BY_THEMSELVES = ("web", "tablet")  # a form that is keyed has the hour of who keyed it


def hours_left_out(
    survey: Survey, plan: Plan, watermark: int, rules: Rules | None, responses: int
) -> list[VariantDocument]:
    """A row for each band, the largest change first; of one with few answers its name alone. None where the answers are
    no longer the `responses` that the run was made of, or all came in one band."""
    asked = replace(plan, domains=(*plan.domains, HOURS), drivers=None)
    rows = db.session.execute(cells_query(asked, survey.id, watermark, {HOURS: band_of(survey)})).all()
    cells = Cells.from_groups([tuple(row) for row in rows], asked)
    if rules is None or int(cells.count.sum()) != responses or len(cells.columns[HOURS].levels) < 2:
        return []
    found = left_out_by(cells, asked, rules.whole, HOURS, "without_hours")
    counts, sums = one_way({row["level"]: row["n"] or 0 for row in found})
    few = suppressed(counts, sums, in_force().least_cell)
    return [_hidden(row) if row["level"] in few else row for row in found]


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


def _hidden(row: VariantDocument) -> VariantDocument:
    gone: Any = dict.fromkeys(("figure", "difference", "outcome", "points", "n", "responses"))
    hidden: VariantDocument = {**row, **gone, "changes_outcome": False, "notices": [], "note": ""}
    return hidden
