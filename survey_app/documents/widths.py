"""How much room each column of a table needs, in letters half as wide as a Chinese one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from math import sqrt

from survey_app.documents.content import Grid, shown

FEW = 8  # columns up to which a table keeps the usual size of letters
SHORTEST, LONGEST_HEAD, TEXT_FIRST = 5.0, 16.0, 20.0
BOLD = 1.12  # heads are wider by that
WIDER = {"%": 1.7, "–": 1.1, "★": 2.0, "✓": 2.0, "✕": 2.0, "→": 2.0, "≥": 2.0}


@dataclass(frozen=True)
class Need:
    """A column: what it cannot do without, and what it would take."""

    least: float
    whole: float


def shares(block: Grid, room: float, padding: float) -> list[float]:
    """The part of the page's width of every column, together 1. Figures never break; texts share what they leave."""
    needs = [_need(block, place) for place in range(len(block.fields))]
    free = room - padding * len(needs)
    given = [need.least for need in needs]
    left = free - sum(given)
    for wish in (TEXT_FIRST, float("inf")):  # words that break often before heads that break once
        limits = [
            min(need.whole, wish) if block.fields[place].kind == "text" or wish > TEXT_FIRST else 0.0
            for place, need in enumerate(needs)
        ]
        left = _poured(given, limits, left)
    whole = sum(given) + padding * len(given)
    return [(own + padding) / whole for own in given]


def _poured(given: list[float], limits: list[float], left: float) -> float:
    """Fill columns up to their limits, long texts faster than short ones; what is left of the room."""
    while left > 0.5:
        wanting = [place for place, limit in enumerate(limits) if limit - given[place] > 0.01]
        if not wanting:
            break
        pulls = {place: sqrt(limits[place] - given[place]) for place in wanting}
        room = left
        for place, pull in pulls.items():
            more = min(room * pull / sum(pulls.values()), limits[place] - given[place])
            given[place] += more
            left -= more
    return left


def width(text: str) -> float:
    """Of a text on one line."""
    return sum(map(_letter, text))


def dense(block: Grid) -> bool:
    """Whether the table has so many columns that it takes smaller letters."""
    return len(block.fields) > FEW


def _need(block: Grid, place: int) -> Need:
    field = block.fields[place]
    cells = [shown(row[place], field.kind) for number, row in enumerate(block.rows) if number not in block.groups]
    if place in block.totals:
        cells.append(shown(block.totals[place], field.kind))
    widest = max((width(cell) for cell in cells), default=0.0)
    long_head = width(field.heading)
    head = max(_unbroken(field.heading), min(long_head, max(6.0, long_head / 2))) * BOLD
    if field.kind != "text":
        least = max(widest * 1.06, head)
        return Need(least, max(least, min(long_head * BOLD, LONGEST_HEAD)))
    least = min(max((_unbroken(cell) for cell in cells), default=0.0), 30.0)
    least = max(least, head, min(widest, SHORTEST))
    return Need(least, max(least, widest * 1.06 + 1, min(long_head * BOLD, LONGEST_HEAD)))


def _unbroken(text: str) -> float:
    """The longest piece that no line may break; Chinese breaks anywhere but is ill read under three letters."""
    pieces = [width(piece) for piece in re.findall(r"[^\s一-鿿，；：、（）]+", text)]
    return max([*pieces, min(width(text), 6.0)])


@cache
def _letter(letter: str) -> float:
    if letter in WIDER:
        return WIDER[letter]
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 2.0
    return 1.35 if letter.isupper() else 1.0
