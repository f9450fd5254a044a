"""Without script the buttons for language and size send the form along: what was filled in stays, nothing is stored."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from survey_app.fieldwork.invitations import make
from survey_app.models import Response, Site, db
from tests.support.city import FORM, small_city


@pytest.fixture
def phone(sqlite_app):
    small_city()
    return sqlite_app.test_client()


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Response)) or 0


def without_script(page: str) -> list[str]:
    """Where the buttons of a page lead that has no script, in order: size, language."""
    (part,) = re.findall(r"<noscript><button.*?</noscript>", page, re.DOTALL)
    assert part.startswith('<noscript><button form="answers" name="turn" value="next" hidden>')  # Enter turns the page
    return [found.replace("&amp;", "&") for found in re.findall(r'formaction="([^"]+)"', part)]


@pytest.mark.parametrize("invited", [False, True])
def test_language_and_size_keep_what_was_filled_in(phone, invited):
    address = "/s/ccc4444"
    if invited:
        site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
        address = f"/i/{make(site, 1)[0].code}"
    page = phone.get(address).get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    sent = {**FORM, "token": token, "redraw": "1"}
    size, language = without_script(page)
    for asked in (language, size):
        reply = phone.post(f"{address}{asked}", data=sent)
        page = reply.get_data(as_text=True)
        assert (reply.status_code, stored()) == (200, 0)
        assert ('<html lang="en"' in page) is ("lang=en" in asked)
        assert ('class="large"' in page) is ("size=large" in asked)
        assert re.search(r'name="age"[^>]*value="30-44"[^>]*checked|name="age"[^>]*checked[^>]*value="30-44"', page)
        assert "很好" in page
        assert f'value="{token}"' in page
        assert 'role="alert"' not in page
    size, language = without_script(page)
    assert "size=normal" in size
    assert "size=large" in language
    del sent["redraw"]
    assert phone.post(address, data=sent).status_code == 303
    assert stored() == 1


def test_the_links_that_would_lose_the_answers_are_hidden_without_script_alone(phone):
    page = phone.get("/s/ccc4444").get_data(as_text=True)
    (sheet,) = re.findall(r'<noscript><link rel="stylesheet" href="([^"]+)"></noscript>', page)
    assert phone.get(sheet).get_data(as_text=True) == ".bar a{display:none}\n"


def place(page: str) -> str:
    return re.search(r'id="pages"[^>]*>([^<]+)<', page)[1]


def test_each_turn_is_a_post_that_stores_nothing_and_one_post_with_all_answers_is_taken_from_any_page(phone):
    page = phone.get("/s/ccc4444").get_data(as_text=True)
    sent = {"token": re.search(r'name="token" value="([^"]+)"', page)[1], "_at": "home", "turn": "next"}
    reply = phone.post("/s/ccc4444", data=sent)
    page = reply.get_data(as_text=True)
    assert (reply.status_code, place(page)) == (422, "第 1 页，共 5 页")
    assert page.count('class="error"') == 2  # of this page alone, though others ask for answers too
    assert "<title>需要修改：" in page
    sent |= {"home": "甲县", "age": "30-44"}
    reply = phone.post("/s/ccc4444", data=sent)
    page = reply.get_data(as_text=True)
    assert (reply.status_code, place(page)) == (200, "第 2 页，共 5 页")
    assert 'name="_at" value="overall"' in page
    assert re.search(r'id="q-age"[^>]* data-else', page)
    assert not re.search(r'id="q-overall"[^>]* data-else', page)
    page = phone.post("/s/ccc4444", data=sent | {"_at": "overall", "turn": "back"}).get_data(as_text=True)
    assert place(page) == "第 1 页，共 5 页"
    assert stored() == 0
    del sent["turn"]
    assert phone.post("/s/ccc4444", data=FORM | sent).status_code == 303
    assert stored() == 1


def test_an_answer_that_ends_the_questionnaire_ends_its_pages_and_can_be_changed_without_script(phone):
    page = phone.get("/s/ccc4444").get_data(as_text=True)
    sent = {"token": re.search(r'name="token" value="([^"]+)"', page)[1], "_at": "home", "turn": "next"}
    for young in ({"home": "elsewhere"}, {"home": "甲县", "age": "under16"}):
        page = phone.post("/s/ccc4444", data=sent | young).get_data(as_text=True)
        assert place(page) == "第 1 页，共 1 页"
        assert len(re.findall(r'data-ends="[^"]*">', page)) == 1
        assert re.search(r'id="next"[^>]* hidden', page)
        assert not re.search(r'id="send"[^>]* hidden', page)
    page = phone.post("/s/ccc4444", data=sent | {"home": "甲县", "age": "30-44"}).get_data(as_text=True)
    assert place(page) == "第 2 页，共 5 页"
    assert stored() == 0
