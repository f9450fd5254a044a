"""From what a form sent to answers that may be stored: typed, within their options, hidden ones dropped."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Definition, Question
from questionnaires.logic import holds

Form = Mapping[str, Sequence[str]]
RECOMMEND = frozenset(str(number) for number in range(11))


@dataclass(frozen=True)
class Checked:
    """`answers` by question key; `errors` by form field name, each a message key of the page."""

    answers: dict[str, Any]
    errors: dict[str, str]
    screened_out: bool


class _RefusedError(Exception):
    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message


def check_answers(definition: Definition, form: Form) -> Checked:
    """Check a submitted `form` (field name -> values as text) question by question, in order.

    A question hidden by its rule is dropped whatever was sent. A screening answer ends the questionnaire:
    later questions are not required and not stored.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in definition.questions:
        if question.rule is not None and not holds(question.rule, answers):
            continue
        try:
            answer = _CHECKS[question.type](question, form)
        except _RefusedError as refused:
            errors[refused.field] = refused.message
            continue
        if answer is None:
            if question.required:
                errors[question.key] = "required"
            continue
        answers[question.key] = answer
        if str(answer) in question.screen_out:
            return Checked(answers, {key: text for key, text in errors.items() if text != "required"}, True)
    return Checked(answers, errors, False)


def _one(question: Question, form: Form, field: str, codes: frozenset[str]) -> str | None:
    values = [value for value in form.get(field, ()) if value != ""]
    if not values:
        return None
    if len(values) > 1 or values[0] not in codes:
        raise _RefusedError(field, "not_an_option")
    return values[0]


def _single(question: Question, form: Form) -> str | None:
    return _one(question, form, question.key, question.codes)


def _scale(question: Question, form: Form) -> int | None:
    code = _one(question, form, question.key, question.codes)
    return None if code is None else int(code)


def _recommend(question: Question, form: Form) -> int | None:
    code = _one(question, form, question.key, RECOMMEND)
    return None if code is None else int(code)


def _multiple(question: Question, form: Form) -> list[str] | None:
    values = [value for value in form.get(question.key, ()) if value != ""]
    if not values:
        return None
    if len(set(values)) != len(values) or not question.codes.issuperset(values):
        raise _RefusedError(question.key, "not_an_option")
    if len(values) > 1 and question.exclusive_codes.intersection(values):
        raise _RefusedError(question.key, "exclusive")
    return values


def _matrix(question: Question, form: Form) -> dict[str, int] | None:
    found = {}
    for row in question.rows:
        field = f"{question.key}__{row.key}"
        code = _one(question, form, field, question.codes)
        if code is not None:
            found[row.key] = int(code)
        elif question.required:
            raise _RefusedError(field, "required")
    return found or None


def _long_text(question: Question, form: Form) -> str | None:
    values = form.get(question.key, ())
    text = unicodedata.normalize("NFC", values[0]).replace("\r\n", "\n") if values else ""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn")).strip()
    if len(kept) > question.max_length:
        raise _RefusedError(question.key, "too_long")
    return kept or None


_CHECKS: dict[str, Callable[[Question, Form], Any]] = {
    "single": _single,
    "dropdown": _single,
    "scale": _scale,
    "recommend": _recommend,
    "multiple": _multiple,
    "matrix": _matrix,
    "long_text": _long_text,
}
