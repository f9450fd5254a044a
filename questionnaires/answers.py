"""From what a form sent to answers that may be stored: typed, within their options, hidden ones dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from questionnaires.checks import CHECKS, Answers, Form, RefusedError, own_words
from questionnaires.definition import MINOR, Definition, Question
from questionnaires.logic import holds

SKIPPED = "_skip"  # the form field naming what the respondent was asked twice and leaves open


@dataclass(frozen=True)
class Checked:
    """`answers` by question key; `errors` by form field name, each a message key of the page.

    ended: key of the screen that ended the questionnaire; empty for a screening answer. left_open: soft-required questions without an
    answer that were not asked for twice yet. inattentive: attention checks that were not met.
    """

    answers: Answers
    errors: dict[str, str]
    screened_out: bool
    ended: str = ""
    left_open: tuple[str, ...] = ()
    inattentive: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What has been read so far."""

    answers: Answers = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    left_open: list[str] = field(default_factory=list)
    inattentive: list[str] = field(default_factory=list)

    def ended(self, key: str = "") -> Checked:
        """Ended early: what was not answered yet is not asked for."""
        errors = {name: text for name, text in self.errors.items() if text != "required"}
        return Checked(self.answers, errors, True, key, (), tuple(self.inattentive))


def check_answers(definition: Definition, form: Form, today: date | None = None) -> Checked:
    """Check a submitted `form` (field name -> values as text) question by question, in order.

    A question, option or row hidden by its rule is dropped whatever was sent. A screening answer ends the
    questionnaire: later questions are not required and not stored. Of somebody too young nothing is kept at all.
    `today`: for limits of dates and for ages.
    """
    reading = _Reading()
    for question in definition.questions:
        rule = definition.rules[question.key]
        if question.type != "statement" and (rule is None or holds(rule, reading.answers)):
            _read(_shown(question, reading.answers), form, today, reading)
            answer = reading.answers.get(question.key)
            if answer is not None and _too_young(definition, question, answer, today):
                return Checked({}, {}, True, MINOR)
            if answer is not None and str(answer) in question.screen_out:
                return reading.ended()
        for screen in definition.screens_after[question.key]:
            if holds(screen.rule, reading.answers):
                return reading.ended(screen.key)
    return Checked(reading.answers, reading.errors, False, "", tuple(reading.left_open), tuple(reading.inattentive))


def was_shown(definition: Definition, key: str, answers: Mapping[str, object]) -> bool:
    """Whether these answers, as stored, led past the question `key`: its rule and its section's hold, and something
    could be chosen. A question that the questionnaire does not have was not shown."""
    question = definition.question(key)
    if question is None:
        return False
    rule = definition.rules[key]
    if rule is not None and not holds(rule, answers):
        return False
    return not question.options or bool(_shown(question, answers).options)


def _read(question: Question, form: Form, today: date | None, reading: _Reading) -> None:
    if not question.options and question.type in ("single", "multiple", "scale", "matrix", "dropdown", "ranking"):
        return  # every option is hidden
    try:
        answer = CHECKS[question.type](question, form, today)
    except RefusedError as refused:
        reading.errors[refused.field] = refused.message
        return
    if answer is None:
        if question.required:
            reading.errors[question.key] = "required"
        elif question.soft_required and question.key not in form.get(SKIPPED, ()):
            reading.left_open.append(question.key)
        return
    reading.answers[question.key] = answer
    if question.attention and str(answer) not in question.attention:
        reading.inattentive.append(question.key)
    try:
        words = own_words(question, answer, form)
    except RefusedError as refused:
        reading.errors[refused.field] = refused.message
        return
    if words:
        reading.answers[question.other_field] = words


def _too_young(definition: Definition, question: Question, answer: Any, today: date | None) -> bool:
    """Whether `answer` is one that the age gate turns away."""
    gate = definition.minors
    if gate is None or gate.question != question.key:
        return False
    if not isinstance(gate.under, int):
        return str(answer) in gate.under
    if question.type == "number":
        return float(answer) < gate.under
    if today is None:
        return False
    born = date.fromisoformat(str(answer))
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < gate.under


def _shown(question: Question, answers: Mapping[str, object]) -> Question:
    """The question with the options and rows that apply after the answers so far."""
    if not question.conditional:
        return question
    return replace(
        question,
        options=tuple(c for c in question.options if c.rule is None or holds(c.rule, answers)),
        rows=tuple(r for r in question.rows if r.rule is None or holds(r.rule, answers)),
    )
