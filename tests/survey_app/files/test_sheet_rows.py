"""Rows that are written into a sheet's file: what stands in them is what was given, however it looks."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font

from survey_app.files.sheet_rows import Formula, Runs, SheetRows, look, run_font, saved

WRAPPED, BOLD = Alignment(wrap_text=True), Font(bold=True)
TEXTS = ("=1+1", "@SUM(A1)", "#N/A", "a < b & c > d", " 前后有空格 ", "第一行\n第二行", "回车\r\n换行", "007", '"引号"')


@pytest.fixture
def written():
    """The sheet of one row of these contents, under its heading."""

    def made(*contents):
        book = Workbook()
        book.active.append([f"第{place}列" for place in range(len(contents))])
        rows = SheetRows(book.active)
        looks = [look(book.active, {"alignment": WRAPPED}), look(book.active, {"font": BOLD, "number_format": "0.00%"})]
        rows.add(2, contents, looks * len(contents), 41.6)
        return saved(book, rows)

    return made


def test_every_text_is_text_and_only_a_formula_runs(written):
    sheet = load_workbook(io.BytesIO(written(*TEXTS, Formula('=IF(A1<>0,B1,"")')))).active
    cells = sheet[2]
    assert [cell.value for cell in cells[:-1]] == [*TEXTS]
    assert {cell.data_type for cell in cells[:-1]} == {"s"}
    assert (cells[-1].data_type, cells[-1].value) == ("f", '=IF(A1<>0,B1,"")')


def test_numbers_keep_their_last_digit_and_what_no_sheet_can_hold_is_left_out(written):
    given = (0.1 + 0.2, 17, -1e-7, True, False, None, "", float("nan"), "一\x00二\x1f三", "长" * 40_000)
    cells = load_workbook(io.BytesIO(written(*given))).active[2]
    assert [cell.value for cell in cells] == [
        0.1 + 0.2, 17, -1e-7, True, False, None, None, None, "一二三", "长" * 32_767,
    ]  # fmt: skip


def test_a_row_has_its_height_and_its_looks_and_the_sheet_says_how_far_it_goes(written):
    body = written("甲", 0.5, Runs(((run_font(InlineFont(b=True)), "1 名称"), (run_font(InlineFont()), "  其他"))))
    sheet = load_workbook(io.BytesIO(body), rich_text=True).active
    assert (sheet.row_dimensions[2].height, sheet["A2"].alignment.wrap_text) == (41.6, True)
    assert (sheet["B2"].font.bold, sheet["B2"].number_format) == (True, "0.00%")
    assert [(block.text, block.font.b) for block in sheet["C2"].value] == [("1 名称", True), ("  其他", False)]
    assert load_workbook(io.BytesIO(body), read_only=True).active.calculate_dimension() == "A1:C2"


def test_the_rows_of_each_sheet_are_its_own_and_every_row_stands_once():
    book, sheets = Workbook(), []
    for title in ("甲县", "乙县"):
        sheet = book.create_sheet(title)
        sheet.append(["地区"])
        rows = SheetRows(sheet)
        rows.add(2, [title], [0])
        sheets.append(rows)
    body = saved(book, *sheets)
    assert [sheet["A2"].value for sheet in load_workbook(io.BytesIO(body)).worksheets[1:]] == ["甲县", "乙县"]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.read("xl/worksheets/sheet2.xml").count(b'<row r="2"') == 1
