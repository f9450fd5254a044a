"""What one comparison of another tool's condition says as a rule, by the type of the question it looks at.

A rule compares answered questions only, so that `!=` is the negation of `=`, and `>` is 'at least and not at most'.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

from questionnaires.logic import Rule

Kind: TypeAlias = Literal["choice", "boolean", "several", "ranking", "number", "date", "text", "rows"]
Said: TypeAlias = Rule | bool  # a rule, or whether the condition always holds
_ORDERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda a, b: a > b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
}  # fmt: skip


class UnreadableError(ValueError):
    """A condition outside what a rule can say."""


@dataclass(frozen=True)
class Value:
    """A value written in a condition."""

    text: str
    quoted: bool

    @property
    def number(self) -> Decimal | None:
        return _number(self.text)


@dataclass(frozen=True)
class Asked:
    """A question, or a row of a matrix, that a condition looks at. codes: as the other tool has them -> as they are here."""

    place: str
    kind: Kind
    codes: Mapping[str, str] = field(default_factory=dict)


def joined(word: str, parts: Sequence[Said]) -> Said:
    """`and` or `or` over parts; what always or never holds falls away or decides."""
    decides = word == "or"
    if any(part is decides for part in parts):
        return decides
    rules = [part for part in parts if isinstance(part, Rule)]
    if not rules:
        return not decides
    rules = _either(rules) if decides else _compared_alone(rules)
    return Rule(word, parts=tuple(rules)) if len(rules) > 1 else rules[0]


def _either(rules: list[Rule]) -> list[Rule]:
    """`q = a or q = b` is `q in [a, b]`."""
    if len({rule.question for rule in rules}) > 1 or any(rule.operator not in ("equals", "in") for rule in rules):
        return rules
    codes = [code for rule in rules for code in (rule.value if rule.operator == "in" else [rule.value])]
    return [Rule("in", rules[0].question, list(dict.fromkeys(codes)))] if len(rules) > 1 else rules


def _compared_alone(rules: list[Rule]) -> list[Rule]:
    """`answered(q) and q compared` is the comparison alone, and where that is negated, the opposite one."""
    answered = {rule.question for rule in rules if rule.operator == "answered"}
    kept = [
        _opposite(rule) if rule.operator == "not" and rule.parts[0].question in answered else rule for rule in rules
    ]
    compared = {rule.question for rule in kept if rule.question and rule.operator != "answered"}
    return [rule for rule in kept if rule.operator != "answered" or rule.question not in compared]


def _opposite(rule: Rule) -> Rule:
    inner = rule.parts[0]
    if inner.operator == "equals":
        return Rule("not_equals", inner.question, inner.value)
    if inner.operator == "count_at_least":
        return Rule("count_at_most", inner.question, str(int(inner.value) - 1))
    return rule


def negated(said: Said) -> Said:
    if isinstance(said, bool):
        return not said
    return said.parts[0] if said.operator == "not" else Rule("not", parts=(said,))


def compared(asked: Asked, mark: str, value: Value, loosely: bool) -> Said:
    """`asked mark value`. loosely: as SurveyJS takes values, '1' and 1 for the same, and 'A' and 'a'."""
    if value.text == "" and value.quoted:
        answered = Rule("answered", asked.place)
        return answered if mark == "!=" else negated(answered) if mark == "=" else False
    if mark == "!=":
        return negated(compared(asked, "=", value, loosely))
    if asked.kind in ("choice", "boolean"):
        if mark != "=" and value.number is not None and all(_number(code) is not None for code in asked.codes):
            return _ordered(asked, mark, value.text)
        return one_of(asked, (code for code in asked.codes if _matches(code, mark, value, loosely)))
    if asked.kind in ("several", "ranking"):
        if mark != "=" or (asked.kind == "ranking" and not loosely):
            raise UnreadableError(mark)
        codes = [] if loosely else value.text.split()
        in_order = [code for code in asked.codes if code in codes]  # as the choices stand in the list
        return exactly(asked, "=", [Value(code, True) for code in codes]) if codes and codes == in_order else False
    if asked.kind == "date":
        return _on_day(asked, mark, value)
    if asked.kind == "text" and mark == "=" and (value.quoted or loosely):
        return Rule("equals", asked.place, value.text)
    if value.number is None:
        return False
    if asked.kind not in ("number", "text"):
        raise UnreadableError(mark)
    return _ordered(asked, mark, value.text)


def one_of(asked: Asked, codes: Iterable[str]) -> Said:
    found = [asked.codes[code] for code in codes]
    if len(found) == 1:
        return Rule("equals", asked.place, found[0])
    return Rule("in", asked.place, found) if found else False


def chosen(asked: Asked, value: Value) -> Said:
    """XLSForm's selected()."""
    if asked.kind in ("several", "ranking"):
        return _has(asked, value, loosely=False)
    if asked.kind != "choice":
        raise UnreadableError("selected")
    return one_of(asked, (code for code in asked.codes if code == value.text))


