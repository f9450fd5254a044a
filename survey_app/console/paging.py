"""A long table page by page: searched and ordered on the server by arguments of the page's own address, so that no page
grows with its rows and all of it works without script. A short one is whole, and the browser sorts and filters it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

from flask import request

from survey_app.console.tables import Column, Table, asked, shown, this_page

LONG = 100  # rows of a table that is still shown whole
PAGE = 50  # rows of one page of a longer one
WHOLE = "all"
PASSING = ("part", "table", "figure", "format")  # arguments that ask for something else than the page


@dataclass(frozen=True)
class Part:
    """What a page shows of a long table. found: rows that hold `words`. number: of the page, from 1; 0: all are shown.
    order: the key of a column, with - before it from the last to the first; '': as the table has them."""

    table: Table
    rows: Sequence[Mapping[str, object]]
    number: int
    pages: int
    found: int
    words: str
    order: str

    def address(self, **changes: str | int) -> str:
        """The page with other arguments of this table (page, words, order), and all others as they are."""
        mine = {f"{self.table.name}.{name}": [str(value)] if value else [] for name, value in changes.items()}
        return this_page({**_kept(), **mine}, f"table-{self.table.name}")

    def kept(self) -> list[tuple[str, str]]:
        """Names and values that a search for words takes along."""
        mine = (f"{self.table.name}.words", f"{self.table.name}.page")
        return [(name, value) for name, values in _kept().items() if name not in mine for value in values]

    def direction(self, column: Column) -> str:
        """ascending | descending, '' where it is not this column that orders."""
        return {column.key: "ascending", f"-{column.key}": "descending"}.get(self.order, "")

    def other_order(self, column: Column) -> str:
        """What a press of its heading asks for."""
        return f"-{column.key}" if self.order == column.key else column.key


def part_of(table: Table) -> Part | None:
    """The part that the address asks for; None for a table that is shown whole, as in an answer to what was sent."""
    if len(table.rows) <= LONG or request.method not in ("GET", "HEAD"):
        return None
    words, order = (request.args.get(f"{table.name}.{name}", "").strip() for name in ("words", "order"))
    rows = [row for row in table.rows if _holds(table, row, words.casefold())] if words else table.rows
    column = next((one for one in table.on_page if one.key == order.removeprefix("-")), None)
    rows = _ordered(rows, column.key, order.startswith("-")) if column else rows
    asked, pages = request.args.get(f"{table.name}.page", "1"), max(1, -(-len(rows) // PAGE))
    if asked == WHOLE:
        return Part(table, rows, 0, pages, len(rows), words, order)
    number = min(max(1, int(asked[:9])), pages) if asked.isdecimal() else 1
    return Part(table, rows[(number - 1) * PAGE : number * PAGE], number, pages, len(rows), words, order)


def _kept() -> dict[str, list[str]]:
    return {name: values for name, values in asked().items() if name not in PASSING}


def _holds(table: Table, row: Mapping[str, object], words: str) -> bool:
    return any(words in shown(row.get(column.key), column.kind).casefold() for column in table.on_page)


def _ordered(rows: Sequence[Mapping[str, object]], key: str, down: bool) -> list[Mapping[str, object]]:
    """Empty ones last either way."""
    filled: list[Mapping[str, object]] = []
    empty: list[Mapping[str, object]] = []
    for row in rows:
        (empty if row.get(key) in (None, "") else filled).append(row)
    return [*sorted(filled, key=lambda row: _rank(row[key]), reverse=down), *empty]


def _rank(value: object) -> tuple[int, float, bytes]:
    """Numbers, also written ones, by size; texts by GB 18030, whose common characters stand in the order of their sounds."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    try:
        number = float(text)
    except ValueError:
        number = nan
    return (0, number, b"") if isfinite(number) else (1, 0.0, text.encode("gb18030", "replace"))
