"""Marks of an approved form: optional, shown wherever it is answered, of the questionnaire that was approved, in its time."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from definitions import digest
from questionnaires import parse_definition
from questionnaires.legal import Legal, asked_digest
from survey_app.answering.open_sites import forget_sites, open_site
from survey_app.answering.submission import submit
from survey_app.commands import retention
from survey_app.fieldwork.paper_forms import _layout
from survey_app.ground.settings_unsafe import warnings
from survey_app.jobs.queue import Silent
from survey_app.models import QuestionnaireVersion, Response, db
from survey_app.responses.jobs import delete_expired
from survey_app.surveys.readiness import lacks
from tests.support.application import change
from tests.support.city import FORM, POSTERS, library_version, small_city

PLAIN = library_version().body
BLANK = 'legal: {form_number: "", approving_body: "", approval_number: "", valid_until: ""}'


def approved(valid_until: str = "", named: str = "") -> QuestionnaireVersion:
    marks = f'form_number: "某统101表", issuing_body: 某市统计局, approval_number: "某统制〔2026〕1号", valid_until: "{valid_until}"'
    body = PLAIN.replace(BLANK, f'legal: {{{marks}, approved: "{named or asked_digest(PLAIN)}"}}')
    return QuestionnaireVersion(name="approved", digest=digest(body), body=body)


def told(survey) -> list[tuple[str, str]]:
    return [(lack.level, lack.said.key) for lack in lacks(survey) if lack.step == "questionnaire"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2027-12-31", date(2027, 12, 31)), ("有效期至2027年6月30日", date(2027, 6, 30)), ("2027/1/5", date(2027, 1, 5)),
        ("2027-02-30", None), ("两年", None), ("2027年6月", None), ("", None),
    ],
)  # fmt: skip
def test_only_a_stated_date_is_a_last_day(said, day):
    assert Legal(valid_until=said).last_day == day


def test_the_digest_of_what_is_approved_knows_no_marks_and_no_layout_and_every_word():
    same = "# another remark\n" + PLAIN.replace(BLANK, 'legal: {form_number: "7"}')
    assert asked_digest(same) == asked_digest(PLAIN)
    assert asked_digest(PLAIN.replace("谢谢您的参与", "多谢参与")) != asked_digest(PLAIN)


def test_without_marks_nothing_is_asked_and_nothing_shown(app, client):
    survey = small_city(state="draft")
    assert told(survey) == []
    survey.state = "open"
    db.session.commit()
    forget_sites()
    assert "表号" not in client.get("/s/aaa2222").get_data(as_text=True)


def test_marks_are_shown_on_the_web_on_a_tablet_and_on_paper(app, client):
    small_city(questionnaire=approved("长期有效"))
    for address, label in (("/s/aaa2222", "表号：某统101表"), ("/s/aaa2222?lang=en", "Form number: 某统101表")):
        page = client.get(address).get_data(as_text=True)
        assert label in page
        assert "某统制〔2026〕1号" in page
    paper = "".join(_layout(parse_definition(approved().body, "approved"), "一号点", "调查", "zh", "12345"))
    assert "某统101表" in paper.replace("</text>", "")


def test_where_marks_are_given_the_questionnaire_is_the_approved_one(app):
    survey = small_city(state="draft", questionnaire=approved())
    assert told(survey) == []
    survey.questionnaire = approved(named="0000000000000000")
    db.session.commit()
    assert told(survey) == [("stop", "surveys.approved_another")]
    body = PLAIN.replace(BLANK, 'legal: {form_number: "7"}')
    survey.questionnaire = QuestionnaireVersion(name="x", digest=digest(body), body=body)
    db.session.commit()
    assert told(survey) == [("stop", "surveys.approved_not_named")]


def test_a_stated_day_that_is_over_closes_the_door_and_stops_an_opening(app, client):
    survey = small_city(questionnaire=approved(str(datetime.now(UTC).date() - timedelta(days=2))))
    page = client.get("/s/aaa2222")
    assert "调查已经结束" in page.get_data(as_text=True)
    assert client.post("/s/aaa2222", data=FORM).status_code in (400, 403)
    survey.state = "draft"
    assert ("stop", "surveys.validity_over") in told(survey)


def test_a_survey_that_outlasts_its_validity_is_warned_of_and_goes_on_until_then(app, client):
    survey = small_city(state="draft", questionnaire=approved(str(datetime.now(UTC).date() + timedelta(days=3))))
    assert told(survey) == [("warn", "surveys.validity_ends_first")]
    survey.state = "open"
    db.session.commit()
    forget_sites()
    assert 'name="token"' in client.get("/s/aaa2222").get_data(as_text=True)


@pytest.fixture
def ended(sqlite_app, monkeypatch):
    """A statistical survey with one answer, closed two hundred days ago."""
    monkeypatch.setattr(retention, "application", lambda: nullcontext(sqlite_app))
    survey = small_city(questionnaire=approved())
    submit(open_site(survey.sites[0]), FORM, "one", "zh", datetime.now(UTC))
    survey.state, survey.closes_at = "closed", datetime.now(UTC) - timedelta(days=200)
    db.session.commit()


@pytest.mark.parametrize(
    ("words", "warned", "left"), [(["--days", "180"], True, 0), ([], False, 1), (["--days", "740"], False, 1)]
)
def test_retention_keeps_two_years_unless_it_is_told_otherwise_and_then_does_as_told(ended, words, warned, left):
    done = CliRunner().invoke(retention.command, words)
    assert done.exit_code == 0, done.output
    assert ("statistical survey" in done.output) == warned
    assert db.session.scalar(select(func.count(Response.id))) == left


def test_the_nightly_deletion_warns_as_the_command_does_and_the_settings_before_it(ended, sqlite_app, caplog):
    change(sqlite_app, keep_answers=180)
    assert "MINYI_KEEP_ANSWERS=180" in " ".join(warnings(sqlite_app.config["MINYI"]))
    assert delete_expired(Silent()) == 1
    assert "wave1 is a statistical survey" in caplog.text


@pytest.mark.parametrize(
    ("modes", "warned"), [("[web]", True), ("[web, paper]", False), ("[web, tablet]", False), ("", False)]
)
def test_a_plan_that_leaves_out_people_without_a_phone_is_warned_of(sqlite_app, modes, warned):
    plan = POSTERS + (f"modes: {modes}\n" if modes else "")
    survey = small_city(state="draft", plan=plan, plan_digest=digest(plan))
    assert ("surveys.nobody_without_a_phone" in [lack.said.key for lack in lacks(survey)]) == warned
