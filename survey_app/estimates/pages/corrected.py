"""Both figures of a run that supersedes one made before figures were put right by their source."""

from __future__ import annotations

from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from survey_app.console.tables import Column, Table
from survey_app.estimates.comparison import figures
from survey_app.estimates.pages.words import level_name, outcome_name
from survey_app.estimates.suppression import shown_result
from survey_app.ground.stored import estimate_of
from survey_app.models import EstimateRun, db
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.official_plan import superseded


def corrected(run: EstimateRun, result: EstimateDocument) -> Table | None:
    """The city's and each county's figure before and after; None where the run supersedes none. result: as it may be shown."""
    number = superseded(run)
    earlier = db.session.get(EstimateRun, number) if number else None
    if earlier is None:
        return None
    before = shown_result(earlier, ()) if result.get("suppressed") else estimate_of(earlier)
    rows = [
        {
            "area": level_name(row.level) if row.domain else _("全市"),
            "before": row.first and row.first["estimate"],
            "after": row.second and row.second["estimate"],
            "difference": row.difference,
            "outcome_before": outcome_name(row.first_decision),
            "outcome_after": outcome_name(row.second_decision),
        }
        for row in figures(before, result)
        if row.domain in ("", COUNTY_VARIABLE)
    ]
    columns = [
        Column("area", _("地区")),
        Column("before", _("更正前 #%(n)s", n=earlier.id), "share"),
        Column("after", _("更正后 #%(n)s", n=run.id), "share"),
        Column("difference", _("差"), "share"),
        Column("outcome_before", _("更正前的结论")),
        Column("outcome_after", _("更正后的结论")),
    ]
    return Table("corrected", _("更正前后的结果"), columns, rows)
