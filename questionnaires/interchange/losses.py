"""What an interchange could not carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Definition, Question
from wording import Message, Refusal, Text

OWN_TYPE = Message("questionnaires.its_type_which_format")


@dataclass(frozen=True)
class Loss:
    """`place`: question, option or part; `what` was left behind."""

    place: Text
    what: Text


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
        yield Loss("columns", Message("questionnaires.filled_columns", pairs=_pairs(definition.columns)))
    yield from (Loss(screen.key, Message("questionnaires.screening_out_page_its")) for screen in definition.screens)
    yield from (Loss(quota.key, Message("questionnaires.quota")) for quota in definition.quotas)
    yield from [Loss("pages", Message("questionnaires.pages_chosen"))] if definition.pages else []
    yield from [Loss("minors", Message("questionnaires.age_gate"))] if definition.minors else []
    yield from (
        [Loss("contradictions", Message("questionnaires.which_answers_do_not"))] if definition.contradictions else []
    )
    yield Loss("thanks, screened_out, legal", Message("questionnaires.closing_words_legal_marks"))
    for number, section in enumerate(definition.sections, 1):
        if section.random:
            yield Loss(
                Message("questionnaires.section", number=number), Message("questionnaires.random_order_sections")
            )
    for question in definition.questions:
        yield from _of_question(question)


def _of_question(question: Question) -> Iterator[Loss]:
    if question.options_from:
        yield Loss(question.key, Message("questionnaires.options_taken_from_survey"))
    if question.screen_out:
        yield Loss(question.key, Message("questionnaires.screening_out_after", question_screen_out=question.screen_out))
    if question.attention:
        yield Loss(question.key, Message("questionnaires.attention_check"))
    if question.soft_required:
        yield Loss(question.key, Message("questionnaires.asking_once_more_when"))
    for row in question.rows:
        if row.indicators:
            yield Loss(
                f"{question.key}.{row.key}", Message("questionnaires.its_indicators", str=[*map(str, row.indicators)])
            )
    for choice in question.options:
        place = Message("questionnaires.option", question_key=question.key, code=choice.code)
        if choice.fixed:
            yield Loss(place, Message("questionnaires.its_fixed_place_random"))
        if choice.missing:
            yield Loss(place, Message("questionnaires.why_it_is_no_answer"))


def _pairs(columns: dict[str, str]) -> str:
    return ", ".join(f"{name}={key}" for name, key in columns.items())
