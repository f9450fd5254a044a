"""Put messages into the outbox: in the transaction of whatever they tell. The caller commits; the worker sends."""

from __future__ import annotations

from sqlalchemy import case, or_, select, update

from survey_app.ground import audit
from survey_app.ground.crypto import digest
from survey_app.ground.sealing import seal
from survey_app.jobs.queue import INSERT
from survey_app.models import Channel, Outgoing, User, db
from survey_app.models.base import Document, now
from survey_app.outbox.channels import WEBHOOK, WITHOUT_ADDRESS
from survey_app.outbox.events import INVITING
from survey_app.outbox.hours import due

QUEUED, SENDING, SENT, DELIVERED, DROPPED, FAILED = "queued", "sending", "sent", "delivered", "dropped", "failed"
STATES = (QUEUED, SENDING, SENT, DELIVERED, DROPPED, FAILED)


def put(
    channel: Channel, event: str, subject: str, params: Document, *, receiver: str, to: str, language: str, once: str,
    user: User | None = None, gather: bool = False, at_once: bool = False,
) -> bool:  # fmt: skip
    """One message; False where the same thing was told this receiver already.

    once: what makes it the same thing, besides channel and receiver. at_once: whatever the hour, for a program or a
    test. to: the address, '' where the channel is it.
    """
    moment = now()
    values = {
        "channel_id": channel.id, "event": event, "subject": subject[:120], "params": params, "receiver": receiver[:120],
        "user_id": user.id if user else None, "sealed_to": seal(to) if to else None, "language": language,
        "digest": gather, "once": digest(f"{channel.id} {receiver} {once}"), "state": QUEUED, "attempts": 0,
        "made_at": moment, "due_at": moment if at_once else due(gather, moment), "number": "", "reason": "",
    }  # fmt: skip
    insert = INSERT[db.session.get_bind().dialect.name]
    made = insert(Outgoing).values(**values).on_conflict_do_nothing(index_elements=["once"])
    return db.session.scalar(made.returning(Outgoing.id)) is not None


def again(ids: list[int]) -> int:
    """Queue failed messages again, with all their attempts, not in quiet hours; how many. The caller commits.

    One whose address is gone stays as it is.
    """
    there = or_(
        Outgoing.sealed_to.is_not(None),
        Outgoing.event.in_(INVITING),
        Outgoing.channel_id.in_(select(Channel.id).where(Channel.kind.in_(WITHOUT_ADDRESS))),
    )
    moment = now()
    programs = Outgoing.channel_id.in_(select(Channel.id).where(Channel.kind == WEBHOOK))
    due_at = case((programs, moment), else_=due(False, moment))
    statement = update(Outgoing).where(Outgoing.id.in_(ids), Outgoing.state == FAILED, there)
    done = db.session.execute(statement.values(state=QUEUED, attempts=0, due_at=due_at, done_at=None))
    number = int(done.rowcount)  # type: ignore[attr-defined]
    if number:
        audit.record("outbox.again", "outbox", after={"count": number})
    return number
