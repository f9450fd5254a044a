"""Groups and receivers of webhooks: their formats and signatures; no address inside the house unless the operator allows it."""

from __future__ import annotations

import json
import socket
import threading
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from hmac import HMAC
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from survey_app.ground import audit, sign_off
from survey_app.jobs.queue import Silent
from survey_app.models import AuditEntry, Channel, Outgoing, db
from survey_app.outbox.channels import known
from survey_app.outbox.happened import collect
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders import groups, http, webhooks
from survey_app.outbox.senders.frame import NeverError, NotNowError
from survey_app.outbox.sending import send_due
from tests.support.application import change
from tests.support.city import scored_city, small_city
from tests.support.outbox import at_any_hour, begin, collected
from tests.support.people import csrf
from tests.support.receiver import receiver
from tests.support.stored import begins_with

LETTER = Letter(
    "", "[Minyi] 工单已逾期", "某市的工单#12已逾期。", "zh", "ab" * 32, datetime(2026, 11, 29, tzinfo=UTC), "ticket.overdue",
    {"number": 12},
)  # fmt: skip


@pytest.fixture
def inside(sqlite_app):
    """The machine itself may be reached, as an operator would allow it."""
    change(sqlite_app, private_receivers=(ip_network("127.0.0.0/8"),))
    return sqlite_app


