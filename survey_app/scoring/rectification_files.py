"""The list of rectification items as files an office works with: Word with real styles, and a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from survey_app.documents.characters import printable
from survey_app.documents.spreadsheets import add
from survey_app.ground.clock import today
from survey_app.models import RectificationItem
from survey_app.scoring.rectification_items import is_overdue

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STATES = {"open": "整改中", "submitted": "待核验", "closed": "已销号", "reopened": "重新整改", "withdrawn": "已撤销"}
TITLE = "整改清单"
HEAD = ("编号", "指标", "整改目标", "现有差距", "可增分", "期限", "状态", "最近进展")
WIDTHS_CM = (1.3, 4.2, 5.6, 4.6, 1.5, 2.3, 1.9, 4.3)
FONT = "宋体"
HEADING_FONT = "黑体"


@dataclass(frozen=True)
class Line:
    """One item in words."""

    department: str
    area: str
    cells: tuple[str | float | date, ...]
    overdue: bool


def lines(items: Sequence[RectificationItem], day: date | None = None) -> list[Line]:
    """Items by department, then area, then day."""
    day = day or today()
    ordered = sorted(items, key=lambda item: (item.department, item.area.code, item.due, item.id))
    return [_line(item, day) for item in ordered]


def as_word(items: Sequence[RectificationItem], day: date | None = None) -> bytes:
    """A document with a heading for each department and one table under it; the head row repeats on every page."""
    day = day or today()
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    _fonts(document)
    document.core_properties.title = TITLE
    document.add_heading(TITLE, level=0)
    found = lines(items, day)
    late = sum(line.overdue for line in found)
    document.add_paragraph(f"截至{day.year}年{day.month}月{day.day}日，共{len(found)}项，其中逾期{late}项。")
    for department, own in groupby(found, key=lambda line: line.department):
        rows = list(own)
        document.add_heading(f"{department}（{len(rows)}项）", level=1)
        _table(document, rows)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_workbook(items: Sequence[RectificationItem], day: date | None = None) -> bytes:
    """One sheet with a filter, frozen head, real dates and numbers; overdue rows are coloured and say so."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TITLE
    sheet.append(["责任部门", "地区", *HEAD, "逾期"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    found = lines(items, day)
    for line in found:
        add(sheet, (line.department, line.area, *line.cells, "是" if line.overdue else ""))
    late = PatternFill("solid", fgColor="F7DAD7")
    for row, line in zip(sheet.iter_rows(min_row=2), found, strict=True):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if line.overdue:
                cell.fill = late
        row[6].number_format, row[7].number_format = "0.00", "yyyy-mm-dd"
    for place, width in enumerate((18, 12, 8, 26, 40, 34, 9, 12, 10, 34, 8), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(item: RectificationItem, day: date) -> Line:
    last = next((note for note in reversed(item.notes) if note.step in ("progress", "submitted", "returned")), None)
    goal = f"{item.to_stars}星：{item.requirement}"
    cells = (
        str(item.id), f"{item.indicator} {item.name}", goal, item.gap, item.gain, item.due, STATES[item.state],
        last.text if last else "",
    )  # fmt: skip
    line: Line = printable(Line(item.department, item.area.name, cells, is_overdue(item, day)))
    return line


def _table(document: DocxDocument, rows: list[Line]) -> None:
    table = document.add_table(rows=1, cols=len(HEAD), style="Table Grid")
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, HEAD, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
        cell.paragraphs[0].paragraph_format.keep_with_next = True  # a head never ends a page
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for line in rows:
        cells = table.add_row().cells
        for cell, value in zip(cells, line.cells, strict=True):
            cell.text = f"{value:g}" if isinstance(value, float) else str(value)
        cells[1].text = f"{line.area} {line.cells[1]}"
        if line.overdue:
            cells[6].paragraphs[0].add_run("（逾期）").bold = True
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS_CM, strict=True):
            cell.width = Cm(width)


def _fonts(document: DocxDocument) -> None:
    """Chinese faces by the style, so that an office changes them in one place."""
    for name, face, size in (("Normal", FONT, 10.5), ("Title", HEADING_FONT, 20), ("Heading 1", HEADING_FONT, 14)):
        style = document.styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), face)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
