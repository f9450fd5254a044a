"""Rows of a CSV file or a workbook, as text by heading, with the limits a handed-in file must keep."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from survey_app.files.opening import UnreadableWorkbookError, sheets_of

MOST_ROWS = 50_000


class ResponseFileError(ValueError):
    """A file that cannot be read at all, in the user's words."""


def read_rows(name: str, data: bytes) -> list[list[str]]:
    """The table of a CSV (UTF-8 or GB 18030) or of a workbook's first sheet, as text. Raises ResponseFileError."""
    if name.lower().endswith(".csv"):
        rows = _lines(_decoded(data))
    elif name.lower().endswith(".xlsx"):
        rows = _sheet(data)
    else:
        raise ResponseFileError("请用 .xlsx 或 .csv 文件 (the file must end in .xlsx or .csv)")
    if len(rows) > MOST_ROWS + 1:
        raise ResponseFileError(f"一次最多{MOST_ROWS:,}行 (at most {MOST_ROWS:,} rows at a time)")
    if not rows:
        raise ResponseFileError("文件是空的 (the file is empty)")
    return rows


def _lines(content: str) -> list[list[str]]:
    """The fields of a CSV with any kind of line end."""
    try:
        return list(csv.reader(io.StringIO(content, newline=None)))
    except csv.Error as error:
        raise ResponseFileError(f"CSV文件读不懂：{error} (the CSV cannot be read)") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ResponseFileError("CSV 须为 UTF-8 或 GB 18030 编码 (the CSV is neither UTF-8 nor GB 18030)")


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
