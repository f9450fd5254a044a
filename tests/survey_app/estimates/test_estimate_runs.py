"""A stored run: what it keeps of services, drivers, points and waves, and that all of it comes out again."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from analysis.errors import AnalysisError
from definitions import DefinitionError
from survey_app.answering.erasure import erase, erase_survey
from survey_app.estimates.runs import recompute, verify_run
from survey_app.jobs.queue import enqueue
from survey_app.models import Response, ScoringRun, db
from survey_app.responses.flags import set_flag
from survey_app.surveys.plan_checks import check
from tests.support.city import PLAN, answered_city, small_city
from tests.support.runs import run_estimate


def test_a_run_keeps_services_drivers_points_and_waves_and_recomputes_them_after_every_answer_is_gone(app):
    survey = answered_city()
    run = run_estimate(survey)
    survey.state = "closed"
    erase_survey(survey, "retention")
    db.session.expire_all()
    found = verify_run(run)
    assert found["same"], found["differs"]
    assert (found["responses_then"], found["responses_now"], found["gone_since"]) == (180, 0, 180)
    result = run.result
    rows = {row["key"]: row for row in result["services"]["services"]}
    assert (rows["bus"]["n"], rows["bus"]["not_used"]) == (180, 0)
    assert rows["parking"]["n"] + rows["parking"]["not_used"] == 180
    assert rows["education"]["n"] == 0
    assert "nobody answered" in rows["education"]["why"]
    assert {area["level"] for area in result["services"]["areas"]} == {"甲县", "乙县"}
    assert [site for _, sites in run.detail["wave"].values() for site in sites] == [
        "乙县 乙县一号点",
        "甲县 甲县一号点",
    ]


def test_what_a_run_keeps_is_small_and_names_nobody(sqlite_app):
    survey = answered_city()
    run = run_estimate(survey)
    receipts = db.session.scalars(select(Response.receipt)).all()
    kept = json.dumps([run.detail, run.cells, run.result], ensure_ascii=False)
    assert not any(receipt in kept for receipt in receipts)
    assert "很好" not in kept  # no free text
    assert len(kept) < 120_000


def test_two_sites_leave_no_degree_of_freedom_and_the_run_says_so_instead_of_failing(sqlite_app):
    drivers = run_estimate(answered_city()).result["drivers"]
    assert drivers["why"] == "5 terms leave no degree of freedom; ask about fewer services, or visit more sites"


def test_a_run_that_has_changed_is_found_out(sqlite_app):
    run = run_estimate(answered_city())
    changed = json.loads(json.dumps(run.result))
    changed["services"]["services"][7]["estimate"] += 1e-8
    run.result = changed
    db.session.commit()
    assert verify_run(run)["differs"] == ["services"]


def test_a_method_is_its_version_however_a_release_words_it(sqlite_app):
    run = run_estimate(answered_city())
    run.result = {**run.result, "method": {**run.result["method"], "text": "worded before"}}
    db.session.commit()
    assert verify_run(run)["same"]
    run.result = {**run.result, "method": {**run.result["method"], "version": 1}}
    db.session.commit()
    assert not verify_run(run)["same"]  # made again by the other method


def test_responses_erased_and_flagged_since_are_told_apart(app):
    run = run_estimate(answered_city(20))
    one, two, three = db.session.scalars(select(Response).where(Response.probability).limit(3)).all()
    set_flag(one, "同一人重复作答", "anna")
    set_flag(two, "同一人重复作答", "anna")
    erase(three.receipt, "asked for")
    found = verify_run(run)
    assert (found["same"], found["gone_since"], found["reflagged_since"]) == (True, 1, 2)
    assert found["flag_changes_since"] == 2


def test_a_plan_that_counts_some_modes_leaves_the_others_out_and_compares_all_it_counts(sqlite_app):
    survey = answered_city(60)
    for number, response in enumerate(db.session.scalars(select(Response).order_by(Response.id))):
        response.mode = ("web", "phone", "web", "paper")[number % 4]
    survey.plan = PLAN + "modes: [web, phone]\n"
    db.session.commit()
    run = run_estimate(survey)
    counted = {mode["mode"]: mode["n"] for mode in run.result["mode_comparison"]["modes"]}
    assert counted == {"phone": 30, "web": 60}
    assert run.result["n"] == 90
    assert run.result["modes_counted"] == {"modes": ["web", "phone"], "left_out": 30}
    assert run.result["services"]["services"][7]["n"] == 90  # the services under the same rule
    assert [row["mode"] for row in run.result["mode_comparison"]["differences"]] == ["phone"]
    assert {row["change"] for row in run.result["sensitivity"]["choices"]} >= {"all_modes", "without_mode"}
    assert recompute(run)["mode_comparison"] == run.result["mode_comparison"]
    survey.plan = PLAN + "modes: [tablet]\n"
    with pytest.raises(AnalysisError, match="no response was taken by tablet"):
        run_estimate(survey)


def test_an_estimate_job_stores_the_run_and_its_scorecards_or_nothing(app):
    survey = answered_city(20)
    job = enqueue("estimate", {"survey": survey.id}, "anna")
    assert (job.state, job.done, job.of) == ("done", 9, 10)
    assert job.result == "estimate:1"
    assert db.session.scalars(select(ScoringRun.estimate_run_id)).all() == [1, 1, 1]
    survey.plan = survey.plan.replace("stratum, psu: psu", "stratum, psu: nonsense")
    db.session.commit()
    failed = enqueue("estimate", {"survey": survey.id}, "anna")
    assert failed.state == "failed"
    assert len(db.session.scalars(select(ScoringRun.id)).all()) == 3


def test_a_stored_plan_names_ways_of_answering_and_services_that_there_are(sqlite_app):
    survey = small_city()
    wrong = PLAN + "modes: [web, telephone]\ndrivers: {services: [bus, buses]}\n"
    with pytest.raises(DefinitionError) as refused:
        check(survey, wrong)
    assert "no answer is taken by 'telephone'; modes: web, paper, phone, tablet" in str(refused.value)
    assert "no rated service 'buses'" in str(refused.value)
    assert check(survey, PLAN + "modes: [web]\ndrivers: {services: [bus, parking]}\n").modes == ("web",)
