"""The two exceptions by which a plan changed after the first answer counts: checked by the program, confirmed by two people."""

from __future__ import annotations

import io
import re
from dataclasses import fields

import pytest
from sqlalchemy import select

from analysis.plan import Plan
from analysis.plan_differences import Difference, not_allowed
from survey_app.estimates import review
from survey_app.estimates.pages.report import estimate_report
from survey_app.estimates.runs import verify_run
from survey_app.files import stored
from survey_app.files.tables_in import TableRefusedError
from survey_app.ground import two_persons
from survey_app.ground.sign_off import APPROVED, PROPOSED, SignOffError
from survey_app.ground.uploads import Handed
from survey_app.models import AuditEntry, EstimateRun, Site, db
from survey_app.scoring.report import batch_report
from survey_app.surveys import plan_exceptions, site_figures
from survey_app.surveys.life import change_state
from survey_app.surveys.official_plan import official_version, why_not_official
from survey_app.surveys.plan_exceptions import ExceptionRefusedError
from survey_app.surveys.plan_versions import change_plan, lock_plan, versions
from tests.support.city import PLAN, answered_city
from tests.support.people import enter, person
from tests.support.runs import run_estimate

MARGINS = "calibration: {method: raking, margins: {sex: {male: 120000, female: 120000}}}\n"
WRONG = "male: 120000, female: 120000"
RIGHT = "male: 150000, female: 90000"


@pytest.fixture
def answered(sqlite_app):
    """A locked survey with answers, whose margin of sex is not what its source says."""
    survey = answered_city(40, plan=PLAN + MARGINS)
    lock_plan(survey)
    db.session.commit()
    return survey


def source() -> Handed:
    return Handed(stored.put(b"%PDF-1.7 bulletin", "application/pdf"), "公报.pdf")


def changed(survey, before: str, after: str) -> int:
    change_plan(survey, survey.plan.replace(before, after), "更正")
    db.session.commit()
    return versions(survey)[0].number


def stated(survey, number: int, exception: str = "source"):
    made = plan_exceptions.state_plan(survey, number, exception, "与公报不符", source(), "anna")
    db.session.commit()
    return made


def test_a_margin_that_differs_from_its_source_counts_by_two_people_and_both_figures_are_told(answered):
    before = run_estimate(answered)
    review.settle(before, PROPOSED, "anna", "")
    made = stated(answered, changed(answered, WRONG, RIGHT))
    with pytest.raises(SignOffError):
        two_persons.confirm(made, "anna")
    db.session.rollback()
    assert official_version(answered).number == 1
    two_persons.confirm(made, "ben")
    db.session.commit()
    official = official_version(answered)
    assert (official.number, official.exception, official.late) == (3, "source", False)
    plan_exceptions.estimate_again(made)
    after = db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()
    assert after.id != before.id
    told = after.result["notices"][0]
    assert (told["key"], told["params"]["run"]) == ("corrected_figures", before.id)
    figures = [run.result["satisfied"]["estimate"] for run in (before, after)]
    assert figures[0] != figures[1]
    assert [told["params"]["before"], told["params"]["after"]] == pytest.approx(figures, abs=1e-4)
    assert verify_run(after)["same"]
    assert why_not_official(after) is None
    assert why_not_official(before) is not None
    with pytest.raises(SignOffError):
        review.settle(before, APPROVED, "ben", "好")
    review.settle(after, PROPOSED, "anna", "")


def test_going_back_and_forth_after_a_correction_brings_no_earlier_run_back(answered):
    before, wrong = run_estimate(answered), answered.plan
    two_persons.confirm(stated(answered, changed(answered, WRONG, RIGHT)), "ben")
    right = answered.plan
    for body in (wrong, right):
        change_plan(answered, body, "来回")
        db.session.commit()
        assert why_not_official(before) is not None
    after = run_estimate(answered)
    assert why_not_official(after) is None
    assert after.result["notices"][0]["params"]["run"] == before.id


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("satisfied: [4, 5]", "satisfied: [3, 4, 5]", "measure.satisfied"),
        ("singleton: adjust", "singleton: adjust\ninterval: {method: wald, confidence: 0.95}", "interval.method"),
        ("singleton: adjust", "singleton: adjust\nflagged: {column: flagged, exclude: true}", "flagged"),
        ("singleton: adjust", "singleton: adjust\nmodes: [web]", "modes"),
        ("method: raking", "method: linear", "calibration.method"),
        ("singleton: adjust", "singleton: average", "singleton"),
    ],
)
def test_nothing_but_figures_goes_with_a_correction_and_what_does_not_is_named(answered, before, after, named):
    number = changed(answered, before, after)
    changed(answered, WRONG, RIGHT)  # with a right correction beside it
    for one in (number, number + 1):
        with pytest.raises(ExceptionRefusedError, match=named.replace(".", r"\.")):
            stated(answered, one)
    assert two_persons.waiting() == []


