"""What is sent out of the house: channels, messages that wait or went, and who wants to hear of what, where."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, Time, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.invitation import Invitation
from survey_app.models.user import User


class Channel(Model):
    """A way out: the mail server, a provider of SMS, a group's robot, a receiver of webhooks.

    settings: what may be shown of it. sealed: JSON of what may not. events: those a group or receiver is told of; mail
    and SMS follow persons instead.
    """

    __tablename__ = "channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60), unique=True)
    settings: Mapped[dict[str, str]] = mapped_column(JSON)
    sealed: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Outgoing(Model):
    """One message for one receiver. What it says is worded when it is sent, from `event` and `params`.

    state: queued | sending | sent | delivered | dropped | failed. sealed_to: the address, None once it must not be kept or where
    the channel is the address. receiver: whom the page names; no address. digest: waits, and goes with others as one.
    once: names what it tells, so that nothing is told twice. claimed_at: when a sender took it.
    """

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(120))  # what it is about, as the audit trail names it
    params: Mapped[Document] = mapped_column(JSON)
    receiver: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    sealed_to: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    digest: Mapped[bool] = mapped_column(default=False, server_default=false())
    once: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[str] = mapped_column(String(120), default="")  # the provider's, where it gives one
    reason: Mapped[str] = mapped_column(Text, default="")  # why it failed, or will be tried again

    channel: Mapped[Channel] = relationship(lazy="joined", innerjoin=True)


class NoticeAddress(Model):
    """Where an account's notices go, under the installation's key."""

    __tablename__ = "notice_address"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class NoticeChoice(Model):
    """How an event reaches a role, where the office has decided, or one account, where the person has. way: now | digest | off."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        UniqueConstraint("event", "role", name="uq_notice_choice_event_role"),
        UniqueConstraint("event", "user_id", name="uq_notice_choice_event_user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(30))
    role: Mapped[str | None] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    way: Mapped[str] = mapped_column(String(6))


class NoticeHours(Model):
    """One row: from when until when nothing goes out to persons, and when what was gathered does; the office's clock."""

    __tablename__ = "notice_hours"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quiet_from: Mapped[time] = mapped_column(Time, default=time(21, 0))
    quiet_until: Mapped[time] = mapped_column(Time, default=time(8, 0))
    digest_at: Mapped[time] = mapped_column(Time, default=time(8, 30))


class NoticeMark(Model):
    """How far something that grows has been read for events: the audit trail, the steps of tickets."""

    __tablename__ = "notice_mark"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column()


class DepartmentAddress(Model):
    """Where a department without an account gets its notices. No area: the city's."""

    __tablename__ = "department_address"
    __table_args__ = (UniqueConstraint("area_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str] = mapped_column(String(80))
    sealed: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)


class Invited(Model):
    """Where a sampled person on a list is written to, until the survey closes; what may be known besides is her
    invitation's state. mark: a keyed hash, so that nobody is on the list twice. sent: messages, of at most three.
    """

    __tablename__ = "invited"
    __table_args__ = (UniqueConstraint("survey_id", "mark"),)

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), primary_key=True, autoincrement=False)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    kind: Mapped[str] = mapped_column(String(10))  # mail | sms
    sealed: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    sent: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_on: Mapped[date | None] = mapped_column(Date)

    invitation: Mapped[Invitation] = relationship()


class OptOut(Model):
    """A number or address that wants no more messages, as a keyed hash."""

    __tablename__ = "opt_out"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    on: Mapped[date] = mapped_column(Date)
