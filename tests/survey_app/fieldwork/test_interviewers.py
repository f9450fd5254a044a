"""Interviewers' lists: whom to find, attempts, replacement by rule, choosing in a household, returning by process."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from analysis.plan import parse_plan
from survey_app.answering.cases import kish_row
from survey_app.answering.devices import make_device, pin_of, signed
from survey_app.answering.form_token import issue
from survey_app.answering.invitation_codes import read_serial, written_serial
from survey_app.fieldwork.invitations import InvitationError
from survey_app.fieldwork.tablets.contacts import add_contacts
from survey_app.fieldwork.tablets.interviewers import _work, work_of
from survey_app.models import AuditEntry, Contact, Invitation, Response, Visit, db
from survey_app.surveys.life import change_state
from tests.support.city import FORM, PLAN, small_city
from tests.support.people import enter, person
from wording import Refusal

LINES = "解放路1号301，13800000001\n解放路2号\n0531-1234567\n解放路9号"
JSON = {"Accept": "application/json"}


@pytest.fixture
def site(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    survey = small_city()
    survey.replace_after = 2
    add_contacts(survey.sites[0], LINES, 1, None)
    db.session.commit()
    return survey.sites[0]


@pytest.fixture
def device(site):
    made = make_device(site, "张三", 9, "anna")
    db.session.commit()
    return made


class Tablet:
    def __init__(self, app, device) -> None:
        self.client, self.at, self.pin = app.test_client(), f"/t/{signed(device)}", pin_of(device.id)

    def loaded(self) -> dict:
        return self.client.post(f"{self.at}/load", data={"pin": self.pin, "has": "199"}).json

    def cases(self) -> list[dict]:
        return self.loaded()["cases"]

    def visit(self, key: str, who: str, outcome: str, **more: str):
        return self.client.post(f"{self.at}/visit", data={"key": key, "who": who, "outcome": outcome, **more})

    def interview(self, who: str):
        token = issue("aaa2222", "0" * 16, issued_at=datetime.now(UTC) - timedelta(hours=1))
        sent = FORM | {"token": token, "held_seconds": "60", "took_seconds": "300"}
        return self.client.post(f"{self.at}/{who}", data=sent, headers=JSON)


@pytest.fixture
def tablet(sqlite_app, device):
    return Tablet(sqlite_app, device)


def test_places_and_numbers_stand_on_the_tablet_alone_and_go_when_the_survey_closes(sqlite_app, site, tablet):
    assert [(case["place"], case["phone"]) for case in tablet.cases()] == [
        ("解放路1号301", "13800000001"), ("解放路2号", ""), ("", "0531-1234567"),
    ]  # fmt: skip
    assert not any("解放路" in sealed or "1380" in sealed for sealed in db.session.scalars(select(Contact.sealed)))
    manager = enter(sqlite_app.test_client(), person("manager", "", "").user)
    for address in ("sites/aaa2222/work", "sites/aaa2222/contacts", "surveys/wave1/fieldwork/interviewers"):
        for ending in ("", "?table=persons&format=csv"):
            assert "解放路" not in manager.get(f"/console/{address}{ending}").get_data(as_text=True)
    tablet.visit("a1", tablet.cases()[0]["serial"], "2.20")
    change_state(site.survey, "closed")
    db.session.commit()
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Contact, Visit)] == [0, 0]


def test_an_attempt_counts_once_however_often_it_is_sent_and_keeps_the_next_appointment(tablet):
    who = tablet.cases()[0]["serial"]
    for _ in range(3):
        assert tablet.visit("abc1", who, "2.24", appointment="2026-12-01T18:30").json["receipt"]
    case = tablet.cases()[0]
    assert (case["attempts"], case["outcome"], case["appointment"]) == (1, "2.24", "2026-12-01T10:30:00+00:00")
    for wrong in ({"outcome": "1.1"}, {"outcome": "9"}, {"outcome": "2.24", "appointment": "soon"}):
        assert tablet.visit("abc2", who, **wrong).status_code == 422
    assert tablet.visit("abc3", "1-1", "2.24").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1


@pytest.mark.parametrize(
    ("outcomes", "replaced"),
    [(["2.20"], 0), (["2.20", "2.24"], 1), (["2.11"], 1), (["4.60"], 1), (["2.11", "2.11"], 1)],
)
def test_a_person_is_replaced_by_the_rule_alone_by_the_next_reserve_and_once(tablet, outcomes, replaced):
    first = tablet.cases()[0]["serial"]
    for place, outcome in enumerate(outcomes):
        tablet.visit(f"key{place}", first, outcome)
    assert ("解放路9号" in [case["place"] for case in tablet.cases()]) == bool(replaced)
    assert (first in [case["serial"] for case in tablet.cases()]) == (not replaced), (
        "one of the two is asked, never both"
    )
    found = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.replace")))
    assert len(found) == replaced
    assert db.session.scalar(select(Contact.replaces).where(Contact.replaces.is_not(None))) == (
        read_serial(first) if replaced else None
    )


def test_a_reserve_is_asked_by_the_rule_alone_not_by_who_types_a_number(tablet):
    waiting = written_serial(db.session.scalars(select(Invitation.serial).join(Contact).where(Contact.reserve)).one())
    assert tablet.client.get(f"{tablet.at}/{waiting}").status_code == 404
    assert tablet.visit("r1", waiting, "2.24").status_code == 422
    assert tablet.interview(waiting).json["receipt"]  # of one that was made all the same nothing is lost
    assert db.session.scalars(select(Response.state)).one() == "quarantined"
    tablet.visit("r2", tablet.cases()[0]["serial"], "2.11")


def test_a_number_or_a_moment_that_no_table_holds_is_refused(tablet):
    who, huge = tablet.cases()[0]["serial"], written_serial(10**20)
    for moment in ("0001-01-01T00:00", "9999-12-31T23:59:59+00:00x"):
        assert tablet.visit("n1", who, "2.24", appointment=moment).status_code == 422
    assert tablet.visit("n2", huge, "2.24").status_code == 404
    assert tablet.client.get(f"{tablet.at}/{huge}").status_code == 404
    assert tablet.interview(huge).status_code == 404


def test_without_a_rule_nobody_is_replaced(site, tablet):
    site.survey.replace_after = None
    db.session.commit()
    tablet.visit("k", tablet.cases()[0]["serial"], "2.11")
    assert len(tablet.cases()) == 3


def test_everybody_in_a_household_has_the_same_chance_and_the_row_never_changes(sqlite_app):
    rows = [kish_row(number) for number in range(6000)]
    assert rows[7] == kish_row(7)
    for adults in (2, 3, 5, 8):
        seen = Counter(row[adults - 1] for row in rows)
        assert sorted(seen) == list(range(1, adults + 1))
        expected = 6000 / adults
        assert sum((count - expected) ** 2 / expected for count in seen.values()) < 30, "chi-square far out in its tail"


def test_a_plan_that_chooses_in_households_names_the_question_that_its_weights_need():
    household = PLAN + "respondents: {by: interviewers, within: kish}\n"
    with pytest.raises(Refusal, match="adults"):
        parse_plan(household)
    with pytest.raises(Refusal):
        parse_plan(PLAN + "respondents: {by: posters, exception: 海报。, within: kish}\n")
    plan = parse_plan(household + "weights: {adults: adults}\n")
    assert (plan.respondents.within, plan.weights.adults) == ("kish", "adults")


def test_a_supervisor_returns_an_interview_by_its_process_and_the_person_is_on_the_list_again(sqlite_app, tablet):
    who = tablet.cases()[1]["serial"]
    assert tablet.interview(who).json["receipt"]
    assert who not in [case["serial"] for case in tablet.cases()]
    response = db.session.scalars(select(Response)).one()
    manager = enter(sqlite_app.test_client(), person("manager", "", "").user)
    address = f"/console/process/{response.id}"
    assert f"{address}/return" in manager.get(address).get_data(as_text=True)
    page = manager.get(f"{address}/return").get_data(as_text=True)
    assert "5.0" in page
    assert "很好" not in page
    opened = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.process")))
    assert len(opened) == 2, "either page tells when and where one person answered"
    assert manager.post(f"{address}/return", data={"reason": ""}).status_code == 422
    assert db.session.get_one(Response, response.id).state == "complete"
    assert manager.post(f"{address}/return", data={"reason": "用时过短"}).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Response, response.id).state == "voided"
    case = next(case for case in tablet.cases() if case["serial"] == who)
    assert case["returned"] == "用时过短"
    assert manager.post(f"{address}/return", data={"reason": "再退"}).status_code == 422


def test_interviewers_are_shown_by_speed_hour_sameness_and_attempts(sqlite_app, site, device, tablet):
    tablet.visit("k1", tablet.cases()[0]["serial"], "2.20")
    tablet.interview(tablet.cases()[1]["serial"])
    (work,) = work_of(site.survey, {site.id})
    assert (work.device.id, work.interviews, work.minutes, work.same, work.attempts, work.reached) == (
        device.id, 1, None, None, 2, None,
    )  # fmt: skip
    assert work_of(site.survey, set()) == []
    page = enter(sqlite_app.test_client(), person("auditor", "", "").user).get(
        "/console/surveys/wave1/fieldwork/interviewers"
    )
    assert re.search(r"张三", page.get_data(as_text=True))


@pytest.mark.parametrize(("interviews", "shown"), [(29, (None, None, None)), (30, (5.0, 0.0, 0.1))])
def test_rates_that_rank_interviewers_are_shown_from_thirty_interviews_on(device, interviews, shown):
    found = [(number, 300.0, 20 if number > 3 else 23, "complete") for number in range(1, interviews + 1)]
    work = _work(device, found, set(), [])
    assert (work.minutes, work.same, work.at_odd_hours) == shown
    assert work.interviews == interviews
    assert (work.reached is None) == (interviews < 30)


def test_a_call_list_is_the_same_page_and_its_interviews_are_by_telephone(sqlite_app, site):
    device = make_device(site, "话务", 9, "anna", "phone")
    db.session.commit()
    tablet = Tablet(sqlite_app, device)
    tablet.interview(tablet.cases()[2]["serial"])
    response = db.session.scalars(select(Response)).one()
    assert (response.mode, response.device_id, response.probability) == ("phone", device.id, True)


@pytest.mark.parametrize(
    ("text", "reserves"), [("", 0), ("甲\n乙", 2), ("13800000001，13800000002", 0), ("甲" * 201, 0)]
)
def test_a_list_that_cannot_be_read_stores_nothing(site, text, reserves):
    before = db.session.scalar(select(func.count()).select_from(Invitation))
    with pytest.raises(InvitationError):
        add_contacts(site, text, reserves, None)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == before
