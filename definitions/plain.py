"""What JSON can say, as Python has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Plain: TypeAlias = "bool | int | float | str | Sequence[Plain] | Mapping[str, Plain] | None"
Document: TypeAlias = dict[str, Plain]
Unchecked: TypeAlias = dict[str, Any]  # a mapping as somebody's file has it, before anything in it was checked
