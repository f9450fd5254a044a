"""Send what is due: claim, send with no transaction open, note how it went, each message for itself.

A worker that dies between sending and noting sends once more: the message carries the same mark, by which a receiver
knows it again. Nothing is lost, and nobody's answer waits for a server of mail.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import ExitStack
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm.exc import ObjectDeletedError

from survey_app.ground.sealing import unseal
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import Progress
from survey_app.models import Channel, Outgoing, db
from survey_app.models.base import now
from survey_app.outbox.channels import MAIL, SMS, WEBHOOK, WITHOUT_ADDRESS, known
from survey_app.outbox.events import INVITING, PRIVATE
from survey_app.outbox.hours import hours, may_go
from survey_app.outbox.invited import at_sending
from survey_app.outbox.letters import Letter, letter_of
from survey_app.outbox.optout import opt_out, opted_out
from survey_app.outbox.reasons import without_persons
from survey_app.outbox.senders import groups, mail, sms, webhooks
from survey_app.outbox.senders.frame import DroppedError, NeverError, NotNowError, Opened, OptedOutError, Send, Sent
from survey_app.outbox.writing import DROPPED, FAILED, QUEUED, SENDING
from wording import Message, Refusal, said_of, to_column

log = logging.getLogger("minyi.outbox")
WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 480, 1440))  # before the next attempt
LEASE = timedelta(minutes=10)  # after which a message that is being sent is anybody's again
AT_ONCE = 200  # messages of one job, so that other work has its turn
SENDERS: dict[str, Opened] = {
    MAIL: mail.opened,
    SMS: sms.opened,
    "wecom": groups.wecom,
    "dingtalk": groups.dingtalk,
    WEBHOOK: webhooks.opened,
}


def is_due(moment: datetime) -> bool:
    """Whether anything waits to go out: one query, from an index."""
    return db.session.scalar(select(Outgoing.id).where(_due(moment)).limit(1)) is not None


def send_due(progress: Progress) -> int:
    """Send what is due, at most AT_ONCE messages; how many went. Commits each."""
    moment, sent = now(), 0
    query = select(Outgoing.id, Outgoing.channel_id).where(_due(moment)).order_by(Outgoing.channel_id, Outgoing.id)
    waiting = db.session.execute(query.limit(AT_ONCE)).all()
    db.session.rollback()  # nothing is held while somebody outside is waited for
    opened: dict[int, Send | NotNowError] = {}
    with ExitStack() as connections:
        for done, (message_id, channel_id) in enumerate(waiting):
            progress.tell(done, len(waiting), "正在发送", "sending")
            messages = _claimed(message_id, moment)
            if not messages:
                continue
            try:
                if channel_id not in opened:
                    opened[channel_id] = _open(messages[0].channel, connections)
                sent += _sent(messages, opened[channel_id])
            except (NeverError, DroppedError) as refusal:
                _note(messages, refusal)
            except ObjectDeletedError:  # forgotten while it went
                db.session.rollback()
    return sent


def give_up_unknown() -> int:
    """SMS whose worker died while sending: whether they have gone nobody knows, and no provider knows a repetition, so a
    person decides. No number is kept with them. The caller commits."""
    left = (Outgoing.state == SENDING) & (Outgoing.claimed_at < now() - LEASE)
    lost = update(Outgoing).where(left, Outgoing.channel_id.in_(select(Channel.id).where(Channel.kind == SMS)))
    reason = to_column(Message("outbox.sms_unknown", said="-"))
    done = db.session.execute(lost.values(state=FAILED, claimed_at=None, done_at=now(), reason=reason, sealed_to=None))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _open(channel: Channel, connections: ExitStack) -> Send | NotNowError:
    """What sends through the channel; or why nothing does now, which then holds for all that waits for it."""
    try:
        kind, told = channel.kind, known(channel)
        db.session.rollback()
        return connections.enter_context(SENDERS[kind](told))
    except NeverError:
        raise
    except Exception as error:
        return _for_later(error)


def _claimed(message_id: int, moment: datetime) -> list[Outgoing]:
    """The message as ours, and with a gathered one all that were gathered for the same person; none where another was
    faster. Committed."""
    found = db.session.get(Outgoing, message_id, populate_existing=True)
    if found is None:
        return []
    mine: list[ColumnElement[bool]] = [Outgoing.id == message_id]
    if found.digest:
        mine = [
            Outgoing.digest.is_(True),
            Outgoing.channel_id == found.channel_id,
            Outgoing.receiver == found.receiver,
            Outgoing.language == found.language,
        ]
    taken = update(Outgoing).where(*mine, _due(moment))
    with transaction():
        ids = db.session.scalars(
            taken.values(state=SENDING, claimed_at=now(), attempts=Outgoing.attempts + 1)
            .returning(Outgoing.id)
            .execution_options(synchronize_session=False)
        ).all()
    query = select(Outgoing).where(Outgoing.id.in_(ids)).order_by(Outgoing.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _sent(messages: list[Outgoing], send: Send | NotNowError) -> int:
    if isinstance(send, NotNowError):
        _note(messages, send)
        return 0
    to = ""
    try:
        letter = _letter(messages)
        to = letter.to
        db.session.rollback()
        done = send(letter)
    except (DroppedError, NeverError) as refusal:
        _note(messages, refusal, to if isinstance(refusal, OptedOutError) else "")
        return 0
    except Exception as error:  # of this message alone: the others go
        _note(messages, _for_later(error))
        return 0
    _note(messages, done)
    return len(messages)


def _for_later(error: Exception) -> NotNowError:
    """What nobody foresaw is tried again like a server that is away; logged without its words, which may name a person."""
    db.session.rollback()
    if isinstance(error, NotNowError):
        return error
    name = type(error).__name__
    log.error("a message could not be sent: %s\n%s", name, "".join(traceback.format_tb(error.__traceback__)))
    return NotNowError(error.said) if isinstance(error, Refusal) else NotNowError("outbox.unforeseen", said=name)


def _letter(messages: list[Outgoing]) -> Letter:
    """What is sent now, and where. Raises NeverError, DroppedError."""
    first = messages[0]
    if first.event in INVITING:
        return letter_of(messages, *at_sending(first))
    if first.channel.kind in WITHOUT_ADDRESS:
        return letter_of(messages, "")
    if first.sealed_to is None:
        raise NeverError("outbox.address_gone")
    to = unseal(first.sealed_to)
    if first.event in PRIVATE and opted_out(to):
        raise DroppedError("outbox.opted_out")
    return letter_of(messages, to)


def _note(messages: list[Outgoing], came: Sent | Refusal, wants_none: str = "") -> None:
    """What came of an attempt, committed at once: sent, to be tried again, or a dead letter. wants_none: who has opted
    out by it."""
    moment, attempts, event = now(), messages[0].attempts, messages[0].event
    values: dict[str, object] = {"claimed_at": None, "done_at": moment, "reason": ""}
    if isinstance(came, Sent):
        values |= {"state": came.state, "number": came.number[:120]}
    elif isinstance(came, DroppedError | NeverError) or attempts > len(WAITS):
        state = DROPPED if isinstance(came, DroppedError) else FAILED
        values |= {"state": state, "reason": to_column(without_persons(said_of(came), event))}
    else:
        later = moment + WAITS[max(attempts, 1) - 1]
        quiet = messages[0].channel.kind != WEBHOOK
        values |= {
            "state": QUEUED,
            "done_at": None,
            "reason": to_column(without_persons(said_of(came), event)),
            "due_at": may_go(later, hours()) if quiet else later,
        }
    if event in PRIVATE and values["done_at"] is not None:
        values |= {"sealed_to": None} if event in INVITING else {"sealed_to": None, "language": "zh"}
    ids = [message.id for message in messages]
    with transaction():
        if wants_none:
            opt_out(wants_none)
        db.session.execute(
            update(Outgoing)
            .where(Outgoing.id.in_(ids), Outgoing.state == SENDING)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _due(moment: datetime) -> ColumnElement[bool]:
    """In quiet hours only what goes to programs, and tests, whose sender is awake."""
    in_use: ColumnElement[bool] = Outgoing.channel_id.in_(select(Channel.id).where(Channel.active))
    repeatable = Outgoing.channel_id.not_in(select(Channel.id).where(Channel.kind == SMS))
    left = (Outgoing.state == SENDING) & (Outgoing.claimed_at < moment - LEASE)
    if may_go(moment, hours()) > moment:
        programs = Outgoing.channel_id.in_(select(Channel.id).where(Channel.kind == WEBHOOK))
        in_use = in_use & (programs | (Outgoing.event == "test"))
    return in_use & or_((Outgoing.state == QUEUED) & (Outgoing.due_at <= moment), left & repeatable)
