"""From a citizen's page to the estimate's: a question not shown, left open, not known or refused is told apart."""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime

import pytest
from alembic import command
from openpyxl import load_workbook
from sqlalchemy import select, update

from definitions import DefinitionError, digest
from survey_app.answering.definitions import definition_of
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.database import alembic_config
from survey_app.estimates.runs import recompute, verify_run
from survey_app.models import QuestionnaireVersion, Response, Survey, db
from survey_app.people.accounts import create_account
from survey_app.surveys import plan_checks
from tests.support.city import FORM, PLAN, library_version, small_city
from tests.support.people import signed_in
from tests.support.runs import run_estimate

OPTION = '          - {code: "1", text: {zh: "很不满意", en: "Very dissatisfied"}}\n'
MORE = OPTION + (
    '          - {code: "8", text: {zh: "说不清", en: "Don\'t know"}}\n'
    '          - {code: "9", text: {zh: "不愿回答", en: "Prefer not to say"}}\n'
)


def asked_under_a_condition() -> QuestionnaireVersion:
    """The library's questionnaire; people of 60 and over are not asked the official question, the others may skip it."""
    head, tail = library_version().body.split("      - key: overall\n", 1)
    tail = tail.replace("required: true", "show_if: {not_equals: [age, '60+']}", 1).replace(OPTION, MORE, 1)
    body = f"{head}      - key: overall\n{tail}"
    return QuestionnaireVersion(name="conditional", digest=digest(body), body=body)


def answered() -> Survey:
    plan = PLAN.replace("scale: [1, 2, 3, 4, 5]", "scale: [1, 2, 3, 4, 5], dont_know: [8], refused: 9")
    survey = small_city(questionnaire=asked_under_a_condition(), plan=plan)
    given = ["5"] * 10 + ["2"] * 5 + [""] * 2 + ["60+"] * 3 + ["8"] * 2 + ["9"]
    for site in survey.sites[:2]:
        for answer in given:
            old = {"age": ["60+"]} if answer == "60+" else {}
            code = {"overall": [answer]} if answer.isdigit() else {"overall": []}
            form = {**FORM, "home": [site.area.name], **old, **code}
            submit(open_site(site), form, secrets.token_hex(8), "zh", datetime.now(UTC))
    db.session.commit()
    return survey


def test_each_kind_of_no_answer_is_told_from_what_is_stored(app):
    run = run_estimate(answered())
    found = run.result
    assert (found["n"], found["responses"]) == (30, 46)
    assert found["missing"] == {"not_shown": 6, "skipped": 4, "dont_know": 4, "refused": 2}
    assert found["satisfied"]["estimate"] == pytest.approx(20 / 30)
    assert found["bounds"] == pytest.approx({"lower": 20 / 46, "upper": 36 / 46})
    (county, _) = found["domains"]["home_county"]
    assert county["missing"] == {"not_shown": 3, "skipped": 2, "dont_know": 2, "refused": 1}
    assert "blanks_cross" in [notice["key"] for notice in found["notices"]]
    assert verify_run(run)["same"]


def test_the_page_and_its_files_say_who_did_not_answer_and_what_the_figure_could_be(sqlite_app):
    run = run_estimate(answered())
    client = signed_in(sqlite_app.test_client(), create_account("anna", "administrator"), "anna")
    page = client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    told = "应答46份，其中16份没有回答官方题目(未问到 6、空着未答 4、说不清 4、拒绝回答 2)，不计入n = 30。"
    assert told in page
    assert "46份应答中16份没有回答官方题目：都算最差为43.47%，都算最好为78.26%，结论不同。" in page
    sheet = client.get(f"/console/estimates/{run.id}?table=missing&format=csv").get_data(as_text=True)
    assert sheet.splitlines()[1].startswith(",全部,46,30,6,4,4,2,0.4347826")
    report = client.get(f"/console/estimates/{run.id}/report.xlsx")
    shown = " ".join(
        str(cell) for table in load_workbook(io.BytesIO(report.data)) for row in table.values for cell in row
    )
    assert told in shown
    assert "n = 30(应答46份)" in shown


def test_a_run_of_an_earlier_release_is_verified_although_there_is_more_to_be_known_now(sqlite_app):
    run = run_estimate(answered())
    gone = ("missing", "bounds", "index_bounds", "responses")
    run.result = {key: value for key, value in run.result.items() if key not in gone} | {"notices": [], "warnings": []}
    assert "blanks_cross" in [notice["key"] for notice in recompute(run)["notices"]]
    assert verify_run(run)["same"]


def test_answers_stored_before_are_told_apart_by_what_their_questionnaire_asked(app):
    answered()
    before = dict(db.session.execute(select(Response.id, Response.measure_missing)).all())
    db.session.execute(update(Response).values(measure_missing=None))
    db.session.commit()
    config = alembic_config(db.engine)
    command.downgrade(config, "0058")
    command.upgrade(config, "head")
    after = dict(db.session.execute(select(Response.id, Response.measure_missing)).all())
    assert after == {number: kind if kind == "not_shown" else None for number, kind in before.items()}
    assert sorted(filter(None, before.values())) == ["not_shown"] * 6 + ["skipped"] * 4


def test_a_plan_begins_with_the_options_that_are_no_answer_and_takes_them_from_the_form(sqlite_app):
    survey = small_city(questionnaire=asked_under_a_condition())
    begun = plan_checks.default_plan(definition_of(survey))
    plan = plan_checks.check(survey, begun)
    assert (plan.measure.satisfied, plan.measure.scale) == ((4, 5), (1, 2, 3, 4, 5))
    assert (plan.measure.dont_know, plan.measure.refused) == ((8,), (9,))
    choices = plan_checks.choices_of(begun)
    none = plan_checks.with_choices(begun, plan_checks.Choices(**{**vars(choices), "dont_know": (), "refused": (9,)}))
    assert plan_checks.check(survey, none).measure.scale == (1, 2, 3, 4, 5, 8)
    assert plan_checks.check(survey, plan_checks.with_choices(none, choices)).measure == plan.measure


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("scale: [1, 2, 3, 4, 5, 8, 9]", None),
        ("scale: [1, 2, 3, 4, 5], refused: [9]", "stands under dont_know or refused"),
        ("scale: [1, 2, 3, 4, 5], dont_know: [7, 8], refused: 9", "the question has no code 7"),
    ],
)
def test_every_code_of_the_question_is_an_answer_or_declared_as_none(sqlite_app, measure, said):
    survey = small_city(questionnaire=asked_under_a_condition())
    text = PLAN.replace("scale: [1, 2, 3, 4, 5]", measure)
    if said is None:
        assert plan_checks.check(survey, text)
        return
    with pytest.raises(DefinitionError, match=said):
        plan_checks.check(survey, text)
