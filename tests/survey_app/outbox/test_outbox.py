"""Messages are stored first and sent by the worker: once where it can be helped, again where it must be, never at night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select, update

from survey_app.ground.clock import office
from survey_app.jobs.queue import Silent
from survey_app.jobs.worker import run_next
from survey_app.models import AuditEntry, Channel, Job, NoticeHours, Outgoing, RegularWork, db
from survey_app.models.base import now
from survey_app.outbox import sending
from survey_app.outbox.hours import gathered, may_go
from survey_app.outbox.letters import letter_of
from survey_app.outbox.sending import WAITS, send_due
from survey_app.outbox.writing import again, put
from tests.support.application import change
from tests.support.mail import mail_server
from tests.support.outbox import at_any_hour, mail_channel

SHANGHAI = timedelta(hours=8)


def queue(channel: Channel, number: int = 1, receiver: str = "anna", **more) -> list[Outgoing]:
    for each in range(number):
        given = {"to": f"{receiver}@example.org", "language": "zh", "once": f"test {each}", **more}
        put(channel, "test", "channel:1", {"by": "anna"}, receiver=receiver, **given)
    db.session.commit()
    return stored()


def stored() -> list[Outgoing]:
    db.session.expire_all()
    return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def due_now() -> None:
    db.session.execute(update(Outgoing).values(due_at=now() - timedelta(seconds=1)))
    db.session.commit()


def test_the_worker_sends_what_is_due_over_one_connection_and_tells_nothing_twice(app):
    change(app, jobs="external")
    with mail_server() as box:
        channel = mail_channel(box.port)
        at_any_hour()
        queue(channel, 3)
        assert len(queue(channel, 3)) == 3, "the same once more is nothing new"
        assert run_next()
        assert len(box.mails) == 3
        assert len(box.sessions) == 1
        assert {message.state for message in stored()} == {"sent"}
        job = db.session.scalars(select(Job).where(Job.kind == "outbox")).one()
        assert (job.state, job.result, job.by) == ("done", "outbox:3", "clock")
        assert not run_next(), "nothing is left to do"


def test_a_server_that_is_away_is_tried_again_at_growing_distance_and_then_a_dead_letter_is_left(sqlite_app):
    at_any_hour()
    queue(mail_channel())
    for attempt, wait in enumerate(WAITS, 1):
        due_now()
        assert send_due(Silent()) == 0
        [message] = stored()
        assert (message.state, message.attempts) == ("queued", attempt)
        assert message.due_at - now() == pytest.approx(wait, abs=timedelta(seconds=20))
        assert "outbox.mail_no_server" in message.reason
    due_now()
    send_due(Silent())
    [message] = stored()
    assert (message.state, message.attempts) == ("failed", len(WAITS) + 1)
    assert sum(WAITS, timedelta()) > timedelta(days=1), "a weekend's maintenance is waited for"
    assert again([message.id]) == 1
    assert again([message.id]) == 0, "it waits already"
    with mail_server() as box:
        message.channel.settings = {**message.channel.settings, "port": str(box.port)}
        db.session.commit()
        assert send_due(Silent()) == 1
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "outbox.again")).one()


def test_what_a_server_refuses_for_good_fails_at_once_with_its_words(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        box.answers.append("550 no such user")
        queue(mail_channel(box.port), 2)
        assert send_due(Silent()) == 1, "the second goes"
    states = {message.state: message.reason for message in stored()}
    assert set(states) == {"failed", "sent"}
    assert "no such user" in states["failed"]


def test_a_letter_that_cannot_be_made_is_tried_and_given_up_alone(sqlite_app, caplog):
    """An address that mail cannot be written to, and one that another key sealed: the others of the job go."""
    at_any_hour()
    with mail_server() as box:
        channel = mail_channel(box.port)
        odd, unsealed, _good = (queue(channel, receiver=each)[-1] for each in ("anna.", "berta", "clara"))
        unsealed.sealed_to = "nothing"
        db.session.commit()
        assert send_due(Silent()) == 1
        assert [message.state for message in stored()] == ["queued", "queued", "sent"]
        assert "UnsealableError" in unsealed.reason
        assert "anna.@" not in caplog.text + odd.reason
        for _again in WAITS:
            due_now()
            assert send_due(Silent()) == 0
        assert [message.state for message in stored()] == ["failed", "failed", "sent"]
        assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("event", "kept"), [("ticket_answered", '"5.1.1"'), ("test", '"5.1.1 <…> Recipient address rejected"')]
)
def test_what_a_server_echoes_of_a_receiver_is_not_kept(sqlite_app, event, kept):
    at_any_hour()
    with mail_server() as box:
        box.answers.append("550 5.1.1 <anna@example.org> Recipient address rejected")
        params = {"area": "某市", "day": "2026-11-29", "link": "/q", "by": "anna"}
        put(mail_channel(box.port), event, "x:1", params, receiver="x", to="anna@example.org", language="zh", once="x")
        db.session.commit()
        send_due(Silent())
    [message] = stored()
    assert (message.state, kept in message.reason) == ("failed", True)
    assert "anna" not in message.reason


def test_in_quiet_hours_nothing_goes_to_a_person_whenever_it_was_queued(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        [message] = queue(mail_channel(box.port))
        message.event, message.params = "job_failed", {"work": "x", "id": 1}
        here = now().astimezone(office())
        db.session.merge(
            NoticeHours(
                id=1, quiet_from=(here - timedelta(hours=1)).time(), quiet_until=(here + timedelta(hours=1)).time(),
                digest_at=time(8, 30),
            )
        )  # fmt: skip
        db.session.commit()
        assert not sending.is_due(now())
        assert send_due(Silent()) == 0
        message.state = "failed"
        assert again([message.id]) == 1
        db.session.commit()
        assert stored()[0].due_at > now() + timedelta(minutes=50)
        message.event, message.params, message.due_at = "test", {"by": "anna"}, now()
        db.session.commit()
        assert send_due(Silent()) == 1, "whoever tests is awake"


def test_nothing_is_held_open_while_a_server_is_spoken_to(sqlite_app, monkeypatch):
    """SQLite has one writer, and a citizen's answer may come at any moment."""
    at_any_hour()
    queue(mail_channel())
    seen: list[bool] = []
    monkeypatch.setitem(sending.SENDERS, "mail", lambda known: _Looking(seen))
    assert send_due(Silent()) == 1
    assert seen == [False]


