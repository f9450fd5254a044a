"""Reads a workbook in a process of its own, with a ceiling on memory and time, and writes its sheets as lines of JSON.

Run as a file, without the rest of the product: a workbook that swells takes this process down and nothing else.
Standard input is the workbook; the argument is {"titles": [...] | null, "columns", "rows", "cells", "letters", "unpacked",
"memory", "seconds"}. The first line names the sheets; then, of each sheet asked for (each visible one where none is
named), a line a row and a last line with what stands below the rows in the file; {"end": true} ends it, or
{"refused": [key, params]}, where the file is damaged with the error behind.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

if __name__ == "__main__":  # openpyxl takes these along where they are there: half of the start
    sys.modules |= dict.fromkeys(("numpy", "PIL", "lxml"))  # type: ignore[arg-type]

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

MERGED_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
MOST_MERGED = 100_000
MOST_PARTS = 5_000
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an .xls begins
BROKEN = "broken"  # data type of a formula without a result


class RefusedError(Exception):
    """What the person reads: a key of `wording/texts/files.py`, and what its words name."""


def main() -> None:
    limits = json.loads(sys.argv[1])
    _hold(limits)
    warnings.simplefilter("ignore")
    try:
        for line in _lines(sys.stdin.buffer, limits):
            sys.stdout.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")
    except RefusedError as error:
        refused: list[Any] = [*error.args, {}][:2]
    except MemoryError:
        refused = ["files.takes_memory", {}]
    except Exception as error:  # zipfile, zlib and XML errors of a damaged file have no common class
        refused = ["files.damaged", {}, repr(error)[:300]]
    else:
        sys.stdout.write('{"end":true}\n')
        return
    sys.stdout.write(json.dumps({"refused": refused}) + "\n")


def _hold(limits: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))


def _lines(file: Any, limits: dict[str, Any]) -> Iterator[Any]:
    if file.read(len(OLD)) == OLD:
        yield from _old_lines(file, limits)
        return
    _look_at_parts(file, limits["unpacked"])
    reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    sheets = [
        (sheet.name, sheet.state, rel.target)
        for sheet, rel in reader.parser.find_sheets()
        if "worksheet" in rel.Type and rel.target in reader.valid_files
    ]
    yield {"sheets": [(title, state) for title, state, _part in sheets]}
    left = {"cells": limits["cells"], "letters": limits["letters"]}
    for title, state, part in sheets:
        if state == "visible" if limits["titles"] is None else title.strip().casefold() in limits["titles"]:
            with reader.archive.open(part) as source:
                yield from _Sheet(source, reader, title, limits, left).lines()


def _old_lines(file: Any, limits: dict[str, Any]) -> Iterator[Any]:
    """Sheets of an .xls as its cells' values, without number formats."""
    import xlrd

    file.seek(0)
    book = xlrd.open_workbook(file_contents=file.read(), on_demand=True, logfile=sys.stderr)
    yield {"sheets": [(name, "visible") for name in book.sheet_names()]}
    left = limits["cells"]
    for title in book.sheet_names():
        if limits["titles"] is not None and title.strip().casefold() not in limits["titles"]:
            continue
        sheet = book.sheet_by_name(title)
        left -= sheet.nrows * sheet.ncols
        if left < 0 or sheet.nrows > limits["rows"] or sheet.ncols > limits["columns"]:
            raise RefusedError("files.sheet_large", {"title": title})
        yield {"title": title}
        for number, cells in enumerate(sheet.get_rows(), 1):
            values = [_old_value(cell, book.datemode) for cell in cells]
            if any(value is not None for value in values):
                yield [number, values, {}]
        yield {"merges": [], "hidden": []}


def _old_value(cell: Any, datemode: int) -> Any:
    import xlrd

    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return cell.value.strip() or None
        case xlrd.XL_CELL_NUMBER:
            return int(cell.value) if cell.value.is_integer() else cell.value
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_DATE:
            return ["datetime", xlrd.xldate_as_datetime(cell.value, datemode).isoformat()]
        case xlrd.XL_CELL_ERROR:
            return [BROKEN, xlrd.error_text_from_code.get(cell.value, "#")]
    return None


