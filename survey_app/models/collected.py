"""Answers that came in as a file of another tool: how its words are read, and which files were taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.survey import Survey


class AnswersMapping(Model):
    """How the files of one collector are read for one survey (fieldwork/answers_in/mapping.py)."""

    __tablename__ = "answers_mapping"

    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id, ondelete="CASCADE"), primary_key=True)
    collector: Mapped[str] = mapped_column(String(60), primary_key=True)
    body: Mapped[Document] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class AnswersImport(Model):
    """One file that was taken. digest: of the file, which is not kept; counts: of its rows, by what became of them."""

    __tablename__ = "answers_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id, ondelete="CASCADE"), index=True)
    collector: Mapped[str] = mapped_column(String(60))
    file: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    counts: Mapped[Document] = mapped_column(JSON)
