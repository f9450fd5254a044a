"""Conditions as XLSForm (XPath) and SurveyJS write them, read to the rule that holds for the same answers.

Both take an unanswered question as different from every value and in no order to any; a rule says so where it must.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from questionnaires.interchange import comparisons
from questionnaires.interchange.comparisons import Asked, Said, UnreadableError, Value, negated
from questionnaires.logic import Rule

_TOKEN = re.compile(
    r"""\s*(?:(?P<place>\$?\{[^}]*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|
    (?P<mark><=|>=|!=|<>|==|\*=|&&|\|\||=|<|>|\(|\)|\[|\]|,|!)|(?P<name>[^\W\d][\w-]*))""",
    re.X,
)
_MARKS = {
    "==": "=", "equal": "=", "<>": "!=", "notequal": "!=", "greaterorequal": ">=", "lessorequal": "<=", "less": "<",
    "greater": ">", "*=": "contains", "contain": "contains", "notcontain": "notcontains", "&&": "and", "||": "or",
}  # fmt: skip
_WORDS = {
    "and",
    "or",
    "empty",
    "notempty",
    "contains",
    "notcontains",
    "anyof",
    "allof",
    "=",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
}
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
Dialect: TypeAlias = Literal["xlsform", "surveyjs"]


def read(source: str, dialect: Dialect, asked: Callable[[str], Asked | None]) -> Said:
    """The rule a condition says, or True or False where it always or never holds.

    asked: a name in it -> the question it means, None for one that is not asked before. Raises UnreadableError.
    """
    reader = _Reader(source, dialect, asked)
    try:
        return reader.whole()
    except RecursionError:
        raise UnreadableError(source) from None


@dataclass(frozen=True)
class _Term:
    """One side of a comparison. counted: its number of choices; measured: its length in characters."""

    asked: Asked | None = None
    value: Value | None = None
    values: tuple[Value, ...] | None = None
    counted: bool = False
    measured: bool = False


class _Reader:
    def __init__(self, source: str, dialect: Dialect, asked: Callable[[str], Asked | None]) -> None:
        self.source = source
        self.js = dialect == "surveyjs"
        self.asked = asked
        self.tokens = list(_tokens(source))
        self.at = 0

    def whole(self) -> Said:
        said = self.either()
        if self.at < len(self.tokens):
            raise UnreadableError(self.source)
        return said

    def either(self) -> Said:
        return self.joined("or", lambda: self.joined("and", self.unary))

    def joined(self, word: str, part: Callable[[], Said]) -> Said:
        parts = [part()]
        while self.peek() in (("name", word), ("mark", word)):
            self.at += 1
            parts.append(part())
        return comparisons.joined(word, parts)

    def unary(self) -> Said:
        kind, word = self.peek()
        if (self.js and word == "!" and kind == "mark") or (not self.js and self.called("not")):
            self.at += 1
            return negated(self.unary())
        if (kind, word) == ("mark", "("):
            self.at += 1
            said = self.either()
            self.take(")")
            return said
        if not self.js and self.called("boolean"):
            self.at += 1
            return self.unary()
        if not self.js and self.called("selected"):
            self.at += 1
            self.take("(")
            asked = self.place()
            self.take(",")
            value = self.literal()
            self.take(")")
            return comparisons.chosen(asked, value)
        if not self.js and (self.called("true") or self.called("false")):
            self.at += 2
            self.take(")")
            return word == "true"
        return self.comparison()

    def comparison(self) -> Said:
        left = self.term()
        mark = self.peek()[1]
        if mark in ("", ")", "and", "or") and left.asked is not None and self.js and not left.counted:
            return comparisons.truthy(left.asked)
        self.at += 1
        if self.js and left.asked is not None and not left.counted:
            if mark in ("notempty", "empty"):
                answered = Rule("answered", left.asked.place)
                return answered if mark == "notempty" else negated(answered)
            if mark in ("contains", "notcontains", "anyof", "allof"):
                return comparisons.member(left.asked, mark, self.listed())
        right = self.term()
        if left.asked is None:
            left, right, mark = right, left, _MIRROR.get(mark, "")
        if left.asked is None or right.asked is not None or mark not in _MIRROR:
            raise UnreadableError(self.source)
        if right.values is not None:
            return comparisons.exactly(left.asked, mark, right.values)
        assert right.value is not None
        if left.counted:
            return comparisons.counted(left.asked, mark, right.value)
        if left.measured:
            return comparisons.measured(left.asked, mark, right.value)
        return comparisons.compared(left.asked, mark, right.value, self.js)

    def term(self) -> _Term:
        kind, word = self.peek()
        if kind == "place":
            inner = word.strip("${}").strip()
            if self.js and inner.endswith(".length"):
                return _Term(self.place(".length"), counted=True)
            return _Term(self.place())
        if self.js and (kind, word) == ("mark", "["):
            return _Term(values=tuple(self.listed()))
        for name in () if self.js else ("count-selected", "string-length", "number", "string", "int", "date"):
            if self.called(name):
                self.at += 1
                self.take("(")
                within = self.term()
                self.take(")")
                return _Term(
                    within.asked, within.value, counted=name == "count-selected", measured=name == "string-length"
                )
        return _Term(value=self.literal())

    def place(self, without: str = "") -> Asked:
        kind, word = self.next()
        found = self.asked(word.strip("${}").strip().removesuffix(without)) if kind == "place" else None
        if found is None:
            raise UnreadableError(self.source)
        return found

    def literal(self) -> Value:
        kind, word = self.next()
        if kind == "text":
            return Value(word[1:-1], quoted=True)
        if kind == "number" or (kind == "name" and self.js and word not in ("and", "or", "undefined", "null")):
            return Value(word, quoted=False)
        raise UnreadableError(self.source)

    def listed(self) -> list[Value]:
        if self.peek() != ("mark", "["):
            return [self.literal()]
        self.at += 1
        values = [self.literal()]
        while self.peek() == ("mark", ","):
            self.at += 1
            values.append(self.literal())
        self.take("]")
        return values

    def called(self, name: str) -> bool:
        return self.tokens[self.at : self.at + 2] == [("name", name), ("mark", "(")]

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def take(self, word: str) -> None:
        if self.next() != ("mark", word):
            raise UnreadableError(self.source)


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at, source = 0, source.strip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise UnreadableError(source)
        kind, word = match.lastgroup, match[match.lastgroup]
        if kind in ("name", "mark"):
            known = _MARKS.get(word.lower(), word.lower())
            word = known if kind == "mark" or known in _WORDS else word
        yield kind, word
        at = match.end()
