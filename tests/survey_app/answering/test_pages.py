"""The respondent's pages through the real client."""

from __future__ import annotations

import gzip
import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from definitions import digest
from survey_app.answering.open_sites import forget_sites
from survey_app.models import QuestionnaireVersion, Response, Survey, db
from tests.support.city import FORM, small_city
from tests.support.people import token_of


@pytest.fixture
def phone(sqlite_app):
    small_city()
    return sqlite_app.test_client(use_cookies=False)


def open_page(phone, address="/s/aaa2222"):
    return phone.get(address).get_data(as_text=True)


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Response)) or 0


def test_a_citizen_without_cookies_answers_and_gets_a_receipt(phone):
    reply = phone.post("/s/aaa2222", data={**FORM, "token": token_of(open_page(phone))})
    assert reply.status_code == 303
    receipt = phone.get(reply.location).get_data(as_text=True)
    number = re.search(r'data-receipt="(\w+)"', receipt)[1]
    assert db.session.scalars(select(Response.receipt)).one() == number
    assert phone.get(reply.location).get_data(as_text=True) == receipt  # reloading makes nothing
    assert stored() == 1
    assert number not in reply.location


def test_a_receipt_names_survey_place_and_day_and_after_an_erasure_says_so(sqlite_app):
    small_city()
    phone = sqlite_app.test_client()
    place = phone.post("/s/aaa2222", data={**FORM, "token": token_of(open_page(phone))}).location
    shown = open_page(phone, place)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert f"新型智慧城市市民体验调查 · 甲县一号点 · {today}" in shown
    number = re.search(r'data-receipt="(\w+)"', shown)[1]
    phone.post("/erase", data={"number": number, "sure": "1"})
    again = open_page(phone, place)
    assert number not in again
    assert "已删除" in again


def test_texts_as_long_as_a_questionnaire_may_ask_for_are_stored(sqlite_app):
    survey = small_city()
    body = survey.questionnaire.body.replace("max_length: 500", "max_length: 19000")
    assert body != survey.questionnaire.body
    survey.questionnaire = QuestionnaireVersion(name="long", digest=digest(body), body=body)
    db.session.commit()
    phone = sqlite_app.test_client()
    reply = phone.post("/s/aaa2222", data={**FORM, "comment": "𠀀" * 19_000, "token": token_of(open_page(phone))})
    assert reply.status_code == 303
    assert len(db.session.scalars(select(Response.answers)).one()["comment"]) == 19_000


def test_the_receipts_address_of_a_phone_without_cookies_shows_it_for_half_a_minute(phone, monkeypatch):
    reply = phone.post("/s/aaa2222", data={**FORM, "token": token_of(open_page(phone))})
    later = time.time() + 31
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: later)
    assert "这里没有您的回执" in phone.get(reply.location).get_data(as_text=True)


def test_a_receipts_address_made_up_or_of_another_shows_nothing(phone):
    for address in (
        "/s/aaa2222/receipt/x",
        "/s/aaa2222/receipt/x?own=x",
        f"/s/aaa2222/receipt/{'0' * 16}?own={'A' * 3000}",
    ):
        reply = phone.get(address)
        assert reply.status_code == 200
        assert "data-receipt" not in reply.get_data(as_text=True)


def test_both_languages_show_their_own_words(phone):
    assert "总的来说" in open_page(phone)
    english = open_page(phone, "/s/aaa2222?lang=en")
    assert "Overall, how satisfied" in english
    assert 'lang="en"' in english
    assert "总的来说" not in english


def test_going_back_and_sending_again_gives_the_same_receipt(phone):
    data = {**FORM, "token": token_of(open_page(phone))}
    first, second = phone.post("/s/aaa2222", data=data), phone.post("/s/aaa2222", data=data)
    assert phone.get(first.location).data == phone.get(second.location).data
    assert stored() == 1


def test_an_error_stands_beside_its_question_and_every_answer_is_kept(phone):
    data = {**FORM, "overall": "", "comment": "<b>好</b>", "token": token_of(open_page(phone))}
    reply = phone.post("/s/aaa2222", data=data)
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert 'id="overall-error"' in page
    assert 'href="#q-overall"' in page
    assert "&lt;b&gt;好&lt;/b&gt;" in page
    assert re.search(r'value="female" ?checked|checked[^>]*value="female"', page)
    again = phone.post("/s/aaa2222", data={**FORM, "token": token_of(page)})
    assert again.status_code == 303
    assert stored() == 1


@pytest.mark.parametrize("token", ["", "nonsense", "WyJiYmIzMzMzIiwiYWJjIiwiayIsMV0.forged"])
def test_a_tampered_form_stores_nothing(phone, token):
    reply = phone.post("/s/aaa2222", data={**FORM, "token": token})
    assert reply.status_code == 400
    assert "页面已失效" in reply.get_data(as_text=True)
    assert stored() == 0


def test_a_token_of_another_site_is_refused(phone):
    token = token_of(open_page(phone, "/s/bbb3333"))
    assert phone.post("/s/aaa2222", data={**FORM, "token": token}).status_code == 400


def test_an_unknown_code_gets_a_friendly_page(phone):
    reply = phone.get("/s/nowhere")
    assert reply.status_code == 404
    assert "没有找到这个调查点" in reply.get_data(as_text=True)
    assert phone.post("/s/nowhere", data=FORM).status_code == 404


@pytest.mark.parametrize(
    ("state", "words"), [("closed", "调查已经结束"), ("paused", "调查暂停中"), ("draft", "还没有开始")]
)
def test_a_survey_that_is_not_open_says_so(phone, state, words):
    data = {**FORM, "token": token_of(open_page(phone))}
    db.session.scalars(select(Survey)).one().state = state
    db.session.commit()
    forget_sites()
    assert words in open_page(phone)
    reply = phone.post("/s/aaa2222", data=data)
    assert reply.status_code == 403
    assert words in reply.get_data(as_text=True)
    assert stored() == 0


def test_a_body_over_64_kib_is_refused(phone):
    reply = phone.post("/s/aaa2222", data={**FORM, "comment": "x" * 270_000, "token": "t"})
    assert reply.status_code == 413
    assert "过大" in reply.get_data(as_text=True)
    assert stored() == 0


def test_the_first_load_stays_within_its_budget_and_asks_nobody_else(phone):
    reply = phone.get("/s/aaa2222", headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(reply.data).decode()
    assets = re.findall(r'(?:href|src)="(/a/[^"]+)"', page)
    scripted = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    size = len(reply.data) + sum(len(phone.get(a, headers={"Accept-Encoding": "gzip"}).data) for a in assets)
    assert [scripted.count(asset) for asset in assets] == [1, 1, 0]  # the third in place of the script
    assert size <= 20_000
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    assert open_page(phone).count("<form") == page.count("<form") == 1


def test_each_citizen_gets_a_submission_key_of_their_own(phone):
    assert token_of(open_page(phone)) != token_of(open_page(phone))


def test_pages_run_no_foreign_and_no_inline_script(phone):
    reply = phone.get("/s/aaa2222")
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
    assert "<script>" not in reply.get_data(as_text=True)


def test_a_failure_of_ours_shows_no_traceback_and_stores_nothing(phone, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("disk full")

    data = {**FORM, "token": token_of(open_page(phone))}
    monkeypatch.setattr("sqlalchemy.engine.default.DefaultDialect.do_commit", broken)
    reply = phone.post("/s/aaa2222", data=data)
    assert reply.status_code == 500
    assert "disk full" not in reply.get_data(as_text=True)
    assert "data-receipt" not in reply.get_data(as_text=True)
    db.session.rollback()
    assert stored() == 0
