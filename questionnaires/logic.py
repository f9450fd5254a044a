"""Rules over answers: a tree {operator: operands}, walked by one evaluator here and one in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from definitions.numbers import NumberRefusedError, number_of
from definitions.plain import Document
from wording import Refusal

LEAVES = (
    "equals", "not_equals", "in", "at_least", "at_most", "answered", "contains", "count_at_least", "count_at_most",
    "before", "after",
)  # fmt: skip
BRANCHES = ("and", "or", "not")


@dataclass(frozen=True)
class Rule:
    """`operator` with `question` and `value` for a leaf, `parts` for and, or, not.

    `question` is a key, or key.row for one row of a matrix.
    """

    operator: str
    question: str = ""
    value: Any = None
    parts: tuple[Rule, ...] = ()


def parse_rule(source: Any) -> Rule:
    """From YAML. Raises ValueError saying what was expected."""
    if not isinstance(source, dict) or len(source) != 1:
        raise Refusal("questionnaires.rule_one_operator_its")
    operator, operands = next(iter(source.items()))
    if operator in BRANCHES:
        parts = operands if isinstance(operands, list) else [operands]
        if not parts or (operator == "not" and len(parts) != 1):
            raise Refusal("questionnaires.needs_rules_as_its", operator=operator)
        return Rule(operator, parts=tuple(parse_rule(part) for part in parts))
    if operator == "answered" and isinstance(operands, str):
        return Rule(operator, operands)
    if operator not in LEAVES or not isinstance(operands, list) or len(operands) != 2:
        raise Refusal("questionnaires.unknown_rule_use_question", operator=operator, listed=[*(*BRANCHES, *LEAVES)])
    question, value = operands
    _check_value(operator, value)
    return Rule(operator, str(question), [str(item) for item in value] if isinstance(value, list) else str(value))


def _check_value(operator: str, value: Any) -> None:
    if operator == "in" and not isinstance(value, list):
        raise Refusal("questionnaires.needs_list_codes")
    if operator in ("before", "after"):
        try:
            date.fromisoformat(str(value))
        except ValueError as error:
            raise Refusal("questionnaires.needs_date_such_as", operator=operator) from error
    if operator in ("at_least", "at_most", "count_at_least", "count_at_most"):
        try:
            finite = Decimal(str(value)).is_finite()
        except InvalidOperation:
            finite = False
        if not finite:
            raise Refusal("questionnaires.needs_number", operator=operator)


def both(first: Rule | None, second: Rule | None) -> Rule | None:
    """The rule that holds where both do; None holds always."""
    if first is None or second is None:
        return first or second
    return Rule("and", parts=(first, second))


def leaves(rule: Rule) -> Iterator[Rule]:
    """The comparisons that a rule is made of."""
    if rule.question:
        yield rule
    for part in rule.parts:
        yield from leaves(part)


def places_in(rule: Rule) -> Iterator[str]:
    """What a rule looks at: keys of questions, key.row for a row of a matrix."""
    yield from (leaf.question for leaf in leaves(rule))


def questions_in(rule: Rule) -> Iterator[str]:
    """Keys of the questions a rule looks at."""
    yield from (place.partition(".")[0] for place in places_in(rule))


def holds(rule: Rule, answers: Mapping[str, object]) -> bool:
    """Whether `rule` holds for typed answers; a comparison with an unanswered question does not hold."""
    if rule.operator == "and":
        return all(holds(part, answers) for part in rule.parts)
    if rule.operator == "or":
        return any(holds(part, answers) for part in rule.parts)
    if rule.operator == "not":
        return not holds(rule.parts[0], answers)
    answer = _given(rule.question, answers)
    if answer is None or answer in ("", [], {}):
        return False
    return _compare(rule.operator, answer, rule.value)


def _given(place: str, answers: Mapping[str, object]) -> Any:
    key, _, row = place.partition(".")
    answer = answers.get(key)
    return answer.get(row) if row and isinstance(answer, dict) else answer


def _compare(operator: str, answer: Any, value: Any) -> bool:
    """As logic.js of the respondent's page does it: tests/questionnaires/logic_cases.yaml holds for both."""
    several = isinstance(answer, list | dict)
    if operator == "answered":
        return True
    if operator == "contains":
        return several and str(value) in answer
    if operator in ("equals", "not_equals"):
        return _same(answer, value) is (operator == "equals")
    if operator == "in":
        return any(_same(answer, each) for each in value)
    if operator in ("before", "after"):
        return isinstance(answer, str) and (answer < value if operator == "before" else answer > value)
    if operator.startswith("count_") is not several:
        return False
    number = Decimal(len(answer)) if several else _number(answer)
    if number is None:
        return False
    return number >= Decimal(value) if operator.endswith("at_least") else number <= Decimal(value)


def _same(answer: Any, value: Any) -> bool:
    """Whether an answer is the one that a rule names: a number by its value, else to the letter."""
    if not isinstance(answer, int | float):
        return bool(answer == str(value))
    try:
        return Decimal(str(answer)) == Decimal(str(value))
    except InvalidOperation:
        return False


def _number(answer: Any) -> Decimal | None:
    """The number that an answer is or says."""
    if isinstance(answer, int | float):
        return Decimal(str(answer))
    try:
        return number_of(str(answer))
    except NumberRefusedError:
        return None


def as_source(rule: Rule) -> Document:
    """The rule as it is written in a definition."""
    if rule.parts:
        return {rule.operator: [as_source(part) for part in rule.parts]}
    return {rule.operator: rule.question if rule.operator == "answered" else [rule.question, rule.value]}


def as_tree(rule: Rule) -> Document:
    """The rule as plain data for the browser, which knows form fields: a row of a matrix is key__row."""
    if rule.parts:
        return {rule.operator: [as_tree(part) for part in rule.parts]}
    return {rule.operator: [rule.question.replace(".", "__"), rule.value]}
