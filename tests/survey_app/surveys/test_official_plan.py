"""The plan is fixed by the first answer: what is changed after it moves no official figure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app.estimates import review
from survey_app.estimates.runs import verify_run
from survey_app.fieldwork.site_access import AccessError, set_stops_when_full
from survey_app.ground.sign_off import APPROVED, PROPOSED, SignOffError
from survey_app.models import db
from survey_app.scoring.final_checks import open_points
from survey_app.scoring.final_runs import FinalRunError, make_run
from survey_app.surveys import making, official_plan
from survey_app.surveys.freshness import changed_since
from survey_app.surveys.life import change_state
from survey_app.surveys.official_plan import official_version
from survey_app.surveys.plan_versions import change_plan, lock_plan
from survey_app.values.periods import current_period
from tests.support.city import answered_city, small_city
from tests.support.people import enter, person
from tests.support.runs import run_estimate

WIDER = "satisfied: [3, 4, 5]"


@pytest.fixture
def answered(sqlite_app):
    """A survey with its plan locked and answers."""
    survey = answered_city(40)
    lock_plan(survey)
    db.session.commit()
    return survey


def widen(survey) -> None:
    change_plan(survey, survey.plan.replace("satisfied: [4, 5]", WIDER), "口径调整")
    db.session.commit()


def notices(run) -> list[str]:
    return [notice["key"] for notice in run.result["notices"]]


def test_wider_satisfied_codes_after_the_answers_make_a_run_that_counts_nowhere(answered):
    before = run_estimate(answered)
    change_state(answered, "closed")
    widen(answered)
    after = run_estimate(answered)
    assert after.result["satisfied"]["estimate"] > before.result["satisfied"]["estimate"]  # the trick works
    assert "unofficial_plan" not in notices(before)
    assert notices(after)[0] == "unofficial_plan"
    assert "NOT OFFICIAL" in after.result["warnings"][0]
    for step in (PROPOSED, APPROVED):
        with pytest.raises(SignOffError, match="not official"):
            review.settle(after, step, "anna", "好")
    assert "estimate_unofficial" in {point.kind for point in open_points(answered.city, after, current_period())}
    with pytest.raises(FinalRunError):
        make_run("final", answered.city, after, current_period())
    assert changed_since([before.id, after.id])[after.id] == ("unofficial_plan",)
    assert verify_run(after)["same"]
    review.settle(before, PROPOSED, "anna", "")


def test_going_back_to_the_plan_of_before_is_official_again(answered):
    plan = answered.plan
    widen(answered)
    change_plan(answered, plan, "撤销口径调整")
    assert "unofficial_plan" not in notices(run_estimate(answered))
    assert official_version(answered).number == 3


def test_before_the_first_answer_a_change_needs_a_reason_only(sqlite_app):
    survey = small_city(state="draft")
    change_state(survey, "locked")
    change_state(survey, "open", accept_warnings=True)
    widen(survey)
    assert official_version(survey).number == 2


def test_an_answer_that_was_erased_has_fixed_the_plan_all_the_same(answered):
    from survey_app.answering.erasure import erase_survey

    erase_survey(answered, "期满")
    widen(answered)
    assert official_version(answered).number == 1


def test_whether_sites_stop_is_fixed_by_the_first_answer(answered):
    with pytest.raises(AccessError, match="first answer"):
        set_stops_when_full(answered, True, "样本已满")
    assert not answered.stops_when_full


@pytest.mark.parametrize(
    "rule", ["flagged: {column: flagged, exclude: true}", "flagged: {column: flagged, exclude: true, kinds: [person]}"]
)
def test_an_exclusion_rule_changed_after_the_first_answer_makes_a_run_that_counts_nowhere(answered, rule):
    change_plan(answered, f"{answered.plan}{rule}\n", "剔除可疑应答")
    assert "unofficial_plan" in notices(run_estimate(answered))


def test_whether_open_codes_admit_to_the_sample_is_fixed_by_the_first_answer(answered):
    kept = making.settings_of(answered)
    with pytest.raises(making.SurveyError, match="first answer"):
        making.change_settings(answered, replace(kept, open_codes_admit=True), "扩大样本")
    assert not answered.open_codes_admit


def test_a_version_that_does_not_count_stops_no_site_and_the_plan_that_counts_is_told(answered):
    counts = answered.plan_digest
    change_plan(answered, answered.plan + "weights: {stops_when_full: true}\n", "样本已满")
    assert not answered.stops_when_full
    assert official_plan.plan_that_counts(answered).digest == counts != answered.plan_digest


def test_the_pages_that_show_the_figure_say_that_it_is_not_official(answered):
    widen(answered)
    run = run_estimate(answered)
    client = enter(the_app().test_client(), person("administrator", "", "").user)
    for address in (
        "",
        "surveys",
        f"surveys/{answered.code}",
        "estimates",
        f"estimates/{run.id}",
        f"surveys/{answered.code}/plan",
    ):
        assert "非正式口径" in client.get(f"/console/{address}", follow_redirects=True).get_data(as_text=True), address


def the_app():
    from flask import current_app

    return current_app._get_current_object()