def test_measure_exclusions_interval_minimum_and_closing_are_in_neither_exception():
    """Whatever keys a plan has by now: what is not named as a figure or as mending is refused."""
    whole = [Difference((field.name,), 1, 2) for field in fields(Plan)]
    mends = {"calibration", "singleton", "nonresponse", "replication", "figures", "drivers"}
    assert not_allowed(whole, "source") == whole
    assert {one.name for one in not_allowed(whole, "not_computable")} == {one.name for one in whole} - mends
    for path in ("measure.satisfied", "weights.respondents", "weights.stops_when_full", "closing.extension.days"):
        assert not_allowed([Difference(tuple(path.split(".")), 1, 2)], "not_computable"), path


def test_a_plan_that_is_computed_is_no_exception_and_before_the_close_nobody_can_say(answered):
    number = changed(answered, "method: raking", "method: linear")
    with pytest.raises(ExceptionRefusedError, match="not over"):
        stated(answered, number, "not_computable")
    change_state(answered, "closed")
    with pytest.raises(ExceptionRefusedError, match="can be computed"):
        stated(answered, number, "not_computable")


def test_a_plan_that_really_fails_is_replaced_by_two_people(sqlite_app):
    failing = PLAN.replace("singleton: adjust", "singleton: fail")
    survey = answered_city(20, plan=failing)  # a site a stratum: no variance by that rule
    lock_plan(survey)
    change_state(survey, "closed")
    assert plan_exceptions.why_not_computable(survey, survey.plan) is not None
    made = stated(survey, changed(survey, "singleton: fail", "singleton: adjust"), "not_computable")
    two_persons.confirm(made, "ben")
    run = run_estimate(survey)
    assert run.result["notices"][0]["key"] == "mended_plan"
    assert why_not_official(run) is None
    again = changed(survey, "satisfied: [4, 5]", "satisfied: [3, 4, 5]")
    with pytest.raises(ExceptionRefusedError, match=r"measure\.satisfied"):
        stated(survey, again, "not_computable")


def test_what_was_stated_is_checked_again_when_the_plan_that_counts_has_moved(answered):
    first = stated(answered, changed(answered, WRONG, RIGHT))
    second = stated(answered, changed(answered, RIGHT, "male: 140000, female: 100000"))
    two_persons.confirm(second, "ben")
    db.session.commit()
    with pytest.raises(ExceptionRefusedError, match="state it anew"):
        two_persons.confirm(first, "ben")
    db.session.rollback()
    assert two_persons.of("survey:wave1", only="proposed") == [first]


SITES = "code,name,area,stratum,eligible,inclusion_probability,target,sampled\n"


def designed(survey) -> None:
    for site in survey.sites:
        if site.probability:
            site.eligible, site.inclusion_probability = 2000, 0.5
            site.base_weight = 2000 / (0.5 * site.target)
    db.session.commit()


def test_a_sites_figure_is_put_right_by_two_people_and_nothing_else_of_the_site(answered):
    designed(answered)
    before = run_estimate(answered)
    lines = "aaa2222,甲县一号点,甲县,甲县,8000,0.5,20,是\nbbb3333,乙县一号点,乙县,乙县,2000,0.5,20,是\n"
    found = site_figures.read(answered, "sites.csv", (SITES + lines).encode())
    assert found == {"aaa2222": {"eligible": 8000, "base_weight": 800.0}}
    for wrong in ("bbb3333,乙县一号点,乙县,另层,2000,0.5,20,是\n", "new1234,新点,乙县,乙县,2000,0.5,20,是\n"):
        with pytest.raises(TableRefusedError):
            site_figures.read(answered, "sites.csv", (SITES + wrong).encode())
    made = plan_exceptions.state_sites(answered, found, "名册有误", source(), "anna")
    two_persons.confirm(made, "ben")
    db.session.commit()
    assert db.session.scalars(select(Site.eligible).where(Site.code == "aaa2222")).one() == 8000
    after = run_estimate(answered)
    assert after.result["notices"][0]["params"]["run"] == before.id
    assert after.result["satisfied"]["estimate"] != before.result["satisfied"]["estimate"]
    assert why_not_official(before) is not None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sites.correct")).one()
    assert entry.before["sites"]["aaa2222"]["eligible"] == 2000
    assert verify_run(before)["same"]


