"""A definition as plain data, part by part, and what an imported one lacks, filled with plain words to be replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from definitions.plain import Document


class Words(TypedDict):
    """The same words in both languages."""

    zh: str
    en: str


class Shown(TypedDict):
    """What is shown only where its rule holds."""

    show_if: NotRequired[Document]


class PlainOption(Shown):
    code: str
    text: Words
    exclusive: NotRequired[bool]
    other: NotRequired[bool]


class PlainRow(Shown):
    key: str
    text: Words


class PlainQuestion(Shown):
    key: str
    type: str
    text: Words
    help: NotRequired[Words]
    options: NotRequired[list[PlainOption]]
    rows: NotRequired[list[PlainRow]]
    required: NotRequired[bool]
    faces: NotRequired[bool]
    random_options: NotRequired[bool]
    random_rows: NotRequired[bool]
    minimum: NotRequired[int | float]
    maximum: NotRequired[int | float]
    whole: NotRequired[bool]
    earliest: NotRequired[str]
    latest: NotRequired[str]
    min_length: NotRequired[int]
    max_length: NotRequired[int]
    pattern: NotRequired[str]
    pattern_hint: NotRequired[Words]
    min_choices: NotRequired[int]
    max_choices: NotRequired[int]


class PlainSection(Shown):
    title: Words
    questions: list[PlainQuestion]
    page: NotRequired[bool]


class PlainConsent(TypedDict):
    version: str
    text: Words


class PlainDefinition(TypedDict):
    """What a definition file holds, before it is checked."""

    id: str
    version: str
    title: Words
    organiser: Words
    consent: PlainConsent
    columns: dict[str, str]
    screened_out: Words
    thanks: Words
    sections: list[PlainSection]


def text(zh: str, en: str) -> Words:
    return {"zh": zh or en, "en": en or zh}


def definition_of(
    name: str, version: str, title: Words, sections: Sequence[PlainSection], consent: Words | None
) -> PlainDefinition:
    """Plain data of a whole definition around `sections`."""
    return {
        "id": re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "imported",
        "version": str(version),
        "title": title if title["zh"] else text("问卷", "Questionnaire"),
        "organiser": text("（请填写主办单位）", "(organiser: please fill in)"),
        "consent": {"version": "1", "text": consent or text("（请填写知情同意）", "(consent: please fill in)")},
        "columns": {},
        "screened_out": text("谢谢！本次调查不需要您继续作答。", "Thank you! There are no further questions for you."),
        "thanks": text("谢谢您的参与！", "Thank you for taking part!"),
        "sections": list(sections),
    }
