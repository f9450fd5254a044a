"""Tables that a manager hands in (areas, sites, margins): known columns, every error at once, and blank templates.

A file is read whole and compared with what is stored; `Preview` says what would change. Nothing is stored here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from definitions import numbers
from definitions.numbers import NumberRefusedError, figure_of, folded
from survey_app.documents.spreadsheets import add
from survey_app.files.cells import Broken, Cell
from survey_app.files.headed import TableRow, letter, plain, read_headed
from survey_app.files.said import Fault, FileRefusedError, Note
from wording import Message, Refusal, Text

YES = numbers.YES | {"抽样", "抽样点"}
NO = numbers.NO | {"开放", "开放点"}
MOST_SHOWN_FAULTS = 500
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Field:
    """A column of a table: its key, its heading in both languages, what to write in it, other headings it goes by."""

    key: str
    zh: str
    en: str
    says_zh: str
    says_en: str
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What an import does to one thing. fields: (key of the column, before, after), those that differ."""

    kind: Literal["add", "change", "same", "remove"]
    label: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a file would do; with faults it does nothing."""

    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)

    @property
    def moves(self) -> bool:
        """Whether it would change anything."""
        return any(change.kind != "same" for change in self.changes)


class TableRefusedError(Refusal):
    """A file that cannot be stored; nothing was."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].placed)
        self.faults = tuple(faults)


@dataclass
class Line:
    """One row of the file; what cannot be read goes into the table's faults."""

    number: int
    cells: dict[str, str]
    table: Table
    row: TableRow
    broken: set[str] = field(default_factory=set)  # columns whose cell has no value, which the table's faults say

    def cell(self, key: str) -> Cell:
        """The typed cell of a column, an empty one where the file has no such column."""
        place = self.table.places.get(key)
        return Cell(None) if place is None else self.row.cell(place)

    def text(self, key: str, most: int = 120) -> str:
        found = self.cells.get(key, "").strip()
        if len(found) > most:
            self.fault(key, Message("files.most_characters", most=most))
        return found[:most]

    def whole(self, key: str, least: int = 0, most: int = 2_000_000_000) -> int | None:
        """A whole number, thousands apart or not; None where the cell is empty or wrong."""
        found = self.number_of(key)
        if found is None:
            return None
        if not found.is_integer() or not least <= found <= most:
            self.fault(key, Message("files.whole_number_least_expected", least=least))
            return None
        return int(found)

    def number_of(self, key: str) -> float | None:
        said = self.cells.get(key, "").strip()
        if not said:
            return None
        if merged := self.cell(key).merged:
            self.fault(key, Message("files.merges_rows_split_number", merged=merged))
            return None
        try:
            return figure_of(said)
        except NumberRefusedError as error:
            self.fault(key, error.said)
            return None

    def yes(self, key: str) -> bool | None:
        said = folded(self.cells.get(key, "")).casefold()
        if not said:
            return None
        if said not in YES | NO:
            self.fault(key, Message("files.write_yes_or_no"))
            return None
        return said in YES

    def fault(self, key: str, said: Text) -> None:
        self.table.faults.append(Fault(self.number, self.table.column(key), said))


@dataclass
class Table:
    """A file as rows of known columns. `faults` grows while it is checked."""

    fields: Sequence[Field]
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    title: str = ""  # of its sheet
    usable: bool = True  # whether its rows can be checked: False where a column that is needed is missing

    @classmethod
    def read(cls, name: str, data: bytes, fields: Sequence[Field]) -> Table:
        """The rows of a CSV or of a workbook's visible sheet; unknown and missing columns are faults already."""
        table = cls(fields)
        known: dict[str, str] = {}
        for each in fields:
            known.update(dict.fromkeys((plain(said) for said in (each.key, each.zh, each.en, *each.also)), each.key))
        try:
            found = read_headed(name, data, known, MOST_ROWS)
        except FileRefusedError as error:
            table.faults.append(Fault(0, "", error.said))
            table.usable = False
            return table
        first, table.title = found.heading_row, found.title
        table._headings(first, found.headings, known)
        table.notes += found.notes
        for row in found.rows:
            cells = {key: row.cell(place) for key, place in table.places.items()}
            broken = {key for key, cell in cells.items() if isinstance(cell.value, Broken)}
            texts = {key: "" if key in broken else cell.text for key, cell in cells.items()}
            table.lines.append(Line(row.number, texts, table, row, broken))
        if not table.lines and not table.faults:
            table.faults.append(Fault(first + 1, "", Message("files.file_no_rows_below")))
        table.usable = not table.faults
        table.faults += found.faults
        for line in table.lines if table.usable else ():
            for each in fields:
                if each.required and each.key not in line.broken and not line.cells.get(each.key, "").strip():
                    line.fault(each.key, Message("files.must_filled"))
        return table

    def column(self, key: str) -> str:
        """How a person finds a column: its letter, and its heading as the template has it."""
        known = next((each for each in self.fields if each.key == key), None)
        heading = known.zh if known else key
        return f"{letter(self.places[key])} {heading}" if key in self.places else heading

    def preview(self, changes: Sequence[Change]) -> Preview:
        """The changes, or the faults alone, in the order of the file."""
        if self.faults:
            ordered = sorted(self.faults, key=lambda fault: fault.row)[:MOST_SHOWN_FAULTS]
            return Preview((), tuple(ordered), tuple(self.notes))
        return Preview(tuple(changes), (), tuple(self.notes))

    def _headings(self, row: int, headings: Sequence[str], known: Mapping[str, str]) -> None:
        unread = []
        for place, heading in enumerate(headings):
            key = known.get(plain(heading))
            if key is None:
                unread += [heading] if heading else []
            elif key in self.places:
                where = f"{letter(place)} {heading}"
                self.faults.append(Fault(row, where, Message("files.column_twice")))
            else:
                self.places[key] = place
        missing = [each for each in self.fields if each.required and each.key not in self.places]
        for each in missing:
            self.faults.append(
                Fault(row, each.zh, Message("files.column_missing_2", each_zh=each.zh, each_key=each.key))
            )
        if unread:
            self.notes.append(Note(Message("files.columns_not_read", unread=unread)))


def template_xlsx(fields: Sequence[Field], examples: Sequence[Sequence[object]]) -> bytes:
    """A workbook with the headings and example rows, and a second sheet that explains every column."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "填写 fill in"
    sheet.append([each.zh for each in fields])
    for row in examples:
        add(sheet, row, guarded=False)
    for place, cell in enumerate(sheet[1], 1):
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3F0F8")
        sheet.column_dimensions[get_column_letter(place)].width = 20
    sheet.freeze_panes = "A2"
    explained = book.create_sheet("说明 columns")
    explained.append(["列", "column", "必填 required", "填写说明", "what to write"])
    for each in fields:
        explained.append([each.zh, each.key, "是 yes" if each.required else "", each.says_zh, each.says_en])
    for column, width in zip("ABCDE", (18, 24, 12, 60, 60), strict=True):
        explained.column_dimensions[column].width = width
    for explained_row in explained.iter_rows():
        for cell in explained_row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in explained[1]:
        cell.font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template_csv(fields: Sequence[Field], examples: Sequence[Sequence[object]]) -> bytes:
    """The headings and example rows, UTF-8 with the mark that spreadsheet programs need for Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([each.zh for each in fields])
    writer.writerows(["" if cell is None else cell for cell in row] for row in examples)
    return ("\ufeff" + out.getvalue()).encode()