def member(asked: Asked, mark: str, values: Sequence[Value]) -> Said:
    """SurveyJS's contains, notcontains, anyof and allof; on a single choice, contains looks for a part of the code."""
    if mark == "notcontains":
        return negated(member(asked, "contains", values))
    if asked.kind in ("several", "ranking"):
        return joined("or" if mark == "anyof" else "and", [_has(asked, value, loosely=True) for value in values])
    if asked.kind not in ("choice", "boolean"):
        raise UnreadableError(mark)
    if mark == "contains":
        parts = [value.text.lower() for value in values]
        return one_of(asked, (code for code in asked.codes if all(part in code.lower() for part in parts)))
    word = "or" if mark == "anyof" else "and"
    return joined(word, [compared(asked, "=", value, True) for value in values])


def exactly(asked: Asked, mark: str, values: Sequence[Value]) -> Said:
    """These choices and no other, in any order."""
    if mark == "!=":
        return negated(exactly(asked, "=", values))
    if mark != "=" or asked.kind != "several":
        raise UnreadableError(mark)
    each = [_has(asked, value, loosely=True) for value in values]
    return joined("and", [*each, negated(_at_least(asked, len(values) + 1))])


def truthy(asked: Asked) -> Said:
    """A question named alone, as SurveyJS takes it."""
    if asked.kind == "boolean":
        return one_of(asked, [code for code in asked.codes if code.lower() == "true"] or list(asked.codes)[:1])
    if asked.kind in ("number", "choice"):
        raise UnreadableError(asked.place)
    return Rule("answered", asked.place)


def counted(asked: Asked, mark: str, value: Value) -> Said:
    """A comparison of the number of choices; none counts 0."""
    number = value.number
    if number is None or asked.kind in ("number", "date", "text", "rows"):
        raise UnreadableError(mark)
    floor, ceiling = math.floor(number), math.ceil(number)
    match mark:
        case ">=":
            return _at_least(asked, ceiling)
        case ">":
            return _at_least(asked, floor + 1)
        case "<":
            return negated(_at_least(asked, ceiling))
        case "<=":
            return negated(_at_least(asked, floor + 1))
    same = joined("and", [_at_least(asked, ceiling), negated(_at_least(asked, floor + 1))])
    return same if mark == "=" else negated(same)


def measured(asked: Asked, mark: str, value: Value) -> Said:
    """A comparison of a text's length, where it only asks whether there is one."""
    if value.number is None or asked.kind in ("several", "ranking", "rows"):
        raise UnreadableError(mark)
    at_zero, at_one = (_holds(Decimal(length), mark, value.number) for length in (0, 1))
    if at_zero == at_one or not all(_holds(Decimal(n), mark, value.number) == at_one for n in (2, 100_000)):
        raise UnreadableError(mark)
    answered = Rule("answered", asked.place)
    return answered if at_one else negated(answered)


def _has(asked: Asked, value: Value, loosely: bool) -> Said:
    found = [here for code, here in asked.codes.items() if _matches(code, "=", value, loosely)]
    return joined("or", [Rule("contains", asked.place, code) for code in found])


def _at_least(asked: Asked, number: int) -> Said:
    if number <= 0:
        return True
    if asked.kind in ("choice", "boolean"):
        return Rule("answered", asked.place) if number == 1 else False
    return Rule("count_at_least", asked.place, str(number))


def _on_day(asked: Asked, mark: str, value: Value) -> Said:
    try:
        day = date.fromisoformat(value.text).isoformat()
    except ValueError:
        raise UnreadableError(value.text) from None
    if mark == "=":
        return Rule("equals", asked.place, day)
    if mark in ("<", ">"):
        return Rule("before" if mark == "<" else "after", asked.place, day)
    other = Rule("after" if mark == "<=" else "before", asked.place, day)
    return Rule("and", parts=(Rule("answered", asked.place), Rule("not", parts=(other,))))


def _ordered(asked: Asked, mark: str, number: str) -> Rule:
    low, high = Rule("at_least", asked.place, number), Rule("at_most", asked.place, number)
    match mark:
        case ">=":
            return low
        case "<=":
            return high
        case "=" if asked.kind == "number":
            return Rule("equals", asked.place, number)
        case "=":
            return Rule("and", parts=(low, high))
    kept, other = (low, high) if mark == ">" else (high, low)
    return Rule("and", parts=(kept, Rule("not", parts=(other,))))


def _matches(code: str, mark: str, value: Value, loosely: bool) -> bool:
    number, other = _number(code), value.number
    if mark != "=":
        return number is not None and other is not None and _holds(number, mark, other)
    if (loosely or not value.quoted) and number is not None and other is not None:
        return number == other
    return code.lower() == value.text.lower() if loosely else code == value.text


def _holds(left: Decimal, mark: str, right: Decimal) -> bool:
    if mark in ("=", "!="):
        return (left == right) is (mark == "=")
    return _ORDERS[mark](left, right)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
