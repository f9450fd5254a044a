"""YAML changed in its sense, with every line that says the same left as it was written: comments, quotes, order, blanks.

The text is cut along the places of its nodes; what moves takes its own text and the comments above it along.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from definitions.bounded import composed, round_trip
from definitions.plain import Unchecked
from definitions.problems import DefinitionError

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]')
_NAMES = ("key", "code", "id")  # by which an item of a list is known again when it has changed


class _NotCutError(Exception):
    """A way of writing that is not cut: the whole is written anew."""


@dataclass(frozen=True)
class _Part:
    """An entry of a mapping or an item of a list. start: of its key or dash (in flow: of itself); after: behind that."""

    name: Any
    start: int
    after: int
    end: int
    node: Node
    data: Any


@dataclass(frozen=True)
class _Splice:
    start: int
    end: int
    text: str


def rewritten(text: str, after: Unchecked, blocks: Collection[str] = ()) -> str:
    """The YAML mapping `text` made to say `after`: what says the same stays byte for byte.

    blocks: keys whose mappings are written a key a line where they are new. Raises DefinitionError where `text` is no YAML.
    """
    node, before = composed(text, "")
    if same(before, after):
        return text
    whole = text if text.endswith("\n") else f"{text}\n"
    try:
        if node is None:
            raise _NotCutError
        changed = _applied(whole, _Cutting(whole, frozenset(blocks), node, before).changes(node, before, after))
        if same(composed(changed, "")[1], after):
            return changed
    except (_NotCutError, DefinitionError):
        pass
    return _anew(text, after)


def same(one: Any, other: Any) -> bool:
    """Whether two values of YAML are the same: order of keys is none of their sense, and true is not 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
        return Decimal(str(one)) == Decimal(str(other))
    return type(one) is type(other) and bool(one == other)


def _anew(text: str, after: Unchecked) -> str:
    """By the library's own round trip, which keeps comments but not every blank: what differs is set key by key."""
    yaml, document = round_trip(text, "")
    yaml.width = 1_000_000
    for key in [key for key in document if key not in after]:
        del document[key]
    for key, value in after.items():
        if key not in document or not same(document[key], value):
            document[key] = value
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


