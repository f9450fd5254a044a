"""Answers that come in together: one commit for all, and each with its own right answer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, func, select, text

from survey_app.answering import together
from survey_app.answering.invitation_links import OpenInvitation
from survey_app.answering.open_sites import find_site
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import InvitationUsedError, answered_on
from survey_app.fieldwork.invitations import make
from survey_app.ground.metrics import metrics
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


def written() -> dict[str, float]:
    """Transactions, and the answers in them."""
    samples = metrics().together.collect()[0].samples
    return {part: one.value for part in ("count", "sum") for one in samples if one.name.endswith(f"_{part}")}


def test_who_comes_while_one_is_written_is_written_in_one_transaction(app):
    small_city()
    with held_back(app, [lambda key=f"k{n}": answer(key) for n in range(6)]) as came:
        assert came == [None] * 6  # nobody has a receipt before the commit
    assert written() == {"count": 2, "sum": 7}
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
    assert written() == {"count": 2, "sum": 4}


def test_two_of_one_key_in_a_batch_get_the_receipt_that_is_stored(app):
    small_city()
    with held_back(app, [lambda: answer("k0"), lambda: answer("k0"), lambda: answer("k1")]) as came:
        pass
    stored = dict(db.session.execute(select(Response.submission_key, Response.receipt)).all())
    assert (came[0], came[1], came[2]) == (stored["k0"], stored["k0"], stored["k1"])


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whose_connection_the_server_has_ended_a_moment_ago_is_stored_by_another(app):
    small_city()
    answer("k0")
    db.session.rollback()
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with create_engine(db.engine.url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(ended)
    receipt = answer("k1")
    assert answered_on(find_site("aaa2222"), receipt) is not None


def test_a_row_is_stored_alike_whichever_way_it_is_written(app):
    """Types that a database reads from JSON are those that the ORM writes: moments, truth, nothing, answers with marks."""
    small_city()
    form = FORM | {"comment": ['很好 "quoted" \\ 😀\n<b>']}
    acknowledge(find_site("aaa2222"), form, "k0", "zh", BEGAN)
    one = db.session.scalars(select(Response)).one()
    plain = {column.name: getattr(one, column.name) for column in Response.__table__.columns}
    again = Response(**plain | {"id": None, "submission_key": "k1", "receipt": "OTHER"})
    db.session.add(again)
    db.session.commit()
    db.session.expire_all()
    kept, other = db.session.execute(select(Response.__table__).order_by(Response.id)).mappings()
    assert {**kept, "id": 0, "submission_key": "", "receipt": ""} == {
        **other,
        "id": 0,
        "submission_key": "",
        "receipt": "",
    }
    assert (kept["started_at"], kept["probability"], kept["device_id"]) == (BEGAN, True, None)
    assert kept["answers"]["comment"] == form["comment"][0]


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


def test_who_waits_to_be_written_holds_no_connection_that_the_writer_might_need(app, monkeypatch):
    small_city()
    db.session.rollback()
    pool = db.engine.pool
    monkeypatch.setattr(pool, "_max_overflow", 0)
    monkeypatch.setattr(pool, "_timeout", 5)

    def reads_first(key: str) -> str:
        db.session.scalar(select(func.count(Site.id)))  # as what is looked up again every few seconds
        return answer(key)

    with held_back(app, [lambda key=f"k{n}": reads_first(key) for n in range(pool.size() + 1)]) as came:
        assert pool.checkedout() <= 1
    assert all(isinstance(number, str) for number in came)
