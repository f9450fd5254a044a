"""Files that people hand in, kept once by the digest of their content, in the database and so in its backup."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class StoredFile(Model):
    """The content alone; who attached it to what, and under which name, stands in the table that refers to it."""

    __tablename__ = "stored_file"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256
    media_type: Mapped[str] = mapped_column(String(80))  # as recognised from the content, not as claimed
    size: Mapped[int] = mapped_column()  # bytes
    body: Mapped[bytes] = mapped_column(LargeBinary, nullable=False, deferred=True)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
