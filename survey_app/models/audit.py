"""The audit trail: rows that are only ever added, each carrying the hash of the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class AuditEntry(Model):
    """Who did what to which thing, when, what it was before and after, and why where a reason was asked.

    number runs without gaps; digest covers every other column and `previous`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        # every filter beside the leading one is answered from the index, without a look at the entries themselves
        Index("ix_audit_entry_actor", "actor", "number", "action", "subject"),
        Index("ix_audit_entry_action", "action", "number", "actor", "subject"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_subject_start", "subject", "number", postgresql_ops={"subject": "text_pattern_ops"}),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """One row: the end of the chain, so that a trail cut off at its end is noticed. Locked while one is added."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")


class AuditCheck(Model):
    """One verification of the chain: from which entry on, how far it came, what it found.

    first: the first entry looked at; number and digest: the last one.
    """

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(80))
    first: Mapped[int] = mapped_column(default=1)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    breaks: Mapped[list[dict[str, str | int]]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
