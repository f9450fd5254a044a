"""A table as people make it: its headings found, what is not a row of it left out aloud, merged cells read downwards.

Above the headings may stand a title, below the rows a total and notes; nothing of it is dropped without a word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from survey_app.files.cells import Broken, Cell, Grid, Row, Value, as_text
from survey_app.files.opening import MOST_CELLS, MOST_ROWS, opened
from survey_app.files.said import Fault, FileRefusedError, Note
from wording import Message

MOST_HEADINGS = 4  # rows that a heading reaches down into
LOOKED_FOR = 30  # rows in which the headings are looked for
SHOWN = 20  # letters of a row that was left out
TOTALS = {"合计", "总计", "共计", "小计", "总和", "total", "totals", "grandtotal", "subtotal", "sum"}
_NOTE = re.compile(
    r"[（(【\[]?(注|备注|说明|附注|填表说明|数据来源|资料来源|来源|制表|填表|填报|审核|复核|负责|联系|单位负责|填报单位|制表单位"
    r"|note|notes|source|prepared|checked)[^:：]{0,8}[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the headings. Places count columns from 0."""

    number: int
    source: Row
    filled: dict[int, tuple[Row, str]] = field(default_factory=dict)  # place -> row and range it is merged with

    def cell(self, place: int) -> Cell:
        row, merged = self.filled.get(place, (self.source, ""))
        value = row.values[place] if place < len(row.values) else None
        return Cell(value, row.formats.get(place, ""), f"{letter(place)}{self.number}", merged)

    def text(self, place: int) -> str:
        return self.cell(place).text


@dataclass
class HeadedTable:
    """headings: by place, '' for none. heading_row: as the spreadsheet counts. faults: cells of known columns without a value."""

    title: str
    heading_row: int
    headings: list[str]
    rows: list[TableRow]
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)  # what stands above the headings

    def column(self, place: int) -> str:
        """How a person finds a column: its letter and its heading."""
        return f"{letter(place)} {self.headings[place].partition(chr(10))[0]}".strip()


def read_headed(
    name: str, source: bytes | Path, known: Collection[str], most_rows: int = MOST_ROWS, read_all: bool = False
) -> HeadedTable:
    """The table of the first visible sheet that has a row of `known` headings (as `plain` makes them), else of the first.

    read_all: columns of other headings are read too, so that their cells must have values. Raises FileRefusedError.
    """
    with opened(name, source, most_rows=most_rows + LOOKED_FOR) as file:
        first: Grid | None = None
        for grid in file.sheets:
            if not grid.rows:
                continue
            first = first or grid
            if _best(grid, known)[1]:
                first = grid
                break
        if first is None:
            raise FileRefusedError("files.file_empty")
        table = headed(first, known, most_rows, read_all)
    others = [
        title if shown else Message("files.sheet_hidden", title=title)
        for title, shown in file.titles.items()
        if title != first.title
    ]
    if others:
        table.notes.insert(0, Note(Message("files.sheet_read_not_read", first=first.title, others=others)))
    return table


def headed(
    grid: Grid, known: Collection[str], most_rows: int = MOST_ROWS, read_all: bool = False, every_row: bool = False
) -> HeadedTable:
    """The same of one sheet. every_row: totals and notes are rows like others, for whom a place is fixed."""
    at, _found = _best(grid, known)
    head = _with_merged(grid, grid.rows[at])
    headings = [head.text(place) for place in range(len(head.source.values))]
    used = [place for place, said in enumerate(headings) if said and (read_all or plain(said) in known)]
    merged = (
        bottom
        for top, left, bottom, _right in grid.merges
        if top <= head.number <= bottom <= head.number + MOST_HEADINGS and left - 1 in used
    )
    last = max(merged, default=head.number)
    table = HeadedTable(grid.title, head.number, headings, [], above=grid.rows[:at])
    _say_above(table, grid.rows[:at])
    _say_below(table, [row for row in grid.rows[at + 1 :] if row.number <= last])
    body = [row for row in grid.rows[at + 1 :] if row.number > last]
    if len(body) > most_rows:
        raise FileRefusedError("files.most_rows_time", most_rows=most_rows)
    filled = _filled(grid, body)
    table.rows = [TableRow(row.number, row, filled.get(row.number, {})) for row in body]
    if not every_row:
        _leave_out(table, grid)
    _say_hidden(table, grid, body, used)
    _check(table, grid, used)
    return table


