"""Conditions as XLSForm (XPath) and SurveyJS write them, to and from rules. One reader takes both."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Definition
from questionnaires.logic import Rule

_TOKEN = re.compile(
    r"""\s*(?:(?P<place>\$?\{[^}]*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\d+(?:\.\d+)?)|
    (?P<mark><=|>=|!=|<>|==|=|<|>|\(|\)|\[|\]|,|!)|(?P<name>[A-Za-z][\w-]*)|(?P<dot>\.))""",
    re.X,
)
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_ALIASES = {"==": "=", "equal": "=", "notequal": "!=", "<>": "!=", "greaterorequal": ">=", "lessorequal": "<=",
            "less": "<", "greater": ">"}  # fmt: skip


class UnreadableError(ValueError):
    """A condition outside what a rule can say."""


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


def read(source: str, place_of: Callable[[str], str] = lambda name: name) -> Rule:
    """The rule a condition says. `place_of`: a name in it -> key or key.row. Raises UnreadableError."""
    return _Reader(source, place_of).whole()


def _quoted(value: Any) -> str:
    return f"'{value}'"


@dataclass(frozen=True)
class _Term:
    """One side of a comparison."""

    place: str = ""
    value: str | None = None
    counted: bool = False
    is_date: bool = False


class _Reader:
    def __init__(self, source: str, place_of: Callable[[str], str]) -> None:
        self.tokens = list(_tokens(source))
        self.at = 0
        self.place_of = place_of
        self.source = source

    def whole(self) -> Rule:
        rule = self.either()
        if self.at < len(self.tokens):
            raise UnreadableError(self.source)
        return rule

    def either(self) -> Rule:
        return self.joined("or", lambda: self.joined("and", self.unary))

    def joined(self, word: str, part: Callable[[], Rule]) -> Rule:
        parts = [part()]
        while self.peek()[1].lower() == word:
            self.at += 1
            parts.append(part())
        return _tidied(word, parts) if len(parts) > 1 else parts[0]

    def unary(self) -> Rule:
        kind, word = self.peek()
        if word == "!" or (kind == "name" and word == "not"):
            self.at += 1
            return Rule("not", parts=(self.unary(),))
        if word == "(":
            self.at += 1
            rule = self.either()
            self.take(")")
            return rule
        if kind == "name" and word == "selected":
            self.at += 1
            self.take("(")
            place = self.place()
            self.take(",")
            rule = Rule("contains", place, self.literal())
            self.take(")")
            return rule
        return self.comparison()

    def comparison(self) -> Rule:
        left = self.term()
        mark = self.next()[1]
        mark = _ALIASES.get(mark.lower(), mark.lower())
        if mark in ("notempty", "empty") and left.place:
            rule = Rule("answered", left.place)
            return rule if mark == "notempty" else Rule("not", parts=(rule,))
        if mark in ("contains", "anyof", "allof", "notcontains") and left.place:
            return self.membership(left.place, mark)
        right = self.term()
        if not left.place:
            left, right, mark = right, left, _MIRROR.get(mark, "")
        if not left.place or right.value is None:
            raise UnreadableError(self.source)
        return _compared(left, mark, right, self.source)

    def membership(self, place: str, mark: str) -> Rule:
        values = self.listed()
        if mark == "anyof":
            return Rule("in", place, values)
        rules = tuple(Rule("contains", place, value) for value in values)
        rule = rules[0] if len(rules) == 1 else Rule("and", parts=rules)
        return Rule("not", parts=(rule,)) if mark == "notcontains" else rule

    def term(self) -> _Term:
        kind, word = self.peek()
        if kind == "place":
            place = self.place()
            if place.endswith(".length"):
                return _Term(place.removesuffix(".length"), counted=True)
            return _Term(place)
        if kind == "name" and word in ("count-selected", "number", "string", "int"):
            self.at += 1
            self.take("(")
            inner = self.term()
            self.take(")")
            return _Term(inner.place, inner.value, counted=word == "count-selected")
        if kind == "name" and word == "date":
            self.at += 1
            self.take("(")
            value = self.literal()
            self.take(")")
            return _Term(value=value, is_date=True)
        return _Term(value=self.literal())

    def place(self) -> str:
        kind, word = self.next()
        if kind != "place":
            raise UnreadableError(self.source)
        return self.place_of(word.strip("${}").strip())

    def literal(self) -> str:
        kind, word = self.next()
        if kind == "text":
            return word[1:-1]
        if kind == "number" or word in ("true", "false"):
            return word
        raise UnreadableError(self.source)

    def listed(self) -> list[str]:
        if self.peek()[1] != "[":
            return [self.literal()]
        self.at += 1
        values = [self.literal()]
        while self.peek()[1] == ",":
            self.at += 1
            values.append(self.literal())
        self.take("]")
        return values

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def take(self, word: str) -> None:
        if self.next()[1] != word:
            raise UnreadableError(self.source)


def _tokens(source: str) -> Any:
    at, source = 0, source.strip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or match.end() == at:
            raise UnreadableError(source)
        yield match.lastgroup or "", match.group(match.lastgroup or 0)
        at = match.end()


def _compared(left: _Term, mark: str, right: _Term, source: str) -> Rule:
    place, value = left.place, right.value
    dated = right.is_date or bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value or ""))
    if left.counted:
        names = {">=": "count_at_least", "<=": "count_at_most"}
    elif dated:
        names = {"<": "before", ">": "after"}
    else:
        names = {"=": "equals", "!=": "not_equals", ">=": "at_least", "<=": "at_most"}
    if value == "" and mark in ("=", "!="):
        answered = Rule("answered", place)
        return answered if mark == "!=" else Rule("not", parts=(answered,))
    if mark not in names:
        raise UnreadableError(source)
    return Rule(names[mark], place, value)


def _tidied(word: str, parts: list[Rule]) -> Rule:
    """`answered(q) and q compared` is the comparison alone; `q = a or q = b` is `q in [a, b]`."""
    if word == "and":
        placed = {part.question for part in parts if part.question and part.operator != "answered"}
        parts = [part for part in parts if not (part.operator == "answered" and part.question in placed)]
    elif all(part.operator == "equals" for part in parts) and len({part.question for part in parts}) == 1:
        return Rule("in", parts[0].question, [part.value for part in parts])
    return Rule(word, parts=tuple(parts)) if len(parts) > 1 else parts[0]
