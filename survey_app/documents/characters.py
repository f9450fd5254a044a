"""Characters that neither XML nor a drawing can hold: one of them in a chart's label ends the process that draws it."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(content: Any) -> Any:
    """A text without them; of lists, mappings and dataclasses every text inside."""
    if isinstance(content, str):
        return UNWRITABLE.sub("", content)
    if isinstance(content, dict):
        return {key: printable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(map(printable, content))
    if is_dataclass(content) and not isinstance(content, type):
        return replace(content, **{field.name: printable(getattr(content, field.name)) for field in fields(content)})
    return content
