"""Invitations from a list: each number once, at most two reminders, only to who has not answered, and nothing left at the close."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from survey_app.answering.invitation_codes import code_hash, read_code
from survey_app.answering.invitation_links import find_invitation
from survey_app.fieldwork.invitations import InvitationError, reissue
from survey_app.files.tables_in import TableRefusedError
from survey_app.ground.clock import today
from survey_app.ground.sealing import unseal
from survey_app.jobs.queue import Silent
from survey_app.models import Channel, Invitation, InvitationUse, Invited, OptOut, Outgoing, Site, db, every_table
from survey_app.models.base import now
from survey_app.outbox import sending
from survey_app.outbox.channels import keep
from survey_app.outbox.invited import forget_after_close, forget_numbers, queue_round, standing, take_list
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders import sms
from survey_app.outbox.sending import LEASE, give_up_unknown, send_due
from survey_app.surveys.life import change_state
from tests.support.city import small_city, the_survey
from tests.support.mail import mail_server
from tests.support.outbox import at_any_hour, mail_channel
from tests.support.people import client_of, csrf, token_of
from tests.support.stored import begins_with

pytestmark = begins_with(small_city)


def sms_channel() -> Channel:
    """The stand-in, with a template for everything."""
    known = {"provider": "stand_in", "signature": "某市统计局", "template_invitation": "T1", "template_reminder": "T2"}
    made = keep(Channel(kind="sms"), "sms", {**known, "template_ticket_answered": "T3"}, "zh", True, [], "anna")
    db.session.commit()
    return made


def listed(*numbers: str) -> bytes:
    site = sampled().code
    return "\n".join(["点位编码,手机号或邮箱", *(f"{site},{number}" for number in numbers)]).encode()


def sampled() -> Site:
    return next(site for site in the_survey().sites if site.probability)


def take(*numbers: str) -> int:
    number = take_list(the_survey(), "list.csv", listed(*numbers))
    db.session.commit()
    return number


def queued() -> int:
    number = queue_round(the_survey())
    db.session.commit()
    return number


def days_pass() -> None:
    db.session.execute(update(Invited).values(last_on=today() - timedelta(days=3)))
    db.session.commit()


def states() -> list[str]:
    db.session.expire_all()
    return [message.state for message in db.session.scalars(select(Outgoing).order_by(Outgoing.id))]


def test_a_person_is_invited_answers_and_is_not_reminded_while_another_is_twice_at_most(app):
    at_any_hour()
    with mail_server() as box:
        mail_channel(box.port)
        assert take("a@example.org", "b@example.org") == 2
        assert queued() == 2
        assert queued() == 0, "not again on the same day"
        assert send_due(Silent()) == 2
        links = [re.search(r"http\S+/i/(\S+)", mail.get_content())[1] for mail in box.mails]
        assert {str(mail["To"]) for mail in box.mails} == {"a@example.org", "b@example.org"}
        assert all(find_invitation(link) for link in links), "the link opens the person's own invitation"
        assert len(set(links)) == 2
        used = db.session.scalars(
            select(Invitation).where(Invitation.code_hash == code_hash(read_code(links[0])))
        ).one()
        days_pass()
        assert queued() == 2
        used.state = "spent"  # after the reminder was queued, before it goes
        db.session.commit()
        assert send_due(Silent()) == 1
        assert sorted(states()) == ["dropped", "sent", "sent", "sent"]
        days_pass()
        assert queued() == 1
        send_due(Silent())
        days_pass()
        assert queued() == 0, "an invitation and two reminders"
        assert [str(mail["Subject"]).partition("] ")[2] for mail in box.mails] == [
            "邀请您参加满意度调查", "邀请您参加满意度调查", "还差您的一份答卷", "还差您的一份答卷",
        ]  # fmt: skip
        assert box.mails[0].get_content_type() == "text/plain", "nothing that would tell that it was opened"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (("12345",), "a mobile number or an e-mail address is expected"),
        (("13800000000", "+86 138-0000-0000"), "the same as in row 2"),
        (("a@b",), "a mobile number or an e-mail address is expected"),
        (("",), "must be filled in"),
    ],
)
def test_a_list_is_taken_whole_or_not_at_all(sqlite_app, numbers, said):
    with pytest.raises(TableRefusedError) as refused:
        take(*numbers)
    db.session.rollback()
    assert said in " ".join(str(fault) for fault in refused.value.faults).lower()
    assert db.session.query(Invited).count() + db.session.query(Invitation).count() == 0


def test_an_open_site_and_who_is_listed_already_are_refused(sqlite_app):
    take("13800000000")
    with pytest.raises(TableRefusedError, match="already"):
        take("13800000000")
    with pytest.raises(TableRefusedError, match="no sampled site"):
        take_list(the_survey(), "x.csv", "点位编码,手机号或邮箱\nnowhere,13800000001".encode())


def test_numbers_are_sealed_and_nobody_finds_one_in_the_database_the_trail_or_the_outbox(sqlite_app):
    at_any_hour()
    sms_channel()
    take("13800000000")
    queued()
    send_due(Silent())
    dump = repr([tuple(row) for table in every_table().sorted_tables for row in db.session.execute(select(table))])
    assert "13800000000" not in dump
    assert unseal(db.session.scalars(select(Invited.sealed)).one()) == "13800000000"
    assert states() == ["delivered"]


@pytest.mark.parametrize(
    ("number", "state", "goes"),
    [("19000000001", "queued", 1), ("19000000002", "failed", 0), ("19000000003", "failed", 1)],
)
def test_a_provider_is_busy_refuses_or_says_who_wants_no_more(sqlite_app, number, state, goes):
    at_any_hour()
    sms_channel()
    take(number)
    queued()
    send_due(Silent())
    assert states() == [state]
    days_pass()
    assert queued() == goes
    assert (db.session.query(OptOut).count() == 1) is (number == "19000000002")


def test_a_list_says_who_reads_english_and_the_message_its_template_and_its_link_are(sqlite_app):
    at_any_hour()
    sms_channel()
    rows = ["点位编码,手机号或邮箱,语言", f"{sampled().code},a@example.org,英文", f"{sampled().code},13800000000,"]
    with mail_server() as box:
        mail_channel(box.port)
        with pytest.raises(TableRefusedError, match="zh or en"):
            take_list(the_survey(), "list.csv", "\n".join([*rows, f"{sampled().code},b@example.org,法文"]).encode())
        db.session.rollback()
        assert take_list(the_survey(), "list.csv", "\n".join(rows).encode()) == 2
        assert queued() == 2
        assert send_due(Silent()) == 2
        english = box.mails[0]
        assert "You are invited to a survey" in english["Subject"]
        link = re.search(r"http\S+(/i/\S+)", english.get_content())[1]
        page = sqlite_app.test_client().get(link, follow_redirects=True).get_data(as_text=True)
        assert '<html lang="en"' in page
        assert not re.search(r"[\u4e00-\u9fff]", english.get_content().partition("-- ")[0])
    assert [each.language for each in db.session.scalars(select(Outgoing).order_by(Outgoing.id))] == ["en", "zh"]


@pytest.mark.parametrize(
    ("language", "known", "template"),
    [("en", {"template_test_en": "E"}, "E"), ("en", {}, "Z"), ("zh", {"template_test_en": "E"}, "Z")],
)
def test_an_sms_has_the_template_of_its_language_or_else_the_chinese_one(language, known, template, monkeypatch):
    sent: list[sms.Sms] = []
    monkeypatch.setattr(sms, "stand_in", lambda _known, message: sent.append(message) or sms.Sent())
    letter = Letter("13800000000", "", "", language, "m" * 40, now(), "test")
    with sms.opened({"provider": "stand_in", "signature": "", "template_test": "Z", **known}) as send:
        send(letter)
    assert sent[0].template == template


def test_an_sms_whose_worker_died_is_left_to_a_person(sqlite_app):
    """No provider knows a repetition, and it costs money and patience."""
    at_any_hour()
    sms_channel()
    take("13800000000")
    queued()
    message = db.session.scalars(select(Outgoing)).one()
    message.state, message.claimed_at = "sending", now() - LEASE - timedelta(minutes=1)
    db.session.commit()
    assert send_due(Silent()) == 0
    assert give_up_unknown() == 1
    db.session.commit()
    assert states() == ["failed"]


def test_a_list_that_is_forgotten_while_it_is_sent_stops_nobody(sqlite_app, monkeypatch):
    at_any_hour()
    sms_channel()
    take("13800000000", "13800000001")
    queued()

    @contextmanager
    def opened(known):
        def send(letter):
            forget_numbers(the_survey())
            db.session.commit()
            return sending.Sent()

        yield send

    monkeypatch.setitem(sending.SENDERS, "sms", opened)
    send_due(Silent())
    assert states() == []


def test_no_key_and_no_statement_brings_a_number_and_an_answer_together(sqlite_app):
    """From the list to its answer the schema has no way, and nothing that is ever asked names both."""
    at_any_hour()
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2].lower()))
    with mail_server() as box:
        mail_channel(box.port)
        take("a@example.org")
        queued()
        send_due(Silent())
        link = re.search(r"http\S+(/i/\S+)", box.mails[0].get_content())[1]
        client = sqlite_app.test_client()
        page = client.get(link, follow_redirects=True)
        assert page.status_code == 200
        token_of(page.get_data(as_text=True))
        days_pass()
        queued()
        send_due(Silent())
        standing(the_survey())
        change_state(the_survey(), "closed")
        db.session.commit()
    names = re.compile(r"\b(invited|response|invitation_use)\b")
    both = [each for each in said if {"invited"} < set(names.findall(each))]
    assert both == []
    assert any("invited" in each for each in said)
    keys = {
        table.name: {key.column.table.name for key in table.foreign_keys}
        for table in (Invited.__table__, Outgoing.__table__, InvitationUse.__table__)
    }
    assert keys == {
        "invited": {"invitation", "survey"}, "outgoing": {"channel", "user_account"}, "invitation_use": {"survey", "response"},
    }  # fmt: skip
    assert "response" not in {key.column.table.name for key in Invitation.__table__.foreign_keys}


def test_numbers_go_at_the_close_by_the_clock_and_by_hand_and_nothing_is_sent_any_more(app):
    at_any_hour()
    mail_channel()
    survey = the_survey()
    take("a@example.org", "b@example.org")
    queued()
    assert forget_after_close() == 0
    survey.closes_at = now() - timedelta(minutes=1)
    db.session.commit()
    send_due(Silent())
    assert states() == ["queued", "queued"], "the server is away"
    assert forget_after_close() == 2
    db.session.commit()
    assert states() == [], "nor does any message lead from an address to an invitation"
    assert send_due(Silent()) == 0
    assert db.session.query(Invitation).count() == 2, "the invitations stay, as whom was sampled"
    with pytest.raises(InvitationError):
        queue_round(survey)


def test_closing_a_survey_and_a_persons_decision_delete_too(sqlite_app):
    take("13800000000")
    assert forget_numbers(the_survey(), "by hand") == 1
    take("13800000000")
    change_state(the_survey(), "closed")
    db.session.commit()
    assert db.session.query(Invited).count() == 0


def test_after_codes_were_reissued_no_dead_link_is_sent(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        mail_channel(box.port)
        take("a@example.org")
        queued()
        reissue(sampled())
        db.session.commit()
        assert send_due(Silent()) == 0
        assert (states(), box.mails) == (["failed"], [])


def test_the_page_takes_a_list_sends_it_and_forgets_it(sqlite_app):
    at_any_hour()
    sms_channel()
    manager = client_of(sqlite_app, "manager")
    address = f"/console/surveys/{the_survey().code}/fieldwork/sent"
    token = csrf(manager.get(address).get_data(as_text=True))

    def send(ending: str = "", **data):
        return manager.post(address + ending, data={"csrf_token": token, **data}, content_type="multipart/form-data")

    import io

    wrong = send(file=(io.BytesIO(listed("13800000000", "x")), "list.csv"))
    assert wrong.status_code == 422
    assert "第3行" in wrong.get_data(as_text=True)
    assert send(file=(io.BytesIO(listed("13800000000", "13800000001")), "list.csv")).status_code == 302
    assert "现在可以发给2人" in manager.get(address).get_data(as_text=True)
    assert send("/optout", to="138 0000 0001").status_code == 302
    assert send("/optout", to="nobody").status_code == 422
    assert send("/next").status_code == 302
    send_due(Silent())
    assert states() == ["delivered"]
    assert send("/forget").status_code == 302
    assert db.session.query(Invited).count() == 0
    assert manager.get(f"{address}/template.xlsx").status_code == 200
