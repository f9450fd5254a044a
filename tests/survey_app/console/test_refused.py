"""A refused address of the console is a page of the console: in its frame, in words, with a way on."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from survey_app.console.words import doer
from survey_app.models import User, db
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


@pytest.mark.parametrize(
    ("address", "status", "way"),
    [
        ("/console/nothing", 404, "/console/"),
        ("/console/surveys/nothing/sites", 404, "/console/surveys"),
        ("/console/scores/batch", 404, "/console/scores"),
        ("/console/accounts", 403, "/console/"),
    ],
)
def test_a_refused_address_stands_in_the_frame_and_leads_on(sqlite_app, address, status, way):
    page = client_of(sqlite_app, "evaluator").get(address)
    text = page.get_data(as_text=True)
    assert page.status_code == status
    assert '<nav class="menu"' in text
    assert f'href="{way}"' in text.partition("<main")[2]


def test_an_address_that_only_takes_a_form_leads_to_the_page_of_the_form(sqlite_app):
    page = client_of(sqlite_app, "manager").get("/console/surveys/wave/state")
    assert page.status_code == 405
    assert 'href="/console/surveys/wave"' in page.get_data(as_text=True)


def test_a_stranger_learns_nothing_from_an_unknown_address(sqlite_app):
    page = sqlite_app.test_client().get("/console/nothing")
    assert page.status_code == 404
    assert "menu" not in page.get_data(as_text=True)


@pytest.mark.parametrize("role", ["manager", "scorer", "evaluator", "auditor", "department"])
def test_the_overview_and_the_menu_link_only_what_the_person_may_open(sqlite_app, role):
    client = client_of(sqlite_app, role, "", "某局" if role == "department" else "")
    page = client.get("/console/").get_data(as_text=True)
    links = set(re.findall(r'href="(/console/[^"#?]*)"', page))
    assert {link: client.get(link).status_code for link in links if client.get(link).status_code >= 400} == {}


def test_people_are_called_by_their_names(sqlite_app):
    client = client_of(sqlite_app, "manager")
    user = db.session.scalars(select(User)).first()
    user.full_name = "李主任"
    db.session.commit()
    with sqlite_app.test_request_context():
        assert (doer(user.username), doer("command line"), doer("gone")) == ("李主任", "命令行", "gone")
    assert user.username not in client.get("/console/").get_data(as_text=True)
