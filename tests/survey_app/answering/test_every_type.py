"""A questionnaire with every question type and every kind of logic, answered on a phone with and without script."""

from __future__ import annotations

import inspect
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy import func, select

from questionnaires import checks
from questionnaires.definition import Type
from survey_app.answering import form_token
from survey_app.answering.definitions import definition_of, store_version
from survey_app.answering.open_sites import open_site
from survey_app.answering.pages import forms
from survey_app.answering.quotas import filled
from survey_app.answering.refusal_words import FACTS
from survey_app.answering.submission import submit
from survey_app.answering.texts import TEXTS
from survey_app.app import create_app
from survey_app.database import upgrade
from survey_app.ground.transaction import transaction
from survey_app.models import Response, db
from survey_app.responses.flags import FlagError
from survey_app.responses.quarantine import decide
from tests.questionnaires.test_answers import TEXT, WHOLE
from tests.support.browser import turn_to, violations
from tests.support.city import small_city
from tests.support.killing import _free_port, _start
from tests.survey_app.answering.test_phone import PHONE, Served, chromium  # noqa: F401  # the fixture

PLAN = "measure: {question: measure, satisfied: [5], scale: [1, 3, 5]}\ndesign: {strata: stratum, psu: psu}\n"


def every_type_city():
    return small_city(questionnaire=store_version(TEXT, "every-type"), plan=PLAN)


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("every")
    database = folder / "minyi.sqlite3"
    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}", "SECRET_KEY": "only-for-tests"})
    with app.app_context():
        upgrade(db.engine)
        every_type_city()
        db.session.remove()
        db.engine.dispose()
    environment = {**os.environ, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    port = _free_port()
    server = _start(environment, port)
    yield Served(f"http://127.0.0.1:{port}", "aaa2222", database)
    os.killpg(server.pid, 15)
    server.wait(30)


def newest(served: Served) -> dict:
    with sqlite3.connect(served.database) as connection:
        row = connection.execute("SELECT answers FROM response ORDER BY id DESC LIMIT 1").fetchone()
    return json.loads(row[0])


def first_page(page, people: str = "3") -> None:
    page.fill("#name", "王芳")
    page.fill("#people", people)
    page.fill("#since", "2019-04-01")


def pick(page, name: str, *values: str) -> None:
    for value in values:
        page.locator(f"input[name={name}][value='{value}']").check()


def test_every_type_has_its_check_its_field_and_words_for_what_it_refuses():
    types = set(get_args(Type)) - {"statement"}
    assert types == set(checks.CHECKS) == set(forms._MAKERS)
    refusals = set(re.findall(r'RefusedError\([\w.]+, "(\w+)"\)', inspect.getsource(checks)))
    assert len(refusals) > 10
    assert all(refusals <= set(TEXTS[language]) | set(FACTS[language]) for language in TEXTS)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_every_question_type_is_answered_page_by_page(served, chromium, language):  # noqa: F811
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{served.address}?lang={language}")
    turn = page.locator("button", has_text="Next" if language == "en" else "下一页")
    turn.click()
    assert page.locator(".error").count() == 1  # the name is required, and asked for before the page is turned
    assert violations(page) == []
    first_page(page)
    assert "王芳" in page.locator("label[for=people]").inner_text()  # the name stands in the next question at once
    turn.click()
    assert page.locator("#q-name").is_hidden()
    pick(page, "travel", "bus", "else")
    page.fill("#travel__other", "骑马")
    pick(page, "overall", "3")
    pick(page, "check", "3")
    assert violations(page) == []
    turn.click()
    assert page.locator("input[name=services__bus]").first.is_visible()
    assert page.locator("#q-why").is_hidden()
    pick(page, "services__health", "1")
    page.fill("#why", "排队")
    page.click(".rank:has(#order__health) .place")
    page.go_back()  # the phone's own button turns the page
    assert page.locator("#q-overall").is_visible()
    page.go_forward()
    assert page.locator("#why").input_value() == "排队"
    assert violations(page) == []
    turn.click()
    page.fill("#district", "没有的地方")
    assert page.locator("#district-list [role=option]").count() == 0
    page.fill("#district", "East" if language == "en" else "东湖")
    assert page.locator("#district-list [role=option]").count() == 1
    assert violations(page) == []
    pick(page, "recommend", "9")
    assert ("骑马" in page.locator("#q-many .title").inner_text()) is True
    pick(page, "many", "yes")
    assert violations(page) == []
    page.click("#send")
    page.wait_for_url("**/receipt/**")
    stored = newest(served)
    assert stored["order"] == ["health"]
    assert stored["why"] == "排队"
    assert stored["district"] == "d12"
    assert stored["travel__other"] == "骑马"
    assert stored["people"] == 3
    assert stored["services"] == {"health": 1}
    assert sorted(stored["_order"]["travel"]) == ["bike", "bus", "car", "else", "none", "walk"]
    context.close()


@pytest.mark.browser
def test_a_page_whose_section_does_not_apply_is_passed_over(served, chromium):  # noqa: F811
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(served.address)
    first_page(page, "2")
    page.click("text=下一页")
    pick(page, "overall", "5")
    assert page.inner_text("#pages") == "第 2 页，共 3 页"
    page.click("text=下一页")
    assert page.locator("#district").is_visible()
    assert page.locator("#order__bus").is_hidden()
    context.close()


@pytest.mark.browser
def test_without_script_the_same_pages_are_turned_by_the_server_and_keep_what_was_filled_in(served, chromium):  # noqa: F811
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(served.address)
    assert page.locator("#q-overall").is_hidden()
    page.click("#next")
    assert page.locator(".error").count() == 1  # the name is required
    page.fill("#name", "王芳")
    page.press("#name", "Enter")  # turns the page as the button does
    pick(page, "overall", "5")
    page.click("#next")
    assert page.inner_text("#pages") == "第 3 页，共 3 页"  # the page in between does not apply
    assert page.locator("#next").is_hidden()
    page.click("#back")
    assert page.is_checked("input[name=overall][value='5']")
    page.click("#next")
    page.click("#send")
    assert "还没有回答" in page.locator("#q-people .error").inner_text()
    assert "王芳，您家" in page.locator("label[for=people]").inner_text()
    turn_to(page, "#send")
    page.click("#send")
    assert page.locator("[data-receipt]").count() == 1
    assert "people" not in newest(served)
    context.close()


def post(client, survey, **changes):
    token = form_token.issue("aaa2222", definition_of(survey).digest)
    return client.post("/s/aaa2222", data={**WHOLE, **changes, "token": [token]})


def test_the_page_keeps_its_order_when_it_comes_back_with_errors(app: Flask):
    every_type_city()
    client = app.test_client()
    blank = client.get("/s/aaa2222").get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', blank)[1]
    again = client.post("/s/aaa2222", data={"token": token}).get_data(as_text=True)

    def order(page: str) -> list[int]:
        return [page.index(f'name="travel" value="{code}"') for code in ("bus", "bike", "car", "walk")]

    def ranks(places: list[int]) -> list[int]:
        return sorted(range(4), key=places.__getitem__)

    assert ranks(order(blank)) == ranks(order(again))


def test_a_screen_is_told_in_its_own_words_and_stores_nothing_after_it(app: Flask):
    survey, client = every_type_city(), app.test_client()
    reply = post(client, survey, people=["25"])
    assert "住户太多" in client.get(reply.headers["Location"], follow_redirects=True).get_data(as_text=True)
    stored = db.session.scalars(select(Response)).one()
    assert stored.state == "screened_out"
    assert set(stored.answers) == {"name", "people", "_consent", "_privacy", "_order", "_ended"}


def test_a_full_quota_thanks_and_does_not_count(app: Flask):
    survey, client = every_type_city(), app.test_client()
    states = []
    for _ in range(4):
        page = client.get(post(client, survey).headers["Location"], follow_redirects=True).get_data(as_text=True)
        states.append("人数已满" in page)
    assert states == [False, False, True, True]
    assert filled(survey.id) == {"bus_riders": 2}
    assert db.session.scalar(select(func.count(Response.id)).where(Response.state == "complete")) == 2
    assert post(client, survey, travel=["bike"]).status_code == 303
    assert db.session.scalar(select(func.count(Response.id)).where(Response.state == "complete")) == 3


def test_a_quota_is_never_overfilled_by_people_who_submit_at_the_same_moment(app: Flask):
    survey = every_type_city()
    tokens = [form_token.issue("aaa2222", definition_of(survey).digest) for _ in range(12)]

    def send(token: str) -> int:
        with app.app_context():
            return app.test_client().post("/s/aaa2222", data={**WHOLE, "token": [token]}).status_code

    with ThreadPoolExecutor(6) as people:
        assert set(people.map(send, tokens)) == {303}
    db.session.expire_all()
    assert filled(survey.id) == {"bus_riders": 2}
    counts = dict(list(db.session.execute(select(Response.state, func.count()).group_by(Response.state))))
    assert counts == {"complete": 2, "screened_out": 10}


def test_what_is_released_from_quarantine_takes_a_place_and_is_refused_where_its_quota_is_full(app: Flask):
    survey, client = every_type_city(), app.test_client()
    for place in "ab":
        how = {"mode": "tablet", "quarantine": True}
        submit(open_site(survey.sites[0]), WHOLE, place, "zh", datetime.now(UTC) - timedelta(minutes=5), **how)
    first, second = db.session.scalars(select(Response).order_by(Response.id)).all()
    post(client, survey)
    assert decide(first, True, "按过程") == "complete"
    db.session.commit()
    with pytest.raises(FlagError, match="quota 'bus_riders' is full"), transaction():
        decide(second, True, "按过程")
    assert (second.state, filled(survey.id)) == ("quarantined", {"bus_riders": 2})
    assert decide(second, False, "配额已满") == "voided"


def test_words_beside_other_are_masked_as_all_free_text_is(app: Flask):
    survey, client = every_type_city(), app.test_client()
    post(client, survey, travel__other=["打我电话13812345678"], name=["李四 13812345678"])
    stored = db.session.scalars(select(Response)).one().answers
    assert "13812345678" not in json.dumps(stored, ensure_ascii=False)
    assert "电话" in stored["travel__other"]
