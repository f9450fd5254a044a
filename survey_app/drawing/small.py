"""A chart of shares with intervals of a few hundred bytes a row, for pages that a phone pays for: marks without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

INK, EMPHASIS = "#1c2733", "#0b5c8a"
ROW, AXIS = 24, 24  # pixels of a row, and of the axis under the last
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # between marks on the axis


@dataclass(frozen=True)
class Interval:
    """A row; shares in [0, 1]. estimate None: named, and empty; lower and upper None: the point alone. strong: stands out."""

    name: str
    estimate: float | None
    lower: float | None
    upper: float | None
    strong: bool = False


def intervals(rows: Sequence[Interval], width: int = 300) -> str:
    """SVG of the rows from top to bottom as given. width: pixels in all, so that a phone shows it unshrunk."""
    ends = [value for row in rows for value in (row.lower, row.estimate, row.upper) if value is not None]
    low, high = max(0.0, min(ends, default=0) - 0.02), min(1.0, max(ends, default=1) + 0.02)
    step = next((step for step in STEPS if (high - low) / step <= 5), STEPS[-1])
    left = min(max((_wide(row.name) for row in rows), default=0), width // 2) + 10
    height = ROW * len(rows) + AXIS

    def x(share: float) -> str:
        return f"{left + (share - low) / ((high - low) or 1) * (width - left - 12):.1f}"

    marks = [place * step for place in range(int(1 / step) + 1) if low <= place * step <= high]
    parts = [
        f'<path d="M{x(mark)} 0V{height - AXIS}" stroke="#e3e8ec"/>'
        f'<text x="{x(mark)}" y="{height - 7}" text-anchor="middle">{mark:.0%}</text>'
        for mark in marks
    ]
    for place, row in enumerate(rows):
        y, colour = place * ROW + ROW // 2, EMPHASIS if row.strong else INK
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{escape(row.name)}</text>')
        if row.lower is not None and row.upper is not None:
            parts.append(f'<path d="M{x(row.lower)} {y}H{x(row.upper)}" stroke="{colour}" stroke-width="3"/>')
        if row.estimate is not None:
            parts.append(f'<circle cx="{x(row.estimate)}" cy="{y}" r="{6 if row.strong else 5}" fill="{colour}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">{"".join(parts)}</svg>'
    )


def _wide(name: str) -> int:
    """Pixels that a name takes, roughly."""
    return sum(12 if ord(letter) > 0x2E7F else 7 for letter in name)
