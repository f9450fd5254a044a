"""What a provider of SMS reports later: at a secret address, once, forwards only, and without a word on what is not ours."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from survey_app.jobs.queue import Silent
from survey_app.models import Channel, Kept, OptOut, Outgoing, db
from survey_app.outbox.channels import keep, renew_secret
from survey_app.outbox.later import MOST, catch_up
from survey_app.outbox.optout import opted_out
from survey_app.outbox.senders import reports
from survey_app.outbox.senders.reports import Report
from survey_app.outbox.sending import send_due
from survey_app.outbox.writing import again, put
from tests.support.city import small_city
from tests.support.outbox import at_any_hour
from tests.support.people import client_of, csrf
from tests.support.stored import begins_with

pytestmark = begins_with(small_city)


@pytest.fixture
def channel(sqlite_app) -> Channel:
    at_any_hour()
    known = {"provider": "stand_in", "signature": "某市统计局", "template_test": "T"}
    made = keep(Channel(kind="sms"), "sms", known, "zh", True, [], "anna")
    db.session.commit()
    return made


def sent(channel: Channel, once: str = "x") -> str:
    """A message that the provider has taken; the number it gave."""
    put(channel, "test", "channel:1", {"by": "anna"}, receiver="anna", to="19000000004", language="zh", once=once)
    db.session.commit()
    send_due(Silent())
    return the_message().number


def the_message() -> Outgoing:
    db.session.expire_all()
    return db.session.scalars(select(Outgoing).order_by(Outgoing.id.desc())).first()


def address_of(channel: Channel) -> str:
    address = f"/sms/{channel.id}/{renew_secret(channel)}"
    db.session.commit()
    return address


def report(app, address: str, *said: object):
    return app.test_client().post(address, data=json.dumps(said), content_type="application/json")


def test_a_message_is_delivered_once_and_a_late_report_does_not_undo_it(sqlite_app, channel):
    address, number = address_of(channel), sent(channel)
    assert the_message().state == "sent"
    answer = report(sqlite_app, address, {"state": "delivered", "number": number})
    assert (answer.status_code, answer.json) == (200, {"code": 0, "msg": "OK"})
    assert the_message().state == "delivered"
    report(sqlite_app, address, {"state": "bounced", "number": number, "code": "UNDELIV"})
    assert (the_message().state, the_message().reason) == ("delivered", "")


def test_what_was_not_delivered_has_failed_with_its_code_and_an_old_report_does_not_touch_it_once_sent_again(
    sqlite_app, channel, monkeypatch
):
    address, number = address_of(channel), sent(channel)
    report(sqlite_app, address, {"state": "bounced", "number": number, "code": "MK:0013"})
    failed = the_message()
    assert failed.state == "failed"
    assert "MK:0013" in failed.reason
    assert again([failed.id]) == 1
    db.session.commit()
    monkeypatch.setattr("survey_app.outbox.senders.sms.stand_in", lambda _known, _sms: reports_sent("another"))
    send_due(Silent())
    report(sqlite_app, address, {"state": "bounced", "number": number, "code": "MK:0013"})
    assert (the_message().state, the_message().number) == ("sent", "another")


@pytest.mark.parametrize(("state", "code"), [("delivered", ""), ("bounced", "UNDELIV")])
def test_what_is_told_before_its_message_is_noted_as_sent_is_kept_and_done_once(
    sqlite_app, channel, monkeypatch, state, code
):
    address = address_of(channel)
    ours, other = {"state": state, "number": "quick", "code": code}, {"state": "delivered", "number": "another's"}

    def quick(_known, _sms):
        contrary = {**ours, "state": "bounced" if state == "delivered" else "delivered"}
        assert report(sqlite_app, address, ours, contrary, other).status_code == 200
        return reports_sent("quick")

    monkeypatch.setattr("survey_app.outbox.senders.sms.stand_in", quick)
    assert sent(channel) == "quick"
    assert the_message().state == "sent"
    assert (catch_up(), catch_up()) == (1, 0)
    db.session.commit()
    assert the_message().state == ("failed" if code else state)
    assert code in the_message().reason
    assert [kept.note for kept in db.session.query(Kept)] == [{"channel": channel.id}], "the other's goes after a day"
    assert report(sqlite_app, address, {"state": "delivered", "number": "nobody's"}).status_code == 200
    assert db.session.query(Kept).count() == 1, "nothing was being sent"


def reports_sent(number: str):
    from survey_app.outbox.senders.frame import Sent

    return Sent("sent", number)


def test_who_answers_that_she_wants_no_more_gets_no_more_and_no_number_is_stored(sqlite_app, channel):
    address = address_of(channel)
    for _twice in range(2):
        assert report(sqlite_app, address, {"state": "opted_out", "phone": "+86 138-0000-0000"}).status_code == 200
    assert opted_out("13800000000")
    assert db.session.query(OptOut).count() == 1
    bounced = {"state": "bounced", "number": sent(channel), "code": "13800000000"}
    report(sqlite_app, address, bounced)
    assert "138" not in the_message().reason


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[]", 200),
        (
            '[{"state": "delivered", "number": "nobody\'s"}, {"state": "opted_out", "phone": "x"}, 7, {"state": []}]',
            200,
        ),
        ('[{"state": "delivered"}, {"state": "bounced", "number": null, "code": {}}]', 200),
        (
            r'[{"state": "delivered", "number": "\ud800"}, {"state": "bounced", "number": "\u0000"}, {"state": "opted_out", "phone": "\ud800\u0000"}]',
            200,
        ),
        ("{}", 400),
        ("", 400),
        ("[" * 100_000, 400),
        ("\udcff", 400),
    ],
)
def test_what_is_not_ours_is_passed_over_and_what_cannot_be_read_is_refused(sqlite_app, channel, body, status):
    address = address_of(channel)
    sent(channel)
    answer = sqlite_app.test_client().post(address, data=body.encode(errors="surrogateescape"))
    assert answer.status_code == status
    assert the_message().state == "sent"
    assert db.session.query(OptOut).count() == 0


def test_a_number_that_no_database_holds_costs_nothing_of_the_others(sqlite_app, channel):
    address, number = address_of(channel), sent(channel)
    broken = [{"state": "delivered", "number": "\ud800"}, {"state": "opted_out", "phone": "138\u0000\ud80000000000"}]
    assert report(sqlite_app, address, *broken, {"state": "delivered", "number": number}).status_code == 200
    assert the_message().state == "delivered"
    assert opted_out("13800000000")


def test_more_than_one_request_may_tell_is_refused_whole_so_that_the_provider_sends_it_in_parts(sqlite_app, channel):
    address, number = address_of(channel), sent(channel)
    others = [{"state": "delivered", "number": f"other-{n}"} for n in range(MOST - 1)]
    mine = {"state": "delivered", "number": number}
    answer = report(sqlite_app, address, *others, mine, mine)
    assert (answer.status_code, answer.json["code"]) == (413, 413)
    assert the_message().state == "sent"
    assert report(sqlite_app, address, *others, mine).status_code == 200
    assert the_message().state == "delivered"


def test_only_the_newest_address_of_a_channel_in_use_is_answered_and_guesses_are_slowed_down(sqlite_app, channel):
    assert report(sqlite_app, f"/sms/{channel.id}/").status_code == 404
    assert report(sqlite_app, f"/sms/{channel.id}/x").status_code == 404, "none was made"
    old, new = address_of(channel), address_of(channel)
    assert [report(sqlite_app, each).status_code for each in (old, new)] == [404, 200]
    assert report(sqlite_app, new.replace("/sms/1", "/sms/99999999999")).status_code == 404
    assert sqlite_app.test_client().get(new).status_code == 405
    channel.active = False
    db.session.commit()
    assert report(sqlite_app, new).status_code == 404
    assert 429 in {report(sqlite_app, f"/sms/{channel.id}/é").status_code for _try in range(61)}


def test_a_provider_may_read_its_own_form(sqlite_app, channel, monkeypatch):
    def read(_known, body, fields):
        return [Report("delivered", number=fields["id"])]

    class Own:
        name, load = "stand_in", staticmethod(lambda: read)

    monkeypatch.setattr(reports, "entry_points", lambda group: [Own])
    address, number = address_of(channel), sent(channel)
    client = sqlite_app.test_client()
    assert client.post(address, data={"nothing": "1"}).status_code == 400, (
        "whatever goes wrong in it is no failure of ours"
    )
    assert client.post(address, data={"id": number}).status_code == 200
    assert the_message().state == "delivered"


def test_a_reader_that_cannot_be_loaded_is_no_failure_of_ours(sqlite_app, channel, monkeypatch):
    class Own:
        name = "stand_in"

        @staticmethod
        def load():
            raise ImportError("no such package")

    monkeypatch.setattr(reports, "entry_points", lambda group: [Own])
    assert report(sqlite_app, address_of(channel)).status_code == 400


def test_the_page_makes_the_address_and_shows_it_once(sqlite_app, channel):
    admin, page = client_of(sqlite_app, "administrator"), f"/console/channels/{channel.id}"
    first = admin.get(page).get_data(as_text=True)
    assert "生成回执地址" in first
    shown = admin.post(f"{page}/secret", data={"csrf_token": csrf(first)}).get_data(as_text=True)
    [address] = re.findall(r"<code>http://127\.0\.0\.1:8000(/sms/\S+)</code>", shown)
    assert report(sqlite_app, address).status_code == 200
    later = admin.get(page).get_data(as_text=True)
    assert "更换回执地址" in later
    assert address not in later
