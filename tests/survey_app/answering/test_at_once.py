"""The form and the receipt that are answered without Flask's dispatch: byte for byte what Flask answers, and counted like it."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import event, select

from survey_app.answering import erasure, form_counts, just_stored
from survey_app.answering.open_sites import forget_sites
from survey_app.answering.pages import at_once
from survey_app.models import KeptSetting, Response, Site, Survey, db
from tests.support.city import FORM, small_city
from tests.support.people import token_of

PHONE = {"Accept-Encoding": "gzip"}
TOKEN = re.compile(rb'name="token" value="[^"]+"')


@pytest.fixture
def front(sqlite_app, monkeypatch):
    """The application, with the number of requests that its dispatch has seen."""
    small_city()
    seen = []
    real = Flask.full_dispatch_request
    monkeypatch.setattr(Flask, "full_dispatch_request", lambda app: seen.append(1) or real(app))
    sqlite_app.seen = seen
    return sqlite_app


def answered(reply):
    """Status, head and page without what each has of its own."""
    body = reply.get_data()
    if reply.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    head = {name: value for name, value in reply.headers if name not in ("Content-Length", "X-Request-ID")}
    assert int(reply.headers["Content-Length"]) == len(reply.get_data())
    assert re.fullmatch("[0-9a-f]{12}", reply.headers["X-Request-ID"])
    return reply.status, head, TOKEN.sub(b"", body)


def give(phone, form=FORM):
    page = gzip.decompress(phone.get("/s/aaa2222", headers=PHONE).get_data()).decode()
    headers = {"Accept": "application/json"}
    return phone.post("/s/aaa2222", data={**form, "token": token_of(page)}, headers=headers).json["receipt"]


@pytest.mark.parametrize("query", sorted(at_once.QUERIES))
def test_a_form_is_what_flask_hands_out_with_a_token_of_its_own(front, query):
    phone = front.test_client()
    first, second, third = (phone.get(f"/s/aaa2222?{query}", headers=PHONE) for _ in range(3))
    assert len(front.seen) == 1
    assert answered(first) == answered(second) == answered(third)
    tokens = {TOKEN.search(gzip.decompress(reply.get_data()))[0] for reply in (first, second, third)}
    assert len(tokens) == 3
    assert len({reply.headers["X-Request-ID"] for reply in (first, second, third)}) == 3


def test_a_receipt_is_what_flask_shows_with_a_number_of_its_own(front):
    numbers = set()
    for lang in ("", "?lang=en"):
        shown = []
        for _ in range(3):
            phone = front.test_client()
            place = give(phone) + lang
            front.seen.clear()
            reply = phone.get(place, headers=PHONE)
            shown.append((len(front.seen), reply))
            numbers.add(number := re.search(rb'data-receipt="(\w+)"', reply.get_data())[1])
            assert db.session.scalar(select(Response.id).where(Response.receipt == number.decode()))
        assert [seen for seen, _reply in shown] == [1, 0, 0]
        status, head, _body = answered(shown[0][1])
        for _seen, reply in shown:
            assert answered(reply)[:2] == (status, head)
        bodies = {re.sub(rb"[2-9A-HJ-NP-Z]{10}", b"", reply.get_data()) for _seen, reply in shown}
        assert len(bodies) == 1
    assert len(numbers) == 6


def test_forms_and_requests_are_counted_as_by_flask(front):
    phone = front.test_client()
    for _ in range(5):
        phone.get("/s/aaa2222", headers=PHONE)
    form_counts.write()
    counted = form_counts._pending().counts
    assert not counted
    events = db.session.execute(select(form_counts.FormCount.event, form_counts.FormCount.number)).all()
    assert (form_counts.OPENED, 5) in [tuple(row) for row in events]
    measured = current_app.extensions["minyi_process"]["minyi_metrics"].timed("respondent.questionnaire", "2xx")
    assert sum(bucket.get() for bucket in measured._buckets) == 5


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/s/aaa2222?trial=1", PHONE),
        ("/s/aaa2222?new=1", PHONE),
        ("/s/aaa2222", {}),
        ("/s/zzz9999", PHONE),
        ("/s/aaa2222/receipt/0123456789abcdef", PHONE),
        ("/s/aaa2222/receipt/0123456789abcdef", PHONE | {"Cookie": "minyi_answered=forged"}),
        ("/s/aaa2222", PHONE | {"Cookie": "minyi_unfinished=forged"}),
    ],
)
def test_whatever_else_is_asked_goes_flasks_way(front, path, headers):
    phone = front.test_client(use_cookies=False)
    give(front.test_client())
    phone.get("/s/aaa2222", headers=PHONE)
    front.seen.clear()
    first, second = (phone.get(path, headers=headers) for _ in range(2))
    assert len(front.seen) == 2
    assert answered(first) == answered(second)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_survey_that_stops_hands_out_no_form(front, state):
    phone = front.test_client()
    assert {phone.get("/s/aaa2222", headers=PHONE).status_code for _ in range(2)} == {200}
    db.session.scalars(select(Survey)).one().state = state
    db.session.commit()
    forget_sites()
    assert b'name="token"' not in phone.get("/s/aaa2222", headers=PHONE).get_data()


def test_the_end_of_a_survey_is_looked_at_each_time(front, monkeypatch):
    phone = front.test_client()
    db.session.scalars(select(Survey)).one().closes_at = datetime.now(UTC) + timedelta(hours=1)
    db.session.commit()
    forget_sites()
    for _ in range(2):
        assert TOKEN.search(gzip.decompress(phone.get("/s/aaa2222", headers=PHONE).get_data()))
    kept = current_app.extensions["minyi_process"]["minyi_addresses"]
    until, site = kept["aaa2222"]
    closed = type(site)(**{**vars(site), "closes_at": datetime.now(UTC) - timedelta(seconds=1)})
    kept["aaa2222"] = (until, closed)
    assert b'name="token"' not in phone.get("/s/aaa2222", headers=PHONE).get_data()


def test_a_new_name_and_a_new_number_are_on_the_next_page(front):
    phone = front.test_client()
    for _ in range(2):
        phone.get("/s/aaa2222", headers=PHONE)
    db.session.scalars(select(Site).where(Site.code == "aaa2222")).one().name = "新名字站点"
    db.session.commit()
    forget_sites()
    assert "新名字站点".encode() in gzip.decompress(phone.get("/s/aaa2222", headers=PHONE).get_data())
    place = give(phone)
    phone.get(place)
    db.session.add(KeptSetting(name="icp", value="鲁ICP备00000001号", by="manager"))
    db.session.commit()
    current_app.extensions["minyi_process"].pop("minyi_imprint")
    assert "鲁ICP备00000001号" in phone.get(place).get_data(as_text=True)
    assert "鲁ICP备00000001号".encode() in gzip.decompress(
        front.test_client().get("/s/aaa2222", headers=PHONE).get_data()
    )


def test_an_answer_taken_back_shows_no_receipt(front):
    for erased in (False, True):
        phone = front.test_client()
        place = give(phone)
        number = re.search(r'data-receipt="(\w+)"', phone.get(place).get_data(as_text=True))[1]
        if erased:
            phone.post("/erase", data={"number": number, "sure": "1"})
        assert ('data-receipt="' in phone.get(place).get_data(as_text=True)) is not erased


def test_what_fails_here_is_flasks_to_answer(front, monkeypatch):
    phone = front.test_client()
    phone.get("/s/aaa2222", headers=PHONE)
    front.seen.clear()
    monkeypatch.setattr(at_once, "hand_out", lambda _site: 1 / 0)
    reply = phone.get("/s/aaa2222", headers=PHONE)
    assert reply.status_code == 200
    assert TOKEN.search(gzip.decompress(reply.get_data()))
    assert len(front.seen) == 1


def test_a_worker_asks_the_database_for_a_receipt_only_where_it_did_not_just_store_it(front, monkeypatch):
    asked: list[int] = []

    def looks() -> list[int]:
        phone = front.test_client()
        place, counts = give(phone), []
        for _ in range(3):
            asked.clear()
            assert phone.get(place, headers=PHONE).status_code == 200
            counts.append(len(asked))
        return counts

    looks()  # of the first the pages are made
    event.listen(db.engine, "checkout", lambda *_given: asked.append(1))
    assert looks() == [0, 1, 1]
    monkeypatch.setattr(just_stored, "KEPT_SECONDS", 0.0)
    assert looks() == [1, 1, 1]


def test_an_answer_erased_at_once_has_no_receipt_any_more(front):
    phone = front.test_client()
    place = give(phone)
    erasure.erase(db.session.scalar(select(Response.receipt)), "asked for")
    db.session.commit()
    assert "data-receipt" not in phone.get(place, headers=PHONE, follow_redirects=True).get_data(as_text=True)
