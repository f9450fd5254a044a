"""A locked survey is tried by its own pages and codes; what is tried counts nowhere and is gone at the opening."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from survey_app.answering.open_sites import find_site, forget_sites
from survey_app.answering.submission import SurveyNotOpenError
from survey_app.answering.trials import MOST, count_trials, keep_trial
from survey_app.fieldwork.invitations import make
from survey_app.models import AuditEntry, FormCount, Invitation, Kept, QuotaCount, Response, ResponseCount, Site, db
from survey_app.surveys import official_plan
from survey_app.surveys.life import change_state
from survey_app.surveys.plan_versions import change_plan
from tests.support.city import FORM, small_city

ADDRESS = "/s/aaa2222"
TRIAL = f"{ADDRESS}?trial=1"


@pytest.fixture
def locked(sqlite_app):
    """A locked survey, not open yet."""
    survey = small_city(state="draft")
    change_state(survey, "locked")
    db.session.commit()
    return survey


@pytest.fixture
def phone(locked, sqlite_app):
    return sqlite_app.test_client()


def token(page) -> str:
    return re.search(r'name="token" value="([^"]+)"', page.get_data(as_text=True))[1]


def tried(phone, address: str = TRIAL, **answers):
    return phone.post(address, data={**FORM, **answers, "token": token(phone.get(address))})


def opened(survey) -> None:
    change_state(survey, "open", accept_warnings=True)
    db.session.commit()
    forget_sites()


def numbers() -> dict[str, int]:
    """Rows of everything that counts."""
    counted = (Response, ResponseCount, QuotaCount, FormCount)
    found = {one.__tablename__: db.session.scalar(select(func.count()).select_from(one)) for one in counted}
    spent = select(func.count()).where(Invitation.disposition != "")
    return found | {"spent": db.session.scalar(spent)}


def test_the_same_code_leads_to_the_form_with_a_clear_mark_and_its_receipt_has_it_too(locked, phone):
    early = phone.get(ADDRESS).get_data(as_text=True)
    assert "调查还没有开始" in early
    assert 'href="?trial=1"' in early
    page = phone.get(TRIAL).get_data(as_text=True)
    assert "试填：调查尚未开放" in page
    assert 'data-code="aaa2222:trial"' in page  # what the phone keeps of it is never found by the real form
    assert 'data-draft="' not in page
    done = tried(phone)
    assert done.status_code == 303
    assert "Set-Cookie" not in done.headers  # the phone has answered nothing
    receipt = phone.get(done.location).get_data(as_text=True)
    assert "试填回执号" in receipt
    assert "不计入调查" in receipt
    assert "撤回我的回答" not in receipt
    assert phone.get(f"{TRIAL}&lang=en").get_data(as_text=True).count("Trial: the survey is not open yet") == 1


def test_what_is_tried_is_kept_apart_counts_nowhere_and_fixes_nothing(locked, phone):
    before = numbers()
    assert tried(phone).status_code == 303
    assert numbers() == before
    assert count_trials(locked.id) == 1
    assert not official_plan.fixed(locked)
    change_plan(locked, locked.plan.replace("satisfied: [4, 5]", "satisfied: [5]"), "还没有应答")  # one press, a reason
    assert official_plan.official_version(locked).number == 2
    kept = db.session.scalars(select(Kept)).one()
    assert kept.sealed


def test_answers_that_are_refused_come_back_with_the_mark_and_a_form_sent_twice_is_one(locked, phone):
    refused = tried(phone, overall="99")
    assert refused.status_code == 422
    assert "试填：调查尚未开放" in refused.get_data(as_text=True)
    data = {**FORM, "token": token(phone.get(TRIAL))}
    marks = {phone.post(TRIAL, data=data).location.split("own=")[0] for _ in range(2)}
    assert len(marks) == 1
    assert count_trials(locked.id) == 1


def test_an_invitation_is_tried_without_being_spent(locked, phone):
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    code = make(site, 1)[0].code
    db.session.commit()
    forget_sites()
    assert tried(phone, f"/i/{code}?trial=1").status_code == 303
    assert numbers()["spent"] == 0
    assert numbers()["response"] == 0


def test_the_opening_deletes_what_was_tried_and_says_how_many(locked, phone):
    tried(phone)
    tried(phone)
    opened(locked)
    assert count_trials(locked.id) == 0
    newest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert newest.after == {"state": "open", "trials_deleted": 2}
    assert numbers()["response"] == 0


def test_a_trial_form_sent_after_the_opening_is_no_answer_whatever_address_it_is_sent_to(locked, phone):
    held = token(phone.get(TRIAL))
    opened(locked)
    for address in (TRIAL, ADDRESS):
        late = phone.post(address, data={**FORM, "token": held})
        assert late.status_code == 409  # the phone forgets what it kept (draft.js)
        assert "试填已经结束" in late.get_data(as_text=True)
    assert numbers()["response"] == count_trials(locked.id) == 0
    page = phone.get(TRIAL)  # the same address is the real form now
    assert "试填" not in page.get_data(as_text=True)
    assert phone.post(TRIAL, data={**FORM, "token": token(page)}).status_code == 303
    assert numbers()["response"] == 1


def test_a_worker_that_still_thinks_the_survey_locked_stores_no_trial_after_the_opening(locked):
    stale = find_site("aaa2222")
    assert stale.tried
    change_state(locked, "open", accept_warnings=True)
    with pytest.raises(SurveyNotOpenError):
        keep_trial(stale, FORM, "key")
    assert count_trials(locked.id) == 0


@pytest.mark.parametrize("state", ["draft", "open", "paused", "closed"])
def test_only_a_locked_survey_is_tried(sqlite_app, state):
    small_city(state=state)
    client = sqlite_app.test_client()
    assert "试填" not in client.get(TRIAL).get_data(as_text=True)
    assert "试填" not in client.get(ADDRESS).get_data(as_text=True)


def test_a_real_forms_token_is_no_trial(locked, phone, sqlite_app):
    from survey_app.answering import form_token

    with sqlite_app.test_request_context():
        real = form_token.issue("aaa2222", "x")
    assert phone.post(TRIAL, data={**FORM, "token": real}).status_code == 403  # early, as ever
    assert count_trials(locked.id) == numbers()["response"] == 0


def test_trials_beyond_the_most_are_acknowledged_and_not_kept(locked, phone, monkeypatch):
    assert MOST >= 100
    monkeypatch.setattr("survey_app.answering.trials.MOST", 1)
    assert [tried(phone).status_code for _ in range(2)] == [303, 303]
    assert count_trials(locked.id) == 1
