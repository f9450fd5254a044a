"""The figure without each band of hours: what a run says of it, and that it keeps no answer's hour."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from survey_app.estimates.pages.notes import movers
from survey_app.estimates.runs import verify_run
from survey_app.models import Response, db
from tests.support.city import answered_city, the_survey
from tests.support.runs import run_estimate
from tests.support.stored import begins_with, empty

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past nine at Jining


def answers_by_the_hour(night: int = 5) -> None:
    """In the evening everybody is content, in the morning few; five come at night, and ten forms were keyed."""
    answered_city()
    for place, response in enumerate(db.session.scalars(select(Response).where(Response.probability))):
        evening = place % 3 == 0
        response.finished_at = MORNING + timedelta(hours=11 if evening else 0)
        response.measure = 5 if evening else 1 + place % 5
        if place < night:
            response.finished_at = MORNING + timedelta(hours=16)
        if 5 <= place < 15:
            response.mode = "paper"
    db.session.commit()


def rows_of(run) -> dict:
    return {row["level"]: row for row in run.result["sensitivity"]["hours"]}


@begins_with(empty)
def test_without_a_band_the_figure_is_that_of_the_answers_of_other_hours(app):
    answers_by_the_hour(night=0)
    run = run_estimate(the_survey())
    rows = rows_of(run)
    assert next(iter(rows)) == "6–10"  # two thirds of all
    assert rows["18–22"]["difference"] < -0.05
    evening = db.session.scalars(
        select(Response.id).where(Response.finished_at == MORNING + timedelta(hours=11), Response.mode == "web")
    ).all()
    assert rows["18–22"]["responses"] == len(evening)
    db.session.execute(delete(Response).where(Response.id.in_(evening)))
    db.session.commit()
    rest = run_estimate(the_survey())
    assert rows["18–22"]["figure"] == pytest.approx(rest.result["satisfied"]["estimate"], rel=1e-12)


@begins_with(answers_by_the_hour)
def test_few_answers_of_a_band_are_not_told_and_neither_is_an_answers_hour(sqlite_app, in_chinese):
    run = run_estimate(the_survey())
    night = rows_of(run)["22–6"]
    assert (night["figure"], night["difference"], night["n"]) == (None, None, None)
    assert "hours" not in run.cells["columns"]
    assert "2026-03-02" not in json.dumps([run.cells, run.detail, run.result])
    told = movers(run.result, {})
    assert any("时段“6–10”" in line for line in told), told
    assert verify_run(run)["same"]


@begins_with(answers_by_the_hour)
def test_answers_that_came_in_one_band_have_no_other_to_leave_out(sqlite_app):
    db.session.execute(update(Response).values(finished_at=MORNING))
    db.session.commit()
    assert "hours" not in run_estimate(the_survey()).result["sensitivity"]
