"""Whether a rule can hold at all, by trying every combination of answers that could matter to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, islice, product
from typing import Any

from questionnaires.checks import Answers
from questionnaires.definition import Definition, Question
from questionnaires.logic import Rule, both, holds, leaves, questions_in

MOST = 100_000  # combinations; a rule over more is taken as reachable


def can_hold(definition: Definition, rule: Rule, where: Rule | None = None) -> bool:
    """Whether some answers a respondent can give make `rule` (and `where`) hold. True where it is not decided."""
    whole = both(where, rule)
    assert whole is not None
    asked = _involved(definition, whole)
    rules = [whole, *(part for q in asked if (part := definition.rules[q.key]) is not None)]
    options = [_possible(definition, question, [leaf for rule in rules for leaf in leaves(rule)]) for question in asked]
    tried = 0
    for given in islice(product(*options), MOST):
        tried += 1
        if holds(whole, _consistent(definition, asked, given)):
            return True
    return tried == MOST


def _involved(definition: Definition, rule: Rule) -> list[Question]:
    """The questions a rule looks at and those that decide whether they are asked, in order."""
    keys: set[str] = set()
    queue = list(questions_in(rule))
    while queue:
        key = queue.pop()
        if key in keys:
            continue
        keys.add(key)
        own = definition.rules.get(key)
        queue += list(questions_in(own)) if own is not None else []
    return [question for question in definition.questions if question.key in keys]


def _consistent(definition: Definition, asked: list[Question], given: tuple[Any, ...]) -> Answers:
    answers: Answers = {}
    for question, answer in zip(asked, given, strict=True):
        rule = definition.rules[question.key]
        if answer is not None and (rule is None or holds(rule, answers)):
            answers[question.key] = answer
    return answers


def _possible(definition: Definition, question: Question, leaves: list[Rule]) -> list[Any]:
    """Answers to `question` that rules can tell apart."""
    own = [leaf for leaf in leaves if leaf.question.partition(".")[0] == question.key]
    missing = [] if question.required else [None]
    if question.type == "matrix":
        return [*_matrices(question, own), None]
    if question.type in ("multiple", "ranking"):
        return [*_subsets(question, own), *missing]
    if question.type == "number":
        return [*_numbers(question, own), *missing]
    if question.type == "date":
        return [*_dates(question, own), *missing]
    codes = [str(n) for n in range(11)] if question.type == "recommend" else [c.code for c in question.options]
    if not codes and question.options_from is None:  # written in the respondent's own words
        return ["text", *(str(leaf.value) for leaf in own if leaf.operator == "equals"), *missing]
    kept = [code for code in codes if code not in definition.ending_codes(question)]
    if question.options_from is not None:
        kept += [str(value) for leaf in own for value in _listed(leaf.value)]
    return [*kept, *missing]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matrices(question: Question, leaves: list[Rule]) -> Iterator[dict[str, int]]:
    rows = sorted({leaf.question.partition(".")[2] for leaf in leaves} - {""})
    counted = max((int(float(leaf.value)) for leaf in leaves if leaf.operator.startswith("count_")), default=0)
    others = [row.key for row in question.rows if row.key not in rows]
    codes = [None, *(int(choice.code) for choice in question.options)]
    for given in product(codes, repeat=len(rows)):
        found = {row: code for row, code in zip(rows, given, strict=True) if code is not None}
        for more in range(min(len(others), counted + 1) + 1):
            yield found | {row: int(question.options[0].code) for row in others[:more]}


def _subsets(question: Question, leaves: list[Rule]) -> Iterator[list[str]]:
    named = sorted({str(leaf.value) for leaf in leaves if leaf.operator == "contains"} & question.codes)
    alone = list(question.exclusive_codes)
    others = [choice.code for choice in question.options if choice.code not in named and not choice.exclusive]
    most = question.max_choices or len(question.options)
    yield from ([code] for code in alone)
    free = [code for code in named if code not in alone]
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            for more in range(len(others) + 1):
                whole = [*chosen, *others[:more]]
                if (question.min_choices or 1) <= len(whole) <= most:
                    yield whole


def _numbers(question: Question, leaves: list[Rule]) -> list[float]:
    limits = [
        float(str(v)) for leaf in leaves for v in _listed(leaf.value) if str(v).lstrip("+-").replace(".", "").isdigit()
    ]
    low = float(question.minimum) if question.minimum is not None else min([0.0, *limits]) - 1
    high = float(question.maximum) if question.maximum is not None else max([0.0, *limits]) + 1
    wanted = {low, high, *limits, *(limit - 1 for limit in limits), *(limit + 1 for limit in limits)}
    return [int(value) if value == int(value) else value for value in sorted(wanted) if low <= value <= high]


def _dates(question: Question, leaves: list[Rule]) -> list[str]:
    limits = [date.fromisoformat(str(leaf.value)) for leaf in leaves if leaf.operator in ("before", "after")]
    low = question.earliest if isinstance(question.earliest, date) else date(1, 1, 2)
    high = question.latest if isinstance(question.latest, date) else date(9999, 12, 30)
    wanted = {low, high}
    for limit in limits:
        wanted |= {limit, limit - timedelta(days=1), limit + timedelta(days=1)}
    return [day.isoformat() for day in sorted(wanted) if low <= day <= high]
