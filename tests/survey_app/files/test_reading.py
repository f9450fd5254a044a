"""Tables that come in: read whole or refused, as workbook and as text, in the forms that people make."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.styles import NamedStyle

from survey_app.files import opening
from survey_app.files.headed import plain, read_headed
from survey_app.files.said import FileRefusedError
from wording import in_words, reading

pytestmark = pytest.mark.usefixtures("in_chinese")

KNOWN = {plain(heading) for heading in ("名称", "人口", "占比", "日期")}
ROWS = [["名称", "人口", "占比"], ["东县", 120000, 0.95], ["西县", 80000, 0.5]]
TEXT = "名称,人口,占比\n东县,120000,0.95\n西县,80000,0.5\n"


@pytest.fixture(autouse=True)
def chinese():
    with reading("zh"):
        yield


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows, **sheets) -> bytes:
    book = Workbook()
    fill(book.active, rows)
    for title, more in sheets.items():
        fill(book.create_sheet(title), more)
    return saved(book)


def fill(sheet, rows):
    for row in rows:
        sheet.append(row)


def changed(body: bytes, pattern: bytes, new: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook with what `pattern` matches in one part put otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                data, count = re.subn(pattern, new, data, flags=re.DOTALL)
                assert count, "nothing was changed"
            written.writestr(name, data)
    return out.getvalue()


def texts(table):
    return [[row.text(place) for place in range(len(table.headings))] for row in table.rows]


def read(body, name="a.xlsx", **more):
    return read_headed(name, body, KNOWN, **more)


def said(table):
    return " ".join(in_words(note, "zh") for note in table.notes)


@pytest.mark.parametrize("extent", [b"A1", b"A1:B2", b"C3", b"A1:XFD1048576", b"B7:C9", b"nonsense"])
def test_the_extent_that_a_workbook_notes_is_not_asked(extent):
    body = changed(workbook(ROWS), rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="' + extent + b'"/>')
    assert texts(read(body)) == [["东县", "120000", "0.95"], ["西县", "80000", "0.5"]]


def test_cells_and_rows_without_an_address_stand_one_after_another():
    body = changed(workbook(ROWS), rb'(<(?:c|row)) r="[A-Z]*\d+"', rb"\1")
    assert texts(read(body)) == texts(read(workbook(ROWS)))


def test_a_formula_without_a_result_and_an_error_name_their_cells():
    body = workbook([*ROWS, ["南县", "=B2+1", 0.4], ["北县", "#DIV/0!", 0.4]])
    faults = [(fault.row, fault.column) for fault in read(body).faults]
    assert faults == [(4, "B 人口"), (5, "B 人口")]
    assert "#DIV/0!" in in_words(read(body).faults[1], "zh")


def test_a_formula_with_its_result_is_that_result_also_where_it_is_shared_or_empty():
    body = workbook([*ROWS, ["南县", "=B2+1", '=""'], ["北县", "=B3+1", "=1/0"]])
    shared = rb'<c r="B4"><f t="shared" ref="B4:B5" si="0">B2+1</f><v>120001</v></c>'
    body = changed(body, rb'<c r="B4"[^>]*>.*?</c>', shared)
    body = changed(body, rb'<c r="B5"[^>]*>.*?</c>', rb'<c r="B5"><f t="shared" si="0"/><v>80001</v></c>')
    body = changed(body, rb'<c r="C4"[^>]*>.*?</c>', rb'<c r="C4" t="str"><f>""</f><v></v></c>')
    body = changed(body, rb'<c r="C5"[^>]*>.*?</c>', rb'<c r="C5" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    table = read(body)
    assert texts(table)[2:] == [["南县", "120001", ""], ["北县", "80001", "#DIV/0!"]]
    assert [(fault.row, fault.column) for fault in table.faults] == [(5, "C 占比")]


def test_what_stands_in_a_column_that_is_not_read_need_not_have_a_result():
    assert read(workbook([[*ROWS[0], "算得"], [*ROWS[1], "=B2*C2"]])).faults == []


def test_inline_strings_text_numbers_dates_percents_and_codes_are_as_their_cells_show_them():
    book = Workbook()
    fill(book.active, [["名称", "人口", "占比", "日期"], [7, "120,000", 0.95, date(2026, 3, 5)]])
    book.active["A2"].number_format, book.active["C2"].number_format = "000", "0.0%"
    body = changed(
        saved(book),
        rb'<c r="B2"[^>]*>.*?</c>',
        '<c r="B2" t="inlineStr"><is><r><t>12</t></r><r><t>万</t></r></is></c>'.encode(),
    )
    row = read(body).rows[0]
    assert [row.text(place) for place in range(4)] == ["007", "12万", "95%", "2026-03-05"]
    assert (row.cell(2).value, row.cell(2).percent, row.cell(2).address) == (0.95, True, "C2")


def test_a_hidden_sheet_is_never_read_and_the_sheet_that_is_read_is_named():
    book = Workbook()
    fill(book.active, [ROWS[0], ["旧县", 1, 0.1]])
    book.active.title, book.active.sheet_state = "2022年", "hidden"
    fill(book.create_sheet("2023年"), ROWS)
    fill(book.create_sheet("2021年"), [ROWS[0], ["更旧", 1, 0.1]])
    book.active = 1
    table = read(saved(book))
    assert (table.title, texts(table)[0][0]) == ("2023年", "东县")
    assert "2023年" in said(table)
    assert "2021年" in said(table)
    assert "2022年（隐藏" in said(table)


def test_a_cover_sheet_before_the_table_is_passed_over_aloud():
    book = Workbook()
    fill(book.active, [["关于报送人口数据的说明"], ["各县："]])
    book.active.title = "封面"
    fill(book.create_sheet("数据"), ROWS)
    table = read(saved(book))
    assert (table.title, len(table.rows)) == ("数据", 2)
    assert "封面" in said(table)


def test_a_workbook_with_no_visible_sheet_is_refused():
    body = changed(workbook(ROWS), rb'state="visible"', b'state="hidden"', "xl/workbook.xml")
    with pytest.raises(FileRefusedError, match="可见"):
        read(body)


def test_hidden_rows_and_columns_are_read_and_said():
    book = Workbook()
    fill(book.active, ROWS)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    table = read(saved(book))
    assert len(table.rows) == 2
    assert "第3行" in said(table)
    assert "隐藏的列也读取了：B" in said(table)


def test_a_form_as_people_make_it_is_read_and_what_is_no_row_is_said():
    book = Workbook()
    sheet = book.active
    fill(sheet, [["各县人口（单位：人）"], [], ["日期", "名称", "人口"], ["2026-01-01", "东县", 120000], [None, "西县", 80000],
                 [], ["合 计", None, 200000], ["注：数据来自公安局。"], ["制表人：张三", None, "审核：李四"]])  # fmt: skip
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A4:A5")
    table = read(saved(book))
    assert texts(table) == [["2026-01-01", "东县", "120000"], ["2026-01-01", "西县", "80000"]]
    assert table.rows[1].cell(0).merged == "A4:A5"
    for part in ("标题在第3行", "各县人口", "合计行（共1行，第7行）", "说明行（共2行，第8、9行）"):
        assert part in said(table)
    assert table.faults == []


def test_headings_over_two_rows_and_merged_down_are_one_heading():
    book = Workbook()
    sheet = book.active
    fill(sheet, [["名称", "人口情况", None], [None, "人口", "占比"], ["东县", 120000, 0.95]])
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    table = read(saved(book))
    assert (table.headings, texts(table)) == (["名称", "人口", "占比"], [["东县", "120000", "0.95"]])
    tall = Workbook()
    fill(tall.active, [["名称", "人口"], [None, None], ["东县", 120000]])
    tall.active.merge_cells("A1:A2")
    tall.active.merge_cells("B1:B2")
    assert texts(read(saved(tall))) == [["东县", "120000"]]


def test_a_repeated_heading_and_a_caption_across_the_table_are_left_out_aloud():
    book = Workbook()
    fill(book.active, [*ROWS, ROWS[0], ["二、功能区"], ["高新区", 1, 0.1]])
    book.active.merge_cells("A5:C5")
    table = read(saved(book))
    assert [row[0] for row in texts(table)] == ["东县", "西县", "高新区"]
    assert "重复的标题行" in said(table)
    assert "二、功能区" in said(table)


def test_a_heading_that_reaches_far_down_hides_no_row():
    book = Workbook()
    fill(book.active, [*ROWS, *[["南县", 1, 0.1]] * 9])
    body = changed(
        saved(book), rb"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="C1:C1048576"/></mergeCells>'
    )
    assert len(read(body).rows) == 11
    near = changed(saved(book), rb"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>')
    assert "第2行" in said(read(near))


def test_the_row_that_counts_the_columns_is_left_out_aloud():
    for counted in (["甲", 1, 2], [1, 2, 3], ["（1）", "（2）", "（3）"]):
        table = read(workbook([ROWS[0], counted, ROWS[1]]))
        assert (len(table.rows), "栏号行" in said(table)) == (1, True)
    assert len(read(workbook([ROWS[0], ["甲", 120000, 0.5]])).rows) == 1


def test_a_heading_is_known_by_its_letters():
    rows = [["\u200b名\u2060称", "＊人口", "占比\n（%）"], ["东县", 1, 0.5]]
    assert [plain(heading) for heading in read(workbook(rows)).headings] == ["名称", "人口", "占比"]


def test_what_stands_under_no_heading_is_said_in_a_workbook_and_refused_in_a_text():
    assert "没有标题的列没有读取：D" in said(read(workbook([*ROWS, ["南县", 1, 0.1, "待核"]])))
    faults = read((TEXT + "南县,1,0.1,待核\n").encode(), "a.csv").faults
    assert [(fault.row, in_words(fault, "zh")) for fault in faults] == [(4, "这一行的格子比标题多")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_a_text_is_read_in_every_encoding_by_every_delimiter_and_line_end(encoding, delimiter):
    for end in ("\n", "\r\n"):
        body = TEXT.replace(",", delimiter).replace("\n", end).encode(encoding)
        assert texts(read(body, "a.csv")) == [["东县", "120000", "0.95"], ["西县", "80000", "0.5"]]


def test_what_parts_the_columns_is_not_taken_from_the_cells():
    assert texts(read("名称;人口\n东县;1,5\n西县;2,5\n".encode(), "a.csv")) == [["东县", "1,5"], ["西县", "2,5"]]
    assert texts(read("名称,人口\n东县,1;2\n西县,2;3\n".encode(), "a.csv")) == [["东县", "1;2"], ["西县", "2;3"]]
    assert texts(read("sep=;\n名称;人口\n东县;1\n".encode(), "a.csv")) == [["东县", "1"]]


def test_a_row_of_a_text_is_known_by_the_line_it_begins_in():
    table = read('人口表\n\n名称,人口\n"东\n县",1\n\n西县,2\n'.encode(), "a.csv")
    assert [(row.number, row.text(1)) for row in table.rows] == [(4, "1"), (7, "2")]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (TEXT.encode() + '"南县,1,0.1\n'.encode(), "第4行"),
        (TEXT.encode() + '"南"县,1,0.1\n'.encode(), "第4行"),
        (TEXT.encode()[:-12] + "西县".encode()[:-1], "不完整"),
        (TEXT.encode() + b"\0\1\2", "不是文本"),
        (b"", "空"),
        (b"\n \n", "空"),
        (workbook(ROWS), "工作簿"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_text_that_cannot_be_read_whole_is_refused_with_its_line(body, word):
    with pytest.raises(FileRefusedError, match=word):
        read(body, "a.csv")


def zipped(**parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("a.xlsx", TEXT.encode(), "不是Excel工作簿"),
        ("a.xlsx", b"%PDF-1.7", "PDF"),
        ("a.xlsx", workbook(ROWS)[:-200], "不完整"),
        ("a.xlsx", workbook(ROWS)[:200] + b"\0" * 3000 + workbook(ROWS)[3200:], "损坏"),
        ("a.xlsx", OLD, "旧格式"),
        ("a.et", OLD, "et"),
        ("a.et", workbook(ROWS), "另存为 .xlsx"),
        ("a.xls", OLD, "另存为 .xlsx"),
        ("a.xlsx", OLD + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("a.xlsx", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        ("a.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "另存为 .xlsx"),
        ("a.xlsx", zipped(word__document="<a/>"), "Word"),
        ("a.xlsx", zipped(readme="hello"), "压缩包"),
        ("a.xlsx", changed(workbook(ROWS), rb"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                           b"http://purl.oclc.org/ooxml/spreadsheetml/main", "xl/workbook.xml"), "Strict"),
        ("~$a.xlsx", b"\x06admin", "锁定文件"),
        ("a.docx", b"PK", ".xlsx .csv"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_a_sentence(name, body, word):
    with pytest.raises(FileRefusedError, match=word):
        read(body, name)


def test_an_entity_that_swells_is_refused():
    swelling = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"z" * 1000 + b'">]><worksheet>&a;</worksheet>'
    with pytest.raises(FileRefusedError, match="损坏"):
        read(changed(workbook(ROWS), rb"^.*$", swelling))


def test_a_column_out_of_bounds_is_named_before_the_rest_is_read():
    body = workbook(ROWS)
    far = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(4, 60_000))
    began = time.monotonic()
    with pytest.raises(FileRefusedError, match="XFD4"):
        read(changed(body, rb"</sheetData>", far + b"</sheetData>"))
    assert time.monotonic() - began < 10  # such a workbook took 29 s and 5.3 GB


def test_a_far_cell_with_a_format_and_no_value_is_nothing():
    assert (
        len(read(changed(workbook(ROWS), rb"</row></sheetData>", b'<c r="XFD3" s="0"/></row></sheetData>')).rows) == 2
    )


@pytest.mark.parametrize(("limit", "most"), [("MOST_CELLS", 5), ("MOST_LETTERS", 3), ("MOST_UNPACKED", 1000)])
def test_a_workbook_over_a_bound_is_refused(monkeypatch, limit, most):
    monkeypatch.setattr(opening, limit, most)
    with pytest.raises(FileRefusedError, match="太大"):
        read(workbook(ROWS))


def test_a_table_of_too_many_rows_is_refused_before_it_is_read_whole():
    for name, body in (
        ("a.xlsx", workbook([ROWS[0], *[["东县", 1, 0.1]] * 100])),
        ("a.csv", (TEXT + "东县,1,1\n" * 100).encode()),
    ):
        with pytest.raises(FileRefusedError, match="一次最多"):
            read(body, name, most_rows=20)


@pytest.mark.parametrize(("limit", "most"), [("SECONDS", 0), ("MEMORY", 16 * 1024 * 1024)])
def test_a_workbook_that_takes_too_long_or_too_much_memory_is_refused_and_its_process_gone(monkeypatch, limit, most):
    monkeypatch.setattr(opening, limit, most)
    with pytest.raises(FileRefusedError, match="太大"):
        read(workbook(ROWS))


def test_the_process_that_reads_a_workbook_stays_light():
    """It starts for every file: neither the web nor the numeric stack comes with it."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-I", str(opening.CHILD), "{}"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    ).stderr  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in told.splitlines() if "|" in line}
    assert "openpyxl" in loaded
    heavy = ("flask.", "numpy.", "scipy.", "pandas.", "PIL.", "sqlalchemy.", "survey_app.")  # a part shows the whole
    assert not [name for name in loaded if name.startswith(heavy)]


def test_styles_of_a_workbook_do_not_matter():
    book = Workbook()
    fill(book.active, ROWS)
    book.add_named_style(NamedStyle("own"))
    book.active["B2"].style = "own"
    assert texts(read(saved(book)))[0] == ["东县", "120000", "0.95"]
