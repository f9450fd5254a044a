"""Comparing what is made again with a document that was stored."""

from __future__ import annotations

from typing import Any

SAID = ("warnings", "notices")  # what a reader must know: a later release may know more of the same figures


def as_stored(again: Any, stored: Any) -> Any:
    """`again` without what the release which stored the document did not write yet: keys, and things to be known."""
    if isinstance(again, dict) and isinstance(stored, dict):
        return {
            key: [one for one in value if one in stored[key]] if key in SAID and stored[key] is not None
            else as_stored(value, stored[key])
            for key, value in again.items()
            if key in stored
        }  # fmt: skip
    if isinstance(again, list) and isinstance(stored, list) and len(again) == len(stored):
        return [as_stored(one, other) for one, other in zip(again, stored, strict=True)]
    return again