class _Looking:
    """A sender that notes whether the session has a transaction."""

    def __init__(self, seen: list[bool]) -> None:
        self.seen = seen

    def __enter__(self):
        def send(letter):
            self.seen.append(db.session().in_transaction())
            return sending.Sent()

        return send

    def __exit__(self, *error: object) -> None:
        pass


def test_a_message_whose_worker_died_is_taken_up_again_with_the_same_mark(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        [message] = queue(mail_channel(box.port))
        message.state, message.attempts, message.claimed_at = "sending", 1, now() - timedelta(minutes=2)
        db.session.commit()
        assert send_due(Silent()) == 0, "somebody may still be at it"
        message.claimed_at = now() - timedelta(minutes=11)
        db.session.commit()
        assert send_due(Silent()) == 1
        [message] = stored()
        assert str(box.mails[0]["Message-ID"]) == message.number == f"<{letter_of([message], '').mark}@example.org>"
        assert message.once not in message.number, "what it tells is not worked out from it"


def test_what_is_gathered_goes_as_one_letter_to_each_person(sqlite_app):
    at_any_hour()
    with mail_server() as box:
        channel = mail_channel(box.port)
        queue(channel, 3, "anna", gather=True)
        queue(channel, 2, "berta", gather=True)
        assert send_due(Silent()) == 0, "not before its hour"
        due_now()
        assert send_due(Silent()) == 5
        assert [str(mail["Subject"]) for mail in box.mails] == ["[Minyi] 3条通知", "[Minyi] 2条通知"]
        assert box.mails[0].get_content().count("测试消息") == 3


def test_nobody_is_woken_and_what_is_gathered_goes_at_its_hour():
    """By the office's clock, which is eight hours before UTC's."""
    hours = NoticeHours(quiet_from=time(21), quiet_until=time(8), digest_at=time(8, 30))
    evening, morning = datetime(2026, 11, 29, 14, 0, tzinfo=UTC), datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
    assert may_go(evening, hours) == morning
    assert may_go(evening + timedelta(hours=5), hours) == morning
    assert may_go(morning, hours) == morning
    assert gathered(evening, hours) == morning + timedelta(minutes=30)
    assert gathered(morning + timedelta(minutes=30), hours) == morning + timedelta(days=1, minutes=30)
    noon = NoticeHours(quiet_from=time(12), quiet_until=time(14), digest_at=time(13))
    assert may_go(datetime(2026, 11, 29, 4, 30, tzinfo=UTC), noon) == datetime(2026, 11, 29, 6, 0, tzinfo=UTC)
    assert gathered(evening, noon) == datetime(2026, 11, 30, 6, 0, tzinfo=UTC), "its hour is a quiet one"


def test_a_channel_that_is_off_keeps_what_waits(sqlite_app):
    at_any_hour()
    channel = mail_channel()
    queue(channel)
    channel.active = False
    db.session.commit()
    assert send_due(Silent()) == 0
    assert [message.state for message in stored()] == ["queued"]


def test_looking_for_what_is_due_costs_one_query(sqlite_app):
    change(sqlite_app, jobs="external")
    db.session.execute(update(RegularWork).values(due_at=now() + timedelta(days=1)))
    asked: list[str] = []
    sql_event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert not sending.is_due(now())
    assert len([each for each in asked if "outgoing" in each]) == 1
