"""Which regular expressions a short text may be held to: those that no answer can keep busy, here or in a browser.

Refused are lookaround, back-references, flags and names, a repeat on a group that holds a repeat, and what can divide
one text in very many ways; an optional group (`(…)?`) is no repeat. What remains reads alike in Python and JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from wording import Message, Refusal

LONGEST = 200  # characters of a pattern
MOST_REPEATS = 1000
MOST_WAYS = 1_000_000  # of dividing one text among the parts; a few milliseconds
_CLASSES = "dDwWsS"
_SAMPLES = "".join(map(chr, range(128))) + "é中٣①\u00a0\u3000€😀\u0378"  # a word, digit, blank, other beyond ASCII
_TOKENS = re.compile(r"\\.|\{\d+(?:,\d*)?\}|.", re.DOTALL)
_COUNTED = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_OTHER_WORDS = {
    "=": Message("questionnaires.lookaround"), "!": Message("questionnaires.lookaround"), "<": Message("questionnaires.lookaround_or_named_group"), "P": Message("questionnaires.named_group"), "#": Message("questionnaires.comment"),
    ">": Message("questionnaires.atomic_group"), "(": Message("questionnaires.a_condition"),
}  # fmt: skip


class PatternError(Refusal):
    """A pattern outside the subset, in words for its author."""


def check_pattern(pattern: str, longest: int) -> None:
    """Raises PatternError where `pattern` is out of the subset; `longest`: characters of the longest answer."""
    if len(pattern) > LONGEST:
        raise PatternError("questionnaires.pattern_most_characters_one", longest=LONGEST, n=len(pattern))
    try:
        whole = _Parser(pattern).whole()
        ways = _Ways(longest).of(whole, ())
    except RecursionError:
        raise PatternError("questionnaires.pattern_too_many_groups") from None
    if ways > MOST_WAYS:
        raise PatternError("questionnaires.pattern_can_divide_one")


def digits_only(pattern: str) -> bool:
    """Whether everything that `pattern` takes is digits, as of a postcode. `pattern` has passed check_pattern."""
    return all(_is_digits(character) for character in _characters(_Parser(pattern).whole()))


def in_browser(pattern: str) -> str:
    """`pattern` for JavaScript's RegExp with the flag u, taking the same texts; empty where it cannot be written so.

    \\d and \\w take every script's digits and letters, as here, and what needs no backslash has none.
    """
    written, inside = "", False
    for token in _TOKENS.findall(pattern):
        if token in ("\\d", "\\D", "\\w", "\\W"):
            if token == "\\W" and inside:
                return ""
            letters = r"\p{L}\p{N}_"
            classes = {"d": r"\p{Nd}", "D": r"\P{Nd}", "w": letters if inside else f"[{letters}]", "W": f"[^{letters}]"}
            written += classes[token[1]]
        elif token[0] == "\\" and not token[1].isalnum():
            kept = token[1] in "^$\\.*+?()[]{}|/" or (inside and token[1] == "-")
            written += token if kept else token[1]
        elif token in ("}", "]") and not inside:
            written += f"\\{token}"
        else:
            inside = token == "[" or (inside and token != "]")
            written += token
    return written


def _characters(group: _Group) -> Iterator[_Character]:
    for item in (item for row in group.ways for item in row):
        if isinstance(item.what, _Group):
            yield from _characters(item.what)
        else:
            yield item.what


def _is_digits(character: _Character) -> bool:
    taken = re.findall(character.source, _SAMPLES + character.edges)
    return bool(taken) and all(sign.isdecimal() for sign in taken)


@dataclass(frozen=True)
class _Character:
    """One place of a text. source: its pattern; edges: characters where what it takes may begin or end."""

    source: str
    edges: str
    broad: bool = False  # takes a class of Unicode
    spread: bool = False  # takes a range beyond ASCII


@dataclass(frozen=True)
class _Group:
    ways: tuple[tuple[_Item, ...], ...]


@dataclass(frozen=True)
class _Item:
    what: _Character | _Group
    low: int = 1
    high: float = 1


class _Parser:
    """Recursive descent over the subset."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern.removeprefix("^")
        if self.text.endswith("$") and (len(self.text) - len(self.text[:-1].rstrip("\\"))) % 2:
            self.text = self.text[:-1]
        self.at = 0

    def whole(self) -> _Group:
        found = self._group()
        if self.at < len(self.text):
            raise PatternError("questionnaires.no_before")
        return found

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, number: int = 1) -> str:
        taken = self.text[self.at : self.at + number]
        self.at += number
        return taken

    def _group(self) -> _Group:
        ways: list[tuple[_Item, ...]] = []
        items: list[_Item] = []
        while self._peek() not in ("", ")"):
            if self._peek() == "|":
                self._take()
                ways.append(tuple(items))
                items = []
            else:
                items.append(self._repeated(self._atom()))
        return _Group((*ways, tuple(items)))

    def _atom(self) -> _Character | _Group:
        mark = self._take()
        if mark == "(":
            return self._inside()
        if mark == "[":
            return self._set()
        if mark == "\\":
            return self._escaped()[0]
        if mark == ".":
            return _Character(r"[^\n]", "\n", broad=True, spread=True)
        if mark in "*+?{":
            raise PatternError("questionnaires.repeats_nothing_or_another", mark=mark)
        if mark in "^$":
            raise PatternError("questionnaires.stands_only_end_marks", mark=mark)
        return _Character(re.escape(mark), mark)

    def _inside(self) -> _Group:
        if self._peek() == "?":
            self._take()
            kind = self._take()
            if kind != ":":
                raise PatternError(
                    "questionnaires.pattern_which_not_taken",
                    kind=_OTHER_WORDS.get(kind, Message("questionnaires.flag")),
                )
        found = self._group()
        if self._take() != ")":
            raise PatternError("questionnaires.not_closed")
        return found

    def _set(self) -> _Character:
        start, edges, broad, spread = self.at - 1, "", False, False
        if self._peek() == "^":
            self._take()
            broad = spread = True
        if self._peek() == "]":
            raise PatternError("questionnaires.write_for_among_characters")
        while (mark := self._take()) != "]":
            if not mark:
                raise PatternError("questionnaires.not_closed_2")
            if mark == "[" or (mark == self._peek() and mark in "-&|~"):
                raise PatternError("questionnaires.write_for_among_characters_2", mark=mark)
            one, ends = self._escaped() if mark == "\\" else (_Character(mark, mark), mark)
            broad |= one.broad
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self._take()
                last = self._take()
                end = self._escaped()[1] if last == "\\" else last
                if not ends or not end or end < ends:
                    raise PatternError("questionnaires.range_runs_from_character")
                spread |= end > "\x7f"
                ends += end
            edges += ends
        source = self.text[start : self.at]
        near = "".join(
            chr(ord(edge) + step) for edge in edges for step in (-1, 0, 1) if 0 <= ord(edge) + step < 0x110000
        )
        return _Character(source, near, broad, spread)

    def _escaped(self) -> tuple[_Character, str]:
        """A character written with a backslash, and itself, empty for a class."""
        mark = self._take()
        if mark and mark in _CLASSES:
            return _Character(f"\\{mark}", "", broad=True), ""
        if mark and mark in "tnr":
            return _Character(f"\\{mark}", {"t": "\t", "n": "\n", "r": "\r"}[mark]), {"t": "\t", "n": "\n", "r": "\r"}[
                mark
            ]
        if mark in ("x", "u"):
            digits = self._take(2 if mark == "x" else 4)
            if not re.fullmatch(r"[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}", digits):
                raise PatternError("questionnaires.followed_digits_character", mark=mark)
            return _Character(re.escape(chr(int(digits, 16))), chr(int(digits, 16))), chr(int(digits, 16))
        if mark.isdigit():
            raise PatternError("questionnaires.pattern_back_reference_which")
        if not mark or mark.isalnum():
            raise PatternError("questionnaires.not_taken_d_w", mark=mark)
        return _Character(re.escape(mark), mark), mark

    def _repeated(self, what: _Character | _Group) -> _Item:
        counted = _COUNTED.match(self.text, self.at)
        mark = self._peek()
        low: int
        high: float
        if counted:
            self.at = counted.end()
            low = int(counted[1])
            high = low if not counted[2] else int(counted[3]) if counted[3] else inf
        elif mark and mark in "*+?":
            self._take()
            low, high = (1 if mark == "+" else 0), (1 if mark == "?" else inf)
        elif mark == "{":
            raise PatternError("questionnaires.write_number_repeats_as")
        else:
            return _Item(what)
        if low > high:
            raise PatternError("questionnaires.more_repeats", low=low, high=high)
        if low > MOST_REPEATS or MOST_REPEATS < high < inf:
            raise PatternError("questionnaires.part_repeats_most_times", most_repeats=MOST_REPEATS)
        if self._peek() == "?":
            self._take()  # as few as possible: the same texts
        if isinstance(what, _Group) and high > 1:
            if _holds_repeat(what):
                raise PatternError("questionnaires.repeat_stands_on_group")
            if _may_be_empty(what):
                raise PatternError("questionnaires.repeat_stands_on_group_2")
        return _Item(what, low, high)


