"""Files that spreadsheet programs open: what their type is called, and what must not run there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from survey_app.documents.characters import printable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Appended(Protocol):
    """A sheet of openpyxl that is written row by row, of either of its kinds."""

    def append(self, row: Any, /) -> None: ...


def add(sheet: Appended, cells: Iterable[Any], guarded: bool = True) -> None:
    """The next row of a sheet. guarded: text that begins like a formula is only text."""
    sheet.append([harmless(cell) if guarded else printable(cell) for cell in cells])


def harmless(value: Any) -> Any:
    """Without characters that no sheet can hold; a spreadsheet program would run text that begins like a formula; a number
    is none."""
    value = printable(value)
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
