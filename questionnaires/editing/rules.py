"""A rule as lines that are chosen: one comparison a line, all of which hold, or any. What is deeper is only shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from definitions.plain import Unchecked
from questionnaires.editing.places import Place, outline
from questionnaires.logic import LEAVES, Rule, as_source, parse_rule

NOT = "not "
COUNTS = ("count_at_least", "count_at_most")
BY_TYPE: dict[str, tuple[str, ...]] = {  # what may be asked of a type's answer, the usual first
    **dict.fromkeys(("single", "dropdown"), ("in", f"{NOT}in", "equals", "not_equals", "answered", f"{NOT}answered")),
    **dict.fromkeys(("scale", "recommend"), ("in", f"{NOT}in", "at_least", "at_most", "equals", "not_equals", "answered", f"{NOT}answered")),
    **dict.fromkeys(("multiple", "ranking"), ("contains", f"{NOT}contains", *COUNTS, "answered", f"{NOT}answered")),
    "matrix": (*COUNTS, "contains", f"{NOT}contains", "answered", f"{NOT}answered"),
    "number": ("at_least", "at_most", "equals", "not_equals", "answered", f"{NOT}answered"),
    "date": ("before", "after", "answered", f"{NOT}answered"),
}  # fmt: skip
WRITTEN = ("answered", f"{NOT}answered", "equals", "not_equals", "in")
OPERATORS = (*LEAVES, *(f"{NOT}{leaf}" for leaf in LEAVES))


@dataclass(frozen=True)
class Line:
    """One comparison. operator: of OPERATORS. values: codes, or what was written."""

    question: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a rule may look at: a question, or a row of a matrix (key.row); with the codes of its answers."""

    key: str
    type: str
    text: Mapping[str, str]
    codes: Sequence[tuple[str, Mapping[str, str]]] = ()
    listed: bool = True  # whether nothing but its codes can be answered

    @property
    def operators(self) -> tuple[str, ...]:
        return BY_TYPE.get(self.type, WRITTEN)


def lines_of(source: Any) -> tuple[str, list[Line]] | None:
    """'and' or 'or', and the lines; None for a rule that has no such form."""
    if source is None:
        return "and", []
    try:
        rule = parse_rule(source)
    except ValueError:
        return None
    joined, parts = (rule.operator, rule.parts) if rule.operator in ("and", "or") else ("and", (rule,))
    lines = [_line(part) for part in parts]
    return (joined, [line for line in lines if line]) if all(lines) else None


def rule_of(joined: str, lines: Sequence[Line]) -> Any:
    """As it is written in a definition; None where there is no line."""
    parts = [_source(single) for line in lines for single in _singly(line)]
    return None if not parts else parts[0] if len(parts) == 1 else {"or" if joined == "or" else "and": parts}


def _singly(line: Line) -> list[Line]:
    """One value a comparison, except where a list is what is compared."""
    if len(line.values) < 2 or line.operator.endswith("in"):
        return [line]
    if line.operator == "equals":
        return [Line(line.question, "in", line.values)]
    return [Line(line.question, line.operator, (value,)) for value in line.values]


def asked_before(data: Any, place: Place) -> list[Asked]:
    """What a rule at `place` may look at: every question before it, or all of them for the whole questionnaire."""
    found: list[Asked] = []
    for other in outline(data):
        if place.section is not None and _order(other) >= _order(place):
            break
        question = other.inside(data)
        if other.question is not None and question is not None:
            found += _asked(question)
    return found


def _order(place: Place) -> tuple[int, int]:
    return (place.section or 0, -1 if place.question is None else place.question)


def _asked(question: Unchecked) -> Iterator[Asked]:
    key, kind = str(question.get("key", "")), str(question.get("type", ""))
    if not key or kind == "statement":
        return
    text, codes = question.get("text") or {}, _named(question.get("options"), "code")
    if kind == "recommend":
        codes = [(str(number), {}) for number in range(11)]
    rows = _named(question.get("rows"), "key")
    yield Asked(key, kind, text, rows if kind == "matrix" else codes, not question.get("options_from"))
    yield from (Asked(f"{key}.{row}", "scale", words, codes) for row, words in rows)


def _named(parts: Any, name: str) -> list[tuple[str, Mapping[str, str]]]:
    held = parts if isinstance(parts, list) else []
    return [(str(each[name]), each.get("text") or {}) for each in held if isinstance(each, dict) and name in each]


def _line(rule: Rule) -> Line | None:
    if rule.operator == "not" and rule.parts[0].question:
        inner = _line(rule.parts[0])
        return Line(inner.question, NOT + inner.operator, inner.values) if inner else None
    if not rule.question:
        return None
    values = rule.value if isinstance(rule.value, list) else [] if rule.value is None else [rule.value]
    return Line(rule.question, rule.operator, tuple(map(str, values)))


def _source(line: Line) -> Any:
    operator = line.operator.removeprefix(NOT)
    value: Any = list(line.values) if operator == "in" else line.values[0] if line.values else ""
    rule = Rule(operator, line.question, value)
    return as_source(Rule("not", parts=(rule,)) if line.operator.startswith(NOT) else rule)
