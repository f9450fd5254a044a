"""The plan that is written for a survey's files: it reads them as a run reads the database, and comes back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.estimation import estimate
from analysis.plan import parse_plan
from survey_app.estimates.reduce_files import left_out, opened, reduce_to_cells
from survey_app.estimates.runs import make_run
from survey_app.ground.plans import plan_of
from survey_app.jobs.queue import Silent
from survey_app.models import db
from survey_app.responses.data_files import write_responses
from survey_app.surveys.plan_checks import adopt
from survey_app.surveys.plan_for_files import plan_for_files
from tests.support.city import PLAN, answered_city

MORE = PLAN.replace("domains: [", "domains: [services_parking, improve_speed, ") + (
    "calibration: {margins: {home_county: {甲县: 200000, 乙县: 100000}, sex: {female: 160000, male: 140000}},"
    " trim: {max_ratio: 1.5}}\nflagged: {column: flagged, exclude: true}\n"
)


@pytest.fixture
def survey(sqlite_app):
    survey = answered_city(30)
    survey.plan = MORE
    db.session.commit()
    return survey


def test_it_reads_the_files_as_a_run_reads_the_database(survey, tmp_path):
    """Questions as domains, trimmed weights, what is no answer, and the open venue left out."""
    write_responses(survey, tmp_path / "a.csv")
    plan = parse_plan(plan_for_files(plan_of(survey), survey.plan, survey.code))
    with opened(tmp_path / "a.csv") as table:
        found = estimate(reduce_to_cells(table, plan), plan).as_dict()
        assert [(notice["key"], notice["params"]["n"]) for notice in left_out(table, plan)] == [("not_of_sample", 5)]
    run = make_run(survey, Silent()).result
    assert found["satisfied"]["se"] == pytest.approx(run["satisfied"]["se"], rel=1e-9)
    levels = {
        name: [(row["level"], row["n"], row["estimate"]) for row in found["domains"][name]]
        for name in ("services_parking", "improve_speed", "rated_county")
    }
    assert len(levels["services_parking"]) > 3
    for name, rows in levels.items():
        stored = [(row["level"], row["n"], pytest.approx(row["estimate"])) for row in run["domains"][name]]
        assert rows == stored


def test_it_comes_back_as_the_plan_it_was(survey):
    text = plan_for_files(plan_of(survey), survey.plan, survey.code)
    body, renamed = adopt(survey, text)
    assert renamed == []
    assert replace(parse_plan(body), digest="") == replace(plan_of(survey), digest="")


def test_a_plan_of_another_survey_is_refused_by_the_columns_it_lacks(survey, tmp_path):
    write_responses(survey, tmp_path / "a.csv")
    other = parse_plan(plan_for_files(plan_of(survey), survey.plan, "other").replace("improve_speed", "wishes_speed"))
    with opened(tmp_path / "a.csv") as table, pytest.raises(ValueError, match="wishes_speed"):
        reduce_to_cells(table, other)
