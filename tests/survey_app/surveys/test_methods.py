"""The lock writes the method into the plan; what was locked or stored before it did keeps the first, and says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from analysis.methods import CURRENT, FIRST, method_of
from analysis.plan import parse_plan
from survey_app.cli import cli
from survey_app.estimates.runs import verify_run
from survey_app.ground.plans import plan_of, plan_of_run
from survey_app.models import Survey, db
from survey_app.surveys import making
from survey_app.surveys.life import change_state
from survey_app.surveys.plan_versions import PlanChangeError, change_plan, versions
from tests.support.city import PLAN, answered_city, small_city
from tests.support.people import enter, person
from tests.support.runs import run_estimate


def locked_before_methods() -> Survey:
    """As a release before methods left it: locked, and its plan names none."""
    survey = answered_city(30)
    survey.locked_at = datetime.now(UTC)
    db.session.commit()
    return survey


def test_the_lock_writes_the_present_method_into_the_plan(sqlite_app):
    survey = small_city(state="draft")
    change_state(survey, "locked")
    assert parse_plan(survey.plan, unnamed=FIRST).method == CURRENT
    assert versions(survey)[0].body == survey.plan


def test_a_plan_locked_before_keeps_its_method_in_its_runs_and_its_later_versions(sqlite_app):
    survey = locked_before_methods()
    run = run_estimate(survey)
    assert (plan_of(survey).method, method_of(run.result), plan_of_run(run).method) == (FIRST, FIRST, FIRST)
    assert verify_run(run)["same"]
    with pytest.raises(PlanChangeError, match="same"):
        change_plan(survey, survey.plan, "再存一次")
    change_plan(survey, PLAN + "official_se: 0.01\n", "国家口径调整")
    assert parse_plan(survey.plan).method == FIRST
    change_plan(survey, PLAN + f"method: {CURRENT.version}\n", "采用新方法")
    assert plan_of(survey).method == CURRENT
    assert verify_run(run)["same"]


@pytest.mark.parametrize(("language", "said"), [("zh", "方法第1版；现行第"), ("en", "Method 1, not the present one")])
def test_its_pages_say_which_method_it_has(sqlite_app, language, said):
    survey = locked_before_methods()
    run = run_estimate(survey)
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    client.set_cookie("minyi_language", language)
    for address in (f"/console/surveys/{survey.code}/plan", f"/console/estimates/{run.id}"):
        assert said in client.get(address).get_data(as_text=True), address


def test_a_draft_and_the_next_wave_have_the_present_method(sqlite_app):
    survey = locked_before_methods()
    change_plan(survey, PLAN + "method: 1\n", "写明方法")
    settings = making.Settings("二", None, datetime.now(UTC) + timedelta(days=9))
    wave = making.clone(survey, "wave-2", settings)
    assert plan_of(wave).method == CURRENT
    assert "method:" not in wave.plan


@pytest.mark.parametrize(("named", "version"), [("", CURRENT.version), ("method: 1\n", 1)])
def test_a_plan_file_is_a_new_plan_unless_it_names_its_method(tmp_path, named, version):
    plan, answers = tmp_path / "plan.yaml", tmp_path / "answers.csv"
    plan.write_text("measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n" + named)
    answers.write_text("overall\n5\n4\n2\n5\n3\n")
    result = CliRunner().invoke(cli, ["estimate", str(answers), "--plan", str(plan), "--json"])
    assert json.loads(result.stdout)["method"]["version"] == version
