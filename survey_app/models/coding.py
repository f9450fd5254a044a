"""What was said in people's own words, sorted by persons: a survey's coding frame, and who put which answer under which codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.response import Response
from survey_app.models.survey import Survey


class Code(Model):
    """A code of a question's frame. A retired one is offered no more; what stands under it stays."""

    __tablename__ = "answer_code"
    __table_args__ = (Index("uq_answer_code", "survey_id", "question", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id, ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(String(120))  # key of the written answer
    name: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")  # what belongs under it
    retired: Mapped[bool] = mapped_column(default=False)


class Coding(Model):
    """The codes that one person gave to one answer; none: it was read, and no code fits."""

    __tablename__ = "answer_coding"
    __table_args__ = (
        Index("uq_answer_coding", "response_id", "question", "coder", unique=True),
        Index("ix_answer_coding_survey", "survey_id", "question"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id, ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(ForeignKey(Response.id, ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(String(120))
    coder: Mapped[str] = mapped_column(String(80))  # the account's name
    codes: Mapped[list[int]] = mapped_column(JSON)  # numbers of codes, ascending
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
