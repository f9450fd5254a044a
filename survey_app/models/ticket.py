"""A citizen's problem and how it was dealt with. No column leads to a response, and receipt is known to the day only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.stored_file import StoredFile


class Ticket(Model):
    """One reported problem. Its number is kept only as a keyed hash: whoever has the number is the citizen.

    area: where the problem is; handler_area and department: who deals with it (no department: the coordinator).
    """

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_handler", "handler_area_id", "department", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # None: purged
    submission_key: Mapped[str | None] = mapped_column(String(32), unique=True)  # of its own form; exactly-once
    city_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    field: Mapped[str] = mapped_column(String(40), index=True)  # key of a service, or "other"
    field_name: Mapped[str] = mapped_column(String(80))
    field_name_en: Mapped[str] = mapped_column(String(120), default="")
    indicators: Mapped[list[int]] = mapped_column(JSON)  # municipal numbers the field stands for
    place: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)  # with phone and identity numbers masked
    sealed_text: Mapped[str | None] = mapped_column(Text)  # the original, where masking changed it
    sealed_contact: Mapped[str | None] = mapped_column(Text)
    sealed_way: Mapped[str | None] = mapped_column(Text)  # where the citizen wants to hear of answers
    received_on: Mapped[date] = mapped_column(Date, index=True)  # never a time: it would lead to a response
    routed: Mapped[bool] = mapped_column(default=False)
    handler_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="received")
    reply_due_on: Mapped[date] = mapped_column(Date)
    close_due_on: Mapped[date] = mapped_column(Date)
    first_reply_on: Mapped[date | None] = mapped_column(Date)
    asked_on: Mapped[date | None] = mapped_column(Date)  # since when the citizen is asked something
    closed_on: Mapped[date | None] = mapped_column(Date)
    objected: Mapped[bool] = mapped_column(default=False)  # the citizen has had it reopened
    satisfaction: Mapped[int | None] = mapped_column()  # with the handling, 1 to 5; asked once
    version: Mapped[int] = mapped_column(default=0)  # raised by every step, so that no step is taken blindly
    demo: Mapped[bool] = mapped_column(default=False)
    joined_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("ticket.id", ondelete="SET NULL"), index=True
    )  # handled with it

    area: Mapped[Area] = relationship(foreign_keys=[area_id], lazy="joined", innerjoin=True)
    handler_area: Mapped[Area] = relationship(foreign_keys=[handler_area_id], lazy="joined", innerjoin=True)
    events: Mapped[list[TicketEvent]] = relationship(order_by="TicketEvent.id", cascade="all, delete-orphan")
    photos: Mapped[list[TicketPhoto]] = relationship(order_by="TicketPhoto.place", cascade="all, delete-orphan")
    publication: Mapped[TicketPublication | None] = relationship(back_populates="ticket", cascade="all, delete-orphan")


class TicketEvent(Model):
    """One step of a ticket's history, only ever added. A citizen's step has a day and no time."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))  # an account, "citizen" or "rule"
    department: Mapped[str | None] = mapped_column(String(80))  # who dealt with it at that moment
    text: Mapped[str] = mapped_column(Text, default="")
    sealed_text: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class TicketPhoto(Model):
    """One of up to three pictures, stored anew without what cameras write into them."""

    __tablename__ = "ticket_photo"
    __table_args__ = (UniqueConstraint("ticket_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column()  # 1 to 3
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"), index=True)

    file: Mapped[StoredFile] = relationship()


class TicketDraft(Model):
    """What an account has written for a ticket and not sent yet."""

    __tablename__ = "ticket_draft"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    author: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class TicketPublication(Model):
    """The wording of a problem and its answer for everybody, written for that purpose and approved by a second person."""

    __tablename__ = "ticket_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(10))  # proposed | published | returned | withdrawn
    problem: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(String(80), default="")
    published_on: Mapped[date | None] = mapped_column(Date, index=True)

    ticket: Mapped[Ticket] = relationship(back_populates="publication")
