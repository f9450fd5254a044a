"""Workbooks that go out to be filled and come back: protected but for their inputs, and opened with care."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey_app.files.cells import Cell, Grid
from survey_app.files.headed import headed, letter, plain
from survey_app.files.opening import opened
from survey_app.files.said import FileRefusedError
from wording import Message, Refusal, Text

SIZE_LIMIT = 10 * 1024 * 1024  # bytes, as sent
MOST_ROWS = 20_000
META = "_minyi"  # a sheet that nobody sees: which kind of workbook this is, and what it was made for
INPUT = PatternFill("solid", fgColor="FFF8E1")
HEAD = PatternFill("solid", fgColor="E6EDF2")
WRAPPED, UNLOCKED = Alignment(wrap_text=True, vertical="top"), Protection(locked=False)


class WorkbookError(Refusal):
    """A workbook that cannot be taken, in the user's words; `problems`: (place in the workbook, message)."""

    def __init__(self, problems: Sequence[tuple[str, Text]]) -> None:
        self.problems = list(problems)
        super().__init__(Message("files.at", place=place, said=said) if place else said for place, said in problems)


@dataclass(frozen=True)
class Sheet:
    """A sheet to fill: headings with their widths, which columns are inputs, which are hidden (places from 1)."""

    title: str
    headings: Sequence[tuple[str, int]]
    inputs: frozenset[int]  # places from 1
    hidden: frozenset[int]
    later: frozenset[int] = frozenset()  # columns that workbooks exported earlier do not have


def new_workbook(sheet: Sheet, meta: Mapping[str, object], instructions: Iterable[str]) -> tuple[Workbook, Worksheet]:
    """A workbook with the instructions first, the empty sheet, and the hidden marks of where it came from."""
    book = Workbook()
    words = book.active
    assert words is not None
    words.title = "说明"
    words.column_dimensions["A"].width = 110
    for line in instructions:
        words.append([line])
    for row in words.iter_rows():
        row[0].alignment = WRAPPED
    words["A1"].font = Font(bold=True, size=14)
    words.protection.sheet = True
    filled: Worksheet = book.create_sheet(sheet.title)
    filled.append([heading for heading, _width in sheet.headings])
    for place, (cell, (_heading, width)) in enumerate(zip(filled[1], sheet.headings, strict=True), 1):
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        column = filled.column_dimensions[get_column_letter(place)]
        column.width = width
        column.hidden = place in sheet.hidden
    filled.freeze_panes = "D2"
    filled.protection.sheet = True
    filled.protection.formatColumns = filled.protection.autoFilter = filled.protection.sort = False
    marks = book.create_sheet(META)
    marks.sheet_state = "veryHidden"
    marks["A1"] = json.dumps(meta, ensure_ascii=False)
    book.active = 1
    return book, filled


def add_row(
    filled: Worksheet, sheet: Sheet, cells: Sequence[Any], locked: Iterable[int] = (), formulas: Collection[int] = ()
) -> None:
    """A row; inputs are shaded and unlocked but for the places in `locked`. Text runs only in the places `formulas`."""
    filled.append(list(cells))
    row = filled.max_row
    shut = set(locked)
    for place in range(1, len(cells) + 1):
        cell = filled.cell(row, place)
        cell.alignment = WRAPPED
        if place in sheet.inputs and place not in shut:
            cell.fill, cell.protection = INPUT, UNLOCKED
        if cell.data_type == "f" and place not in formulas:
            cell.data_type = "s"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_sheet(
    name: str, body: bytes, kind: str, sheet: Sheet, computed: Collection[int] = ()
) -> tuple[dict[str, object], list[tuple[int, list[Cell]]]]:
    """The marks and the rows (line, cells in the sheet's order) of a filled workbook of `kind`. Raises WorkbookError.

    computed: places from 1 of columns that are shown and not read.
    """
    try:
        with opened(name, body, (META, sheet.title), (".xlsx",), MOST_ROWS + 1) as file:
            grids = {grid.title: grid for grid in file.sheets}
        if META not in grids or sheet.title not in grids:
            raise WorkbookError([("", Message("files.fill_workbook_exported_here"))])
        meta = _meta(grids[META])
        if meta.get("kind") != kind:
            raise WorkbookError([("", Message("files.another_kind_workbook"))])
        if not grids[sheet.title].rows:
            return meta, []
        names = [plain(heading) for heading, _width in sheet.headings]
        wanted = {said for place, said in enumerate(names, 1) if place not in computed}
        table = headed(grids[sheet.title], wanted, MOST_ROWS, every_row=True)
    except FileRefusedError as error:
        raise WorkbookError([("", str(error))]) from error
    found: dict[str, int] = {}
    problems: list[tuple[str, Text]] = []
    for place, heading in enumerate(table.headings):
        if plain(heading) in wanted and found.setdefault(plain(heading), place) != place:
            problems.append(
                (
                    at(sheet.title, table.heading_row, place + 1, heading),
                    Message("files.column_twice"),
                )
            )
    needed = wanted - {names[place - 1] for place in sheet.later}
    absent = [heading for heading, _width in sheet.headings if plain(heading) in needed and plain(heading) not in found]
    if absent:
        problems.append(
            (at(sheet.title, table.heading_row), Message("files.these_columns_missing", absent="、".join(absent)))
        )
    if problems:
        raise WorkbookError(problems)
    problems = [(f"{at(sheet.title, fault.row)} {fault.column}", fault.said) for fault in table.faults]
    for row in table.rows:
        problems += [
            (
                at(sheet.title, row.number, place, sheet.headings[place - 1][0]),
                Message("files.merged_cells_split_them", cell_merged=cell.merged),
            )
            for place in sorted(sheet.inputs)
            if names[place - 1] in found
            and (cell := row.cell(found[names[place - 1]])).merged
            and cell.value is not None
        ]
    if problems:
        raise WorkbookError(problems)
    nowhere = len(table.headings)
    places = [found.get(said, nowhere) for said in names]
    return meta, [(row.number, [row.cell(place) for place in places]) for row in table.rows]


def _meta(grid: Grid) -> dict[str, object]:
    try:
        meta = json.loads(str(grid.rows[0].values[0]))
    except (ValueError, IndexError):
        return {}
    return meta if isinstance(meta, dict) else {}


def at(title: str, line: int, column: int | None = None, heading: str = "") -> str:
    """A place of the workbook as people find it: sheet, row, column letter and heading; in words at once."""
    where = Message("files.line_of", title=title, line=line)
    if column is None:
        return str(where)
    return str(Message("files.column_of", where=where, letter=letter(column - 1), heading=heading))
