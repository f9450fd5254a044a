"""Two people settle something: one proposes, another approves or sends it back. Steps are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.stored_file import StoredFile


class SignOffStep(Model):
    """One step on the way of a frozen run or a statement; the newest one of its subject says where it stands."""

    __tablename__ = "sign_off_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)  # "estimate:12", "final:3", "plan:7"
    step: Mapped[str] = mapped_column(String(10))  # proposed | approved | returned | withdrawn
    by: Mapped[str] = mapped_column(String(80))  # the account's name
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    comment: Mapped[str] = mapped_column(Text, default="")


class Statement(Model):
    """What one person states and a second confirms; it never changes, and its steps stand under `kind:id`.

    about: what it is of, as the audit trail names it. content: what the kind needs to carry it out.
    """

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(120), index=True)  # "survey:mou-2026", "final:3"
    content: Mapped[Document] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    file_digest: Mapped[str | None] = mapped_column(ForeignKey(StoredFile.digest))  # the source
    file_name: Mapped[str] = mapped_column(String(200), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def subject(self) -> str:
        """The name under which it is signed and audited."""
        return f"{self.kind}:{self.id}"
