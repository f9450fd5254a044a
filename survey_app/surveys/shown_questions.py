"""The questions whose answers may be shown: of a held official survey all but the official one and those asked because of it."""

from __future__ import annotations

from dataclasses import replace

from questionnaires import Definition, Question
from questionnaires.logic import Rule
from survey_app.answering.definitions import definition_of
from survey_app.ground.held import seen
from survey_app.models import Survey


def shown_questions(survey: Survey, definition: Definition | None = None) -> Definition:
    """The survey's questionnaire, or the version of it that is given, with what may be shown now to who asks."""
    whole = definition or definition_of(survey)
    return whole if seen(survey) else without(whole, telling(whole))


def telling(definition: Definition) -> frozenset[str]:
    """Questions that tell the official answer: itself, and those that are asked only after some answers to it."""
    found = {definition.columns.get("measure", "")}
    while True:
        more = {question.key for question in definition.questions if found & _looked_at(definition, question)} - found
        if not more:
            return frozenset(found)
        found |= more


def without(definition: Definition, keys: frozenset[str]) -> Definition:
    sections = tuple(
        replace(section, questions=tuple(question for question in section.questions if question.key not in keys))
        for section in definition.sections
    )
    return replace(definition, sections=sections)


def _looked_at(definition: Definition, question: Question) -> set[str]:
    """Questions on whose answers it depends whether this one, or a row or an option of it, is shown."""
    rules = [definition.rules[question.key], *question.parts.values()]
    return set().union(*(_named(rule) for rule in rules if rule is not None))


def _named(rule: Rule) -> set[str]:
    return {rule.question.partition(".")[0], *(name for part in rule.parts for name in _named(part))}
