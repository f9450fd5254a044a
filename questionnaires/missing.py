"""Why a question has no answer: for files that leave and for tables, which tell the five kinds apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

from questionnaires.answers import was_shown
from questionnaires.definition import Definition, NoAnswer, Question
from questionnaires.logic import Rule, holds

MissingKind = Literal["not_shown", "skipped"] | NoAnswer
MISSING_KINDS: tuple[MissingKind, ...] = ("not_shown", "skipped", *get_args(NoAnswer))
# What stands in files that leave.
MISSING_CODES: dict[str, int] = {kind: -91 - place for place, kind in enumerate(MISSING_KINDS)}


def missing_kind(definition: Definition, key: str, answers: Mapping[str, object], part: str = "") -> MissingKind | None:
    """Which kind of missing it is that `answers`, as stored, hold for the question `key`; None where they answer it.

    definition: the version that was answered. part: a row of a matrix, or an option of a multiple choice or a ranking;
    without it the question as a whole, and a matrix with any row is answered.

    not_shown: the rules of question, section, row or option hid it, an earlier answer had ended the questionnaire, or
    the version does not have it. skipped: it was put and left open. dont_know, refused, not_used: an option was chosen
    that says so (`Question.missing_codes`). An option that was not chosen, or was given no rank, of a question that was
    answered is not missing.

    >>> from questionnaires import load_definition
    >>> asked, said = load_definition("citizen-experience"), {"overall": 5, "services": {"parking": 0, "bus": 4}}
    >>> [missing_kind(asked, "services", said, row) for row in ("parking", "bus", "health")]
    ['not_used', None, 'skipped']
    >>> missing_kind(asked, "improve", said), missing_kind(asked, "years", said)
    ('not_shown', 'skipped')
    """
    question, answer = definition.question(key), answers.get(key)
    if question is None or not _part_shown(question, part, answers):
        return "not_shown"
    if isinstance(answer, dict) and part:
        answer = answer.get(part)
    if answer is None or answer in ("", [], {}):
        reached = was_shown(definition, key, answers) and not _ended_before(definition, key, answers)
        return "skipped" if reached else "not_shown"
    if not question.missing_codes:
        return None
    chosen = answer if isinstance(answer, list | tuple) else [answer]
    return next((question.missing_codes[str(code)] for code in chosen if str(code) in question.missing_codes), None)


def _part_shown(question: Question, part: str, answers: Mapping[str, object]) -> bool:
    """Whether the row or option `part` was among those that applied; the question as a whole always."""
    if not part:
        return True
    rule = question.parts.get(part)
    return part in question.parts and (rule is None or holds(rule, answers))


def _ended_before(definition: Definition, key: str, answers: Mapping[str, object]) -> bool:
    """Whether an answer to an earlier question ended the questionnaire."""
    for asked, rules in _endings(definition):
        if asked == key:
            return False
        if any(holds(rule, answers) for rule in rules):
            return True
    return False


@lru_cache(maxsize=64)
def _endings(definition: Definition) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """Every question in order with the rules that end the questionnaire once it is answered."""
    return tuple((q.key, tuple(rule for rule, _text in definition.endings(q))) for q in definition.questions)
