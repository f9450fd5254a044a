"""Read YAML text, keep the line of every key, and validate it into a frozen dataclass."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import io
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from definitions.bounded import composed, round_trip
from definitions.problems import DefinitionError, KeyPath, Problem
from wording import Message, Text, said_of

T = TypeVar("T")
_EXPECTED = {  # part of the name of pydantic's error -> what was expected
    "int_": "definitions.whole_number", "float_": "definitions.number", "decimal_": "definitions.number",
    "finite_number": "definitions.number", "string_": "definitions.text", "bool_": "definitions.true_or_false",
    "list_": "definitions.list", "tuple_": "definitions.list", "dict_": "definitions.mapping",
    "dataclass_": "definitions.mapping", "literal_error": "definitions.one_of", "enum": "definitions.one_of",
    "date": "definitions.date",
}  # fmt: skip

_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}  # as pydantic names a bound


@dataclass(frozen=True)
class Located(Generic[T]):
    """A loaded definition together with the lines its parts stand on, for checks made after loading."""

    value: T
    file: str
    lines: dict[KeyPath, int]

    def problem(self, path: KeyPath, message: Text) -> Problem:
        """A problem at `path`, e.g. ("indicators", 3, "tiers", 0, "points")."""
        return Problem(self.file, _nearest_line(self.lines, path), _dotted(path), message)


def with_key(text: str, key: str, value: Mapping[str, object] | int | None) -> str:
    """The YAML `text` of a mapping with `key` set to `value`, or without it for None; everything else stays as it was
    written, comments too."""
    yaml, document = round_trip(text, "definition", kept=True)
    yaml.width = 1_000_000
    if value is not None:
        document[key] = value
    elif document.pop(key, None) is None:
        return text
    written = io.StringIO()
    yaml.dump(document, written)
    return written.getvalue()


def load(path: Path | str, kind: type[T]) -> Located[T]:
    """Read the YAML file at `path` as a `kind` (a frozen dataclass). Raises DefinitionError."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        undecoded = isinstance(error, UnicodeDecodeError)
        said = Message("definitions.not_utf8") if undecoded else Message("definitions.file_unreadable")
        raise DefinitionError([Problem(str(path), 1, "", said)]) from error
    return load_text(text, kind, str(path))


def load_text(text: str, kind: type[T], name: str = "<text>", *, kept: bool = False) -> Located[T]:
    """Check YAML `text` against `kind`; `name` is the file name shown in errors. Raises DefinitionError.

    kept: what was stored before aliases were refused is read with them, within the same bounds.
    """
    node, data = composed(text, name, kept)
    lines = dict(_lines_of(node)) if node is not None else {}
    if not isinstance(data, dict):
        raise DefinitionError([Problem(name, 1, "", Message("definitions.expected_mapping_keys_values"))])
    try:
        adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]  # a class is hashable
        return Located(adapter.validate_python(_exact(data)), name, lines)
    except ValidationError as error:
        every = [_explain(item, kind, name, lines, data) for item in error.errors()]
        problems = list({str(problem): problem for problem in every}.values())  # a union says it for each of its kinds
        raise DefinitionError(problems) from error


def problem_at(text: str, name: str, path: KeyPath, message: Text) -> Problem:
    """A problem at `path` of a definition that was read already, with the line it stands on."""
    node, _data = composed(text, name)
    return Problem(name, _nearest_line(dict(_lines_of(node)) if node is not None else {}, path), _dotted(path), message)


def digest(text: str) -> str:
    """SHA-256 of a definition's text, hexadecimal: the name a frozen run gives its inputs."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


@lru_cache(maxsize=32)
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _exact(data: Any) -> Any:
    """Floats as the decimals that were written, so that 0.1 stays 0.1 where a field is a Decimal."""
    if isinstance(data, dict):
        return {key: _exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_exact(value) for value in data]
    return Decimal(repr(data)) if isinstance(data, float) else data


def _lines_of(node: Node, path: KeyPath = ()) -> list[tuple[KeyPath, int]]:
    found: list[tuple[KeyPath, int]] = [(path, node.start_mark.line + 1)]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            name = _key_of(key)
            found += [((*path, name), key.start_mark.line + 1), *_lines_of(value, (*path, name))[1:]]
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            found += _lines_of(value, (*path, index))
    return found


def _key_of(key: ScalarNode) -> str | int:
    text = str(key.value)
    return int(text) if str(key.tag).endswith(":int") else text


def _nearest_line(lines: dict[KeyPath, int], path: KeyPath) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _explain(item: Any, kind: type[Any], name: str, lines: dict[KeyPath, int], data: Any) -> Problem:
    path = _real_path(item["loc"], data)
    return Problem(name, _nearest_line(lines, path), _dotted(path), _message(item, kind, path))


def _message(item: Any, kind: type[Any], path: KeyPath) -> Text:
    if item["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return _suggestion(str(path[-1]), _valid_keys(kind, path[:-1]))
    if item["type"] == "missing":
        return Message("definitions.key_missing", key=str(item["loc"][-1]))
    if item["type"] == "value_error":  # one of ours, raised while the value was made
        return said_of(item["ctx"]["error"])
    given = item.get("ctx", {})
    if item["type"] == "string_pattern_mismatch":
        return Message("definitions.written_like", pattern=str(given["pattern"]))
    bounds = [f"{sign} {given[bound]}" for bound, sign in _BOUNDS.items() if bound in given]
    if bounds:
        return Message("definitions.within", bounds=bounds)
    key = next((key for part, key in _EXPECTED.items() if part in item["type"]), None)
    if key == "definitions.one_of":
        expected = str(given.get("expected", ""))
        return Message(key, expected=re.findall(r"'([^']*)'", expected) or re.split(r", | or ", expected))
    told = str(item["msg"])
    return Message(key) if key else Message("definitions.not_as_expected", told=told[:1].lower() + told[1:])


def _real_path(loc: tuple[str | int, ...], data: Any) -> KeyPath:
    """pydantic's location without the tags it adds for unions and dataclasses."""
    path: list[str | int] = []
    for part in loc:
        inside_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside_list or (isinstance(data, dict) and part in data):
            data = data[part]
            path.append(part)
    return tuple(path)


def _suggestion(key: str, valid: list[str]) -> Message:
    near = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    if near:
        return Message("definitions.unknown_key_near", near=near[0])
    return Message("definitions.unknown_key_of", valid=valid) if valid else Message("definitions.unknown_key")


def _valid_keys(kind: Any, path: KeyPath) -> list[str]:
    """Field names of the dataclass that stands at `path` below `kind`."""
    kinds = {kind}
    for part in path:
        kinds = {child for each in kinds for child in _children(each, part)}
    return sorted(
        {field.name for each in kinds if dataclasses.is_dataclass(each) for field in dataclasses.fields(each)}
    )


def _children(kind: Any, part: str | int) -> list[Any]:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return _members(hints[part]) if isinstance(part, str) and part in hints else []
    arguments = typing.get_args(kind)
    return [leaf for argument in arguments for leaf in _members(argument)]


def _members(hint: Any) -> list[Any]:
    """The alternatives of a union, or the hint itself."""
    origin = typing.get_origin(hint)
    if origin is typing.Union or str(origin) == "<class 'types.UnionType'>":
        return [leaf for each in typing.get_args(hint) for leaf in _members(each)]
    if origin is typing.Annotated:
        return _members(typing.get_args(hint)[0])
    return [hint]
