"""Draw docs/images/house.svg: the way of the data through the rooms, and the floors as the import contracts hold them.

python tools/house.py        (make docs)
"""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "images" / "house.svg"
WIDTH, BOX, GAP = 862, 124, 23
KINDS = {  # what a room serves: its fill and its line
    "asking": ("#dff3ee", "#0f766e"),
    "estimating": ("#e0ecfb", "#1d4ed8"),
    "scoring": ("#fdf0d5", "#b45309"),
    "common": ("#f1f3f5", "#4b5563"),
}
ROOMS = {
    "asking": {"questionnaires", "surveys", "fieldwork", "answering", "responses", "tickets", "respondents"},
    "estimating": {"analysis", "estimates"},
    "scoring": {"analysis.scoring", "scoring", "values"},
}
WAY = [  # the main road: room, what is there
    ("questionnaires", "what is asked,", "as YAML"),
    ("answering", "a citizen's answer,", "checked"),
    ("responses", "stored once,", "flags beside it"),
    ("analysis", "weighted cells,", "calibrated"),
    ("estimates", "satisfaction with", "its interval"),
    ("scoring", "points, star,", "final run"),
]
JOINING = [  # what joins the road from below: room, what it brings, at which step
    ("fieldwork", "posters, cards,", "tablets, paper", 1),
    ("surveys", "sites, plan,", "margins", 3),
    ("analysis.scoring", "rulebooks: lines,", "tiers, stars", 4),
    ("values", "verified values", "of indicators", 5),
]


def main() -> None:
    FILE.write_text(drawing(), encoding="utf-8")


def drawing() -> str:
    flow, bottom = _flow(40)
    house, height = _house(bottom + 62)
    body = [
        *_title("The way of the data", 22),
        *flow,
        *_title("The house: imports go down, never up", bottom + 44),
        *house,
    ]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
        ' font-family="system-ui, -apple-system, Segoe UI, Noto Sans, sans-serif">',
        "<title>The way of the data through the rooms of Minyi, and the floors of the house</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 Z" fill="#374151"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>', *body, "</svg>", "",
    ])  # fmt: skip


def floors() -> list[list[str]]:
    """Rooms of survey_app from the top floor down, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [floor.split(" | ") for floor in layers]


def _flow(top: int) -> tuple[list[str], int]:
    """The road and what joins it, and where they end."""
    parts, below = [], top + 100
    for step, (room, *words) in enumerate(WAY):
        parts += _room(room, _column(step), top, BOX, words)
        if step:
            parts.append(_arrow(_column(step) - GAP + 2, top + 32, _column(step) - 2, top + 32))
    for room, *words, step in JOINING:
        parts += _room(room, _column(int(step)), below, BOX, [str(word) for word in words])
        parts.append(_arrow(_column(int(step)) + BOX / 2, below - 2, _column(int(step)) + BOX / 2, top + 66))
    parts.append(_arrow(_column(4) + BOX + 1, below + 8, _column(5) + 14, top + 66))  # rulebooks score, too
    return parts, below + 64


def _column(step: int) -> float:
    return 1 + step * (BOX + GAP)


def _house(top: int) -> tuple[list[str], int]:
    """The floors of survey_app on the left, beside them what they may use and what uses none of them."""
    parts, high, wide = [], 32, 566
    for number, names in enumerate(floors()):
        y = top + number * high
        each = (wide - 8 * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            parts += _room(name, 1 + place * (each + 8), y, each, [], high - 8)
    bottom = top + len(floors()) * high - 8
    middle = (top + bottom - 52) / 2
    for x, room, words in (
        (600, "questionnaires", ["definition, logic,", "checking,", "interchange"]),
        (735, "analysis", ["pure functions", "over arrays;", "scoring/ inside"]),
    ):
        parts += _room(room, x, top, BOX, words, bottom - top - 52)
    parts += _room("definitions", 600, bottom - 40, BOX, ["reads YAML"], 40)
    parts += _room("wording", 735, bottom - 40, BOX, ["words, zh and en"], 40)
    parts.append(_arrow(570, middle, 597, middle))
    return parts, bottom + 12


def _room(name: str, x: float, y: float, width: float, words: list[str], height: float = 64) -> list[str]:
    kind = next((kind for kind, rooms in ROOMS.items() if name in rooms), "common")
    fill, line = KINDS[kind]
    middle, first = x + width / 2, y + height / 2 + 5 - 7.5 * len(words)
    return [
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" fill="{fill}" stroke="{line}"/>',
        _text(middle, first, name, f'font-weight="600" fill="{line}"'),
        *(
            _text(middle, first + 16 * (row + 1), word, 'fill="#1f2937" font-size="12"')
            for row, word in enumerate(words)
        ),
    ]


def _title(words: str, y: float) -> list[str]:
    return [f'<text x="1" y="{y:g}" font-size="15" font-weight="600" fill="#111827">{escape(words)}</text>']


def _text(x: float, y: float, words: str, look: str) -> str:
    size = "" if "font-size" in look else ' font-size="13"'
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle"{size} {look}>{escape(words)}</text>'


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:g} {y:g} L{to_x:g} {to_y:g}" stroke="#374151" stroke-width="1.5" fill="none" marker-end="url(#tip)"/>'


if __name__ == "__main__":
    main()
