"""A definition as plain data and as YAML, without what is left at its default."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML

from questionnaires.definition import Definition

_MADE = ("rule", "digest")  # computed on loading


def as_plain(value: Any) -> Any:
    """`value` (a definition or a part of it) as dicts, lists, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            part.name: as_plain(getattr(value, part.name))
            for part in fields(value)
            if part.name not in _MADE and not _is_default(part, getattr(value, part.name))
        }
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, bool | int | float | str | date) or value is None else str(value)


def as_yaml(plain: Mapping[str, object]) -> str:
    """YAML of `as_plain` or of data of that form, in the order given."""
    out = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 120
    writer.representer.ignore_aliases = lambda _data: True  # what is shared is written out: readers refuse aliases
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(plain, out)
    return out.getvalue()


def definition_yaml(definition: Definition) -> str:
    return as_yaml(as_plain(definition))


def _is_default(part: Any, value: Any) -> bool:
    if part.default is not MISSING:
        return bool(value == part.default)
    return part.default_factory is not MISSING and bool(value == part.default_factory())
