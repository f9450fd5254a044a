"""Shares as people read them."""

from __future__ import annotations

from definitions.numbers import percent_text


def percent(value: float | None, digits: int = 1) -> str:
    """A share as per cent, cut and not rounded; a dash where there is none."""
    return "–" if value is None else percent_text(value, digits)
