"""What a tablet takes along and how its interviews are timed, without a browser; with one: test_tablet_browser.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.answering import form_token
from survey_app.answering.devices import make_device, pin_of, signed
from survey_app.answering.tablet_texts import TABLET_TEXTS
from survey_app.models import Response, db
from tests.support.city import FORM, small_city


@pytest.fixture
def device(sqlite_app):
    made = make_device(small_city(opens_at=datetime.now(UTC) - timedelta(days=9)).sites[0], "平板", 9, "anna")
    db.session.commit()
    return made


@pytest.fixture
def client(sqlite_app):
    return sqlite_app.test_client()


def load(client, device, pin: str = "", **more: str):
    return client.post(f"/t/{signed(device)}/load", data={"pin": pin or pin_of(device.id), **more})


def test_a_tablet_is_given_as_many_forms_as_it_is_short_of_and_each_is_another(client, device):
    first = load(client, device).json["forms"]
    assert len({form["token"] for form in first}) == 200
    assert len(load(client, device, has="197").json["forms"]) == 3
    assert load(client, device, has="900").json["forms"] == []
    assert load(client, device, has="-4").status_code == 200


def test_without_its_pin_a_link_gives_no_form_and_guessing_is_stopped(client, device):
    wrong = "000000" if pin_of(device.id) != "000000" else "000001"
    assert [load(client, device, wrong).json["refused"] for _ in range(11)] == ["wrong_pin"] * 10 + ["too_often"]
    assert load(client, device).status_code == 429


@pytest.mark.parametrize("path", ["load", "form", "worker.js", "tablet.webmanifest"])
def test_an_ended_link_gives_nothing_along(client, device, path):
    device.revoked_at = datetime.now(UTC)
    db.session.commit()
    ask = client.post if path == "load" else client.get
    assert ask(f"/t/{signed(device)}/{path}").status_code == 403


def test_the_worker_reaches_no_further_than_its_link_and_everything_it_keeps_is_there(client, device):
    link = signed(device)
    reply = client.get(f"/t/{link}/worker.js")
    assert reply.headers["Service-Worker-Allowed"] == f"/t/{link}"
    assert "worker-src 'self'" in reply.headers["Content-Security-Policy"]
    kept = json.loads(reply.text.partition("self.KEPT = ")[2].partition(";\n")[0])
    assert [client.get(address).status_code for address in kept["addresses"]] == [200] * len(kept["addresses"])
    assert 'name="token" value=""' in client.get(f"/t/{link}/form").text


def test_an_interview_that_was_held_has_the_times_at_which_it_was_made(client, device):
    site, moment = device.site, datetime.now(UTC)
    token = form_token.issue(site.code, "0" * 16, issued_at=moment - timedelta(days=5))
    for held, took in ((2 * 86400, 600), (2 * 86400, 600)):  # sent twice, stored once
        sent = FORM | {"token": token, "held_seconds": str(held), "took_seconds": str(took)}
        reply = client.post(f"/t/{signed(device)}/-", data=sent, headers={"Accept": "application/json"})
        assert reply.json["receipt"]
    stored = db.session.scalars(select(Response)).one()
    assert abs(stored.finished_at - (moment - timedelta(days=2))) < timedelta(seconds=30)
    assert stored.finished_at - stored.started_at == timedelta(minutes=10)


def test_no_interview_begins_before_its_form_was_handed_out(client, device):
    token = load(client, device).json["forms"][0]["token"]
    sent = FORM | {"token": token, "held_seconds": "7200", "took_seconds": "600"}
    client.post(f"/t/{signed(device)}/-", data=sent)
    stored = db.session.scalars(select(Response)).one()
    assert stored.finished_at >= stored.started_at >= datetime.now(UTC) - timedelta(minutes=1)


def test_both_languages_have_the_same_words():
    assert TABLET_TEXTS["zh"].keys() == TABLET_TEXTS["en"].keys()
    assert all(zh.count("{}") == TABLET_TEXTS["en"][key].count("{}") for key, zh in TABLET_TEXTS["zh"].items())
