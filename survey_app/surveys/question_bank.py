"""The question bank: parts kept for the next questionnaire, and every question of those supplied. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from definitions.plain import Unchecked
from questionnaires.editing.places import questions_in, questions_of
from questionnaires.editing.steps import document
from questionnaires.plain import as_yaml
from survey_app.ground import audit
from survey_app.models import QuestionPart, db
from survey_app.surveys.questionnaire_drafts import DraftError
from survey_app.surveys.questionnaire_versions import supplied

MOST_NAME = 120


@dataclass(frozen=True)
class Offered:
    """A part that can be put in. id: 'part:7', or 'name:key' of a question of those supplied. group: where it comes from."""

    id: str
    group: str
    text: Mapping[str, str]
    questions: int = 1


def parts() -> list[QuestionPart]:
    """What is kept, the newest first."""
    return list(db.session.scalars(select(QuestionPart).order_by(QuestionPart.id.desc())))


def offered() -> list[Offered]:
    """Everything that can be put into a questionnaire: what is kept, then what is supplied."""
    kept = [
        Offered(f"part:{each.id}", "", {"zh": each.name, "en": each.name}, len(questions_held(each)))
        for each in parts()
    ]
    return kept + [
        Offered(f"{name}:{question['key']}", name, question.get("text") or {})
        for name, text in supplied().items()
        for question in questions_in(document(text))
    ]


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
    text = supplied().get(source)
    found = [question for question in questions_in(document(text)) if question["key"] == key] if text else []
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
