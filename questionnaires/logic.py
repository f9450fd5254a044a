"""Rules over answers: a tree {operator: operands}, walked by one evaluator here and one in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LEAVES = ("equals", "in", "at_least", "at_most", "answered", "contains")
BRANCHES = ("and", "or", "not")


@dataclass(frozen=True)
class Rule:
    """`operator` with `question` and `value` for a leaf, `parts` for and, or, not."""

    operator: str
    question: str = ""
    value: Any = None
    parts: tuple[Rule, ...] = ()


def parse_rule(source: Any) -> Rule:
    """From YAML. Raises ValueError saying what was expected."""
    if not isinstance(source, dict) or len(source) != 1:
        raise ValueError("a rule is one operator with its operands, for example {in: [overall, ['1', '2']]}")
    operator, operands = next(iter(source.items()))
    if operator in BRANCHES:
        parts = operands if isinstance(operands, list) else [operands]
        if not parts or (operator == "not" and len(parts) != 1):
            raise ValueError(f"'{operator}' needs rules as its operands")
        return Rule(operator, parts=tuple(parse_rule(part) for part in parts))
    if operator == "answered" and isinstance(operands, str):
        return Rule(operator, operands)
    if operator not in LEAVES or not isinstance(operands, list) or len(operands) != 2:
        raise ValueError(f"unknown rule '{operator}'; use {', '.join((*BRANCHES, *LEAVES))} with [question, value]")
    question, value = operands
    if operator == "in" and not isinstance(value, list):
        raise ValueError("'in' needs a list of codes")
    return Rule(operator, str(question), [str(item) for item in value] if isinstance(value, list) else str(value))


def questions_in(rule: Rule) -> Iterator[str]:
    """Keys of the questions a rule looks at."""
    if rule.question:
        yield rule.question
    for part in rule.parts:
        yield from questions_in(part)


def holds(rule: Rule, answers: Mapping[str, Any]) -> bool:
    """Whether `rule` holds for typed answers; a comparison with an unanswered question does not hold."""
    if rule.operator == "and":
        return all(holds(part, answers) for part in rule.parts)
    if rule.operator == "or":
        return any(holds(part, answers) for part in rule.parts)
    if rule.operator == "not":
        return not holds(rule.parts[0], answers)
    answer = answers.get(rule.question)
    if answer is None or answer == "" or answer == []:
        return False
    if rule.operator == "answered":
        return True
    if rule.operator == "contains":
        return isinstance(answer, list) and rule.value in answer
    if rule.operator == "equals":
        return bool(str(answer) == rule.value)
    if rule.operator == "in":
        return str(answer) in tuple(rule.value)
    try:
        number, limit = float(answer), float(rule.value)
    except (TypeError, ValueError):
        return False
    return number >= limit if rule.operator == "at_least" else number <= limit


def as_tree(rule: Rule) -> dict[str, Any]:
    """The rule as plain data for the browser."""
    if rule.parts:
        return {rule.operator: [as_tree(part) for part in rule.parts]}
    return {rule.operator: [rule.question, rule.value]}
