"""A workbook that was looked at before anything of it is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class WorkbookImport(Model):
    """What a person was shown of a workbook; only exactly that is stored when he confirms it."""

    __tablename__ = "workbook_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # values | assignments
    period: Mapped[str | None] = mapped_column(ForeignKey("period.code"))
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))
    name: Mapped[str] = mapped_column(String(200))
    preview: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="previewed")  # previewed | stored
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
