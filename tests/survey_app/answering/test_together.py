"""Answers that come in together: one commit for all, and each with its own right answer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from survey_app.answering import together
from survey_app.answering.invitation_links import OpenInvitation
from survey_app.answering.open_sites import find_site
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import InvitationUsedError
from survey_app.fieldwork.invitations import make
from survey_app.models import Invitation, Response, Site, db
from tests.support.city import small_city
from tests.support.waiting import until

FORM = {"home": ["甲县"], "age": ["30-44"], "overall": ["4"], "sex": ["female"], "recommend": ["8"]}
BEGAN = datetime(2023, 8, 1, 8, tzinfo=UTC)


def answer(key: str, **more: object) -> str:
    place = find_site("aaa2222")
    assert place is not None
    return acknowledge(place, FORM, key, "zh", BEGAN, **more).number


@contextmanager
def held_back(app, answers):
    """Let all of `answers` wait behind one that is being written; gives what came of each, an exception too."""
    writer, door, inside, came = together.writer(), threading.Event(), threading.Event(), [None] * len(answers)

    def slow() -> None:
        inside.set()
        door.wait(30)

    def one(number: int) -> None:
        with app.app_context():
            try:
                came[number] = answers[number]()
            except Exception as error:
                came[number] = error

    def first() -> None:
        with app.app_context():
            together.run(slow)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert inside.wait(30)
    for number in range(len(answers)):
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
        until(lambda waiting=number + 1: len(writer._waiting) == waiting, "an answer that waits")
    yield came
    door.set()
    for thread in threads:
        thread.join(60)


def test_who_comes_while_one_is_written_is_written_in_one_transaction(app):
    small_city()
    with held_back(app, [lambda key=f"k{n}": answer(key) for n in range(6)]) as came:
        assert came == [None] * 6  # nobody has a receipt before the commit
    assert list(together.writer().batches) == [1, 6]
    stored = dict(db.session.execute(select(Response.submission_key, Response.receipt)).all())
    assert stored == {f"k{n}": came[n] for n in range(6)}


def test_one_that_is_there_already_fails_alone_and_gets_its_first_receipt(app):
    small_city()
    earlier = answer("k1")
    db.session.rollback()
    with held_back(app, [lambda key=key: answer(key) for key in ("k0", "k1", "k2")]) as came:
        pass
    assert came[1] == earlier
    stored = dict(db.session.execute(select(Response.submission_key, Response.receipt)).all())
    assert stored == {"k0": came[0], "k1": earlier, "k2": came[2]}


def test_of_two_that_spend_one_invitation_the_first_is_stored_and_plain_answers_beside_them_too(app):
    small_city()
    card = make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 1)[0]
    db.session.commit()
    invitation = OpenInvitation.of(db.session.scalars(select(Invitation).where(Invitation.serial == card.serial)).one())
    db.session.commit()
    with held_back(
        app,
        [
            lambda: answer("plain"),
            lambda: answer("first", invitation=invitation),
            lambda: answer("second", invitation=invitation),
        ],
    ) as came:
        pass
    assert isinstance(came[2], InvitationUsedError)
    stored = dict(db.session.execute(select(Response.submission_key, Response.receipt)).all())
    assert stored == {"plain": came[0], "first": came[1]}
    assert list(together.writer().batches) == [1, 3]


def test_one_whose_row_the_database_refuses_leaves_the_others_stored(app):
    small_city()
    with held_back(app, [lambda: answer("k0"), lambda: together.insert_row({"submission_key": "bad"})]) as came:
        pass
    assert isinstance(came[1], Exception)
    assert db.session.scalars(select(Response.receipt)).all() == [came[0]]


def test_where_too_many_wait_the_next_is_told_to_come_again_and_keeps_its_answers(app, monkeypatch):
    small_city()
    monkeypatch.setattr(together, "MOST_WAITING", 1)
    client = app.test_client()
    token = client.get("/s/aaa2222").get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    with held_back(app, [lambda: answer("k0")]), pytest.raises(together.BusyError):
        answer("k1")
    assert db.session.scalar(select(func.count(Response.id))) == 1
    monkeypatch.setattr(together, "MOST_WAITING", 0)
    reply = client.post("/s/aaa2222", data=FORM | {"token": token})
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert "还在您的手机上" in reply.get_data(as_text=True)
    monkeypatch.undo()
    assert client.post("/s/aaa2222", data=FORM | {"token": token}).status_code == 303


def test_who_waited_for_a_writer_that_failed_is_told_to_come_again(app, monkeypatch):
    small_city()

    @contextmanager
    def broken(self):
        raise OSError("no space left on device")
        yield

    with held_back(app, [lambda: answer("k0"), lambda: together.run(lambda: "done"), lambda: answer("k1")]) as came:
        monkeypatch.setattr(together.Writer, "_alone", broken)
    assert isinstance(came[0], OSError)
    assert [type(each) for each in came[1:]] == [together.BusyError, together.BusyError]
    monkeypatch.undo()
    assert answer("k1")
    assert db.session.scalar(select(func.count(Response.id))) == 1
