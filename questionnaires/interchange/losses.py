"""What an interchange could not carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Definition, Question
from wording import Refusal

OWN_TYPE = "its type, of which the format knows nothing: a field for text stands for it"


@dataclass(frozen=True)
class Loss:
    """`place`: question, option or part; `what` was left behind."""

    place: str
    what: str


@dataclass(frozen=True)
class Carried:
    """The result (bytes of a file, or plain data of a definition) and everything that is not in it."""

    result: Any
    losses: tuple[Loss, ...]


class InterchangeError(Refusal):
    """A file that is not of the format it is said to be, in the user's words."""


def always_lost(definition: Definition) -> Iterator[Loss]:
    """What neither format has a place for."""
    if definition.columns:
        yield Loss("columns", "which question fills which typed column: " + _pairs(definition.columns))
    yield from (Loss(screen.key, "a screening-out page with its own rule") for screen in definition.screens)
    yield from (Loss(quota.key, "a quota") for quota in definition.quotas)
    yield from [Loss("minors", "the age gate")] if definition.minors else []
    yield from [Loss("contradictions", "which answers do not go together")] if definition.contradictions else []
    yield Loss("thanks, screened_out, legal", "the closing words and the legal marks")
    for number, section in enumerate(definition.sections, 1):
        if section.random:
            yield Loss(f"section {number}", "the random order of sections")
    for question in definition.questions:
        yield from _of_question(question)


def _of_question(question: Question) -> Iterator[Loss]:
    if question.options_from:
        yield Loss(question.key, "options taken from the survey's areas")
    if question.screen_out:
        yield Loss(question.key, f"screening out after {', '.join(question.screen_out)}")
    if question.attention:
        yield Loss(question.key, "the attention check")
    if question.soft_required:
        yield Loss(question.key, "asking once more when it was left open (soft_required)")
    for row in question.rows:
        if row.indicators:
            yield Loss(f"{question.key}.{row.key}", f"its indicators {', '.join(map(str, row.indicators))}")
    for choice in question.options:
        if choice.fixed:
            yield Loss(f"{question.key} option {choice.code}", "its fixed place in a random order")


def _pairs(columns: dict[str, str]) -> str:
    return ", ".join(f"{name}={key}" for name, key in columns.items())
