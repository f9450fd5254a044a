"""Rows of a sheet as they stand in its file. openpyxl makes an object of every cell and asks it for each of its properties when
it saves: most of the time that a workbook of a thousand rows takes. The book's frame is its work; the rows go in when it is saved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from survey_app.documents.characters import printable

Style = Alignment | Border | Font | PatternFill | Protection | str
MOST_LETTERS = 32_767  # of a cell
_LOOKS: WeakKeyDictionary[Workbook, dict[tuple[int, ...], int]] = WeakKeyDictionary()


class Formula(str):
    """Text that runs, with its '='. All other text is only text, however it begins."""


@dataclass(frozen=True)
class Runs:
    """Text in several fonts: the font as `run_font` gives it, the text."""

    parts: Sequence[tuple[str, str]]


class SheetRows:
    """The rows under the headings of a sheet, downwards."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.rows: list[str] = []
        self.known: dict[object, list[int]] = {}  # the looks of rows that look the same
        self.last = sheet.max_row
        self.columns = [get_column_letter(place) for place in range(1, sheet.max_column + 1)]

    def add(self, row: int, contents: Iterable[Any], looks: Iterable[int], height: float | None = None) -> None:
        """The row of this number. looks: of each cell, as `look` gives them. height: in points."""
        cells = "".join(map(_cell, (f"{letter}{row}" for letter in self.columns), contents, looks))
        tall = "" if height is None else f' ht="{height:g}" customHeight="1"'
        self.rows.append(f'<row r="{row}"{tall}>{cells}</row>')
        self.last = row


def look(sheet: Worksheet, styles: Mapping[str, Style]) -> int:
    """The number that a book has for cells of these styles, which are constants: a book finds each by its content, which takes
    long."""
    assert sheet.parent is not None
    known = _LOOKS.setdefault(sheet.parent, {})
    key = tuple(map(id, styles.values()))
    if key not in known:
        cell = Cell(sheet, 1, 1)
        for name, style in styles.items():
            setattr(cell, name, style)
        known[key] = cell.style_id
    return known[key]


def run_font(font: InlineFont) -> str:
    """As `Runs` have it."""
    written: Any = tostring(font.to_tree("rPr"))  # the library's types say str
    return str(written, "ascii")


def saved(book: Workbook, *filled: SheetRows) -> bytes:
    """The book's file, with these rows in it."""
    frame, out = io.BytesIO(), io.BytesIO()
    book.save(frame)
    parts = {one.sheet.path[1:]: one for one in filled}
    with zipfile.ZipFile(frame) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            body = read.read(name)
            written.writestr(name, _with_rows(body, parts[name]) if name in parts else body)
    return out.getvalue()


def _with_rows(sheet: bytes, filled: SheetRows) -> bytes:
    whole = f'<dimension ref="A1:{filled.columns[-1]}{filled.last}"/>'.encode()
    above, end, below = re.sub(rb"<dimension [^>]*/>", whole, sheet, count=1).partition(b"</sheetData>")
    return b"".join((above, "".join(filled.rows).encode(), end, below))


def _cell(at: str, content: Any, look: int) -> str:
    if isinstance(content, str) and content:
        if isinstance(content, Formula):
            return f'<c r="{at}" s="{look}"><f>{escape(content[1:])}</f><v/></c>'
        return f'<c r="{at}" s="{look}" t="inlineStr"><is>{_text(content)}</is></c>'
    if isinstance(content, bool):
        return f'<c r="{at}" s="{look}" t="b"><v>{content:d}</v></c>'
    if isinstance(content, int | float) and isfinite(content):
        return f'<c r="{at}" s="{look}"><v>{content!r}</v></c>'
    if isinstance(content, Runs):
        runs = "".join(f"<r>{font}{_text(text)}</r>" for font, text in content.parts)
        return f'<c r="{at}" s="{look}" t="inlineStr"><is>{runs}</is></c>'
    return f'<c r="{at}" s="{look}"/>'


def _text(content: str) -> str:
    text = escape(printable(content)[:MOST_LETTERS], {"\r": "&#13;"})
    return f"<t>{text}</t>" if text == text.strip() else f'<t xml:space="preserve">{text}</t>'
