"""A period names its one official survey before that opens; from there on the clock alone closes it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from analysis.minimum import Minimum
from analysis.plan import parse_plan
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import SurveyNotOpenError, submit
from survey_app.ground.official import NamingError, name_official, named_in, naming_of
from survey_app.models import AuditEntry, Period, db
from survey_app.surveys import making
from survey_app.surveys.closing import close_due, pauses, short_counties
from survey_app.surveys.life import StateError, change_state
from survey_app.surveys.official_plan import official_version
from survey_app.surveys.plan_versions import PlanChangeError, change_plan
from survey_app.surveys.readiness import stops, warnings
from tests.support.city import FORM, small_city
from tests.support.people import client_of, post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def period(code: str = "2027") -> Period:
    found = db.session.get(Period, code)
    if found is None:
        found = Period(code=code, city_rulebook="jining-2023-municipal", county_rulebook="jining-2023-county")
        db.session.add(found)
        db.session.flush()
    return found


@pytest.fixture
def draft(sqlite_app):
    return small_city(state="draft")


@pytest.fixture
def official(draft):
    """The official survey of 2027, open."""
    name_official(period(), draft)
    go(draft, "locked", "open")
    return draft


def go(survey, *states: str) -> None:
    for state in states:
        change_state(survey, state, accept_warnings=True)
    db.session.commit()


def again(survey):
    """Another survey of the same city."""
    start = making.Settings("另一项", survey.opens_at, survey.closes_at)
    return making.create("other", start, survey.city, survey.questionnaire)


def answer(survey, place: int = 0, **answers: list[str]) -> None:
    site = survey.sites[place]
    form = {**FORM, "home": [site.area.name], **answers}
    submit(open_site(site), form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=2))


def test_a_survey_that_was_opened_cannot_be_named(draft):
    go(draft, "locked", "open")
    with pytest.raises(NamingError, match="has been opened"):
        name_official(period(), draft)


def test_no_other_is_named_once_the_first_has_opened_and_before_that_it_takes_its_place(draft):
    other = again(draft)
    name_official(period(), draft)
    name_official(period(), other)
    assert [naming.survey for naming in named_in("2027")] == [other]
    name_official(period(), draft)
    go(draft, "locked", "open")
    with pytest.raises(NamingError, match="no other can be named"):
        name_official(period(), other)


def test_a_survey_is_official_in_one_period_only(draft):
    name_official(period(), draft)
    with pytest.raises(NamingError, match="official one of period 2027 already"):
        name_official(period("2028"), draft)


def test_a_demonstration_is_never_official(sqlite_app):
    with pytest.raises(NamingError, match="demonstration"):
        name_official(period(), small_city(state="draft", demo=True))


def test_the_plan_of_an_official_survey_states_its_close_from_the_lock_on(draft):
    name_official(period(), draft)
    change_state(draft, "locked")
    closing = parse_plan(draft.plan).closing
    assert (closing.moment, closing.extension.times, closing.extension.days) == (draft.closes_at, 1, 7)
    assert closing.seen_by == ()


def test_a_survey_that_is_named_after_its_lock_states_it_at_the_opening_and_its_plan_stays_official(draft):
    change_state(draft, "locked")
    assert parse_plan(draft.plan).closing.at == ""
    name_official(period(), draft)
    change_state(draft, "open", accept_warnings=True)
    assert parse_plan(draft.plan).closing.moment == draft.closes_at
    assert official_version(draft).digest == draft.plan_digest


def test_nobody_closes_an_official_survey_by_hand_from_open_or_from_paused(official):
    for state in ("open", "paused"):
        if official.state != state:
            change_state(official, state)
        with pytest.raises(StateError, match="closed by the clock alone"):
            change_state(official, "closed", "一周就够了")
    assert official.state == "paused"


def test_pauses_are_listed_with_who_and_why_and_move_no_closing_moment(official):
    closes_at = official.closes_at
    change_state(official, "paused", "停电")
    change_state(official, "open")
    change_state(official, "paused", "雨")
    first, second = pauses(official)
    assert (first.reason, first.end is not None, second.reason, second.end) == ("停电", True, "雨", None)
    assert official.closes_at == closes_at


def test_no_setting_and_no_plan_moves_the_close_of_an_open_official_survey(official):
    earlier = making.Settings(official.title, official.opens_at, official.closes_at - DAY)
    with pytest.raises(making.SurveyError, match="its times stay"):
        making.change_settings(official, earlier, "结果正好")
    for old, new in (
        ("days: 7", "days: 9"),
        (official.closes_at.astimezone(UTC).strftime("%Y-%m-"), "2031-01-"),
        ("extension:", "seen_by: [anna]\n  extension:"),
    ):
        body = official.plan.replace(old, new)
        assert body != official.plan
        with pytest.raises(PlanChangeError, match="closing"):
            change_plan(official, body, "结果正好")
    without = official.plan.partition("closing:")[0]
    change_plan(official, without.replace("singleton: adjust", "singleton: average"), "改一处")
    assert parse_plan(official.plan).closing.moment == official.closes_at


def test_before_the_opening_the_close_is_moved_in_the_settings_and_the_plan_follows(draft):
    name_official(period(), draft)
    change_state(draft, "locked")
    later = draft.closes_at + DAY
    making.change_settings(draft, making.Settings(draft.title, draft.opens_at, later), "多一天")
    assert parse_plan(draft.plan).closing.moment == draft.closes_at == later
    assert official_version(draft).number == 2


def test_the_clock_closes_once_every_county_has_its_minimum(official, monkeypatch):
    monkeypatch.setattr("survey_app.surveys.closing.FEWEST", Minimum(2, 1, 0))
    for place in (0, 0, 1, 1):
        answer(official, place)
    db.session.commit()
    moment = official.closes_at
    close_due(moment - HOUR)
    assert official.state == "open"
    close_due(moment)
    naming = naming_of(official)
    assert (official.state, naming.closed_at, naming.extended) == ("closed", moment, 0)
    entry = db.session.query(AuditEntry).filter_by(action="survey.state").order_by(AuditEntry.number.desc()).first()
    assert (entry.actor, entry.after["state"]) == ("clock", "closed")


def test_it_is_extended_once_by_seven_days_where_a_county_is_short_and_then_closes_short_as_it_is(official):
    answer(official)
    db.session.commit()
    moment = official.closes_at
    assert short_counties(official, parse_plan(official.plan)) == {
        "甲县": {"answers": 1, "sites": 1, "df": 0}, "乙县": {"answers": 0, "sites": 0, "df": 0},
    }  # fmt: skip
    close_due(moment)
    assert (official.state, official.closes_at, naming_of(official).extended) == ("open", moment + 7 * DAY, 1)
    entry = db.session.query(AuditEntry).filter_by(action="survey.extend").one()
    assert entry.after["short"]["乙县"] == {"answers": 0, "sites": 0, "df": 0}
    close_due(moment + HOUR)
    assert official.state == "open"
    close_due(moment + 8 * DAY)
    assert (official.state, naming_of(official).closed_at) == ("closed", moment + 7 * DAY)


@pytest.mark.parametrize("satisfied", ["1", "5"])
def test_what_extends_the_close_is_the_same_whatever_was_answered(official, satisfied):
    for place in (0, 1, 1):
        answer(official, place, overall=[satisfied])
    db.session.commit()
    assert short_counties(official, parse_plan(official.plan)) == {
        "甲县": {"answers": 1, "sites": 1, "df": 0}, "乙县": {"answers": 2, "sites": 1, "df": 0},
    }  # fmt: skip


@pytest.mark.parametrize("end", ["screens", "quotas"])
def test_what_ends_an_answer_by_the_official_question_cannot_be_locked(draft, end):
    body = draft.questionnaire.body
    limit = ", limit: 10" if end == "quotas" else ""
    thanks = "message: {zh: 谢谢, en: Thank you}"
    for question, refused in (("overall: 5", True), ("sex: female", False)):
        key, code = question.split(": ")
        rule = f"{end}: [{{key: enough, when: {{equals: [{key}, {code}]}}, {thanks}{limit}}}]\n"
        draft.questionnaire.body = rule + body
        said = [lack.said for lack in stops(draft, lock=True)]
        assert [one.params["key"] for one in said if one.key == "surveys.ended_by_the_answer"] == ["enough"] * refused


def test_a_plan_that_states_no_extension_is_closed_at_its_moment(draft):
    draft.plan += "closing: {extension: {times: 0}}\n"
    name_official(period(), draft)
    go(draft, "locked", "open")
    moment = draft.closes_at
    close_due(moment)
    assert (draft.state, naming_of(draft).closed_at) == ("closed", moment)


def test_after_the_moment_nothing_is_taken_though_no_clock_has_looked_yet(official):
    official.closes_at = datetime.now(UTC) - HOUR
    with pytest.raises(SurveyNotOpenError):
        answer(official)


def test_opening_without_an_official_survey_is_warned_of(draft):
    db.session.get(Period, "2023").asks_official = True
    keys = [lack.said.key for lack in warnings(draft)]
    assert "official.none_named" in keys
    name_official(db.session.get(Period, "2023"), draft)
    assert "official.none_named" not in [lack.said.key for lack in warnings(draft)]


def test_the_pages_name_it_by_one_press_and_offer_no_close(draft, sqlite_app):
    client = client_of(sqlite_app, "manager")
    assert "2023" in client.get("/console/surveys/wave1").get_data(as_text=True)
    page = "/console/surveys/wave1"
    assert post(client, f"{page}/official", page).status_code == 302
    assert "某市市民体验调查" in client.get("/console/periods").get_data(as_text=True)
    go(draft, "locked", "open")
    shown = client.get(page).get_data(as_text=True)
    assert "只由时钟截止" in shown
    assert "to=closed" not in shown
    sent = post(client, f"{page}/state", page, state="closed")
    assert sent.status_code == 302
    assert draft.state == "open"
    assert "只由时钟在" in client.get(page).get_data(as_text=True)


def test_a_new_survey_is_named_by_one_tick(sqlite_app):
    client = client_of(sqlite_app, "manager")
    filled = {
        "title": "某市2027", "code": "mou-2027", "questionnaire": "library:citizen-experience", "city": "new",
        "city_name": "某市", "city_code": "1", "closes_at": "2099-01-01T18:00", "time_zone": "Asia/Shanghai",
    }  # fmt: skip
    assert post(client, "/console/surveys/new", official="1", **filled).status_code == 302
    assert [naming.survey.code for naming in named_in("2023")] == ["mou-2027"]
