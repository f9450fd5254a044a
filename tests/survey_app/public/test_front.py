"""The front page leads a citizen: to what is open and how one takes part, never to a place where she would count as drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from survey_app.answering.open_sites import forget_sites
from survey_app.models import Area, Site, TicketPublication, db
from survey_app.public import open_surveys
from survey_app.public.texts import FRONT_TEXTS
from survey_app.surveys.life import change_state
from survey_app.tickets.publication import PUBLISHED, propose
from survey_app.tickets.steps import CLOSED
from tests.support.application import change
from tests.support.city import answered, small_city, the_survey
from tests.support.tickets import ticket_of

WORDS = FRONT_TEXTS["zh"]
SAMPLED, OPEN = "/s/aaa2222", "/s/ccc4444"


def shown(client, language: str = "zh") -> str:
    forget_sites()
    reply = client.get(f"/?lang={language}")
    assert reply.status_code == 200
    assert len(reply.data) <= 20_000
    return unescape(reply.text)


def test_an_installation_without_surveys_says_so_and_offers_nothing_that_leads_nowhere(app, client):
    change(app, handler="", contact="")
    page = shown(client)
    assert WORDS["none_open"] in page
    assert WORDS["problems_and_answers"] not in page
    assert WORDS["ask"] not in page
    assert WORDS["staff"] in page


def test_a_survey_by_posters_leads_to_its_open_places_and_never_to_a_sampled_one(client):
    small_city(respondents="posters")
    page = shown(client)
    assert "某市市民体验调查" in page
    assert WORDS["way_posters"] in page
    assert OPEN in page
    assert SAMPLED not in page


def test_an_invited_survey_says_how_one_is_invited_and_where_the_code_is_typed(client):
    survey = small_city(respondents="invitations")
    survey.sites[-1].active = False
    db.session.commit()
    page = shown(client)
    assert WORDS["way_invitations"] in page
    assert 'href="/i"' in page
    assert WORDS["way_places"] not in page
    assert "/s/" not in page


@pytest.mark.parametrize("state", ["draft", "locked", "paused", "closed"])
def test_only_what_takes_answers_now_is_shown(client, state):
    small_city(state=state)
    assert WORDS["none_open"] in shown(client)


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_an_open_survey_outside_its_time_is_not_shown(client, name):
    off = timedelta(hours=1 if name == "opens_at" else -1)
    small_city(**{name: datetime.now(UTC) + off})
    assert WORDS["none_open"] in shown(client)


def test_closing_a_survey_shows_at_once(client):
    survey = small_city()
    assert OPEN in shown(client)
    change_state(survey, "paused", "for a test")
    db.session.commit()
    assert OPEN not in client.get("/").text


def test_a_place_where_enough_have_answered_is_not_offered(client):
    survey = small_city(stops_when_full=True)
    survey.sites[-1].target = 1
    db.session.commit()
    assert OPEN in shown(client)
    answered(survey, 2)
    assert OPEN not in shown(client)


def test_many_places_are_listed_up_to_a_number_and_the_others_counted(client, monkeypatch):
    survey = small_city()
    area = db.session.scalars(select(Area).where(Area.code == "12")).one()
    survey.sites += [
        Site(code=f"ddd{n:04}", name=f"{n}号大厅", kind="hall", area_id=area.id, probability=False) for n in range(4)
    ]
    db.session.commit()
    monkeypatch.setattr(open_surveys, "MOST_PLACES", 3)
    page = shown(client)
    assert page.count('href="/s/') == 3
    assert WORDS["places"].format(5) in page
    assert WORDS["places_more"].format(2) in page


def test_answers_to_problems_are_named_once_one_is_published(client):
    small_city()
    page = shown(client)
    assert 'href="/p"' in page
    assert 'href="/q"' in page
    assert 'href="/problems"' not in page
    ticket, _number = ticket_of("甲县", "某局", state=CLOSED)
    propose(ticket, "路口的红绿灯坏了", "已经修好", "li")
    db.session.scalars(select(TicketPublication)).one().state = PUBLISHED
    db.session.commit()
    assert 'href="/problems"' in shown(client)


def test_in_english_every_link_stays_english_and_the_survey_has_an_english_name(client):
    small_city(respondents="invitations")
    page = shown(client, "en")
    assert FRONT_TEXTS["en"]["way_invitations"] in page
    assert the_survey().title not in page
    for link in ("/p", "/q", "/i", OPEN):
        assert f'href="{link}?lang=en"' in page


def test_who_holds_the_surveys_and_whom_to_ask_stand_there_once(app, client):
    change(app, organiser="某市大数据局", handler="某市考评办", contact="0537-1234567")
    page = shown(client)
    for words in ("某市大数据局", "某市考评办", "0537-1234567"):
        assert page.count(words) == 1


def test_the_demonstration_offers_an_open_questionnaire_by_code_and_the_console(client):
    small_city(demo=True)
    page = shown(client)
    assert WORDS["demo"] in page
    assert "<svg" in page
    assert OPEN in page
    assert 'class="button" href="/console/"' in page


def test_outside_the_demonstration_there_is_no_code_and_only_a_quiet_way_for_staff(client):
    small_city()
    page = shown(client)
    assert "<svg" not in page
    assert WORDS["try_console"] not in page
    assert page.count('href="/console/"') == 1


def test_the_page_is_kept_for_a_minute_and_has_neither_script_nor_cookie(client):
    small_city()
    reply = client.get("/")
    assert reply.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in reply.headers
    assert "<script" not in reply.text
