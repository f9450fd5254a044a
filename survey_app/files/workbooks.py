"""Workbooks that go out to be filled and come back: protected but for their inputs, and opened with care."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from survey_app.documents.characters import printable
from survey_app.documents.spreadsheets import add
from survey_app.files.cells import Cell, Grid
from survey_app.files.headed import HeadedTable, headed, letter, plain
from survey_app.files.opening import opened
from survey_app.files.said import FileRefusedError
from survey_app.files.sheet_rows import SheetRows, Style, look
from wording import Message, Refusal, Text

SIZE_LIMIT = 10 * 1024 * 1024  # bytes, as sent
MOST_ROWS = 20_000
WORDS, META = (
    "说明",
    "_minyi",
)  # the instructions; a sheet that nobody sees: which kind of workbook this is, and what it was made for
FROZEN = 2  # columns that stay when one moves to the right
INPUT = PatternFill("solid", fgColor="FFF8E1")
HEAD = PatternFill("solid", fgColor="E6EDF2")
WRAPPED, UNLOCKED = Alignment(wrap_text=True, vertical="top"), Protection(locked=False)
TAKEN: Mapping[str, Style] = {"fill": INPUT, "protection": UNLOCKED}  # of an input


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
    shown: frozenset[int] = (
        frozenset()
    )  # columns that people read and the import does not, or that older workbooks lack

    @property
    def letters(self) -> float:
        """How wide the visible columns are together."""
        return sum(width for place, (_heading, width) in enumerate(self.headings, 1) if place not in self.hidden)


def new_workbook(instructions: Iterable[str], meta: Mapping[str, object] | None = None) -> Workbook:
    """A workbook with the instructions, and the hidden marks of where it came from; `add_sheet` puts sheets between."""
    book = Workbook()
    words = book.active
    assert words is not None
    words.title = WORDS
    words.column_dimensions["A"].width = 110
    for line in instructions:
        add(words, [line], guarded=False)
    for row in words.iter_rows():
        row[0].alignment = WRAPPED
    words["A1"].font = Font(bold=True, size=14)
    words.protection.sheet = True
    printing(words)
    if meta is not None:
        marks = book.create_sheet(META)
        marks.sheet_state = "veryHidden"
        marks["A1"] = json.dumps(meta, ensure_ascii=False)
    return book


def add_sheet(book: Workbook, sheet: Sheet, title: str = "", at: int = 1) -> Worksheet:
    """The empty sheet of `title`, else of its own one, with its headings in row `at`, protected but for its inputs."""
    filled: Worksheet = book.create_sheet(title or sheet.title, len(book.sheetnames) - (META in book.sheetnames))
    for place, (heading, width) in enumerate(sheet.headings, 1):
        cell = filled.cell(at, place, printable(heading))
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        column = filled.column_dimensions[get_column_letter(place)]
        column.width = width
        column.hidden = place in sheet.hidden
    filled.freeze_panes = f"{get_column_letter(FROZEN + 1)}{at + 1}"
    filled.print_title_rows = f"{at}:{at}"
    filled.protection.sheet = True
    filled.protection.formatColumns = filled.protection.formatRows = False
    filled.protection.autoFilter = filled.protection.sort = False
    printing(filled)
    book.active = 1
    return filled


def printing(sheet: Worksheet) -> None:
    """A4, landscape, as wide as the page, with narrow margins and page numbers."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.3, right=0.3, top=0.35, bottom=0.45, header=0.2, footer=0.2)
    sheet.oddFooter.center.text = "&A  &P / &N"  # type: ignore[union-attr]


def add_row(
    filled: SheetRows, sheet: Sheet, row: int, cells: Sequence[Any], locked: Iterable[int] = (),
    looks: Mapping[int, Mapping[str, Style]] = MappingProxyType({}), height: float | None = None,
) -> None:  # fmt: skip
    """The row of this number; inputs are shaded and unlocked but for the places in `locked`. looks: more of what the cells of a
    place look like, constants. height: in points."""
    taken = sheet.inputs.difference(locked)
    known = filled.known.get((taken, id(looks)))
    if known is None:
        known = filled.known[taken, id(looks)] = [
            look(filled.sheet, {"alignment": WRAPPED, **(TAKEN if place in taken else {}), **looks.get(place, {})})
            for place in range(1, len(sheet.headings) + 1)
        ]
    filled.add(row, cells, known, height)


