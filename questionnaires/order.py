"""The order in which one respondent sees sections, options and rows: drawn from a seed, so it can be drawn again."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from questionnaires.definition import Definition, Question


def arranged(definition: Definition, seed: str) -> Definition:
    """`definition` in the order of one respondent. The same seed (a submission key) always gives the same order."""
    if not definition.random:
        return definition
    shown = with_sections_arranged(definition, seed)
    return replace(
        shown,
        sections=tuple(
            replace(part, questions=tuple(_arranged_question(q, seed) for q in part.questions))
            for part in shown.sections
        ),
    )


def with_sections_arranged(definition: Definition, seed: str) -> Definition:
    """`definition` with its sections alone in the order of one respondent: the same object for all who have that order."""
    if not definition.moves_sections:
        return definition
    order: list[int] = []
    for block, members in groupby(range(len(definition.sections)), key=lambda at: definition.sections[at].random):
        group = list(members)
        if block:
            _shuffle(group, f"{seed}:section:{block}")
        order += group
    return _in_order(definition, tuple(order))


@lru_cache(maxsize=128)
def _in_order(definition: Definition, order: tuple[int, ...]) -> Definition:
    """Pages begin at the same places in every order."""
    sections = definition.sections
    return replace(
        definition,
        sections=tuple(
            replace(sections[at], page=there.page) if there.random else there
            for at, there in zip(order, sections, strict=True)
        ),
    )


def places(question: Question, seed: str) -> list[int]:
    """Which of its options stands first, second and so on for one respondent; of a matrix, whose rows alone move, which row."""
    if question.random_rows:
        order = list(range(len(question.rows)))
        _shuffle(order, f"{seed}:rows:{question.key}")
        return order
    options = question.options
    order = list(range(len(options)))
    if question.random_options:
        movable = [at for at in order if not (options[at].fixed or options[at].exclusive or options[at].other)]
        turns = list(movable)
        _shuffle(turns, f"{seed}:options:{question.key}")
        for at, turn in zip(movable, turns, strict=True):
            order[at] = turn
    return order


def order_of(definition: Definition, seed: str) -> dict[str, list[int] | list[str]]:
    """What was random, as it was shown: {"sections": places, "<key>": codes of options or keys of rows}."""
    order: dict[str, list[int] | list[str]] = {}
    shown = with_sections_arranged(definition, seed)
    if shown is not definition:
        first = {s.questions[0].key: place for place, s in enumerate(definition.sections) if s.questions}
        order["sections"] = [first[section.questions[0].key] for section in shown.sections if section.questions]
    for question in shown.questions:
        if question.random_options:
            order[question.key] = [question.options[at].code for at in places(question, seed)]
        if question.random_rows:
            order[question.key] = [question.rows[at].key for at in places(question, seed)]
    return order


def _arranged_question(question: Question, seed: str) -> Question:
    if question.random_rows:
        return replace(question, rows=tuple(question.rows[at] for at in places(question, seed)))
    if question.random_options:
        return replace(question, options=tuple(question.options[at] for at in places(question, seed)))
    return question


def _shuffle(items: list[int], seed: str) -> None:
    random.Random(seed).shuffle(items)  # a fair order, not a secret
