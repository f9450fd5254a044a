"""Shares as people read them."""

from __future__ import annotations


def percent(value: float | None, digits: int = 1) -> str:
    """A share as per cent, cut and not rounded, so that 69.96 % never shows as 70 %; a dash where there is none."""
    if value is None:
        return "–"
    factor = 10 ** (digits + 2)
    return f"{int(value * factor + 1e-9) / 10**digits:.{digits}f}%"
