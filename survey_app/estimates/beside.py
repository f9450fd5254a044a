"""What a run says of bias beside its figure from single answers, and keeps as sums: open answers, early and late, interviewers.

A stored answer does not know at which attempt it came, and after the close nothing does (docs/use/fieldwork.md): that is for files.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select

from analysis.cells import Cells
from analysis.documents.fieldwork import ArrivalDocument, FieldworkDocument
from analysis.documents.kept import BesideDocument
from analysis.documents.open_beside import OpenBesideDocument
from analysis.fieldwork_effects import Official, arrival, interviewers
from analysis.plan import Plan
from analysis.plan_fieldwork import Fieldwork
from analysis.pseudo_weights import open_beside, open_plan
from analysis.sample import weighted_sample
from survey_app.estimates.hours import BY_THEMSELVES
from survey_app.estimates.left_out import PASSING, Asked, passing_cells
from survey_app.models import Response, db
from survey_app.surveys.columns import cells_query, sample_of
from survey_app.surveys.small_cells import least_cell

THIRDS = ("1/3", "2/3", "3/3")


def beside_the_figure(asked: Asked, cells: Cells) -> BesideDocument:
    """Of a run that has a figure, made of `cells`."""
    found: BesideDocument = {"fieldwork": FieldworkDocument(), "open": None}
    if not asked.plan.exception and asked.plan.sampling == "probability":
        found["open"] = _open(asked, cells)
    made = _by(asked, _third(asked), asked.plan)
    if made is not None and (early_and_late := _arrival(asked, *made)) is not None:
        found["fieldwork"]["arrived"] = early_and_late
    if asked.plan.fieldwork and asked.plan.fieldwork.shares:
        named = replace(asked.plan, fieldwork=Fieldwork(shares=asked.plan.fieldwork.shares))
        told = _by(asked, cast(Response.device_id, String), named)
        if told is not None:
            sample = weighted_sample(told[1], told[0])
            found["fieldwork"]["interviewers"] = interviewers(sample, told[0], Official.of(sample, told[0]), PASSING)
    return found


def _by(asked: Asked, column: ColumnElement[Any] | None, plan: Plan) -> tuple[Plan, Cells] | None:
    return None if column is None else passing_cells(replace(asked, plan=plan), column)


def _arrival(asked: Asked, plan: Plan, cells: Cells) -> ArrivalDocument | None:
    """None where a third has too few answers to be shown."""
    sample = weighted_sample(cells, plan)
    made = arrival(sample, plan, Official.of(sample, plan), PASSING)
    few = any((row["n"] or 0) < least_cell(asked.survey) for row in made["levels"])
    return None if few or len(made["levels"]) < len(THIRDS) else made


def _third(asked: Asked) -> ColumnElement[Any] | None:
    """Which third of the answers one is, by when its person sent it; NULL of a form that was keyed later."""
    own = [*sample_of(asked.survey.id, asked.watermark), Response.mode.in_(BY_THEMSELVES)]
    number = db.session.scalar(select(func.count()).where(*own)) or 0
    if number < len(THIRDS):
        return None
    order = select(Response.finished_at).where(*own).order_by(Response.finished_at)
    cuts = [db.session.scalar(order.offset(number * k // len(THIRDS)).limit(1)) for k in (1, 2)]
    third = case(
        *((Response.finished_at < cut, name) for cut, name in zip(cuts, THIRDS, strict=False)), else_=THIRDS[-1]
    )
    return case((Response.mode.in_(BY_THEMSELVES), third), else_=None)


def _open(asked: Asked, cells: Cells) -> OpenBesideDocument | None:
    plan = open_plan(asked.plan)
    rows = db.session.execute(cells_query(plan, asked.survey, asked.watermark, sampled=False)).all()
    if not rows:
        return None
    found = open_beside(
        weighted_sample(cells, asked.plan), asked.plan, Cells.from_groups([tuple(row) for row in rows], plan)
    )
    return None if found and found["n"] < least_cell(asked.survey) else found
