"""Rules as the conditions that XLSForm (XPath) and SurveyJS write."""

from __future__ import annotations

from typing import Any

from questionnaires.definition import Definition
from questionnaires.logic import Rule


def xpath(rule: Rule, definition: Definition) -> str:
    """The rule as XLSForm's `relevant`."""
    if rule.operator == "not":
        return f"not({xpath(rule.parts[0], definition)})"
    if rule.parts:
        return f" {rule.operator} ".join(f"({xpath(part, definition)})" for part in rule.parts)
    name = rule.question.replace(".", "__")
    place, value = f"${{{name}}}", rule.value
    question = definition.question(rule.question.partition(".")[0])
    if rule.operator == "answered":
        return f"{place} != ''"
    if rule.operator == "contains":
        return f"selected({place}, {_quoted(value)})"
    if rule.operator == "in":
        return " or ".join(f"{place} = {_quoted(code)}" for code in value) or "false()"
    if rule.operator in ("equals", "not_equals"):
        literal = value if question is not None and question.type == "number" else _quoted(value)
        mark = "=" if rule.operator == "equals" else "!="
        return f"{place} {mark} {literal}" if mark == "=" else f"{place} != '' and {place} != {literal}"
    mark = ">=" if rule.operator.endswith("at_least") else "<="
    if rule.operator.startswith("count_"):
        return f"{place} != '' and count-selected({place}) {mark} {value}"
    if rule.operator in ("before", "after"):
        return f"{place} != '' and {place} {'<' if rule.operator == 'before' else '>'} date('{value}')"
    return f"{place} != '' and {place} {mark} {value}"


def surveyjs(rule: Rule, definition: Definition) -> str:
    """The rule as SurveyJS's `visibleIf`."""
    if rule.operator == "not":
        return f"!({surveyjs(rule.parts[0], definition)})"
    if rule.parts:
        return f" {rule.operator} ".join(f"({surveyjs(part, definition)})" for part in rule.parts)
    place, value = f"{{{rule.question}}}", rule.value
    if rule.operator == "answered":
        return f"{place} notempty"
    if rule.operator == "contains":
        return f"{place} contains {_quoted(value)}"
    if rule.operator == "in":
        return f"{place} anyof [{', '.join(_quoted(code) for code in value)}]"
    if rule.operator == "equals":
        return f"{place} = {_quoted(value)}"
    if rule.operator == "not_equals":
        return f"{place} notempty and {place} != {_quoted(value)}"
    if rule.operator in ("before", "after"):
        return f"{place} notempty and {place} {'<' if rule.operator == 'before' else '>'} {_quoted(value)}"
    mark = ">=" if rule.operator.endswith("at_least") else "<="
    if rule.operator.startswith("count_"):
        return f"{place} notempty and {{{rule.question}.length}} {mark} {value}"
    return f"{place} notempty and {place} {mark} {value}"


def _quoted(value: Any) -> str:
    return f"'{value}'"
