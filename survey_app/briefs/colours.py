"""Whether a colour can be read on the grounds of the pages: contrast by WCAG 2.2, success criterion 1.4.3."""

from __future__ import annotations

import re

GROUNDS = (
    "#ffffff",
    "#f2f5f7",
    "#e3f0f8",
)  # paper, ground and a chosen answer; white is also what stands on the colour
LEAST = 4.5  # to 1
STEPS = 255


def contrast(one: str, other: str) -> float:
    """The ratio of two colours (#rrggbb), from 1 to 21.

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def passing(colour: str) -> str:
    """`colour`, or the nearest shade of it towards black that can be read on every ground. Raises ValueError for no #rrggbb.

    >>> passing("#0b5c8a"), passing("#ff9900")
    ('#0b5c8a', '#9c5d00')
    """
    if not re.fullmatch("#[0-9a-f]{6}", colour):
        raise ValueError(colour)
    parts = _parts(colour)
    shades = ("#" + "".join(f"{part * (STEPS - step) // STEPS:02x}" for part in parts) for step in range(STEPS + 1))
    return next(shade for shade in shades if all(contrast(shade, ground) >= LEAST for ground in GROUNDS))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, from 0 to 1."""
    linear = [
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
