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

    def column(self, place: int) -> str:
        """How a person finds a column: its letter and its heading."""
        return f"{letter(place)} {self.headings[place]}".strip()


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
            raise FileRefusedError("文件是空的", "the file is empty")
        table = headed(first, known, most_rows, read_all)
    zh = [title + ("" if shown else "（隐藏）") for title, shown in file.titles.items() if title != first.title]
    en = [title + ("" if shown else " (hidden)") for title, shown in file.titles.items() if title != first.title]
    if zh:
        read = Note(
            f"读取的是工作表“{first.title}”；没有读取：{'、'.join(zh)}",
            f"the sheet read is '{first.title}'; not read: {', '.join(en)}",
        )
        table.notes.insert(0, read)
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
    table = HeadedTable(grid.title, head.number, headings, [])
    _say_above(table, grid.rows[:at])
    _say_below(table, [row for row in grid.rows[at + 1 :] if row.number <= last])
    body = [row for row in grid.rows[at + 1 :] if row.number > last]
    if len(body) > most_rows:
        raise FileRefusedError(f"一次最多{most_rows:,}行", f"at most {most_rows:,} rows at a time")
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
        said = _shown(rows[0])
        table.notes.append(
            Note(
                f"标题在第{table.heading_row}行，没有读取它上面的：{said}{'等' if len(rows) > 1 else ''}",
                f"the headings are in row {table.heading_row}; not read above them: {said}{' and more' if len(rows) > 1 else ''}",
            )
        )


def _say_below(table: HeadedTable, rows: Sequence[Row]) -> None:
    """Rows that the headings reach into, where they hold something."""
    if rows:
        said = _shown(rows[0])
        table.notes.append(
            Note(
                f"标题行向下合并到第{rows[-1].number}行，没有读取其中的：{said}",
                f"the headings are merged down to row {rows[-1].number}; not read inside them: {said}",
            )
        )


def _leave_out(table: HeadedTable, grid: Grid) -> None:
    """Take out what is no row of the table, with a note for every kind of it."""
    wide = {(top, left) for top, left, _bottom, right in grid.merges if right > left}
    heads = [said or None for said in table.headings]
    out: dict[tuple[str, str], list[Row]] = {}
    kept = []
    for row in table.rows:
        kind = _kind(row.source, heads, wide) or _places_counted(row.source, first=row is table.rows[0])
        if kind is None:
            kept.append(row)
        else:
            out.setdefault(kind, []).append(row.source)
    table.rows = kept
    for (zh, en), rows in out.items():
        numbers = [str(row.number) for row in rows[:10]]
        more = len(rows) > 10
        table.notes.append(
            Note(
                f"没有读取{zh}（共{len(rows)}行，第{'、'.join(numbers)}行{'等' if more else ''}）：{_shown(rows[0])}",
                f"not read: {len(rows)} {en} (row {', '.join(numbers)}{' and more' if more else ''}): {_shown(rows[0])}",
            )
        )


def _kind(row: Row, heads: Sequence[object], wide: Collection[tuple[int, int]]) -> tuple[str, str] | None:
    """What a row is, where it is none of the table's, in both languages."""
    held = [(place, value) for place, value in enumerate(row.values) if value is not None]
    texts = [value for _place, value in held[:2] if isinstance(value, str)]
    if any(_letters(said) in TOTALS for said in texts):
        return "合计行", "total"
    if len(held) > 1 and list(row.values) == list(heads[: len(row.values)]):
        return "重复的标题行", "repeated headings"
    if texts and texts[0] == held[0][1] and (_NOTE.match(texts[0]) or (len(held) == 1 and texts[0][0] in "※*＊#")):
        return "说明行", "note"
    if len(held) == 1 and (row.number, held[0][0] + 1) in wide:
        return "横跨多列的文字", "text across columns"
    return None


def _places_counted(row: Row, first: bool) -> tuple[str, str] | None:
    """The row 甲 乙 1 2 3 that counts the columns of a form, directly below its headings."""
    said = [_letters(as_text(value)).strip("()") for value in row.values if value is not None]
    letters = [sign for sign in said if sign in "甲乙丙丁戊己庚辛壬癸"]
    counted = said == [*letters, *map(str, range(1, len(said) - len(letters) + 1))]
    return ("栏号行", "row counting the columns") if first and counted and len(said) > 2 and letters != said else None


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
            raise FileRefusedError("合并单元格太多", "too many merged cells")
        for row in below:
            found.setdefault(row.number, {})[left - 1] = (body[start], said)
    return found


def _say_hidden(table: HeadedTable, grid: Grid, body: Sequence[Row], used: Collection[int]) -> None:
    rows = [row.number for row in body if row.hidden]
    columns = [letter(place) for place in used if any(low <= place + 1 <= high for low, high in grid.hidden_columns)]
    if rows:
        table.notes.append(
            Note(
                f"有{len(rows)}行是隐藏的，也读取了：第{'、'.join(map(str, rows[:10]))}行{'等' if len(rows) > 10 else ''}",
                f"{len(rows)} hidden rows are read too: {', '.join(map(str, rows[:10]))}",
            )
        )
    if columns:
        table.notes.append(
            Note(f"隐藏的列也读取了：{'、'.join(columns)}", f"hidden columns are read too: {', '.join(columns)}")
        )


def _check(table: HeadedTable, grid: Grid, used: Sequence[int]) -> None:
    """Cells without a value in the columns that are read; what stands where there is no heading."""
    width = len(table.headings)
    beside: dict[str, list[int]] = {}
    for row in table.rows:
        for place in used:
            value = row.cell(place).value if place in row.filled else _at(row.source, place)
            if isinstance(value, Broken):
                table.faults.append(Fault(row.number, table.column(place), value.zh, value.en))
        for place in _without_heading(row.source, table.headings):
            if grid.plain and place >= width:
                table.faults.append(
                    Fault(row.number, "", "这一行的格子比标题多", "this row has more cells than there are headings")
                )
                break
            beside.setdefault(letter(place), []).append(row.number)
    if beside:
        first = min(numbers[0] for numbers in beside.values())
        names = list(beside)[:10]
        table.notes.append(
            Note(
                f"没有标题的列没有读取：{'、'.join(names)}（从第{first}行起有内容）",
                f"columns without a heading are not read: {', '.join(names)} (from row {first})",
            )
        )


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
