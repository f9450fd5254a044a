"""Tables of the console: each states its n, sorts and filters in the browser, and leaves as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from flask import Response, request, url_for
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from survey_app.documents.spreadsheets import XLSX, add, harmless
from survey_app.ground.clock import local, local_time

Kind = Literal["text", "number", "fine", "share", "p", "moment"]  # fine: three decimals; p: of a test
FORMATS = {"share": "0.00%", "fine": "0.000", "p": "0.000", "moment": "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class Column:
    """A column: the key in its rows, its heading, and how its values are set. `link`: key of a row's address.
    in_files: that leaves with the file alone, as a sentence that the page says beside the table."""

    key: str
    label: str
    kind: Kind = "text"
    link: str = ""
    in_files: bool = False

    @property
    def numeric(self) -> bool:
        return self.kind not in ("text", "moment")


Cell = str | int | float | date | Sequence[str] | None  # what a column of some kind shows; None as a dash
Row = dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """A table as data. `name` is its address on the page (?table=name&format=csv). None shows as a dash.

    pick: key of what a row's box sends under that name, where the page puts a form around the table; a row without it has none.
    empty: what stands there without a row: why, and what fills it.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)
    pick: str = ""
    empty: str = ""

    @property
    def on_page(self) -> list[Column]:
        return [column for column in self.columns if not column.in_files]

    def address(self, ending: str) -> str:
        """Where this table leaves as `ending` (csv, xlsx), with the page's own arguments kept."""
        return this_page({**asked(), "table": [self.name], "format": [ending]})


def asked() -> dict[str, list[str]]:
    """The arguments of the page's address, each with all its values; without names that `url_for` takes as its own."""
    return {name: values for name, values in request.args.lists() if name != "endpoint" and not name.startswith("_")}


def this_page(arguments: Mapping[str, Sequence[str]], anchor: str | None = None) -> str:
    """The address of the page of this request with other arguments, which never change what thing the page is of."""
    return url_for(request.endpoint or "", _anchor=anchor, **{**arguments, **(request.view_args or {})})


def requested_export(*tables: Table) -> Response | None:
    """The file that ?table=…&format=… asks for, None for the page itself. Call it first in a view."""
    wanted = next((table for table in tables if table.name == request.args.get("table")), None)
    if wanted is None:
        return None
    if request.args.get("format") == "xlsx":
        return _sent(wanted, "xlsx", as_xlsx(wanted), XLSX)
    return _sent(wanted, "csv", as_csv(wanted), "text/csv; charset=utf-8")


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheet programs need for Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.label for column in table.columns])
    writer.writerows([_plain(row.get(column.key)) for column in table.columns] for row in table.rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(table: Table) -> bytes:
    """One sheet with formats, a frozen heading and a filter."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = table.caption[:28].translate(str.maketrans("[]:*?/\\", "       ")).strip() or "1"
    add(sheet, [column.label for column in table.columns], guarded=False)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append([_cell(row.get(column.key)) for column in table.columns])
    for place, column in enumerate(table.columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 24 if column.kind == "text" else 16
        for cells in sheet[letter][1:] if column.kind in FORMATS else ():
            cells.number_format = FORMATS[column.kind]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sort_value(value: Any) -> str:
    """What the browser sorts by."""
    return "" if value is None else _plain(value)


def shown(value: Any, kind: Kind) -> str:
    """A value as it is read; shares are cut, not rounded, so that 69.96 % never shows as 70 %."""
    from survey_app.ground.percent import percent

    if value is None or value == "":
        return "–"
    if kind == "share":
        return percent(value, 2)
    if kind == "number" and isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if kind == "fine":
        return f"{value:.3f}"
    if kind == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if kind == "moment" and isinstance(value, datetime):
        return local_time(value)
    return str(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="minutes")
    return str(harmless(value))


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None)
    if value is None or isinstance(value, int | float):
        return value
    return harmless(str(value))


def _sent(table: Table, ending: str, body: bytes, mimetype: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={table.name}.{ending}"}
    return Response(body, content_type=mimetype, headers=headers)
