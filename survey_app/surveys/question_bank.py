"""The question bank: parts kept for the next questionnaire, and every question of the library. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from definitions.plain import Unchecked
from questionnaires.editing.places import questions_in, questions_of
from questionnaires.editing.steps import document
from questionnaires.loading import read_definition
from questionnaires.plain import as_yaml
from survey_app.ground import audit
from survey_app.models import QuestionPart, db
from survey_app.surveys.questionnaire_drafts import DraftError
from survey_app.surveys.questionnaire_versions import library

MOST_NAME = 120


@dataclass(frozen=True)
class Offered:
    """A part that can be put in. id: 'part:7', or 'name:key' of a question of the library. group: where it comes from."""

    id: str
    group: str
    text: Mapping[str, str]
    questions: int = 1


def parts() -> list[QuestionPart]:
    """What is kept, the newest first."""
    return list(db.session.scalars(select(QuestionPart).order_by(QuestionPart.id.desc())))


def offered() -> list[Offered]:
    """Everything that can be put into a questionnaire: what is kept, then the library's."""
    kept = [
        Offered(f"part:{each.id}", "", {"zh": each.name, "en": each.name}, len(questions_held(each)))
        for each in parts()
    ]
    return kept + [
        Offered(f"{name}:{question['key']}", name, question.get("text") or {})
        for name in library() for question in questions_in(_library(name))
    ]  # fmt: skip


def taken(chosen: str) -> list[Unchecked]:
    """The questions of an offered part. Raises DraftError."""
    source, _colon, key = chosen.partition(":")
    if (
        source == "part"
        and key.isdecimal()
        and len(key) < 10
        and (part := db.session.get(QuestionPart, int(key))) is not None
    ):
        return questions_held(part)
    found = (
        [question for question in questions_in(_library(source)) if question["key"] == key]
        if source in library()
        else []
    )
    if not found:
        raise DraftError("questionnaires.part_unknown")
    return found


def questions_held(part: QuestionPart) -> list[Unchecked]:
    """The questions of a part that is kept."""
    return [each for each in questions_of(document(part.body)) if isinstance(each, dict)]


def keep(data: Unchecked) -> QuestionPart:
    """Keep a question, or the questions of a section, under its own words. Raises DraftError where there is none."""
    questions = questions_of(data) if "questions" in data else [data] if data.get("key") else []
    words = data.get("title") or data.get("text") or {}
    name = str(words.get("zh") or words.get("en") or data.get("key") or "")[:MOST_NAME].strip()
    if not questions or not name:
        raise DraftError("questionnaires.part_empty")
    part = QuestionPart(name=name, body=as_yaml({"questions": questions}), created_by=audit.actor())
    db.session.add(part)
    db.session.flush()
    audit.record("part.save", f"questionnaire:{name}", after={"name": name, "count": len(questions)})
    return part


def remove(part: QuestionPart) -> None:
    audit.record("part.remove", f"questionnaire:{part.name}")
    db.session.delete(part)
    db.session.flush()


def _library(name: str) -> Unchecked:
    return document(read_definition(name)[0])
