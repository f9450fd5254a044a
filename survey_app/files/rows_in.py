"""Rows of a CSV file or a workbook, as text by heading, with the limits a handed-in file must keep."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from survey_app.files.opening import UnreadableWorkbookError, sheets_of
from wording import Refusal

MOST_ROWS = 50_000


class ResponseFileError(Refusal):
    """A file that cannot be read at all, in the user's words."""


def read_rows(name: str, data: bytes) -> list[list[str]]:
    """The table of a CSV (UTF-8 or GB 18030) or of a workbook's first sheet, as text. Raises ResponseFileError."""
    if name.lower().endswith(".csv"):
        rows = _lines(_decoded(data))
    elif name.lower().endswith(".xlsx"):
        rows = _sheet(data)
    else:
        raise ResponseFileError("files.file_must_end_xlsx")
    if len(rows) > MOST_ROWS + 1:
        raise ResponseFileError("files.most_rows_time", most_rows=MOST_ROWS)
    if not rows:
        raise ResponseFileError("files.file_empty")
    return rows


def _lines(content: str) -> list[list[str]]:
    """The fields of a CSV with any kind of line end."""
    try:
        return list(csv.reader(io.StringIO(content, newline=None)))
    except csv.Error as error:
        raise ResponseFileError("files.csv_cannot_read", error=error) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ResponseFileError("files.csv_neither_utf_nor")


def _sheet(data: bytes) -> list[list[str]]:
    try:
        sheets = sheets_of(data, MOST_ROWS + 1)
    except UnreadableWorkbookError as error:
        raise ResponseFileError(str(error)) from error
    return [[_text(cell) for cell in row] for rows in sheets.values() for row in rows]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _plain(said: str) -> str:
    return " ".join(said.split()).casefold()
