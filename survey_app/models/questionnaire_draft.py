"""A questionnaire being written, with every state it was in, and parts of questionnaires kept for the next one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import QuestionnaireVersion


class QuestionnaireDraft(Model):
    """Apart from every stored version until it is stored as one. step: the state it is in. revision: grows with every change."""

    __tablename__ = "questionnaire_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    base_id: Mapped[int | None] = mapped_column(ForeignKey(QuestionnaireVersion.id))  # what it began from
    step: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DraftStep(Model):
    """One state of a draft: its YAML, and what was done to come to it."""

    __tablename__ = "questionnaire_draft_step"

    draft_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text)  # of wording.to_column
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class QuestionPart(Model):
    """A question, or the questions of a section, kept in the question bank: YAML of {questions: […]}."""

    __tablename__ = "question_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
