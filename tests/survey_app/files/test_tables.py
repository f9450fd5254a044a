"""What a manager is told of a table: every mistake at once, each cell once, and what of the file was not read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from survey_app.files.tables_in import Field, Table
from survey_app.surveys import import_margins
from wording import reading

FILES = Path(__file__).parents[2] / "reference" / "files"

FIELDS = (
    Field("name", "名称", "name", "", "", True),
    Field("people", "人口", "people", "", "", True),
    Field("note", "备注", "note", "", ""),
)


@pytest.fixture(autouse=True)
def chinese():
    with reading("zh"):
        yield


def read(rows, *merged):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return Table.read("a.xlsx", out.getvalue(), FIELDS)


def faults(table):
    for line in table.lines if table.usable else ():
        line.whole("people")
    return [(fault.row, fault.column) for fault in table.preview([]).faults]


def test_every_mistake_is_told_at_once_and_a_cell_without_a_value_once():
    table = read([["名称", "人口", "备注"], ["甲县", "=1+1", "#N/A"], [None, 5, None], ["丙县", "many", None]])
    assert faults(table) == [(2, "B 人口"), (2, "C 备注"), (3, "A 名称"), (4, "B 人口")]


def test_a_number_merged_over_rows_counts_for_none_of_them_but_the_first():
    table = read([["名称", "人口"], ["甲县", 5], ["乙县", None]], "B2:B3")
    assert faults(table) == [(3, "B 人口")]


def test_a_name_merged_down_stands_in_every_row():
    table = read([["名称", "人口"], ["甲县", 5], [None, 6]], "A2:A3")
    assert [line.text("name") for line in table.lines] == ["甲县", "甲县"]
    assert faults(table) == []


def test_columns_that_are_not_read_are_named():
    table = read([["名称", "人口", "电话"], ["甲县", 5, 110]])
    assert [str(note) for note in table.preview([]).notes] == ["没有读取这些列：电话"]
    assert faults(read([["名称", "人口", "人口"], ["甲县", 5, 6]])) == [(1, "C 人口")]


def test_a_file_that_is_none_has_no_row():
    assert [(fault.row, str(fault)) for fault in Table.read("a.et", b"x", FIELDS).faults] == [
        (0, "不读WPS的 .et 文件，请另存为 .xlsx")
    ]


def test_the_margins_of_an_office_have_their_variable_in_every_row():
    body = (FILES / "title-merged-total.xlsx").read_bytes()
    table = Table.read("m.xlsx", body, import_margins.FIELDS)
    rows = [(line.text("margin"), line.text("level"), line.whole("population")) for line in table.lines]
    assert rows == [
        ("居住地", "东县", 120000), ("居住地", "西县", 80000), ("性别", "male", 101000), ("性别", "female", 99000),
        ("年龄", "16-29", 40000), ("年龄", "30-44", 60000), ("年龄", "45-59", 60000), ("年龄", "60+", 40000),
    ]  # fmt: skip
    assert table.faults == []
    assert "合计" in " ".join(str(note) for note in table.notes)
