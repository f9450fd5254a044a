"""What is kept a while: forms, passwords, files and previews that wait for a second look, unfinished answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.stored_file import StoredFile
from survey_app.models.survey import Survey
from survey_app.models.user import User


class Kept(Model):
    """One kept thing, under the hash of the key that its holder has; ground/keeping.py is the way to it.

    note: what may be known of it without opening it. sealed: whether the body is, with the installation's key.
    expires_at: when it ends; empty once it was confirmed and stays as a record.
    """

    __tablename__ = "kept_thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    survey_id: Mapped[int | None] = mapped_column(ForeignKey(Survey.id, ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str | None] = mapped_column(ForeignKey(StoredFile.digest))
    by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def name(self) -> str:
        """Of the file it came in."""
        return str(self.note.get("name", ""))

    @property
    def period(self) -> str | None:
        """The period a workbook of values is of."""
        return self.note.get("period")

    @property
    def state(self) -> str:
        """previewed | stored, of a workbook that was shown."""
        return "previewed" if self.expires_at else "stored"
