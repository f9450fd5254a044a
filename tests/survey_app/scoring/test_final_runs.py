"""The run that settles the stars: what stops it, what it freezes, two people, and what comes after it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.programme import load_programme
from analysis.scoring.progress import summarise
from survey_app.documents.content import Heading
from survey_app.ground import sign_off
from survey_app.ground.clock import today
from survey_app.ground.sign_off import SignOffError
from survey_app.models import AuditEntry, FinalRun, ScoringRun, db
from survey_app.scoring import final_runs, superseding
from survey_app.scoring.earlier_bases import picked
from survey_app.scoring.final_checks import open_points
from survey_app.scoring.final_comparison import compare
from survey_app.scoring.final_runs import FinalRunError, make_run, settle, settled
from survey_app.scoring.pages.final_report import final_report
from survey_app.scoring.rectification import Pick, take_on
from survey_app.scoring.rectification_months import take_snapshot
from survey_app.scoring.self_assessment import assess
from survey_app.values.periods import current_period
from tests.support.city import small_city, the_survey
from tests.support.scoring_city import area, estimate, fill, put
from tests.support.stored import begins_with, empty

COUNTY = "jining-2023-county"


def settled_city() -> None:
    """Two counties whose values are all accepted, and an approved estimate."""
    survey = small_city()
    for name in ("某市", "甲县", "乙县"):
        fill(area(name), low=frozenset({1, 2, 3}) if name == "乙县" else frozenset())
    approve(estimate(survey))


pytestmark = [begins_with(settled_city), pytest.mark.usefixtures("in_chinese")]


@pytest.fixture
def city(sqlite_app):
    return the_survey().city


def approve(run) -> None:
    subject = f"estimate:{run.id}" if hasattr(run, "watermark") else final_runs.subject(run)
    sign_off.take_step(subject, "proposed", "anna", "")
    sign_off.take_step(subject, "approved", "berta", "核对无误")
    db.session.commit()


def newest(city):
    return db.session.query(FinalRun).order_by(FinalRun.id.desc()).first()


def run_estimate():
    from survey_app.models import EstimateRun

    return db.session.query(EstimateRun).order_by(EstimateRun.id.desc()).first()


def made(city, kind="final", reason="", cause="input_error") -> FinalRun:
    run = make_run(kind, city, run_estimate(), current_period(), reason, cause)
    db.session.commit()
    return run


def kinds(city) -> set[tuple[str, str]]:
    return {(point.kind, point.area) for point in open_points(city, run_estimate(), current_period())}


def test_where_all_is_settled_nothing_is_open(city):
    assert open_points(city, run_estimate(), current_period()) == []


def sql(*statements: str):
    def spoil() -> None:
        for statement in statements:
            db.session.execute(text(statement))

    return spoil


def withdrawn() -> None:
    sign_off.take_step(f"estimate:{run_estimate().id}", "withdrawn", "anna", "x")


def weak(**changes):
    def spoil() -> None:
        run = run_estimate()
        first, second = run.result["domains"]["rated_county"]
        run.result = run.result | {"domains": {"rated_county": [first | changes, second]}}
        db.session.flush()

    return spoil


OF_ONE = "area_id=(SELECT id FROM area WHERE name='甲县')"
STOPS = {
    "an estimate that is not approved": (withdrawn, ("estimate_not_approved", "")),
    "a value that is only submitted": (
        sql(f"UPDATE indicator_entry SET state='submitted' WHERE indicator='5' AND {OF_ONE}"), ("value_unverified", "甲县"),
    ),
    "a value that was sent back": (
        sql(f"UPDATE indicator_entry SET state='returned' WHERE indicator='5' AND {OF_ONE}"), ("value_unverified", "甲县"),
    ),
    "a value that nobody entered": (
        sql(f"DELETE FROM indicator_value WHERE indicator='5' AND {OF_ONE}"), ("value_unknown", "甲县"),
    ),
    "an indicator without a department": (
        sql(
            f"DELETE FROM indicator_assignment WHERE indicator='5' AND {OF_ONE}",
            f"DELETE FROM indicator_entry WHERE indicator='5' AND {OF_ONE}",
        ),
        ("unassigned", "甲县"),
    ),
    "an undecided major incident": (
        sql("UPDATE indicator_value SET value='null' WHERE metric='major_incident' AND area_id=1"),
        ("incident_undecided", "某市"),
    ),
}  # fmt: skip


def test_each_thing_that_is_not_settled_stops_a_final_run_and_never_a_trial(city, subtests):
    for what, (spoil, expected) in STOPS.items():
        with subtests.test(what):
            spoil()
            db.session.expire_all()
            with pytest.raises(FinalRunError) as refused:
                make_run("final", city, run_estimate(), current_period())
            assert {(point.kind, point.area) for point in refused.value.points} == {expected}
            assert db.session.query(ScoringRun).count() == 0
            trial = make_run("trial", city, run_estimate(), current_period())
            assert {(point["kind"], point["area"]) for point in trial.provisional} == {expected}
        db.session.rollback()


def test_a_trial_takes_what_cannot_be_read_as_unknown_and_says_so(city):
    put(area("甲县"), 1, metric_of(1), "viele")
    trial = made(city, "trial")
    assert ("value_unreadable", "甲县") in {(row["kind"], row["area"]) for row in trial.provisional}
    assert verify_final_scorecards(trial)


def metric_of(number: int) -> str:
    from analysis.scoring import load_rulebook

    return load_rulebook(COUNTY).indicator(number).metrics[0].key


def verify_final_scorecards(run) -> bool:
    """Without the estimate, whose cells the tests leave empty."""
    return final_runs.differences(run) == []


def card(run, name):
    return next(row for row in final_runs.scorecards(run) if row.area.name == name)


def test_a_county_without_a_figure_has_a_range_of_stars_and_does_not_hold_up_the_city(city):
    weak(estimate=None, se=None, n=0, df=0, decision=None)()
    assert open_points(city, run_estimate(), current_period()) == []
    run = made(city)
    found = card(run, "甲县").scorecard
    assert (found["satisfaction"], found["verdict"], found["star_probability"]) == (None, None, None)
    assert found["star_range"][0] != found["star_range"][1]
    assert run.summary["places"]["甲县"] is None
    assert verify_final_scorecards(run)
    approve(run)
    assert settled(city) is run


def test_a_run_of_before_that_rests_on_a_pick_still_says_so_and_is_made_again_from_the_same_figure(city):
    weak(df=2, estimate=0.65, decision={"figure": 0.65, "outcome": "deduct", "points": -10, "probability": None})()
    run = made(city)
    assert card(run, "甲县").scorecard["satisfaction"] == 0.65
    assert picked(run) == []
    areas = {code: row | {"basis": "own", "basis_reason": ""} for code, row in run.frozen["areas"].items()}
    areas["11"] |= {"basis": "city", "basis_reason": "样本不足，经会议决定"}
    run.frozen = run.frozen | {"areas": areas}
    assert final_runs.differences(run)[0] == "甲县：记分卡"
    row, whole = card(run, "甲县"), Satisfaction.from_estimate(run.estimate_run.result)
    row.scorecard = json.loads(json.dumps(score(load_rulebook(COUNTY), row.values, whole).as_dict(), default=float))
    cards = {one.area.name: one.scorecard for one in final_runs.scorecards(run)[1:]}
    run.summary = summarise(cards, load_programme("jining-2023"), None, 2).as_dict()
    db.session.commit()
    assert verify_final_scorecards(run)
    assert picked(run) == [("甲县", "city", "样本不足，经会议决定")]
    zh = final_report(run, final_runs.scorecards(run), "zh")
    assert "满意度以何为准的决定" in [block.text for block in zh.blocks if isinstance(block, Heading)]


def test_a_final_run_freezes_who_accepted_what_and_survives_later_changes(city):
    run = made(city)
    frozen = run.frozen["areas"]["11"]
    assert frozen["entries"]["1"]["verified_by"] == "verifier"
    assert {row["version"] for row in frozen["values"]} == {1}
    assert [step["step"] for step in run.frozen["estimate"]["sign_off"]] == ["proposed", "approved"]
    assert run.summary["ranking"] == ["甲县", "乙县"]
    put(area("甲县"), 1, metric_of(1), 0)
    assert verify_final_scorecards(run)
    db.session.execute(text(f"UPDATE indicator_entry SET version=2 WHERE indicator='1' AND {OF_ONE}"))
    db.session.expire_all()
    assert final_runs.drift(run) == ["甲县：1"]


def test_a_changed_scorecard_is_found_out(city):
    run = made(city)
    row = final_runs.scorecards(run)[1]
    row.scorecard = row.scorecard | {"total": 99}
    run.summary = run.summary | {"ranking": ["乙县", "甲县"]}
    db.session.commit()
    assert final_runs.differences(run) == ["甲县：记分卡", "汇总"]


def test_two_people_settle_it_and_a_later_run_supersedes_it_with_a_reason(city):
    first = made(city)
    assert settled(city) is None
    settle(first, "proposed", "anna", "")
    with pytest.raises(SignOffError, match="不能自己批准"):
        settle(first, "approved", "anna", "x")
    settle(first, "approved", "berta", "同意")
    db.session.commit()
    assert settled(city) == first
    with pytest.raises(FinalRunError, match="理由"):
        made(city)
    second, rival = made(city, reason="数值更正"), made(city, reason="再算")
    settle(rival, "proposed", "anna", "")
    settle(second, "proposed", "anna", "")
    settle(second, "approved", "berta", "同意")
    with pytest.raises(FinalRunError, match="另有最终评分获批"):
        settle(rival, "approved", "berta", "同意")
    assert (settled(city), second.supersedes) == (second, first)
    settle(second, "withdrawn", "anna", "有误")
    assert settled(city) == first
    assert db.session.query(AuditEntry).filter_by(action="final.make").count() == 3


def test_the_first_approved_run_stands_and_another_takes_its_place_for_a_listed_cause_by_the_same_plan(city):
    first = made(city)
    approve(first)
    for cause in ("", "better"):
        with pytest.raises(FinalRunError, match="输入错误、程序故障或上级要求"):
            made(city, reason="再算一次", cause=cause)
    second = made(city, reason="甲县一项录错")
    stored = second.frozen["supersedes"]
    assert (stored["run"], stored["cause"], stored["before"], stored["after"]) == (first.id, "input_error", 0.75, 0.75)
    assert str(superseding.told(stored)) == f"取代 #{first.id}(输入错误)：满意度 75.00% → 75.00%"
    other = estimate(first.estimate_run.survey)
    other.plan_digest = "0" * 64
    approve(other)
    with pytest.raises(FinalRunError, match="同一计划"):
        made(city, reason="甲县一项录错")


def test_a_run_that_was_approved_and_withdrawn_still_asks_the_next_one_for_its_cause(city):
    first, rival = made(city), made(city)
    approve(first)
    settle(first, "withdrawn", "anna", "不好看")
    with pytest.raises(FinalRunError, match="输入错误、程序故障或上级要求"):
        made(city, reason="再算一次", cause="")
    settle(rival, "proposed", "anna", "")
    with pytest.raises(FinalRunError, match="另有最终评分获批"):
        settle(rival, "approved", "berta", "同意")


def test_a_trial_and_a_run_whose_estimate_fell_are_not_approved(city):
    with pytest.raises(FinalRunError, match="试算"):
        settle(made(city, "trial"), "proposed", "anna", "")
    run = made(city)
    settle(run, "proposed", "anna", "")
    withdrawn()
    with pytest.raises(FinalRunError, match="不是批准"):
        settle(run, "approved", "berta", "x")


def test_two_runs_compared_name_what_moved(city):
    before = made(city)
    put(area("甲县"), 1, metric_of(1), 0)
    after = made(city, "trial")
    rows = {row.area: row for row in compare(before, after)}
    assert rows["乙县"].moved == ()
    [moved] = rows["甲县"].moved
    assert (moved.number, moved.after) == (1, 0)
    assert rows["甲县"].points_before - rows["甲县"].points_after == pytest.approx(moved.before)


def test_newly_reached_stars_are_counted_against_the_approved_run_of_an_earlier_period(city):
    assert (
        next(goal for goal in made(city).summary["goals"] if goal["key"] == "three_new_four_stars")["counted"] is None
    )
    first = newest(city)
    approve(first)
    first.period = "2022"
    db.session.commit()
    later = made(city, reason="新周期")
    goal = next(goal for goal in later.summary["goals"] if goal["key"] == "three_new_four_stars")
    assert (goal["counted"], goal["reached"]) == (0, False)
    assert later.frozen["earlier_stars"].keys() == {"甲县", "乙县"}


@begins_with(empty)
def test_a_final_run_is_made_settled_and_made_again_on_both_engines(app):
    survey = small_city()
    for name in ("某市", "甲县", "乙县"):
        fill(area(name), low=frozenset({1, 2}))
    approve(estimate(survey))
    run = made(survey.city)
    approve(run)
    db.session.expire_all()
    assert settled(survey.city) == run
    assert final_runs.differences(run) == []
    [item] = take_on(assess(area("甲县")), [Pick(1, 5, "甲局", today())])
    assert take_snapshot()[0].open == 1
    assert item.state == "open"