def is_no_row(values: Sequence[Value]) -> bool:
    """Whether these are the cells of a total or of a note."""
    return _kind(Row(0, values), (), ()) is not None


def plain(said: str) -> str:
    """A heading as it is compared: width, case, spaces, invisible signs, further lines and a star do not matter."""
    said = "".join(
        sign for sign in unicodedata.normalize("NFKC", said.split("\n")[0]) if unicodedata.category(sign) != "Cf"
    )
    return " ".join(said.replace("*", " ").split()).casefold()


def letter(place: int) -> str:
    """A, B … AA for a column counted from 0."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _best(grid: Grid, known: Collection[str]) -> tuple[int, int]:
    """Place in the list of the row with most known headings, and how many; the first row where none has any."""
    best, most = 0, 0
    for at, row in enumerate(grid.rows[:LOOKED_FOR]):
        head = _with_merged(grid, row)
        found = len({plain(head.text(place)) for place in range(len(row.values))} & set(known))
        if found > most:
            best, most = at, found
    return best, most


def _with_merged(grid: Grid, row: Row) -> TableRow:
    """The row with what is merged down into it; for headings, where few rows are looked at."""
    above = {}
    for top, left, bottom, right in grid.merges:
        if top < row.number <= bottom:
            origin = next((other for other in grid.rows[: LOOKED_FOR + 1] if other.number == top), None)
            if origin is not None and left <= len(origin.values):
                above[left - 1] = (origin, f"{letter(left - 1)}{top}:{letter(right - 1)}{bottom}")
    return TableRow(row.number, row, above)


def _say_above(table: HeadedTable, rows: Sequence[Row]) -> None:
    if rows:
        said = _and_more(_shown(rows[0]), len(rows) > 1)
        table.notes.append(Note(Message("files.headings_row_not_read", row=table.heading_row, said=said)))


def _say_below(table: HeadedTable, rows: Sequence[Row]) -> None:
    """Rows that the headings reach into, where they hold something."""
    if rows:
        said = _shown(rows[0])
        table.notes.append(Note(Message("files.headings_merged_down_row", rows_number=rows[-1].number, said=said)))


def _leave_out(table: HeadedTable, grid: Grid) -> None:
    """Take out what is no row of the table, with a note for every kind of it."""
    wide = {(top, left) for top, left, _bottom, right in grid.merges if right > left}
    heads = [said or None for said in table.headings]
    out: dict[str, list[Row]] = {}
    kept = []
    for row in table.rows:
        kind = _kind(row.source, heads, wide) or _places_counted(row.source, first=row is table.rows[0])
        if kind is None:
            kept.append(row)
        else:
            out.setdefault(kind, []).append(row.source)
    table.rows = kept
    for kind, rows in out.items():
        numbers = _and_more([str(row.number) for row in rows[:10]], len(rows) > 10)
        said = Message("files.not_read_row", kind=Message(kind), n=len(rows), numbers=numbers, first=_shown(rows[0]))
        table.notes.append(Note(said))


def _and_more(said: str | list[str], more: bool) -> str | list[str] | Message:
    return Message("files.and_more", said=said) if more else said


def _kind(row: Row, heads: Sequence[object], wide: Collection[tuple[int, int]]) -> str | None:
    """The key of what a row is, where it is none of the table's."""
    held = [(place, value) for place, value in enumerate(row.values) if value is not None]
    texts = [value for _place, value in held[:2] if isinstance(value, str)]
    if any(_letters(said) in TOTALS for said in texts):
        return "files.total_row"
    if len(held) > 1 and list(row.values) == list(heads[: len(row.values)]):
        return "files.headings_again"
    if texts and texts[0] == held[0][1] and (_NOTE.match(texts[0]) or (len(held) == 1 and texts[0][0] in "※*＊#")):
        return "files.note_row"
    if len(held) == 1 and (row.number, held[0][0] + 1) in wide:
        return "files.across"
    return None