@dataclass
class _Cutting:
    text: str
    blocks: frozenset[str]
    root: Node
    before: Any
    pool: list[tuple[Any, str, int]] = field(default_factory=list)  # items of the lists as written, with their column

    def __post_init__(self) -> None:
        self._fill(self.root, self.before)

    def changes(self, node: Node, before: Any, after: Any) -> list[_Splice]:
        """What has to be put where, so that `node` says `after` instead of `before`: nothing overlaps."""
        if same(before, after):
            return []
        parts = self._parts(node, before)
        kept = _kept(before, after) if parts and after else None
        if kept is None:
            raise _NotCutError  # the caller replaces it whole
        values = list(after.values()) if isinstance(after, Mapping) else list(after)
        inner = [
            [] if old is None else self._inside(parts[old], value, node)
            for old, value in zip(kept, values, strict=True)
        ]
        if kept == list(range(len(parts))):
            return [splice for splices in inner for splice in splices]
        names = list(after) if isinstance(after, Mapping) else [None] * len(values)
        build = self._flow if _flowing(node) else self._block
        return [build(node, parts, kept, inner, names, values)]

    def _inside(self, part: _Part, after: Any, parent: Node) -> list[_Splice]:
        """The changes of one part's value; replaced whole where it becomes another kind of thing."""
        if same(part.data, after):
            return []
        try:
            return self.changes(part.node, part.data, after)
        except _NotCutError:
            column = self._column(part.start)
            block = "" if _flowing(parent) else self._block_value(after, column)
            node = part.node
            if block and isinstance(parent, SequenceNode):
                return [_Splice(part.after, part.end, f" {block.lstrip()}")]
            if block:
                return [_Splice(part.after, part.end, f"\n{block}")]
            style = node.style if isinstance(node, ScalarNode) else None
            written = flow(after, style if part.end > node.start_mark.index else None)
            whole = _flowing(node) if not isinstance(node, ScalarNode) else style not in ("|", ">")
            if whole and part.end > node.start_mark.index:
                return [_Splice(node.start_mark.index, part.end, written)]
            return [_Splice(part.after, part.end, f" {written}")]

    def _flow(
        self, node: Node, parts: list[_Part], kept: list[int | None], inner: list[list[_Splice]], names: list[Any],
        values: list[Any],
    ) -> _Splice:  # fmt: skip
        """Between braces or brackets: each part keeps what stood before it."""
        between = [self.text[one.end : two.start] for one, two in itertools.pairwise(parts)]
        usual = between[0] if between and "#" not in between[0] else ", "
        out = self.text[node.start_mark.index : parts[0].start]
        for place, (old, splices, name, value) in enumerate(zip(kept, inner, names, values, strict=True)):
            if place:
                out += between[old - 1] if old else usual
            if old is not None:
                out += _applied(self.text, splices, parts[old].start, parts[old].end)
            else:
                out += (f"{flow(name)}: " if isinstance(node, MappingNode) else "") + flow(value)
        end = node.end_mark.index
        return _Splice(node.start_mark.index, end, out + self.text[parts[-1].end : end])

    def _block(
        self, node: Node, parts: list[_Part], kept: list[int | None], inner: list[list[_Splice]], names: list[Any],
        values: list[Any],
    ) -> _Splice:  # fmt: skip
        """Line by line: each part goes with the comments above it."""
        column, begin = self._column(parts[0].start), self._begin(node, parts)
        out = ""
        for old, splices, name, value in zip(kept, inner, names, values, strict=True):
            if old is not None:
                start, end = self._lines(node, parts, old)
                out += " " * column * (start == parts[0].start) + _applied(self.text, splices, start, end)
            elif isinstance(node, SequenceNode):
                out += self._item(value, column)
            else:
                block = self._block_value(value, column)
                out += f"{' ' * column}{flow(name)}:" + (f"\n{block}\n" if block else f" {flow(value)}\n")
        stands = column * (begin == parts[0].start)  # the first line's own blanks stay where they are
        return _Splice(begin, self._line_end(parts[-1].end), out[stands:])

    def _lines(self, node: Node, parts: list[_Part], place: int) -> tuple[int, int]:
        start = self._line_end(parts[place - 1].end) if place else self._begin(node, parts)
        return start, self._line_end(parts[place].end)

    def _begin(self, node: Node, parts: list[_Part]) -> int:
        """Where the lines of a list begin: with the comments above its first item, as far in as that."""
        if isinstance(node, MappingNode):
            return parts[0].start
        start, indent = parts[0].start - self._column(parts[0].start), " " * self._column(parts[0].start)
        while True:
            above = self.text.rfind("\n", 0, max(start - 1, 0)) + 1
            if above >= start or not self.text[above:start].startswith(f"{indent}#"):
                return start
            start = above

    def _item(self, value: Any, column: int) -> str:
        """An item of a list a line: as it was written elsewhere in the text, else anew."""
        for data, written, was in self.pool:
            if isinstance(value, Mapping) and same(data, value):
                return _moved(written, column - was)
        return f"{' ' * column}- {self._block_item(value, column + 2)}\n"

    def _block_item(self, value: Any, column: int) -> str:
        if not isinstance(value, Mapping) or not self.blocks & value.keys():
            return flow(value)
        lines = []
        for name, part in value.items():
            block = self._block_value(part, column)
            lines.append(f"{flow(name)}:" + (f"\n{block}" if block else f" {flow(part)}"))
        return f"\n{' ' * column}".join(lines)

    def _block_value(self, value: Any, column: int) -> str:
        """A list of mappings below its key, an item a line; '' for what stands behind its key."""
        if not isinstance(value, list | tuple) or not any(isinstance(each, Mapping) for each in value):
            return ""
        if not all(self.blocks & each.keys() or "text" in each or "message" in each for each in value):
            return ""  # rules
        return "".join(self._item(each, column + 2) for each in value).rstrip("\n")

    def _fill(self, node: Node, data: Any) -> None:
        try:
            parts = self._parts(node, data)
        except _NotCutError:
            return
        for place, part in enumerate(parts):
            if isinstance(node, SequenceNode) and not _flowing(node) and isinstance(part.data, Mapping):
                column = self._column(part.start)
                start, end = self._lines(node, parts, place)
                self.pool.append((part.data, self.text[start:end], column))
            self._fill(part.node, part.data)

    def _parts(self, node: Node, data: Any) -> list[_Part]:
        """In order, or [] for what has none."""
        if isinstance(node, MappingNode) and isinstance(data, Mapping):
            found = []
            for (key, value), name in zip(node.value, data, strict=True):
                colon = self.text.find(":", key.end_mark.index) + 1
                end = max(self._end(value), colon) if value.end_mark.index > value.start_mark.index else colon
                found.append(_Part(name, key.start_mark.index, colon, end, value, data[name]))
            return found
        if isinstance(node, SequenceNode) and isinstance(data, list):
            starts = [each.start_mark.index if _flowing(node) else self._dash(each) for each in node.value]
            return [
                _Part(None, start, start + (not _flowing(node)), max(self._end(each), start + 1), each, inside)
                for start, each, inside in zip(starts, node.value, data, strict=True)
            ]
        return []

    def _dash(self, item: Node) -> int:
        line = self.text.rfind("\n", 0, item.start_mark.index) + 1
        before = self.text[line : item.start_mark.index].rstrip()
        if before.strip() != "-":
            raise _NotCutError
        return line + len(before) - 1

    def _end(self, node: Node) -> int:
        """Where the last sign of `node` stands; a block ends with its last part, not with what comes after it."""
        if not isinstance(node, ScalarNode) and not _flowing(node) and node.value:
            last = node.value[-1]
            return max(self._end(part) for part in (last if isinstance(last, tuple) else (last,)))
        end: int = node.end_mark.index
        return len(self.text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end

    def _line_end(self, place: int) -> int:
        return self.text.find("\n", place) + 1 or len(self.text)

    def _column(self, place: int) -> int:
        return place - self.text.rfind("\n", 0, place) - 1


def _flowing(node: Node) -> bool:
    """Whether it stands between braces or brackets."""
    return bool(getattr(node, "flow_style", False))


def _kept(before: Any, after: Any) -> list[int | None] | None:
    """Of each part of `after` the place of the part of `before` it is or was made of; None: of another kind."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        places = {name: place for place, name in enumerate(before)}
        return [places.get(name) for name in after]
    if not isinstance(before, list) or not isinstance(after, list | tuple):
        return None
    return _matched(before, after)


def _matched(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Equal ones first, then those of the same name, then mappings in their order."""
    found: list[int | None] = [None] * len(after)
    left = list(range(len(before)))

    def match(fits: Any) -> None:
        for place, value in enumerate(after):
            old = next((each for each in left if fits(before[each], value)), None) if found[place] is None else None
            if old is not None:
                found[place] = old
                left.remove(old)

    match(same)
    match(lambda one, two: bool(_names(one) & _names(two)))
    match(lambda one, two: isinstance(one, Mapping) and isinstance(two, Mapping))
    return found


def _names(value: Any) -> set[str]:
    return {str(value[name]) for name in _NAMES if name in value} if isinstance(value, Mapping) else set()


def _applied(text: str, splices: list[_Splice], start: int = 0, end: int | None = None) -> str:
    """`text` from `start` to `end` with its changes."""
    out, place = "", start
    for splice in sorted(splices, key=lambda each: each.start):
        out += text[place : splice.start] + splice.text
        place = splice.end
    return out + text[place:end]


def _moved(written: str, by: int) -> str:
    if by >= 0:
        return "".join(f"{' ' * by}{line}" if line.strip() else line for line in written.splitlines(keepends=True))
    return "".join(line[-by:] if line[:-by].isspace() else line for line in written.splitlines(keepends=True))


def flow(value: Any, style: str | None = None) -> str:
    """A value on one line. style: the quotes that a text had before."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return value.isoformat() if isinstance(value, date) else str(value)
    if style is None and _PLAIN.fullmatch(value) and value.casefold() not in _WORDS_OF_YAML:
        return value
    return '"' + _ESCAPED.sub(_escape, value) + '"'


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    return {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(sign, f"\\u{ord(sign):04x}")
