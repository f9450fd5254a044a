"""Dataclasses as documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def plain(value: DataclassInstance) -> Any:
    """The fields of a dataclass as JSON, for a class whose document has the same keys; tests hold the two together."""
    return {key: list(part) if isinstance(part, tuple) else part for key, part in asdict(value).items()}
