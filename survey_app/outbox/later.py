"""What a provider says later of messages that it has taken: delivered, not delivered, or that somebody wants no more.

It comes to an address of the channel whose last part is a secret. States only ever go forward, and an old report of a
message that was sent again names a number that is not its own any more, so that nothing happens twice or backwards. One that is here
before its message is noted as sent is kept until it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select, update

from survey_app.ground import keeping
from survey_app.ground.crypto import digest, same
from survey_app.ground.reach import SMS, kind_of, tidied
from survey_app.models import Channel, Kept, Outgoing, db
from survey_app.outbox.channels import known
from survey_app.outbox.optout import opt_out
from survey_app.outbox.senders.reports import BOUNCED, DELIVERED, Report, TooManyReportsError, reader_of
from survey_app.outbox.writing import FAILED, SENDING, SENT
from wording import Message, to_column

REPORTS = "reports"  # among a channel's secrets: the hash of its address's last part
MOST = 1000  # reports of one request


def channel_behind(number: int, secret: str) -> Channel | None:
    """The channel whose provider knows this address."""
    channel = db.session.get(Channel, number) if number < 2**31 else None
    if channel is None or channel.kind != SMS or not channel.active:
        return None
    return channel if same(known(channel).get(REPORTS, ""), digest(secret)) else None


def take(channel: Channel, body: bytes, fields: dict[str, str]) -> int:
    """Keep what the provider's reader finds; how many messages and numbers it changed. What is not ours is passed over.
    The caller commits.  Raises ReportsError where it cannot be read, TooManyReportsError above `MOST`."""
    told = known(channel)
    reports = reader_of(told["provider"])(told, body, fields)
    if len(reports) > MOST:
        raise TooManyReportsError("outbox.too_many_reports", most=MOST)
    wanting_none = {tidied(report.phone) for report in reports if report.state not in (DELIVERED, BOUNCED)}
    number = sum(opt_out(phone) for phone in sorted(wanting_none) if kind_of(phone) == SMS)
    on_their_way = select(Outgoing.id).where(Outgoing.channel_id == channel.id, Outgoing.state == SENDING)
    early = db.session.scalar(on_their_way.limit(1)) is not None  # asked first: what is noted meanwhile is found below
    number += _applied(channel.id, reports)
    if early:
        _keep(channel, [report for report in reports if report.number and report.state in (DELIVERED, BOUNCED)])
    return number


def catch_up() -> int:
    """Do what was told too early, where the message is noted by now; how many messages it changed. The caller commits."""
    number = 0
    for kept in db.session.scalars(select(Kept).where(Kept.purpose == keeping.REPORT)).all():
        if done := _applied(int(kept.note["channel"]), [Report(**keeping.content_of(kept))]):
            number += done
            db.session.delete(kept)
    return number


def _keep(channel: Channel, reports: list[Report]) -> None:
    """Those of numbers that no message bears yet; of two for one number the first."""
    mine = (Outgoing.channel_id == channel.id, Outgoing.number.in_([report.number for report in reports]))
    settled = set(db.session.scalars(select(Outgoing.number).where(*mine, Outgoing.state != SENT)))
    for report in reports:
        key = f"{keeping.REPORT} {channel.id} {report.number}"
        if report.number not in settled and keeping.find(keeping.REPORT, key) is None:
            keeping.keep(keeping.REPORT, asdict(report), key, note={"channel": channel.id})


def _applied(channel: int, reports: Iterable[Report]) -> int:
    return _delivered(channel, reports) + _bounced(channel, reports)


def _delivered(channel: int, reports: Iterable[Report]) -> int:
    numbers = [report.number for report in reports if report.state == DELIVERED and report.number]
    return _moved(channel, numbers, state=DELIVERED)


def _bounced(channel: int, reports: Iterable[Report]) -> int:
    """With the provider's code, which names nobody."""
    by_code: dict[str, list[str]] = {}
    for report in reports:
        if report.state == BOUNCED and report.number:
            by_code.setdefault(report.code, []).append(report.number)
    said = {code: to_column(Message("outbox.sms_bounced", said=code or "-")) for code in by_code}
    return sum(_moved(channel, numbers, state=FAILED, reason=said[code]) for code, numbers in by_code.items())


def _moved(channel: int, numbers: list[str], **values: str) -> int:
    """Of messages that are sent and of whose fate nothing is known yet."""
    mine = (Outgoing.channel_id == channel, Outgoing.state == SENT, Outgoing.number.in_(numbers))
    ids = select(Outgoing.id).where(*mine).order_by(Outgoing.id).with_for_update()
    changed = update(Outgoing).where(Outgoing.id.in_(db.session.scalars(ids).all()))
    done = db.session.execute(changed.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
