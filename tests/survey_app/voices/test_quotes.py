"""Words of an answer leave by two persons, word for word, where enough answers stand beside them, and only while it is there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.answering.erasure import erase
from survey_app.ground import two_persons
from survey_app.ground.sign_off import APPROVED, SignOffError
from survey_app.models import Response, Statement, db
from survey_app.responses.labels import label_of
from survey_app.voices.coding import add_code, give_codes
from survey_app.voices.quotes import QuoteError, quotes, state_quote
from tests.support.city import the_survey
from tests.support.people import client_of, csrf
from tests.support.stored import begins_with
from tests.survey_app.voices.test_reading_and_coding import ADDRESS, talking_city

pytestmark = begins_with(talking_city)


def spoken(words: str = "公交") -> Response:
    query = select(Response).order_by(Response.id)
    return next(one for one in db.session.scalars(query) if words in (one.answers.get("comment") or ""))


def stated(words: str = "公交少，等车久", by: str = "anna", code: int | None = None) -> Statement:
    made = state_quote(the_survey(), spoken(), "comment", words, code, "写进报告", by)
    db.session.commit()
    return made


@pytest.mark.parametrize("words", ["公交多", "久", "公" * 201])
def test_a_quote_is_a_piece_of_the_answer_word_for_word(app, words):
    with pytest.raises(QuoteError):
        stated(words)
    assert db.session.scalars(select(Statement)).all() == []


def test_whoever_put_it_forward_cannot_confirm_it_and_another_can(app):
    made = stated()
    assert "公交" not in str(made.content)
    with pytest.raises(SignOffError):
        two_persons.confirm(made, "anna")
    db.session.rollback()
    assert quotes(the_survey(), "comment", APPROVED) == []
    two_persons.confirm(made, "bert")
    db.session.commit()
    assert [one.text for one in quotes(the_survey(), "comment", APPROVED)] == ["公交少，等车久"]
    with pytest.raises(QuoteError):
        stated()


def test_nothing_is_quoted_under_a_code_of_few(app):
    code = add_code(the_survey(), "comment", "公交", "")
    give_codes(the_survey(), spoken(), "comment", [code.id], "anna")
    with pytest.raises(QuoteError, match="10"):
        stated(code=code.id)


def test_a_quote_is_gone_with_its_answer(app):
    two_persons.confirm(stated(), "bert")
    erase(spoken().receipt, "本人撤回")
    db.session.commit()
    assert [one.text for one in quotes(the_survey(), "comment", APPROVED)] == [None]


def test_it_is_put_forward_and_confirmed_on_the_pages(sqlite_app):
    client, second = client_of(sqlite_app, "evaluator"), client_of(sqlite_app, "manager")
    address = f"{ADDRESS}/quote?label={label_of(spoken().id)}&question=comment"
    page = client.get(address).get_data(as_text=True)
    assert "公交少，等车久" in page
    form = {
        "csrf_token": csrf(page),
        "label": label_of(spoken().id),
        "question": "comment",
        "code": "0",
        "reason": "写进报告",
    }
    assert client.post(f"{ADDRESS}/quote", data={**form, "words": "改过的话语"}).status_code == 422
    made = client.post(f"{ADDRESS}/quote", data={**form, "words": "公交少，等车久"})
    assert made.status_code == 302
    waiting = second.get(made.location).get_data(as_text=True)
    assert "公交少，等车久" in waiting
    assert second.post(made.location, data={"csrf_token": csrf(waiting), "step": "confirm"}).status_code == 302
    assert "可以引用的话" in client.get(f"{ADDRESS}/frame?question=comment").get_data(as_text=True)


def test_no_page_of_the_staff_makes_a_ticket_of_an_answer(sqlite_app):
    """The thanks page offers the citizen the form for problems; the console has no way from an answer to a ticket."""
    client = client_of(sqlite_app, "evaluator")
    label = label_of(spoken().id)
    for page in (f"{ADDRESS}?question=comment", f"/console/responses/{label}", f"/console/process/{spoken().id}"):
        main = client.get(page).get_data(as_text=True).partition('<main id="main">')[2]
        assert "公交" in main or "process" in page
        assert "ticket" not in main
