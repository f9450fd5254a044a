"""The sheet that a clerk fills: area and period above, a band for each indicator with what counts, a row for each of its values.

Templates and exports are this one sheet; what comes back is read by heading (`workbook_in`, `files`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.scoring.rulebook import Indicator, Metric
from survey_app.documents.characters import printable
from survey_app.documents.widths import width
from survey_app.files import workbooks
from survey_app.files.sheet_rows import Formula, Runs, SheetRows, Style, look, run_font
from survey_app.files.workbooks import Sheet
from wording import Message, Text
from wording.language import language

TITLE = "指标数值"
AREA_LABEL, PERIOD_LABEL, DUE_LABEL = "地区", "周期", "截止"
HEADINGS = (
    ("序号", 5), ("指标项", 36), ("分子 ÷ 分母", 44), ("单位", 6), ("下一档要求", 15), ("上期", 11),
    ("数值", 10), ("分子", 10), ("分母", 11), ("算得", 9), ("不适用原因", 12), ("说明(每项指标填在第一行)", 16),
    ("超出通常范围的理由", 11), ("area", 8), ("metric", 8), ("version", 8), ("base", 8), ("base_note", 8),
)  # fmt: skip
ENGLISH = (
    "No.", "Value asked for", "Numerator ÷ denominator", "Unit", "Next tier asks", "Last period", "Value", "Numerator",
    "Denominator", "Computed", "Why not applicable", "Note (first row of each indicator)", "Why outside the usual range",
)  # fmt: skip
NUMBER, NAME, RATIO, UNIT, NEXT, LAST, VALUE, TOP, BOTTOM, RESULT, REASON, NOTE, CONFIRMATION = range(1, 14)
AREA, METRIC, VERSION, BASE, BASE_NOTE = HIDDEN = 14, 15, 16, 17, 18
SHEET = Sheet(
    TITLE,
    HEADINGS,
    frozenset((VALUE, TOP, BOTTOM, REASON, NOTE, CONFIRMATION)),
    frozenset(HIDDEN),
    frozenset((RATIO, UNIT, NEXT, LAST, RESULT, CONFIRMATION)),  # the last: of workbooks that are older than it
)
HEAD_ROW = 3
FACE, LETTER, LINE_POINTS = "Calibri", 10, 13.2  # points: of a letter, of a line of them
ROWS_OF_A_PAGE = (
    30  # so that a county's 115 values are four pages behind the instructions, however much is written into them
)
ROOM = 1.12  # how many more of these letters a column takes than of the size that its width is counted in
HAIR = Side(style="hair", color="9AA7B2")
BAND, BOXED = PatternFill("solid", fgColor="EEF3F6"), Border(left=HAIR, right=HAIR, top=HAIR, bottom=HAIR)
LEFT = Alignment(horizontal="left", vertical="top")
BOLD_RUN, RUN = (run_font(InlineFont(rFont=FACE, b=bold, sz=LETTER)) for bold in (True, None))
SMALL, BOLD = Font(name=FACE, size=LETTER), Font(name=FACE, size=LETTER, bold=True)
GREY = Font(name=FACE, size=LETTER, color="4A555E")
LOOKS: Mapping[str, Mapping[int, Mapping[str, Style]]] = {  # number format of the value -> place -> look
    number_format: {
        place: {
            "font": GREY if place in (NUMBER, RATIO, UNIT) else SMALL,
            "border": BOXED,
            **({"alignment": LEFT} if place == NUMBER else {}),
            **({"number_format": number_format} if place in (VALUE, RESULT) else {}),
        }
        for place in range(NUMBER, CONFIRMATION + 1)
    }
    for number_format in ("General", "0.00%")
}


@dataclass(frozen=True)
class Line:
    """A value to fill. inputs: what stands in 数值, 分子, 分母, 不适用原因, 超出通常范围的理由. marks: what the import asks for,
    area, metric, version and the value as JSON."""

    metric: Metric
    asks: Text = ""
    last: str = ""
    inputs: Sequence[Any] = (None,) * 5
    marks: Sequence[Any] = ()


@dataclass(frozen=True)
class Band:
    """An indicator. about: who leads it and how far it is. shut: whether nothing of it can be filled in any more."""

    number: str
    name: str
    about: str
    indicator: Indicator | None
    lines: Sequence[Line]
    note: str = ""
    shut: bool = False


@dataclass(frozen=True)
class Form:
    """The sheet of one area. area and period: '' where who fills it in writes them."""

    title: str
    area: str = ""
    period: str = ""
    due: str = ""
    bands: Sequence[Band] = field(default_factory=tuple)


def add_form(book: Workbook, form: Form, title: str = "") -> SheetRows:
    """A sheet for the form, under `title` or the usual one, and its rows, which go in when the book is saved."""
    sheet = workbooks.add_sheet(book, SHEET, title, HEAD_ROW)
    _head(sheet, form)
    filled, checks = SheetRows(sheet), _Checks()
    row = HEAD_ROW + 1
    for band in form.bands:
        _band(filled, row, band)
        for place, line in enumerate(band.lines):
            row += 1
            _line(filled, row, band, line, first=place == 0)
            checks.add(line.metric, row)
        row += 1
    checks.attach(sheet)
    sheet.page_setup.fitToHeight = ceil(sum(len(band.lines) for band in form.bands) / ROWS_OF_A_PAGE) or 1
    return filled


def _head(filled: Worksheet, form: Form) -> None:
    filled.cell(1, 1, form.title).font = Font(name=FACE, bold=True, size=14)
    for label, content, place in (
        (AREA_LABEL, form.area, NAME),
        (PERIOD_LABEL, form.period, UNIT),
        (DUE_LABEL, form.due, TOP),
    ):
        filled.cell(2, place, label).font = BOLD
        filled.cell(2, place).alignment = Alignment(horizontal="right")
        cell = filled.cell(2, place + 1, printable(content) or None)
        cell.font, cell.alignment = SMALL, Alignment(horizontal="left")
        if not content and label != DUE_LABEL:
            cell.fill, cell.protection = workbooks.INPUT, workbooks.UNLOCKED
    if language() == "en":
        for place, (heading, said) in enumerate(zip((name for name, _width in HEADINGS), ENGLISH, strict=False), 1):
            filled.cell(HEAD_ROW, place).value = f"{heading}\n{said}"
    for place in range(1, NOTE + 2):
        filled.cell(HEAD_ROW, place).font = BOLD
    filled.row_dimensions[HEAD_ROW].height = (5 if language() == "en" else 2) * LINE_POINTS + 3


def _band(filled: SheetRows, row: int, band: Band) -> None:
    """One cell over all columns that people see."""
    scope = band.indicator.scope_in(language()) if band.indicator else ""
    said = (
        str(Message("values.scope_of", citation=band.indicator.citation, scope=scope))
        if band.indicator and scope
        else ""
    )
    head = f"{band.number} {band.name}" if band.indicator else band.name
    rest = "".join(f"  {text}" for text in (band.about, said) if text)
    filled.sheet.merged_cells.add(f"{get_column_letter(NUMBER)}{row}:{get_column_letter(CONFIRMATION)}{row}")
    looks = [look(filled.sheet, {"alignment": workbooks.WRAPPED, "fill": BAND})]
    filled.add(row, [Runs(((BOLD_RUN, head), (RUN, rest)))], looks, _height([(head + rest, SHEET.letters)]))


def _line(filled: SheetRows, row: int, band: Band, line: Line, first: bool) -> None:
    metric = line.metric
    single, top, bottom, reason, confirmed = line.inputs
    shut = {*SHEET.inputs} if band.shut else set()
    shut |= set() if metric.ratio_of else {TOP, BOTTOM}
    shut |= set() if first else {NOTE}
    above, below = (f"{get_column_letter(place)}{row}" for place in (TOP, BOTTOM))
    share = Formula(f'=IF(AND(ISNUMBER({above}),ISNUMBER({below}),{below}<>0),{above}/{below},"")')
    number = int(band.number) if band.number.isdecimal() else band.number
    cells = [
        number, metric.name, metric.ratio, metric.unit, str(line.asks), line.last, single, top, bottom,
        share if metric.ratio_of else None, reason, (band.note or None) if first else None, confirmed, *line.marks,
        *([band.note or None] if first and line.marks else ()),
    ]  # fmt: skip
    looks = LOOKS["0.00%" if metric.kind == "share" else "General"]
    written = (
        (str(cells[place - 1] or ""), HEADINGS[place - 1][1]) for place in (NAME, RATIO, NEXT, LAST, REASON, NOTE)
    )
    workbooks.add_row(filled, SHEET, row, cells, shut, looks, _height(written))


def _height(texts: Iterable[tuple[str, float]]) -> float:
    """In points, what the texts take; no program finds it for merged cells, and not every one for others."""
    lines = max(ceil(width(text) / (letters * ROOM - 1)) for text, letters in texts)
    return max(lines, 1) * LINE_POINTS + 2


class _Checks:
    """What a spreadsheet program checks while typing; the import checks everything again."""

    def __init__(self) -> None:
        self.cells: defaultdict[str, list[str]] = defaultdict(list)  # kind -> where it holds

        def not_negative() -> DataValidation:
            return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)

        self.by_kind: Mapping[str, DataValidation] = {
            "yes_no": DataValidation(type="list", formula1='"是,否"', allow_blank=True),
            "share": DataValidation(type="decimal", operator="between", formula1="0", formula2="1", allow_blank=True),
            "open_share": not_negative(),
            "count": DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True),
            "number": not_negative(),
            "parts": not_negative(),
        }
        for name, rule in self.by_kind.items():
            rule.showErrorMessage = True
            rule.errorTitle = "请检查"
            rule.error = {"yes_no": "请选“是”或“否”", "share": "比例在0与100%之间", "count": "请填不小于0的整数"}.get(
                name, "请填不小于0的数"
            )

    def add(self, metric: Metric, row: int) -> None:
        open_share = metric.kind == "share" and not metric.part_of_whole
        self.cells["open_share" if open_share else metric.kind].append(f"{get_column_letter(VALUE)}{row}")
        if metric.ratio_of:
            self.cells["parts"].append(f"{get_column_letter(TOP)}{row}:{get_column_letter(BOTTOM)}{row}")

    def attach(self, filled: Worksheet) -> None:
        for kind, cells in self.cells.items():
            self.by_kind[kind].sqref = MultiCellRange(" ".join(cells))
            filled.add_data_validation(self.by_kind[kind])


def sheet_names(names: Iterable[str]) -> list[str]:
    """A title for each area's sheet: its name without what no sheet may be called, at most 31 letters, each once."""
    found: list[str] = []
    for name in names:
        plain = name.translate(str.maketrans("[]:*?/\\'", "        ")).strip()[:28] or "1"
        found.append(
            next(title for n in range(1, 10**6) if (title := plain if n == 1 else f"{plain} {n}") not in found)
        )
    return found