def read_sheets(
    name: str, body: bytes, kind: str, sheet: Sheet
) -> tuple[dict[str, object], list[tuple[str, int, list[Cell]]]]:
    """The marks and the rows (title, line, cells in the sheet's order) of a filled workbook of `kind`. Raises WorkbookError.

    Its sheets are those that the marks name, else the one of the sheet's own title.
    """
    try:
        marks = _grids(name, body, (META,))
        if not marks:
            raise WorkbookError([("", Message("files.fill_workbook_exported_here"))])
        meta = _meta(marks[0])
        if meta.get("kind") != kind:
            raise WorkbookError([("", Message("files.another_kind_workbook"))])
        titles = meta.get("sheets")
        grids = _grids(name, body, titles if isinstance(titles, list) else (sheet.title,))
        if not grids:
            raise WorkbookError([("", Message("files.fill_workbook_exported_here"))])
        tables = [headed(grid, _asked(sheet), MOST_ROWS, every_row=True) for grid in grids if grid.rows]
    except FileRefusedError as error:
        raise WorkbookError([("", str(error))]) from error
    problems: list[tuple[str, Text]] = []
    lines: list[tuple[str, int, list[Cell]]] = []
    for table in tables:
        wrong, rows = _rows(sheet, table)
        problems += wrong
        lines += [(table.title, line, cells) for line, cells in rows]
    if problems:
        raise WorkbookError(problems)
    return meta, lines


def _grids(name: str, body: bytes, titles: Collection[str]) -> list[Grid]:
    with opened(name, body, titles, (".xlsx",), MOST_ROWS + 1) as file:
        return list(file.sheets)


def _asked(sheet: Sheet) -> set[str]:
    """The headings of the columns that are read, as `plain` makes them."""
    read = (place for place in range(1, len(sheet.headings) + 1) if place in sheet.inputs or place not in sheet.shown)
    return {plain(sheet.headings[place - 1][0]) for place in read}


def _rows(sheet: Sheet, table: HeadedTable) -> tuple[list[tuple[str, Text]], list[tuple[int, list[Cell]]]]:
    """What is wrong with a table; its rows (line, cells in the sheet's order)."""
    title, asked = table.title, _asked(sheet)
    names = [plain(heading) for heading, _width in sheet.headings]
    found: dict[str, int] = {}
    problems: list[tuple[str, Text]] = []
    for place, heading in enumerate(table.headings):
        if plain(heading) in asked and found.setdefault(plain(heading), place) != place:
            problems.append((at(title, table.heading_row, place + 1, heading), Message("files.column_twice")))
    needed = asked - {names[place - 1] for place in sheet.shown}
    absent = [heading for heading, _width in sheet.headings if plain(heading) in needed and plain(heading) not in found]
    if absent:
        said = Message("files.these_columns_missing", absent="、".join(absent))
        problems.append((at(title, table.heading_row), said))
    if problems:
        return problems, []
    problems = [(f"{at(title, fault.row)} {fault.column}", fault.said) for fault in table.faults]
    filled = [(found[names[place - 1]], place) for place in sorted(sheet.inputs) if names[place - 1] in found]
    for row in table.rows:
        problems += [
            (
                at(title, row.number, column + 1, sheet.headings[place - 1][0]),
                Message("files.merged_cells_split_them", cell_merged=cell.merged),
            )
            for column, place in filled
            if (cell := row.cell(column)).merged and cell.value is not None
        ]
    nowhere = len(table.headings)
    places = [found.get(said, nowhere) for said in names]
    return problems, [(row.number, [row.cell(place) for place in places]) for row in table.rows]


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
