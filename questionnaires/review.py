"""What a careful reader would find in a questionnaire that loads: questions nobody reaches, words that push, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from ruamel.yaml import YAML

from questionnaires.definition import LANGUAGES, Definition, Question, Text
from questionnaires.reach import can_hold
from wording import Message

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
LONGEST = {"zh": 60, "en": 35}  # characters, words of one question: more is hard to take in by ear


@dataclass(frozen=True)
class Finding:
    """`kind`: unreachable | empty | translation | loaded | long | scale | double. `place`: question, option or page part."""

    level: Literal["error", "warning"]
    kind: str
    place: str | Message
    message: Message


def review(definition: Definition) -> list[Finding]:
    """Everything found, in the questionnaire's order; errors are what must be put right before it is asked."""
    found = list(_unreachable(definition))
    for place, text in texts_of(definition):
        found += _translation(place, text)
        found += _loaded(place, text)
    for question in definition.questions:
        found += _hard(question)
    return found


def texts_of(definition: Definition) -> Iterator[tuple[str | Message, Text]]:
    """Every text a respondent reads, with where it stands."""
    yield from (("title", definition.title), ("organiser", definition.organiser), ("consent", definition.consent.text))
    for number, section in enumerate(definition.sections, 1):
        yield Message("questionnaires.section", number=number), section.title
        for question in section.questions:
            yield question.key, question.text
            if question.help is not None:
                yield Message("questionnaires.help", question_key=question.key), question.help
            yield from (
                (Message("questionnaires.option", question_key=question.key, code=choice.code), choice.text)
                for choice in question.options
            )
            yield from (
                (Message("questionnaires.row", question_key=question.key, row_key=row.key), row.text)
                for row in question.rows
            )
    yield from ((screen.key, screen.message) for screen in definition.screens)
    yield from ((quota.key, quota.message) for quota in definition.quotas)
    yield from [("minors", definition.minors.message)] if definition.minors else []
    yield from (
        (Message("questionnaires.contradiction", number=number), pair.text)
        for number, pair in enumerate(definition.contradictions, 1)
    )
    yield from (("screened_out", definition.screened_out), ("thanks", definition.thanks))


def _unreachable(definition: Definition) -> Iterator[Finding]:
    for number, section in enumerate(definition.sections, 1):
        if not section.questions:
            place = Message("questionnaires.section", number=number)
            yield Finding("error", "empty", place, Message("questionnaires.section_empty"))
        for question in section.questions:
            rule = definition.rules[question.key]
            if rule is not None and not can_hold(definition, rule):
                yield Finding("error", "unreachable", question.key, Message("questionnaires.no_answers_lead_question"))
                continue
            for kind, part, own in (
                *(("option", choice.code, choice.rule) for choice in question.options),
                *(("row", row.key, row.rule) for row in question.rows),
            ):
                if own is not None and not can_hold(definition, own, rule):
                    yield Finding(
                        "error",
                        "unreachable",
                        question.key,
                        Message("questionnaires.no_answers_lead", kind=kind, part=part),
                    )
    for screen in definition.screens:
        if not can_hold(definition, screen.rule):
            yield Finding("error", "unreachable", screen.key, Message("questionnaires.no_answers_lead_screen"))
    for quota in definition.quotas:
        if not can_hold(definition, quota.rule):
            yield Finding("error", "unreachable", quota.key, Message("questionnaires.no_answers_count_quota"))
    for number, pair in enumerate(definition.contradictions, 1):
        if not can_hold(definition, pair.rule):
            yield Finding(
                "error",
                "unreachable",
                Message("questionnaires.contradiction", number=number),
                Message("questionnaires.no_answers_contradict_each"),
            )


def _translation(place: str | Message, text: Text) -> Iterator[Finding]:
    empty = {"zh": Message("questionnaires.text_empty_zh"), "en": Message("questionnaires.text_empty_en")}
    for language in LANGUAGES:
        if not text[language].strip():
            yield Finding("error", "translation", place, empty[language])
    if _CHINESE.search(text.en) and text.en.strip():
        yield Finding("error", "translation", place, Message("questionnaires.english_text_contains_chinese"))
    elif text.zh == text.en and re.search(r"[A-Za-z]{4}", text.zh):
        yield Finding("warning", "translation", place, Message("questionnaires.both_languages_same_words"))


def _loaded(place: str | Message, text: Text) -> Iterator[Finding]:
    for language, word, why, instead in _words():
        said = text[language]
        found = word in said if language == "zh" else re.search(rf"\b{re.escape(word)}\b", said, re.I)
        if found:
            yield Finding(
                "warning",
                "loaded",
                place,
                Message(
                    "questionnaires.loaded_word",
                    word=word,
                    why=Message(f"loaded.{why}"),
                    instead=Message(f"loaded.{instead}"),
                ),
            )


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, str, str, str], ...]:
    rows = YAML(typ="safe").load(files("questionnaires").joinpath("loaded_words.yaml").read_text(encoding="utf-8"))
    return tuple((row["language"], str(word), row["why"], row["instead"]) for row in rows for word in row["words"])


def _hard(question: Question) -> Iterator[Finding]:
    if len(question.text.zh) > LONGEST["zh"] or len(question.text.en.split()) > LONGEST["en"]:
        yield Finding("warning", "long", question.key, Message("questionnaires.question_long_listener_forgets"))
    if question.type in ("single", "scale", "multiple") and len(question.options) > 12:
        yield Finding(
            "warning",
            "long",
            question.key,
            Message("questionnaires.options_dropdown_can_searched", n=len(question.options)),
        )
    if question.type == "scale" and not question.attention:
        rated = [choice for choice in question.options if choice.code != "0"]
        if len(rated) % 2 == 0 and len(rated) > 2:
            yield Finding("warning", "scale", question.key, Message("questionnaires.scale_no_middle_people"))
    if question.type not in ("multiple", "statement") and re.search(r"(?:以及|并且|同时).*[？?]", question.text.zh):
        yield Finding("warning", "double", question.key, Message("questionnaires.may_ask_two_things"))
