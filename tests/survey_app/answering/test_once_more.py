"""An answer taken back is given once more: by the phone that took it back, before the close, and by nobody else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.answering.open_sites import forget_sites
from survey_app.fieldwork.invitations import make
from survey_app.models import Response, Site, db
from tests.support.city import FORM, small_city, the_survey
from tests.support.people import token_of

ANEW = "/s/aaa2222?again=1"


@pytest.fixture
def card(sqlite_app) -> str:
    small_city()
    code = make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 1)[0].code
    db.session.commit()
    return f"/i/{code}"


def sent(phone: FlaskClient, address: str) -> str:
    """Answers at `address` and gives the receipt's page."""
    page = phone.get(address).get_data(as_text=True)
    return phone.post(address, data={**FORM, "token": token_of(page)}, follow_redirects=True).get_data(as_text=True)


def taken_back(phone: FlaskClient, receipt: str) -> str:
    number = re.search(r'data-receipt="(\w+)"', receipt)[1]
    return phone.post("/erase", data={"number": number, "sure": "yes"}).get_data(as_text=True)


def kept() -> list[Response]:
    db.session.expire_all()
    return list(db.session.scalars(select(Response)))


def test_the_phone_says_that_it_was_erased_and_answers_once_more_as_the_invited_person(sqlite_app, card):
    phone, other = sqlite_app.test_client(), sqlite_app.test_client()
    said = taken_back(phone, sent(phone, card))
    assert "已删除" in said
    assert f'href="{ANEW}"' in said
    for address in ("/s/aaa2222", ANEW.replace("again", "x")):
        assert "已删除" in phone.get(address).get_data(as_text=True)
    elsewhere = other.get(ANEW).get_data(as_text=True)  # who holds the card or the address learns nothing
    assert "这里不能重新回答" in elsewhere
    assert "已经用过" in other.get(card).get_data(as_text=True)
    assert "您的答案已安全保存" in sent(phone, ANEW)
    (answer,) = kept()
    assert answer.probability
    assert "_again" not in answer.answers  # an erased answer is no earlier one
    assert "已经用过" in other.get(card).get_data(as_text=True)


def test_a_second_time_is_not_offered_and_a_form_left_open_is_refused(sqlite_app, card):
    phone = sqlite_app.test_client()
    taken_back(phone, sent(phone, card))
    two = [token_of(phone.get(ANEW).get_data(as_text=True)) for _ in range(2)]
    first = phone.post(ANEW, data={**FORM, "token": two[0]}, follow_redirects=True).get_data(as_text=True)
    second = phone.post(ANEW, data={**FORM, "token": two[1]})
    assert second.status_code == 410
    assert len(kept()) == 1
    assert f'href="{ANEW}"' not in taken_back(phone, first)
    assert f'href="{ANEW}"' not in phone.get("/s/aaa2222").get_data(as_text=True)
    assert "这里不能重新回答" in phone.get(ANEW).get_data(as_text=True)


def test_after_the_close_nothing_is_offered(sqlite_app, card):
    phone = sqlite_app.test_client()
    receipt = sent(phone, card)
    the_survey().state = "closed"
    db.session.commit()
    forget_sites()
    said = taken_back(phone, receipt)
    assert "已删除" in said
    assert "href" not in said.partition("<main>")[2].partition("</main>")[0]
    assert "调查已经结束" in phone.get(ANEW).get_data(as_text=True)


def test_without_an_invitation_the_erased_answer_is_not_counted_as_an_earlier_one_of_the_phone(sqlite_app, card):
    phone = sqlite_app.test_client()
    sent(phone, "/s/bbb3333?new=1")
    taken_back(phone, sent(phone, "/s/bbb3333?new=1"))
    sent(phone, "/s/bbb3333?again=1")
    assert sorted(answer.answers.get("_again", 0) for answer in kept()) == [0, 1]
