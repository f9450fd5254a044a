"""The questions whose answers may be shown: of a held official survey all but the official one and those asked because of it."""

from __future__ import annotations

from dataclasses import replace

from questionnaires import Definition
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
        more = {key for key, rule in definition.rules.items() if rule is not None and found & _named(rule)} - found
        if not more:
            return frozenset(found)
        found |= more


def without(definition: Definition, keys: frozenset[str]) -> Definition:
    sections = tuple(
        replace(section, questions=tuple(question for question in section.questions if question.key not in keys))
        for section in definition.sections
    )
    return replace(definition, sections=sections)


def _named(rule: Rule) -> set[str]:
    return {rule.question.partition(".")[0], *(name for part in rule.parts for name in _named(part))}
