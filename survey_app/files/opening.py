"""Open a workbook that somebody handed in: bounded before it is unpacked, and read at once, so that damage shows here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from typing import Any

from openpyxl import load_workbook

from wording import Refusal

MOST_UNPACKED = 300 * 1024 * 1024  # bytes of all parts together
Row = tuple[Any, ...]


class UnreadableWorkbookError(Refusal):
    """Not a workbook, a damaged one, or one too large, in the user's words."""


def sheets_of(
    body: bytes, most_rows: int, titles: Collection[str] | None = None, most_unpacked: int = MOST_UNPACKED
) -> dict[str, list[Row]]:
    """Title -> cell values of the sheets in `titles`, or of the first sheet; at most `most_rows` + 1 rows of each.

    Raises UnreadableWorkbookError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > most_unpacked:
            raise UnreadableWorkbookError("files.workbook_too_large_once")
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        wanted = book.worksheets[:1] if titles is None else [book[name] for name in titles if name in book.sheetnames]
        return {sheet.title: list(sheet.iter_rows(max_row=most_rows + 1, values_only=True)) for sheet in wanted}
    except UnreadableWorkbookError:
        raise
    except Exception as error:  # zipfile, zlib and XML errors of a damaged file have no common class
        raise UnreadableWorkbookError("files.not_excel_workbook_or") from error
