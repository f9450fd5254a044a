"""Whether a JSON document is what its TypedDict says: every key known, every needed one there, every value of its type."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict


def departures(document: Any, kind: Any, place: str = "") -> Iterator[str]:
    """Where `document` (as JSON gives it back) is not a `kind`, each with its place; nothing where it is one.

    >>> list(departures({"a": [1, "x"]}, dict[str, list[int]]))
    ["a[1]: 'x' is no int"]
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin is NotRequired:
        yield from departures(document, parts[0], place)
    elif origin in (Union, types.UnionType):
        found = [list(departures(document, part, place)) for part in parts]
        if all(found):
            yield from min(found, key=len)
    elif origin is Literal:
        if document not in parts:
            yield f"{place}: {document!r} is none of {parts}"
    elif is_typeddict(kind):
        yield from _typed_dict(document, kind, place)
    elif origin is dict and isinstance(document, dict):
        for key, value in document.items():
            yield from departures(value, parts[1], f"{place}.{key}".strip("."))
    elif origin is list and isinstance(document, list):
        for number, value in enumerate(document):
            yield from departures(value, parts[0], f"{place}[{number}]")
    elif origin is tuple and isinstance(document, list) and len(document) == len(parts):
        for number, (value, part) in enumerate(zip(document, parts, strict=True)):
            yield from departures(value, part, f"{place}[{number}]")
    elif not _is(document, origin or kind):
        yield f"{place}: {document!r} is no {getattr(kind, '__name__', kind)}"


def _typed_dict(document: Any, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"{place}: {document!r} is no {kind.__name__}"
        return
    hints = get_type_hints(kind, include_extras=True)
    for key in sorted(set(document) - set(hints)):
        yield f"{place}: {kind.__name__} knows no '{key}'"
    for key, hint in hints.items():
        if key in document:
            yield from departures(document[key], hint, f"{place}.{key}".strip("."))
        elif key in kind.__required_keys__ and get_origin(hint) is not NotRequired:
            yield f"{place}: {kind.__name__} lacks '{key}'"


def _is(value: Any, kind: Any) -> bool:
    if kind is Any or kind is object:
        return True
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, type(None) if kind is None else kind)
