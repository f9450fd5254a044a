"""The table of counties that the drawn sample will probably leave under the plan's minimum, before the plan is locked."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from analysis.minimum import Foreseen
from definitions.numbers import NumberRefusedError, percents_of
from survey_app.console.tables import Column, Table
from survey_app.models import Survey
from survey_app.surveys.expected_counties import expected_counties


def reached_asked() -> float:
    """The share of their targets that the sites are assumed to come by; all where none is asked, or none can be read."""
    try:
        return min(max(float(percents_of(request.args.get("reached", "100"))), 0.0), 1.0)
    except NumberRefusedError:
        return 1.0


def expected_table(survey: Survey, reached: float = 1.0) -> Table:
    """The counties most in want first; no rows where the plan states no minimum."""
    order = ("below", "near", "enough")
    found = sorted(expected_counties(survey, reached) or (), key=lambda row: (order.index(row.standing), row.answers))
    columns = [
        Column("county", _("县(市、区)")),
        Column("answers", _("预计应答"), "number"),
        Column("sites", _("抽样点"), "number"),
        Column("df", _("自由度"), "number"),
        Column("least", _("下限(应答、点、自由度)")),
        Column("standing", _("预计")),
    ]
    return Table("expected", _("样本预计能否达到计划的下限"), columns, [_row(row) for row in found])


def _row(row: Foreseen) -> dict[str, object]:
    words = {"below": _("达不到：没有本县的数字"), "near": _("勉强：可能达不到"), "enough": _("能达到")}
    return {
        "county": row.level,
        "answers": round(row.answers),
        "sites": row.sites,
        "df": row.df,
        "least": f"{row.least.answers} · {row.least.sites} · {row.least.df}",
        "standing": words[row.standing],
    }