class _Ways:
    """In how many ways a text of at most `longest` characters can be divided: what backtracking may try."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def of(self, group: _Group, after: tuple[_Character, ...]) -> float:
        each = [self._row(row, after) for row in group.ways]
        return max(
            sum(ways for other, ways in zip(group.ways, each, strict=True) if other is row or _mixed(row, other, after))
            for row in group.ways
        )

    def _row(self, row: tuple[_Item, ...], after: tuple[_Character, ...]) -> float:
        ways = 1.0
        for item in reversed(row):
            ways *= self._item(item, after)
            if ways > MOST_WAYS:
                return inf
            after = _first(item) + (after if not item.low or _may_be_empty(item.what) else ())
        return ways

    def _item(self, item: _Item, after: tuple[_Character, ...]) -> float:
        most = min(item.high, self.longest)
        own = _first(item)
        inside = self.of(item.what, (own if most > 1 else ()) + after) if isinstance(item.what, _Group) else 1.0
        lengths = most - item.low + 1 if item.high > item.low and _any_shared(own, after) else 1
        return max(lengths, 1) * (inside ** min(most, 64) if most else 1)


def _first(item: _Item) -> tuple[_Character, ...]:
    """What the first character of an item can be."""
    if isinstance(item.what, _Character):
        return (item.what,)
    found: list[_Character] = []
    for row in item.what.ways:
        for part in row:
            found += _first(part)
            if part.low and not _may_be_empty(part.what):
                break
    return tuple(found)


def _holds_repeat(group: _Group) -> bool:
    return any(
        (item.low, item.high) != (1, 1) or (isinstance(item.what, _Group) and _holds_repeat(item.what))
        for row in group.ways
        for item in row
    )


def _may_be_empty(what: _Character | _Group) -> bool:
    return isinstance(what, _Group) and any(all(not i.low or _may_be_empty(i.what) for i in row) for row in what.ways)


def _mixed(one: Sequence[_Item], other: Sequence[_Item], after: tuple[_Character, ...]) -> bool:
    """Whether a text may go both ways: no place among their first ones tells them apart."""
    (places, ended), (others, other_ended) = _places(one), _places(other)
    length = min(len(places), len(others))
    if not all(_any_shared(a, b) for a, b in zip(places[:length], others[:length], strict=True)):
        return False
    if len(places) == len(others):
        return True
    shorter_ended = ended if len(places) < len(others) else other_ended
    longer = others if len(places) < len(others) else places
    return not shorter_ended or _any_shared(longer[length], after)


def _places(row: Sequence[_Item]) -> tuple[list[tuple[_Character, ...]], bool]:
    """The characters at the first places that are certain, and whether the row ends with them."""
    found: list[tuple[_Character, ...]] = []
    for item in row:
        if item.low != item.high or len(found) > 20:
            return found, False
        if isinstance(item.what, _Group) and len(item.what.ways) == 1 and item.high == 1:
            inner, ended = _places(item.what.ways[0])
            found += inner
            if not ended:
                return found, False
        elif isinstance(item.what, _Group):
            return [*found, _first(item)] if not _may_be_empty(item.what) else found, False
        else:
            found += [(item.what,)] * min(item.low, 21)
    return found, True


def _any_shared(some: Sequence[_Character], others: Sequence[_Character]) -> bool:
    return any(_shared(one, other) for one in some for other in others)


@lru_cache(maxsize=4096)
def _shared(one: _Character, other: _Character) -> bool:
    """Whether a character fits both; in doubt it does."""
    if (one.broad and other.spread) or (one.spread and other.broad):
        return True
    both = re.compile(f"(?={one.source}){other.source}")
    return any(both.fullmatch(character) for character in _SAMPLES + one.edges + other.edges)
