"""The order in which one respondent sees sections, options and rows: drawn from a seed, so it can be drawn again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from questionnaires.definition import Definition, Question, Section

Item = TypeVar("Item")


def arranged(definition: Definition, seed: str) -> Definition:
    """`definition` in the order of one respondent. The same seed (a submission key) always gives the same order."""
    if not definition.random:
        return definition
    sections: list[Section] = []
    for block, members in groupby(definition.sections, key=lambda section: section.random):
        group = list(members)
        if block:
            turns = [section.page for section in group]  # pages begin at the same places in every order
            _shuffle(group, f"{seed}:section:{block}")
            group = [replace(section, page=page) for section, page in zip(group, turns, strict=True)]
        sections += group
    return replace(
        definition,
        sections=tuple(
            replace(part, questions=tuple(_arranged_question(q, seed) for q in part.questions)) for part in sections
        ),
    )


def order_of(definition: Definition, seed: str) -> dict[str, list[int] | list[str]]:
    """What was random, as it was shown: {"sections": places, "<key>": codes of options or keys of rows}."""
    if not definition.random:
        return {}
    shown = arranged(definition, seed)
    order: dict[str, list[int] | list[str]] = {}
    if any(section.random for section in definition.sections):
        first = {s.questions[0].key: place for place, s in enumerate(definition.sections) if s.questions}
        order["sections"] = [
            place
            for section in shown.sections
            for key, place in first.items()
            if any(question.key == key for question in section.questions)
        ]
    for question in shown.questions:
        if question.random_options:
            order[question.key] = [choice.code for choice in question.options]
        if question.random_rows:
            order[question.key] = [row.key for row in question.rows]
    return order


def _arranged_question(question: Question, seed: str) -> Question:
    if question.random_options:
        movable = [choice for choice in question.options if not (choice.fixed or choice.exclusive or choice.other)]
        _shuffle(movable, f"{seed}:options:{question.key}")
        question = replace(question, options=_refilled(question.options, movable))
    if question.random_rows:
        rows = list(question.rows)
        _shuffle(rows, f"{seed}:rows:{question.key}")
        question = replace(question, rows=tuple(rows))
    return question


def _refilled(options: Sequence[Item], movable: Sequence[Item]) -> tuple[Item, ...]:
    """`options` with those in `movable` in their new order, every other one at its place."""
    moving = {id(each) for each in movable}
    queue = iter(movable)
    return tuple(next(queue) if id(each) in moving else each for each in options)


def _shuffle(items: list[Item], seed: str) -> None:
    random.Random(seed).shuffle(items)  # a fair order, not a secret