def _look_at_parts(file: Any, most_unpacked: int) -> None:
    """Refuse what is another kind of file, or would unpack to too much. A part never gives more than it declares."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise RefusedError("files.cut_off") from None
    parts = {part.filename: part.file_size for part in archive.infolist()}
    if len(parts) > MOST_PARTS or sum(parts.values()) > most_unpacked:
        raise RefusedError("files.too_large_unpacked")
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise RefusedError("files.workbook_encrypted_take_password")
    if "mimetype" in parts and b"opendocument" in archive.read("mimetype")[:200]:
        raise RefusedError("files.is_ods")
    if "xl/workbook.bin" in parts:
        raise RefusedError("files.is_xlsb")
    for folder, said in (("word/", "files.is_word"), ("ppt/", "files.is_presentation")):
        if any(name.startswith(folder) for name in parts):
            raise RefusedError(said)
    if "[Content_Types].xml" not in parts:
        raise RefusedError("files.is_archive")
    if parts.get("xl/workbook.xml", 0) and b"purl.oclc.org/ooxml" in archive.open("xl/workbook.xml").read(4000):
        raise RefusedError("files.is_strict")
    file.seek(0)


class _Sheet(WorkSheetParser):
    """One sheet, row by row to its real end; what its <dimension> says is not asked."""

    def __init__(self, source: Any, reader: Any, title: str, limits: dict[str, Any], left: dict[str, int]) -> None:
        book = reader.wb
        super().__init__(
            source,
            reader.shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self.book, self.title, self.left = book, title, left
        self.most_columns, self.most_rows = limits["columns"], limits["rows"]
        self.known_formats: dict[int, str] = {}
        self.last = 0

    def lines(self) -> Iterator[Any]:
        merges: list[Any] = []
        hidden: list[tuple[int, int]] = []
        rows = 0
        yield {"title": self.title}
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                shut = element.get("hidden") in ("1", "true")
                number, cells = self.parse_row(element)
                element.clear()
                row = self._row(number, cells)
                if row is not None:
                    rows += 1
                    if rows > self.most_rows:
                        raise RefusedError("files.sheet_long", {"title": self.title, "most_rows": self.most_rows})
                    yield [*row, 1] if shut else row
            elif element.tag == COL_TAG and element.get("hidden") in ("1", "true"):
                hidden.append((int(element.get("min")), int(element.get("max"))))
            elif element.tag == MERGED_TAG:
                left, top, right, bottom = range_boundaries(element.get("ref"))
                merges.append((top, left, bottom, right))
                if len(merges) > MOST_MERGED:
                    raise RefusedError("files.sheet_merged", {"title": self.title})
        yield {"merges": merges, "hidden": hidden[:1000]}

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            text = (
                cell["data_type"] == "str" and element.find(VALUE_TAG) is not None
            )  # ="" has a result, the empty text
            cell["data_type"] = "s" if text else BROKEN
        return cell

    def _row(self, number: int, cells: list[dict[str, Any]]) -> list[Any] | None:
        """[number, values, {place: format}] of a row that holds something."""
        if number <= self.last:
            raise ValueError(f"row {number} after row {self.last}")
        self.last = number
        values: list[Any] = []
        formats: dict[int, str] = {}
        for cell in cells:
            value = _plain(cell)
            if value is None:
                continue
            place = cell["column"] - 1
            if place >= self.most_columns or cell["row"] != number:
                self._too_wide(number, cell["column"])
            if place < len(values):
                raise ValueError(f"row {number}: column {place + 1} twice or out of order")
            self._count(value, place + 1 - len(values))
            values += [None] * (place - len(values))
            values.append(value)
            shown = self._format(cell["style_id"])
            if shown != "General":
                formats[place] = shown
        return [number, values, formats] if values else None

    def _too_wide(self, number: int, column: int) -> None:
        where = f"{get_column_letter(column)}{number}"
        raise RefusedError("files.sheet_wide", {"title": self.title, "where": where, "most": self.most_columns})

    def _count(self, value: Any, cells: int) -> None:
        self.left["cells"] -= cells
        self.left["letters"] -= len(value) if isinstance(value, str) else 0
        if min(self.left.values()) < 0:
            raise RefusedError("files.sheet_large", {"title": self.title})

    def _format(self, style: int) -> str:
        if style not in self.known_formats:
            number = self.book._cell_styles[style].numFmtId
            own = number - BUILTIN_FORMATS_MAX_SIZE
            shown = self.book._number_formats[own] if own >= 0 else BUILTIN_FORMATS.get(number, "General")
            self.known_formats[style] = shown
        return self.known_formats[style]


def _plain(cell: dict[str, Any]) -> Any:
    """A value as JSON has it; a list of kind and text for what it has not, None for an empty cell."""
    value, kind = cell["value"], cell["data_type"]
    if kind == BROKEN:
        return ["broken", ""]
    if kind == "e" and value is not None:
        return ["broken", str(value)[:40]]
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and not math.isfinite(value):
        return ["broken", "#NUM!"]
    if isinstance(value, int) and abs(value) > 10**30:
        return float(value)
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["seconds", value.total_seconds()]
    return value


if __name__ == "__main__":
    main()
