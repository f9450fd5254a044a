"""A paper form as it is keyed: each question a short field that takes the numbers printed beside the boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires import Choice, Definition, Question
from survey_app.fieldwork.paper_forms import LONG_LIST, WORDS, choice_numbers, paper_sections

NO_SUCH = "no_such_number"
BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class KeyField:
    """One field to key. choices: printed number and words; listed: words to choose from where none are numbered.

    several: takes several numbers, apart by spaces or commas. long: a text of several lines. number: of its question,
    0 below the first field of one. group: the question's own text where it has several fields.
    """

    name: str
    number: int
    group: str
    label: str
    note: str
    choices: tuple[tuple[str, str], ...]
    listed: tuple[str, ...]
    several: bool = False
    long: bool = False
    required: bool = False


def key_fields(definition: Definition, language: str) -> list[KeyField]:
    """Every field of the questionnaire in its order, numbered as on paper."""
    notes = {
        question.number: question.note
        for section in paper_sections(definition, language)
        for question in section.questions
        if question.number
    }
    found: list[KeyField] = []
    number = 0
    for question in definition.questions:
        if list(question.fields()):
            number += 1
            found += _of(question, number, notes.get(number, ""), language)
    return found


def read_keyed(
    definition: Definition, sent: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The form's values, printed numbers turned into codes, and the fields with a number that is not printed."""
    form: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    for name, question in _named(definition):
        typed = [value.strip() for value in sent.get(name, ()) if value.strip()]
        codes = _codes(question) if name != question.other_field else {}
        if codes and question.type == "multiple":
            typed = [part for value in typed for part in BETWEEN.split(value) if part]
        if codes:
            if any(value.casefold() not in codes for value in typed):
                errors[name] = NO_SUCH
            typed = [codes.get(value.casefold(), value) for value in typed]
        if typed:
            form[name] = typed
    return form, errors


def shown_keyed(definition: Definition, form: Mapping[str, Sequence[str]], language: str) -> dict[str, str]:
    """The other way: what stands in each field for stored values."""
    found = {}
    for name, question in _named(definition):
        printed = {}
        if name != question.other_field and question.type not in ("ranking", "recommend"):
            if len(question.options) > LONG_LIST:
                printed = {choice.code: choice.text[language] for choice in question.options}
            else:
                printed = dict(zip((choice.code for choice in question.options), choice_numbers(question), strict=True))
        found[name] = " ".join(printed.get(value, value) for value in form.get(name, ()))
    return found


def in_words(definition: Definition, name: str, values: Sequence[str], language: str) -> str:
    """Stored values as number and words, for a list of differences."""
    question = next((question for field, question in _named(definition) if field == name), None)
    if question is None or name == question.other_field or question.type == "ranking":
        return " ".join(values)
    said = {
        choice.code: f"{number} {choice.text[language]}"
        for number, choice in zip(choice_numbers(question), question.options, strict=True)
    }
    return "、".join(said.get(value, value) for value in values)


def field_label(definition: Definition, name: str, language: str) -> str:
    """Question number and words of a field."""
    field = next((field for field in key_fields(definition, language) if field.name == name), None)
    if field is None:
        return name
    return (
        f"{field.number}. {field.group} {field.label}".replace("  ", " ")
        if field.group
        else f"{field.number}. {field.label}"
    )


def _of(question: Question, number: int, note: str, language: str) -> Iterator[KeyField]:
    text = question.text[language]
    numbered = 0 < len(question.options) <= LONG_LIST
    choices = tuple(
        (printed, choice.text[language])
        for printed, choice in zip(choice_numbers(question), question.options, strict=True)
    )
    if question.type in ("matrix", "ranking"):
        lines: Sequence[tuple[str, str]] = (
            [(row.key, row.text[language]) for row in question.rows]
            if question.type == "matrix"
            else [(choice.code, choice.text[language]) for choice in question.options]
        )
        shown = choices if question.type == "matrix" else ()
        for place, (key, label) in enumerate(lines):
            first = place == 0
            yield KeyField(
                f"{question.key}__{key}", number, text, label, note if first else "", shown if first else (), (),
                required=question.required,
            )  # fmt: skip
        return
    yield KeyField(
        question.key, number, "", text, note, choices if numbered else (),
        () if numbered else tuple(choice.text[language] for choice in question.options),
        several=question.type == "multiple", long=question.type == "long_text", required=question.required,
    )  # fmt: skip
    if question.other_field:
        yield KeyField(question.other_field, number, text, WORDS[language]["other"], "", (), ())


def _named(definition: Definition) -> Iterator[tuple[str, Question]]:
    for question in definition.questions:
        for name in question.fields():
            yield name, question


def _codes(question: Question) -> dict[str, str]:
    """What may be typed -> code: the printed number, the code itself, the words."""
    if question.type in ("recommend", "ranking") or not question.options:
        return {}
    found: dict[str, str] = {}
    options: Sequence[Choice] = question.options
    for said in (
        zip(choice_numbers(question), options, strict=True) if len(options) <= LONG_LIST else (),
        ((choice.code, choice) for choice in options),
        ((choice.text.zh, choice) for choice in options),
        ((choice.text.en, choice) for choice in options),
    ):
        for typed, choice in said:
            found.setdefault(typed.casefold(), choice.code)
    return found