def _places_counted(row: Row, first: bool) -> str | None:
    """The row 甲 乙 1 2 3 that counts the columns of a form, directly below its headings."""
    said = [_letters(as_text(value)).strip("()") for value in row.values if value is not None]
    letters = [sign for sign in said if sign in "甲乙丙丁戊己庚辛壬癸"]
    counted = said == [*letters, *map(str, range(1, len(said) - len(letters) + 1))]
    return "files.counting_row" if first and counted and len(said) > 2 and letters != said else None


def _filled(grid: Grid, body: Sequence[Row]) -> dict[int, dict[int, tuple[Row, str]]]:
    """Row number -> place -> where the value of a cell stands that is merged with one above."""
    numbers = [row.number for row in body]
    found: dict[int, dict[int, tuple[Row, str]]] = {}
    left_over = MOST_CELLS
    for top, left, bottom, right in grid.merges:
        start = bisect_left(numbers, top)
        if bottom == top or start == len(body) or numbers[start] != top or left > len(body[start].values):
            continue
        said = f"{letter(left - 1)}{top}:{letter(right - 1)}{bottom}"
        below = body[start + 1 : bisect_right(numbers, bottom)]
        left_over -= len(below)
        if left_over < 0:
            raise FileRefusedError("files.too_many_merged_cells")
        for row in below:
            found.setdefault(row.number, {})[left - 1] = (body[start], said)
    return found


def _say_hidden(table: HeadedTable, grid: Grid, body: Sequence[Row], used: Collection[int]) -> None:
    rows = [row.number for row in body if row.hidden]
    columns = [letter(place) for place in used if any(low <= place + 1 <= high for low, high in grid.hidden_columns)]
    if rows:
        table.notes.append(
            Note(
                Message(
                    "files.hidden_rows_read_too",
                    n=len(rows),
                    numbers=_and_more([str(row) for row in rows[:10]], len(rows) > 10),
                )
            )
        )
    if columns:
        table.notes.append(Note(Message("files.hidden_columns_read_too", columns=columns)))


def _check(table: HeadedTable, grid: Grid, used: Sequence[int]) -> None:
    """Cells without a value in the columns that are read; what stands where there is no heading."""
    width = len(table.headings)
    beside: dict[str, list[int]] = {}
    for row in table.rows:
        for place in used:
            value = row.cell(place).value if place in row.filled else _at(row.source, place)
            if isinstance(value, Broken):
                table.faults.append(Fault(row.number, table.column(place), value.words))
        for place in _without_heading(row.source, table.headings):
            if grid.plain and place >= width:
                table.faults.append(Fault(row.number, "", Message("files.row_more_cells_than")))
                break
            beside.setdefault(letter(place), []).append(row.number)
    if beside:
        first = min(numbers[0] for numbers in beside.values())
        names = list(beside)[:10]
        table.notes.append(Note(Message("files.columns_without_heading_not", names=names, first=first)))


def _without_heading(row: Row, headings: Sequence[str]) -> Iterator[int]:
    for place, value in enumerate(row.values):
        if value is not None and (place >= len(headings) or not headings[place]):
            yield place


def _at(row: Row, place: int) -> object:
    return row.values[place] if place < len(row.values) else None


def _letters(said: str) -> str:
    return re.sub(r"[\s:：]", "", unicodedata.normalize("NFKC", said)).casefold()


def _shown(row: Row) -> str:
    said = " ".join(Cell(value).text for value in row.values if value is not None)
    return said if len(said) <= SHOWN else said[:SHOWN] + "…"
