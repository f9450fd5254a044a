"""The life of a survey: what it needs to be locked and opened, versions of its plan, settings, the next wave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from analysis.minimum import Least, Minimum
from analysis.plan import parse_plan
from definitions import DefinitionError
from survey_app.answering.definitions import definition_of
from survey_app.answering.open_sites import find_address, open_site
from survey_app.answering.submission import submit
from survey_app.models import AuditEntry, Survey, db
from survey_app.surveys import making, plan_checks, questionnaire_versions, waves
from survey_app.surveys.life import StateError, change_state
from survey_app.surveys.listing import survey_lines
from survey_app.surveys.making import Settings, SurveyError
from survey_app.surveys.plan_versions import PlanChangeError, change_plan, version_number, versions
from survey_app.surveys.readiness import lacks, stops, warnings
from survey_app.surveys.sample_power import sample_power
from tests.support.city import FORM, POSTERS, small_city
from tests.support.zones import ZONES
from wording import in_words

NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)


@pytest.fixture
def draft(sqlite_app) -> Survey:
    return small_city(state="draft")


def test_a_new_survey_has_a_plan_that_fits_its_questionnaire(draft):
    made = making.create("wave-2", Settings("二", None, NEXT_YEAR), draft.city, draft.questionnaire)
    plan = plan_checks.check(made, made.plan)
    assert plan.measure.satisfied == (4, 5)
    assert (made.state, made.locked_at, versions(made)) == ("draft", None, [])
    assert [lack.step for lack in stops(made, lock=True)] == ["sites", "plan"]  # who answers is not said yet


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"code": "Ä b"}, "code"), ({"code": "new"}, "code"), ({"code": "wave1"}, "code"), ({"title": " "}, "title"),
     ({"time_zone": "Mars/Base"}, "time_zone"), ({"opens_at": NEXT_YEAR + timedelta(days=1)}, "closes_at")],
)  # fmt: skip
def test_what_is_wrong_with_a_new_survey_is_said_at_its_field(draft, changes, field):
    code = changes.pop("code", "wave-2")
    with pytest.raises(SurveyError) as refused:
        making.create(code, replace(Settings("二", None, NEXT_YEAR), **changes), draft.city, draft.questionnaire)
    assert refused.value.field == field


def test_everything_that_stands_in_the_way_is_listed_at_once(draft):
    draft.closes_at = None
    draft.sites[0].base_weight = None
    draft.plan = POSTERS.replace("psu: psu", "psu: site")
    said = [in_words(lack.said, "zh") for lack in lacks(draft) if lack.level == "stop"]
    assert len(said) == 3
    assert "没有基础权数" in said[0]
    assert "responses have no column 'site'" in said[1]
    assert said[2] == "没有结束时间"
    with pytest.raises(StateError) as refused:
        change_state(draft, "locked")
    assert len(refused.value.lacks) == 2  # the times can be set later
    assert draft.state == "draft"


def test_the_way_from_draft_to_archive_and_no_other(draft):
    with pytest.raises(StateError):
        change_state(draft, "open")
    change_state(draft, "locked")
    assert "还没有开始" in _page(draft)
    with pytest.raises(StateError) as refused:
        change_state(draft, "open")
    assert refused.value.warned
    change_state(draft, "open", store=False, accept_warnings=True)
    assert draft.state == "locked"
    for state in ("open", "paused", "open", "closed", "archived"):
        change_state(draft, state, accept_warnings=True)
    assert "已经结束" in _page(draft)
    assert [line.survey.code for line in survey_lines()] == []
    assert [line.survey.code for line in survey_lines(archived=True)] == ["wave1"]
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "survey.state")).all()
    assert [entry.after["state"] for entry in told] == ["locked", "open", "paused", "open", "closed", "archived"]


def _page(survey: Survey) -> str:
    from flask import current_app

    return current_app.test_client().get(f"/s/{survey.sites[0].code}").get_data(as_text=True)


def test_after_the_lock_a_change_of_plan_is_a_version_with_its_reason(draft):
    change_plan(draft, POSTERS + "official_se: 0.01\n")
    change_state(draft, "locked")
    first = draft.plan_digest
    with pytest.raises(PlanChangeError, match="reason"):
        change_plan(draft, POSTERS)
    change_plan(draft, POSTERS, "国家口径调整")
    db.session.commit()
    assert [(one.number, one.reason) for one in versions(draft)] == [(2, "国家口径调整"), (1, "")]
    assert version_number(draft.id, first) == 1
    with pytest.raises(PlanChangeError, match="same"):
        change_plan(draft, POSTERS, "再改")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.after["version"], entry.reason) == ("survey.plan", "2", "国家口径调整")


def test_a_plan_that_does_not_fit_the_survey_is_refused_with_its_lines(draft):
    wrong = POSTERS.replace("satisfied: [4, 5], scale: [1, 2, 3, 4, 5]", "satisfied: [2], scale: [1, 2]")
    wrong += "calibration: {method: raking, margins: {sex: {male: 5, herr: 5}, age_band: ages.csv}}\n"
    with pytest.raises(DefinitionError) as refused:
        plan_checks.check(draft, wrong)
    said = {(problem.line, problem.key) for problem in refused.value.problems}
    assert {(2, "measure.scale"), (7, "calibration.margins.sex"), (7, "calibration.margins.age_band")} <= said


def test_choices_of_the_form_are_written_and_read_back_and_leave_the_rest(draft):
    text = POSTERS + "small_areas: {domain: rated_county}  # kept\nofficial_se: 0.01\n"
    chosen = replace(
        plan_checks.choices_of(text), satisfied=(5,), official="index", interval="wilson", confidence=0.9,
        flagged="keep", singleton="average", domains=("rated_county", "sex"),
    )  # fmt: skip
    written = plan_checks.with_choices(text, chosen)
    assert plan_checks.choices_of(written) == chosen
    assert "# kept" in written
    assert plan_checks.check(draft, written).official_se is not None


def test_the_expected_precision_follows_from_targets_and_design(draft):
    power = sample_power(draft, ZONES, assumed=0.74, icc=0.05)
    assert (power.interviews, power.sites) == (40, 2)
    assert power.deff == pytest.approx(1 + 19 * 0.05)  # equal weights
    assert (power.margin, power.power) == (None, None)  # one site in each stratum: no variance can be estimated
    for site in draft.sites:
        site.stratum, site.inclusion_probability = "all", 0.5
    assert sample_power(draft, ZONES, assumed=0.74, icc=0.05).margin > 0.4  # one degree of freedom: little is known
    finite = sample_power(draft, ZONES, assumed=0.74, icc=0.05, finite=True)
    assert finite.deff == pytest.approx(1 + 19 * 0.05 - 20 * 0.5 * 0.05)  # half of what differs between sites is known
    assert sample_power(draft, ZONES, assumed=0.7).power is None


def test_settings_need_a_reason_after_the_lock_and_the_zone_stays_with_answers(sqlite_app):
    survey = small_city()
    kept = Settings(survey.title, survey.opens_at, survey.closes_at)
    assert not making.change_settings(survey, kept)
    later = replace(kept, closes_at=NEXT_YEAR)
    with pytest.raises(SurveyError, match="reason"):
        making.change_settings(survey, later)
    db.session.rollback()
    assert survey.closes_at != NEXT_YEAR
    assert making.change_settings(survey, later, "延长调查")
    submit(open_site(survey.sites[0]), FORM, "key", "zh", survey.opens_at)
    with pytest.raises(SurveyError, match="time zone"):
        making.change_settings(survey, replace(later, time_zone="UTC"), "改时区")


def test_a_questionnaire_is_fixed_by_the_opening(draft):
    body = draft.questionnaire.body.replace('version: "1"', 'version: "2"', 1)
    other = questionnaire_versions.store(body, "citizen")
    change_state(draft, "locked")
    with pytest.raises(SurveyError, match="reason"):
        making.choose_questionnaire(draft, other)
    making.choose_questionnaire(draft, other, "文字修订")
    change_state(draft, "open", accept_warnings=True)
    with pytest.raises(SurveyError, match="keeps its questionnaire"):
        making.choose_questionnaire(draft, questionnaire_versions.versions()[-1], "再换")


def test_the_next_wave_has_the_sites_and_plan_and_knows_the_one_before(sqlite_app):
    survey = small_city()
    wave = making.clone(survey, making.suggested_code(survey), Settings("二", None, NEXT_YEAR))
    third = making.clone(wave, "wave3", Settings("三", None, NEXT_YEAR))
    assert (wave.code, wave.state, wave.plan, wave.locked_at) == ("wave2", "draft", survey.plan, None)
    assert [site.name for site in wave.sites] == [site.name for site in survey.sites]
    assert {site.code for site in wave.sites}.isdisjoint(site.code for site in survey.sites)
    assert waves.chain(survey) == waves.chain(third) == [survey, wave, third]
    assert waves.number(third) == 3


def test_kept_codes_lead_to_the_new_wave_and_old_answers_keep_their_site(sqlite_app):
    survey = small_city()
    submit(open_site(survey.sites[0]), FORM, "key", "zh", survey.opens_at)
    with pytest.raises(SurveyError, match="close the earlier"):
        making.clone(survey, "wave2", Settings("二", None, NEXT_YEAR), keep_codes=True)
    change_state(survey, "closed")
    wave = making.clone(survey, "wave2", Settings("二", None, NEXT_YEAR), keep_codes=True)
    db.session.commit()  # what stands at an address is what is stored
    assert find_address("aaa2222").survey_id == wave.id
    assert [site.public_code for site in wave.sites] == ["aaa2222", "bbb3333", "ccc4444"]
    assert [site.code for site in survey.sites] == ["aaa2222", "bbb3333", "ccc4444"]


def test_an_uploaded_questionnaire_is_refused_with_every_line_and_compared_with_the_one_before(draft):
    with pytest.raises(DefinitionError) as refused:
        questionnaire_versions.read("q.yaml", b"id: x\nversin: 1\nsections: 5\n")
    assert len(refused.value.problems) > 3
    for name in ("q.pdf", "q.xlsx", "q.json"):
        with pytest.raises(DefinitionError):
            questionnaire_versions.read(name, b"nothing")
    body = draft.questionnaire.body.replace("很满意", "非常满意", 1)
    incoming = questionnaire_versions.read("q.yaml", body.encode())
    assert questionnaire_versions.previous(incoming.definition) == draft.questionnaire
    stored = questionnaire_versions.store(incoming.body, "q")
    assert questionnaire_versions.breaking(draft.questionnaire, stored)


def test_a_new_plan_leaves_out_by_process_alone_and_the_forms_exclusion_too(sqlite_app):
    survey = small_city()
    begun = plan_checks.default_plan(definition_of(survey))
    assert set(parse_plan(begun).flagged.kinds) == {"repeat", "under_floor", "arrivals", "trap", "unripe"}
    kept = plan_checks.with_choices(begun, replace(plan_checks.choices_of(begun), flagged="none"))
    back = plan_checks.with_choices(kept, replace(plan_checks.choices_of(kept), flagged="exclude"))
    assert parse_plan(kept).flagged is None
    assert parse_plan(back).flagged == parse_plan(begun).flagged


@pytest.mark.parametrize(
    ("rule", "warned"), [("exclude: true", True), ("exclude: true, kinds: [trap]", False), ("exclude: false", False)]
)
def test_a_plan_that_excludes_without_kinds_is_warned_of(sqlite_app, rule, warned):
    survey = small_city(plan=POSTERS + f"flagged: {{column: flagged, {rule}}}\n")
    said = [str(lack.said) for lack in warnings(survey) if "kinds" in str(lack.said)]
    assert bool(said) is warned
    assert not warned or "repeat, under_floor, arrivals, trap will count" in said[0]


def test_a_new_plan_proposes_the_minimum_and_the_form_states_numbers_of_its_own(sqlite_app):
    survey = small_city(state="draft")
    begun = plan_checks.default_plan(definition_of(survey))
    assert parse_plan(begun).minimum == Minimum(30, 3, 3)
    kept = plan_checks.with_choices(begun, plan_checks.choices_of(begun))
    assert parse_plan(kept).minimum == Minimum(30, 3, 3)
    stated = Minimum(50, 4, 3, Least(800, 40, 20), "sites")
    changed = plan_checks.with_choices(begun, replace(plan_checks.choices_of(begun), minimum=stated))
    assert parse_plan(changed).minimum == stated
    without = plan_checks.with_choices(begun, replace(plan_checks.choices_of(begun), minimum=None))
    assert parse_plan(without).minimum is None
