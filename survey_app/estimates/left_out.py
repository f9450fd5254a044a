"""The figure without answers that a run does not tell apart: what tells them joins the cells for one sum and is not kept."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement

from analysis.cells import Cells
from analysis.documents.comparisons import VariantDocument
from analysis.plan import Plan
from analysis.robustness import left_out_by
from analysis.zones import Rules
from survey_app.models import Survey, db
from survey_app.surveys.columns import cells_query

PASSING = "passing"  # no plan may name it


@dataclass(frozen=True)
class Asked:
    """Of which run the rows are made. responses: how many it was made of."""

    survey: Survey
    plan: Plan
    watermark: int
    rules: Rules | None
    responses: int


def rows_without(asked: Asked, column: ColumnElement[Any], change: str) -> list[VariantDocument]:
    """A row for each value of `column`, the largest change first; none where the answers are no longer those of the run."""
    made = passing_cells(asked, column)
    if asked.rules is None or made is None:
        return []
    return left_out_by(made[1], made[0], asked.rules.whole, PASSING, change)


def passing_cells(asked: Asked, column: ColumnElement[Any]) -> tuple[Plan, Cells] | None:
    """The run's cells told apart by `column` besides, under the name PASSING, and the plan that they are of; None where the
    answers are no longer those of the run."""
    plan = replace(asked.plan, domains=(*asked.plan.domains, PASSING), drivers=None)
    query = cells_query(plan, asked.survey, asked.watermark, {PASSING: column})
    cells = Cells.from_groups([tuple(row) for row in db.session.execute(query)], plan)
    return (plan, cells) if int(cells.count.sum()) == asked.responses else None


def hidden(rows: list[VariantDocument], few: Container[Any]) -> list[VariantDocument]:
    """The rows with the names alone of those in `few`."""
    gone: Any = dict.fromkeys(("figure", "difference", "outcome", "points", "n", "responses"))
    blank: Any = {**gone, "changes_outcome": False, "notices": [], "note": ""}
    return [{**row, **blank} if row["level"] in few else row for row in rows]
