"""What a person sends to the pages of scoring: refused beside its box, kept as typed, and never half taken."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from survey_app.ground.clock import today
from survey_app.models import FinalRun, RectificationItem, User, db
from survey_app.people.accounts import create_account
from tests.support.city import small_city
from tests.support.scoring_city import area, estimate, fill
from tests.survey_app.console.test_permissions import enter

DUE = (today() + timedelta(days=30)).isoformat()


@pytest.fixture
def run(sqlite_app):
    survey = small_city()
    for name in ("某市", "甲县", "乙县"):
        fill(area(name), low=frozenset({1}) if name == "甲县" else frozenset())
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return estimate(survey)


@pytest.fixture
def scorer(sqlite_app, run):
    create_account("sana", "scorer")
    user = db.session.query(User).filter_by(username="sana").one()
    user.must_change_password = False
    db.session.commit()
    return enter(sqlite_app.test_client(), user)


def accept(client, **more: str):
    data = {"take": "1:5", "department:1": "市公安局", "due:1": DUE, "target": ""} | more
    return client.post("/console/assessment/11/accept", data=data)


def test_a_gap_is_taken_on_only_with_a_day_and_a_mark_that_was_never_offered_is_refused(scorer):
    refused = accept(scorer, **{"due:1": "soon", "department:1": "市公安局"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'selected value="市公安局"' in page
    assert 'name="due:1" type="date" value="soon"' in page
    assert "请填写期限" in accept(scorer, **{"due:1": ""}).get_data(as_text=True)
    assert [accept(scorer, take=mark).status_code for mark in ("1", "a:b", "999:5")] == [422] * 3
    assert db.session.query(RectificationItem).count() == 0
    assert accept(scorer, **{"due:2": ""}).status_code == 302, "what is not ticked needs no day"
    assert db.session.query(RectificationItem).one().department == "市公安局"


def test_a_step_of_rectification_says_what_it_lacks_in_the_form_that_was_sent(scorer):
    accept(scorer)
    here = f"/console/rectification/{db.session.query(RectificationItem).one().id}"
    refused = scorer.post(f"{here}/change", data={"department": "市民政局", "due": DUE, "reason": ""})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'id="reason-error">请填写' in page
    assert 'value="市民政局"' in page
    assert scorer.post(f"{here}/verify", data={"step": "forget"}).status_code == 400
    file = {"step": "note", "text": "见附件", "file": (io.BytesIO(b"MZ"), "a.exe")}
    refused = scorer.post(f"{here}/progress", data=file)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.get_data(as_text=True)
    assert (
        scorer.post(f"{here}/change", data={"department": "市民政局", "due": DUE, "reason": "分工"}).status_code == 302
    )
    assert [note.step for note in db.session.query(RectificationItem).one().notes] == ["taken_on", "changed"]


def test_a_final_run_of_an_estimate_or_by_a_button_that_the_page_has_not_is_refused(run, scorer):
    period = "2023"
    for wrong in ({"estimate": "99"}, {"estimate": "9" * 30}, {"kind": "other"}):
        sent = {"estimate": str(run.id), "period": period, "kind": "trial"} | wrong
        assert scorer.post("/console/final", data=sent).status_code == 422, wrong
    assert db.session.query(FinalRun).count() == 0
    made = scorer.post("/console/final", data={"estimate": str(run.id), "period": period, "kind": "trial"})
    assert made.status_code == 302
    refused = scorer.post(f"{made.location}/sign-off", data={"step": "approved", "comment": "同意"})
    assert refused.status_code == 422
    assert "试算不需要审批" in refused.get_data(as_text=True)
