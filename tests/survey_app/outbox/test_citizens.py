"""A citizen who leaves a way hears that there is an answer: at her choice, sealed, without its words, and deleted after."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from survey_app.ground.clock import today
from survey_app.ground.sealing import unseal
from survey_app.jobs.queue import Silent
from survey_app.models import Outgoing, Ticket, db
from survey_app.models.base import now
from survey_app.outbox.jobs import forget_ways
from survey_app.outbox.letters import letter_of
from survey_app.outbox.sending import LEASE, give_up_unknown, send_due
from survey_app.outbox.writing import put
from survey_app.tickets.handling import handle
from tests.support.city import small_city
from tests.support.mail import mail_server
from tests.support.outbox import at_any_hour, begin, collected, mail_channel
from tests.support.people import token_of
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of

pytestmark = begins_with(small_city)


def report(app, ending="", **more):
    client = app.test_client()
    page = client.get(f"/p{ending}", follow_redirects=True)
    form = page.get_data(as_text=True)
    area = (
        form.partition('id="area"')[2].partition('<option value="')[2].partition('<option value="')[2].partition('"')[0]
    )
    data = {"token": token_of(form), "field": "traffic", "area": area, "text": "路灯坏了三天", **more}
    return client.post(page.request.path + ending, data=data)


def test_she_is_asked_only_where_she_can_be_told_and_a_wrong_way_keeps_her_words(sqlite_app):
    page = sqlite_app.test_client().get("/p", follow_redirects=True).get_data(as_text=True)
    assert "有答复时通知我" not in page
    assert report(sqlite_app, way="a@example.org").status_code == 422, "nobody would tell her"
    mail_channel()
    page = sqlite_app.test_client().get("/p", follow_redirects=True).get_data(as_text=True)
    assert "请填电子邮箱。" in page
    wrong = report(sqlite_app, way="13800000000")
    assert wrong.status_code == 422
    assert "路灯坏了三天" in wrong.get_data(as_text=True)
    assert report(sqlite_app, way=" a@example.org ").status_code == 303
    assert report(sqlite_app).status_code == 303, "she need not"
    told = db.session.scalars(select(Ticket.sealed_way).order_by(Ticket.id)).all()
    assert (unseal(told[0]), told[1]) == ("a@example.org", None)


def test_she_hears_of_each_answer_once_and_her_address_goes_with_the_message(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        mail_channel(box.port)
        begin()
        ticket, _number = ticket_of("某市", "市公安局")
        from survey_app.ground.sealing import seal

        ticket.sealed_way = seal("a@example.org")
        db.session.commit()
        handle(ticket, "close", "department", "anna", "已经修好", seen=ticket.version)
        db.session.commit()
        [message] = collected()
        assert (message.event, message.receiver) == ("ticket_answered", "citizen")
        assert len(collected()) == 1
        assert send_due(Silent()) == 1
        text = box.mails[0].get_content()
        assert "http://127.0.0.1:8000/q" in text
        assert "已经修好" not in text
        assert "路口" not in text
        db.session.expire_all()
        assert db.session.scalars(select(Outgoing)).one().sealed_to is None


def test_who_wrote_in_english_hears_in_english_and_no_column_tells_it_before_or_after(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        mail_channel(box.port)
        begin()
        page = sqlite_app.test_client().get("/p?lang=en", follow_redirects=True)
        assert report(sqlite_app, "?lang=en", way="a@example.org").status_code == 303
        assert "en" not in {str(each) for each in db.session.execute(select(Ticket.__table__)).one()}
        ticket = db.session.scalars(select(Ticket)).one()
        handle(ticket, "close", "department", "anna", "已经修好", seen=ticket.version)
        db.session.commit()
        [message] = collected()
        assert message.language == "en"
        assert send_due(Silent()) == 1
        assert "There is an answer to your problem" in box.mails[0]["Subject"]
        link = re.search(r"http://127.0.0.1:8000(/q\S+)", box.mails[0].get_content())[1]
        opened = sqlite_app.test_client().get(link).get_data(as_text=True)
        assert '<html lang="en"' in opened
        assert '<html lang="en"' in page.get_data(as_text=True)
        db.session.expire_all()
        assert (message.sealed_to, message.language) == (None, "zh")


def test_an_sms_holds_a_link_that_opens_and_a_lost_one_no_number(sqlite_app):
    mail = mail_channel()
    params = {"area": "某市", "day": "2026-11-29", "link": "/q"}
    put(mail, "ticket_answered", "ticket:1", params, receiver="citizen", to="a@example.org", language="zh", once="x")
    message = db.session.scalars(select(Outgoing)).one()
    assert letter_of([message], "").params["link"] == "http://127.0.0.1:8000/q"
    mail.kind = "sms"
    message.state, message.claimed_at = "sending", now() - LEASE - timedelta(minutes=1)
    db.session.commit()
    assert give_up_unknown() == 1
    db.session.expire_all()
    assert (message.state, message.sealed_to) == ("failed", None)


def test_her_way_is_deleted_when_the_matter_is_over(sqlite_app):
    mail = mail_channel()
    for days in (31, 29):
        ticket, _number = ticket_of(
            "某市", None, state="closed", closed_on=today() - timedelta(days=days), sealed_way="x"
        )
        more = {"receiver": "citizen", "to": "a@example.org", "language": "zh", "once": "x" * days}
        put(mail, "ticket_answered", f"ticket:{ticket.id}", {}, **more)
    open_one, _number = ticket_of("某市", None, sealed_way="x")
    assert forget_ways(Silent()) == 1
    db.session.commit()
    assert [to is None for to in db.session.scalars(select(Outgoing.sealed_to).order_by(Outgoing.id))] == [True, False]
    kept = db.session.scalars(select(Ticket.id).where(Ticket.sealed_way.is_not(None)).order_by(Ticket.id)).all()
    assert kept == [ticket.id, open_one.id]
