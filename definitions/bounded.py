"""YAML of strangers, read within bounds: no aliases, and neither deep, long nor many values.

A few hundred bytes of aliases stand for gigabytes of data, and a pure reader takes seconds for a megabyte.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from definitions.problems import DefinitionError, Problem
from wording import Message, Refusal, Text, recognised, said_of

T = TypeVar("T")
MOST_CHARACTERS = 1_000_000
MOST_VALUES = 50_000  # keys, texts and numbers; lists and mappings count too
DEEPEST = 40


class _Bounded(Composer):
    """Refuses at the first node that is out of bounds, before what follows is read."""

    aliases = False
    values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent) and not self.aliases:
            said = Message("definitions.aliases_not_read_write", event_anchor=event.anchor)
            raise ComposerError(None, None, said, event.start_mark)
        self.values += 1
        if self.values > MOST_VALUES:
            raise ComposerError(
                None, None, Message("definitions.more_than_values", most_values=MOST_VALUES), event.start_mark
            )
        if self.depth >= DEEPEST:
            raise ComposerError(
                None, None, Message("definitions.more_than_levels_within", deepest=DEEPEST), event.start_mark
            )
        return super().compose_node(parent, index)


class _Kept(_Bounded):
    aliases = True


def composed(text: str, name: str, kept: bool = False) -> tuple[Node | None, Any]:
    """The nodes of `text` with their places, and its data. kept: with aliases. Raises DefinitionError."""
    reader = _reader("safe", kept)

    def read() -> tuple[Node | None, Any]:
        node = reader.compose(io.StringIO(text))
        if kept and node is not None:
            _expanded(node)
        if node is not None and "\\u" in text.casefold():
            _encodable(node)
        return node, reader.constructor.construct_document(node) if node is not None else None

    return _within(text, name, read)


def round_trip(text: str, name: str, kept: bool = False) -> tuple[YAML, CommentedMap]:
    """A writer and the mapping that `text` is, with its comments and order. Raises DefinitionError."""
    composed(text, name, kept)  # its sense once without comments: bounds, keys that stand twice
    reader = _reader("rt", kept)
    document: object = _within(text, name, lambda: reader.load(text))
    if not isinstance(document, CommentedMap):
        raise DefinitionError([Problem(name, 1, "", Message("definitions.expected_mapping_keys_values"))])
    return reader, document


def _reader(kind: str, kept: bool) -> YAML:
    reader = YAML(typ=kind, pure=True)
    reader.Composer = _Kept if kept else _Bounded
    reader.allow_duplicate_keys = False
    reader.preserve_quotes = kind == "rt"
    return reader


def _within(text: str, name: str, read: Callable[[], T]) -> T:
    if len(text) > MOST_CHARACTERS:
        raise DefinitionError(
            [Problem(name, 1, "", Message("definitions.file_longer_than_characters", most_characters=MOST_CHARACTERS))]
        )
    try:
        return read()
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(
            [Problem(name, line, "", Message("definitions.not_yaml", said=_told(error.problem)))]
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise DefinitionError(
            [Problem(name, 1, "", Message("definitions.not_yaml", said=_told(said_of(error))))]
        ) from error


def _told(said: object) -> Text:
    """What the reader of YAML says, in words of ours where we have them."""
    return said if isinstance(said, Message) else recognised(str(said).strip(), ["yaml"])


def _encodable(node: Node) -> None:
    """Refuse half of a pair of UTF-16, which an escape can write and nothing can store."""
    parts = [node]
    while parts:
        value = parts.pop().value
        if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Refusal("definitions.not_utf8")
        if not isinstance(value, str):
            parts += [part for each in value for part in (each if isinstance(each, tuple) else (each,))]


def _expanded(root: Node) -> None:
    """Refuse what aliases make too much of. A node that holds itself is refused too."""
    sizes: dict[int, int] = {}

    def size(node: Node, above: frozenset[int]) -> int:
        if id(node) in above:
            raise Refusal("definitions.alias_stands_inside_what")
        if id(node) not in sizes:
            held = above | {id(node)}
            if isinstance(node, MappingNode):
                sizes[id(node)] = 1 + sum(size(part, held) for pair in node.value for part in pair)
            elif isinstance(node, SequenceNode):
                sizes[id(node)] = 1 + sum(size(part, held) for part in node.value)
            else:
                sizes[id(node)] = 1
        return sizes[id(node)]

    if size(root, frozenset()) > MOST_VALUES:
        raise Refusal("definitions.more_than_values", most_values=MOST_VALUES)