def form(**fields) -> dict:
    return {"source": (io.BytesIO(b"%PDF-1.7 bulletin"), "公报.pdf"), "reason": "与公报不符", **fields}


def test_an_office_states_it_on_the_versions_page_and_another_confirms_it_with_all_on_one(sqlite_app, answered):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    before = run_estimate(answered)
    right = answered.plan.replace(WRONG, RIGHT)
    changed(answered, "satisfied: [4, 5]", "satisfied: [3, 4, 5]")
    number = changed(answered, answered.plan, right)
    anna, ben = person("manager").user, person("evaluator").user
    own, other = (enter(sqlite_app.test_client(), user) for user in (anna, ben))
    plan = f"/console/surveys/{answered.code}/plan"
    assert "例外只有两种" in own.get(plan).get_data(as_text=True)
    refused = own.post(f"{plan}/2", data=form(exception="source"))
    assert refused.status_code == 422
    assert "measure.satisfied" in refused.get_data(as_text=True)
    for missing in ({"exception": ""}, {"exception": "source", "reason": " "}, {"exception": "source", "source": ""}):
        assert own.post(f"{plan}/{number}", data=form(**missing)).status_code == 422, missing
    done = own.post(f"{plan}/{number}", data=form(exception="source"))
    assert done.status_code == 302, done.get_data(as_text=True)
    page = other.get(done.location).get_data(as_text=True)
    for said in ("性别 male", "120000", "150000", "与公报不符", "公报.pdf", anna.username):
        assert said in page, said
    assert own.post(done.location, data={"step": "confirm"}).status_code == 422
    assert other.post(done.location, data={"step": "confirm"}).status_code == 302
    after = db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()
    estimate = other.get(f"/console/estimates/{after.id}").get_data(as_text=True)
    assert after.id > before.id
    assert all(said in estimate for said in ("更正前后的结果", f"更正前 #{before.id}", f"更正后 #{after.id}"))
    assert "按例外成为正式口径" in own.get(plan).get_data(as_text=True)
    both = after.result["notices"][0]["params"]
    with sqlite_app.test_request_context():
        told = [
            str(estimate_report(after, after.result, "zh")),
            str(batch_report(list(after.scoring_runs), "zh").facts),
        ]
    for text in told:
        assert all(f"{both[side]:.2%}" in text for side in ("before", "after")), text


def test_sites_are_put_right_by_a_table_on_a_page(sqlite_app, answered):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    designed(answered)
    own = enter(sqlite_app.test_client(), person("manager").user)
    address = f"/console/surveys/{answered.code}/plan/site-figures"
    table = (SITES + "aaa2222,甲县一号点,甲县,甲县,8000,0.5,20,是\n").encode()
    wrong = own.post(address, data=form(file=(io.BytesIO(SITES.encode()), "sites.csv")))
    assert wrong.status_code == 422
    done = own.post(address, data=form(file=(io.BytesIO(table), "sites.csv")))
    assert done.status_code == 302, done.get_data(as_text=True)
    assert "8000" in own.get(done.location).get_data(as_text=True)
    assert db.session.scalars(select(Site.eligible).where(Site.code == "aaa2222")).one() == 2000  # nothing before


def test_of_two_managers_at_once_the_second_is_told_what_the_first_has_changed(sqlite_app, answered):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    first, second = (enter(sqlite_app.test_client(), person("manager").user) for _ in range(2))
    address = f"/console/surveys/{answered.code}/plan"
    seen = re.search(r'name="seen" value="(\w+)"', first.get(address).get_data(as_text=True))[1]
    body = answered.plan
    one = {"by": "text", "seen": seen, "reason": "甲", "plan": body.replace(WRONG, RIGHT)}
    two = {"by": "text", "seen": seen, "reason": "乙", "plan": body.replace("raking", "linear")}
    assert first.post(address, data=one).status_code == 302
    refused = second.post(address, data=two)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "没有保存" in page
    assert "male: 150000" in page
    db.session.expire_all()
    assert RIGHT in answered.plan
    assert "linear" not in answered.plan
    again = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert second.post(address, data={**two, "seen": again}).status_code == 302  # knowingly