def test_wecom_is_sent_its_text_and_too_fast_means_later(inside):
    with receiver() as box, groups.wecom({"address": f"{box.url}/cgi-bin/webhook/send?key=k"}) as send:
        assert send(LETTER).state == "sent"
        came = box.came[0]
        assert came.path == "/cgi-bin/webhook/send?key=k"
        assert json.loads(came.body) == {"msgtype": "text", "text": {"content": f"{LETTER.subject}\n\n{LETTER.text}"}}
        box.answers = [(200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}')]
        with pytest.raises(NotNowError, match="45009"):
            send(LETTER)
        box.answers = [(200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}')]
        with pytest.raises(NeverError, match="invalid webhook url"):
            send(LETTER)
        box.answers = [(502, b"<html>"), (404, b"")]
        with pytest.raises(NotNowError, match="502"):
            send(LETTER)
        with pytest.raises(NeverError, match="404"):
            send(LETTER)


def test_a_long_text_is_cut_between_letters_to_what_wecom_takes(inside):
    long = Letter("", "x", "民" * 2000, "zh", "a", LETTER.made_at, "test")
    with receiver() as box, groups.wecom({"address": box.url}) as send:
        send(long)
        said = json.loads(box.came[0].body)["text"]["content"]
        assert 2040 <= len(said.encode()) <= 2048
        assert said.endswith("民")


def test_dingtalk_is_signed_as_its_document_says(inside):
    """HMAC-SHA-256 of 'timestamp\\nsecret' under the secret, in base64, quoted in the address."""
    with receiver() as box:
        known_to = {"address": f"{box.url}/robot/send?access_token=t", "signing": "SECabc"}
        with groups.dingtalk(known_to) as send:
            send(LETTER)
        asked = parse_qs(urlsplit(box.came[0].path).query)
        wanted = HMAC(b"SECabc", f"{asked['timestamp'][0]}\nSECabc".encode(), sha256).digest()
        assert b64decode(asked["sign"][0]) == wanted
        assert asked["access_token"] == ["t"]
        assert abs(int(asked["timestamp"][0]) / 1000 - datetime.now(UTC).timestamp()) < 60
        with groups.dingtalk({"address": f"{box.url}/robot/send?access_token=t"}) as send:
            send(LETTER)
        assert "sign" not in box.came[1].path


@pytest.mark.parametrize("secure", [True, False])
def test_a_webhook_is_signed_as_standard_webhooks_and_known_again_at_a_repetition(inside, secure):
    secret = webhooks.new_secret()
    with receiver(secure) as box:
        with webhooks.opened({"address": f"{box.url}/in", "signing": secret, "authority": box.authority}) as send:
            assert send(LETTER).state == "delivered"
            box.answers = [(500, b""), (301, b""), (410, b"")]
            for kind, status in ((NotNowError, "500"), (NotNowError, "301"), (NeverError, "410")):
                with pytest.raises(kind, match=status):
                    send(LETTER)
        first = box.came[0]
        said = f"{first.headers['webhook-id']}.{first.headers['webhook-timestamp']}.".encode() + first.body
        wanted = HMAC(b64decode(secret.removeprefix("whsec_")), said, sha256).digest()
        assert first.headers["webhook-signature"] == f"v1,{b64encode(wanted).decode()}"
        assert {each.headers["webhook-id"] for each in box.came} == {first.headers["webhook-id"]}
        assert json.loads(first.body) == {
            "type": "ticket.overdue", "timestamp": "2026-11-29T00:00:00+00:00", "data": {"number": 12},
        }  # fmt: skip


def test_a_foreign_certificate_is_not_spoken_to(inside):
    with receiver(secure=True) as box:
        with pytest.raises(NotNowError, match="CERTIFICATE_VERIFY_FAILED"):
            http.post(box.url, b"{}", {})
        assert box.came == []


def test_a_receiver_that_drips_is_hung_up_on_and_the_batch_waits_for_it_once(inside, monkeypatch):
    monkeypatch.setattr(http, "SECONDS", 0.5)
    came: list[socket.socket] = []

    def drip(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                came.append(server.accept()[0])
                came[-1].sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                for _second in range(60):
                    came[-1].sendall(b"x")
                    time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        known_to = {"address": f"http://127.0.0.1:{server.getsockname()[1]}/in", "signing": webhooks.new_secret()}
        began = time.monotonic()
        with webhooks.opened(known_to) as send:
            for _letter in range(3):
                with pytest.raises(NotNowError, match=r"127\.0\.0\.1"):
                    send(LETTER)
        assert 0.4 < time.monotonic() - began < 4
        assert len(came) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_nothing_inside_the_house_is_reached(sqlite_app, address):
    assert not http.may_reach(ip_address(address))


def test_public_addresses_are_reached_and_named_networks_of_the_house(sqlite_app):
    assert all(http.may_reach(ip_address(each)) for each in ("8.8.8.8", "2400:3200::1", "64:ff9b::808:808"))
    change(sqlite_app, private_receivers=(ip_network("10.1.0.0/16"), ip_network("fc00::/7")))
    assert http.may_reach(ip_address("10.1.2.3"))
    assert http.may_reach(ip_address("::ffff:10.1.2.3"))
    assert not http.may_reach(ip_address("10.2.2.3"))


def test_a_name_is_looked_up_once_and_what_was_looked_at_is_what_is_reached(sqlite_app, monkeypatch):
    """A name server that says something else the second time leads nowhere."""
    asked: list[str] = []
    reached: list[object] = []

    def looked_up(host, port, **more):
        asked.append(host)
        answer = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]

    def connected(place, **more):
        reached.append(place)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(NotNowError, match="no network in tests"):
        http.post("https://receiver.example/in", b"", {})
    assert (asked, reached) == (["receiver.example"], [("93.184.216.34", 443)])
    with pytest.raises(NeverError, match="private network"):
        http.post("https://receiver.example/in", b"", {})
    assert len(reached) == 1


@pytest.mark.parametrize(
    "wrong",
    ["", "ftp://a.example", "http://a.example", "https://", "https://u:p@a.example", "https://a.example/#x", "x y"],
)
def test_an_address_is_whole_and_secret(sqlite_app, wrong):
    assert http.wrong_address(wrong) == "outbox.bad_url"
    assert http.wrong_address("https://a.example:8443/in?x=1") == ""


def receives(address: str, *events: str, kind: str = "webhook") -> Channel:
    from survey_app.outbox.channels import keep

    channel = keep(Channel(kind=kind), kind, {"address": address}, "zh", active=True, events=list(events), by="anna")
    db.session.commit()
    return channel


@begins_with(scored_city)
def test_counted_answers_are_told_as_numbers_and_signatures_as_events(inside):
    at_any_hour()
    with receiver() as box:
        receives(f"{box.url}/in", "response_counted", "estimate_approved", "final_signed")
        begin()
        assert collected() == [], "what was before is history"
        from survey_app.models import ResponseCount

        count = db.session.scalars(select(ResponseCount).where(ResponseCount.state == "complete")).first()
        count.number += 3
        with audit.acting_for("anna"):
            sign_off.take_step("final:7", "proposed", "anna", "")
        with audit.acting_for("berta"):
            sign_off.take_step("final:7", "approved", "berta", "好")
        db.session.commit()
        collect()
        db.session.commit()
        assert send_due(Silent()) == 2
        said = {json.loads(each.body)["type"]: json.loads(each.body)["data"] for each in box.came}
        assert set(said) == {"response.counted", "final_run.signed"}
        assert {name: said["response.counted"][name] for name in ("survey", "new")} == {"survey": "wave1", "new": 3}
        assert set(said["response.counted"]) == {"survey", "new", "total", "link"}, "a number, and nobody's answers"
        assert said["final_run.signed"]["number"] == 7
        assert {message.state for message in db.session.scalars(select(Outgoing))} == {"delivered"}


@begins_with(small_city)
def test_a_secret_is_shown_once_and_another_may_be_made(desk):
    page = desk.get("/console/channels/new/webhook").get_data(as_text=True)
    form = {
        "csrf_token": csrf(page),
        "name": "大屏",
        "address": "https://a.example/in",
        "language": "zh",
        "active": "y",
    }
    answer = desk.post("/console/channels/new/webhook", data={**form, "events": ["ticket_overdue"]})
    channel = db.session.scalars(select(Channel)).one()
    secret = known(channel)["signing"]
    assert secret in answer.get_data(as_text=True)
    again = desk.get(f"/console/channels/{channel.id}").get_data(as_text=True)
    assert secret not in again
    renewed = desk.post(f"/console/channels/{channel.id}/secret", data={"csrf_token": csrf(again)}).get_data(
        as_text=True
    )
    db.session.expire_all()
    assert known(channel)["signing"] != secret
    assert known(channel)["signing"] in renewed
    trail = repr(db.session.scalars(select(AuditEntry.after)).all())
    assert "whsec_" not in trail
    bad = desk.post("/console/channels/new/webhook", data={**form, "name": "x", "address": "http://a.example/in"})
    assert bad.status_code == 422
    assert "https://" in bad.get_data(as_text=True)
