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
    assert part.startswith('<noscript><button form="answers" hidden>')  # Enter in a field sends the answers
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
