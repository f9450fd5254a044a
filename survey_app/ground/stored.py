"""Comparing what is made again with a document that was stored."""

from __future__ import annotations

from typing import Any


def as_stored(again: Any, stored: Any) -> Any:
    """`again` without the keys that the release which stored the document did not write yet."""
    if isinstance(again, dict) and isinstance(stored, dict):
        return {key: as_stored(value, stored[key]) for key, value in again.items() if key in stored}
    if isinstance(again, list) and isinstance(stored, list) and len(again) == len(stored):
        return [as_stored(one, other) for one, other in zip(again, stored, strict=True)]
    return again
