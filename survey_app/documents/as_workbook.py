"""A report as a workbook: one sheet of words and facts, one per table, sums as formulas a reader can check."""

from __future__ import annotations

import io
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey_app.documents.content import Grid, Heading, Items, Paragraph, Report, shown
from survey_app.documents.spreadsheets import add
from survey_app.documents.widths import width

FORMATS = {"share": "0.00%", "count": "#,##0", "number": "#,##0.00", "fine": "0.000", "p": "0.000", "points": "General"}
NARROWEST, WIDEST = 9.0, 46.0  # columns, in letters
LINE_POINTS = 14.5  # height of a line in a row
HEAD, GROUP = PatternFill("solid", fgColor="DBE9F1"), PatternFill("solid", fgColor="EEF3F6")
LINE = Border(bottom=Side(style="thin", color="D5DBE1"))


def as_workbook(report: Report) -> bytes:
    """The workbook's bytes. Percentages keep every digit; cells show two decimals."""
    book = Workbook()
    book.properties.title = report.title
    first = book.active
    assert isinstance(first, Worksheet)
    _words(first, report)
    names = {first.title}
    for block in report.blocks:
        if isinstance(block, Grid):
            sheet = book.create_sheet(_name(block.sheet, names))
            _table(sheet, block, report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _words(sheet: Worksheet, report: Report) -> None:
    sheet.title = report.say("概要", "Summary")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 90
    sheet.append([report.title])
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append([report.subtitle])
    if report.mark:
        sheet.append([report.mark])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True, color="B3261E")
    for label, value in report.facts:
        add(sheet, [label, value])
    for block in report.blocks:
        if isinstance(block, Heading):
            sheet.append([])
            sheet.append([block.text])
            sheet.cell(sheet.max_row, 1).font = Font(bold=True, size=13 if block.level == 1 else 11)
        elif isinstance(block, Paragraph):
            add(sheet, [None, block.text])
        elif isinstance(block, Items):
            for text in block.texts:
                sheet.append([None, f"· {text}"])
    for number, row in enumerate(sheet.iter_rows(min_row=3, min_col=2, max_col=2), 3):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
        _tall(sheet, number, [(str(row[0].value or ""), 90.0)])
    _printing(sheet, landscape=False)


def _table(sheet: Worksheet, block: Grid, report: Report) -> None:
    sheet.append([block.captioned(report.say)])
    sheet["A1"].font = Font(bold=True, size=12)
    sheet.append([field.heading for field in block.fields])
    for cell, field in zip(sheet[2], block.fields, strict=True):
        cell.font, cell.fill = Font(bold=True), HEAD
        side = "left" if field.kind == "text" else "right"
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side, indent=int(side == "left"))
    for place, row in enumerate(block.rows):
        add(sheet, row)
        if place in block.groups:
            for cell in sheet[sheet.max_row]:
                cell.font, cell.fill = Font(bold=True), GROUP
    last = sheet.max_row
    widths = [_column_width(block, place) for place in range(len(block.fields))]
    for place, field in enumerate(block.fields, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = widths[place - 1]
        for row_number in range(3, last + 1):
            cell = sheet[f"{letter}{row_number}"]
            cell.border = LINE
            if field.kind in FORMATS:
                cell.number_format = FORMATS[field.kind]
            if row_number - 3 in block.groups:
                continue  # a heading runs over the columns beside it
            cell.alignment = Alignment(wrap_text=field.kind == "text", vertical="top", indent=int(field.kind == "text"))
    for place, row in enumerate(block.rows):
        if place not in block.groups:
            texts = [(str(value), widths[column] - 1) for column, value in enumerate(row) if isinstance(value, str)]
            _tall(sheet, place + 3, texts)
    if block.totals and last >= 3:
        _sums(sheet, block, last, report)
    sheet.freeze_panes = "B3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(block.fields))}{last}"
    sheet.print_title_rows = "1:2"
    sheet.oddHeader.center.text = report.mark  # type: ignore[union-attr]
    _printing(sheet, landscape=len(block.fields) > 5)


def _tall(sheet: Worksheet, row: int, texts: list[tuple[str, float]]) -> None:
    """Give a row the height that its texts take in columns of that width; not every program does by itself."""
    lines = max((ceil(width(text) * 1.1 / room) for text, room in texts if width(text) > room), default=1)
    if lines > 1:
        sheet.row_dimensions[row].height = lines * LINE_POINTS


def _column_width(block: Grid, place: int) -> float:
    field = block.fields[place]
    cells = [shown(row[place], field.kind) for number, row in enumerate(block.rows) if number not in block.groups]
    if place in block.totals:
        cells.append(f"{shown(block.totals[place], field.kind)}00")  # bold letters are wider
    own = max([width(field.heading) + 4, *(width(cell) + 2 for cell in cells)])
    return min(max(own, NARROWEST), WIDEST)


def _sums(sheet: Worksheet, block: Grid, last: int, report: Report) -> None:
    """A row of formulas, and under it whether each equals the stored figure."""
    sheet.append(["Σ"])
    sheet.append([report.say("与存档一致", "equals the stored figure")])
    for place, stored in block.totals.items():
        letter = get_column_letter(place + 1)
        total = sheet[f"{letter}{last + 1}"]
        total.value = f"=SUM({letter}3:{letter}{last})"
        total.font, total.number_format = Font(bold=True), FORMATS.get(block.fields[place].kind, "General")
        if stored is not None:
            sheet[f"{letter}{last + 2}"].value = f'=IF(ABS({letter}{last + 1}-{stored!r})<0.000001,"✓","✗")'
            sheet[f"{letter}{last + 2}"].alignment = Alignment(horizontal="right")
    sheet[f"A{last + 1}"].font = Font(bold=True)


def _printing(sheet: Worksheet, landscape: bool) -> None:
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _name(wanted: str, taken: set[str]) -> str:
    """A sheet's name: no forbidden characters, at most 31, unlike the others."""
    plain = wanted.translate(str.maketrans("[]:*?/\\", "       ")).strip()[:28] or "1"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain} {number}", number + 1
    taken.add(name)
    return name
