"""How long a questionnaire is: questions, words, and the minutes a reader needs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from questionnaires.definition import LANGUAGES, Definition, Question, Text
from questionnaires.review import texts_of

CHARACTERS_PER_MINUTE = 300  # of Chinese, read on a phone with care
WORDS_PER_MINUTE = 200  # of English
SECONDS = {  # to answer after reading, per question; for a matrix and a ranking, per row
    "single": 2, "scale": 2, "dropdown": 5, "recommend": 3, "multiple": 5, "matrix": 2, "ranking": 3, "number": 5,
    "date": 7, "long_text": 25, "statement": 0,
}  # fmt: skip
WRITING = 10  # seconds for what is written in one line


@dataclass(frozen=True)
class Size:
    """`minutes`: language -> (shortest, longest) way: only what everyone is asked, and every question."""

    questions: int
    required: int
    conditional: int
    fields: int
    by_type: dict[str, int]
    words: dict[str, int]
    minutes: dict[str, tuple[float, float]]


def size_of(definition: Definition) -> Size:
    """Counts and reading time. Assumes 300 Chinese characters or 200 English words a minute, and SECONDS to answer."""
    asked = [question for question in definition.questions if question.type != "statement"]
    always = [question for question in definition.questions if definition.rules[question.key] is None]
    return Size(
        questions=len(asked),
        required=sum(question.required for question in asked),
        conditional=sum(definition.rules[question.key] is not None for question in asked),
        fields=sum(len(list(question.fields())) for question in asked),
        by_type=dict(sorted(Counter(question.type for question in definition.questions).items())),
        words={name: sum(_length(text, name) for _, text in texts_of(definition)) for name in LANGUAGES},
        minutes={
            name: (_minutes(definition, always, name), _minutes(definition, definition.questions, name))
            for name in LANGUAGES
        },
    )


def _minutes(definition: Definition, questions: tuple[Question, ...] | list[Question], language: str) -> float:
    texts = [definition.title, definition.consent.text]
    for question in questions:
        texts += [question.text, *([question.help] if question.help else [])]
        texts += [part.text for part in (*question.rows,)]
        texts += [choice.text for choice in question.options]
    rate = WORDS_PER_MINUTE if language == "en" else CHARACTERS_PER_MINUTE
    reading = sum(_length(text, language) for text in texts) / rate
    return round(reading + sum(_seconds(question) for question in questions) / 60, 1)


def _seconds(question: Question) -> int:
    times = len(question.rows) or (question.most_ranked if question.type == "ranking" else 1)
    return SECONDS.get(question.type, WRITING) * times


def _length(text: Text, language: str) -> int:
    """Characters of Chinese (a run of letters or digits counts as one), words of English."""
    if language == "en":
        return len(text.en.split())
    return len(re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9]+", text.zh))
