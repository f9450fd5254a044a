"""Workbooks of values and of departments: what comes back is looked at first, and nothing is overwritten silently."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from survey_app.files.opening import MOST_UNPACKED
from survey_app.files.workbooks import WorkbookError
from survey_app.models import Area, Kept, db
from survey_app.values import assignment_workbook, form_sheet, periods, workbook_in, worklist
from survey_app.values import entry as value_entry
from survey_app.values.assignments import leads
from survey_app.values.reading import present_values
from survey_app.values.workbook_out import value_workbook
from tests.support.city import small_city
from tests.support.indicators import COUNTY, at, cell_of, exported, filled, led_by
from wording import reading


@pytest.fixture
def county(sqlite_app) -> Area:
    return _county()


def _county() -> Area:
    small_city()
    for indicator in ("1", "3", "4"):
        led_by("甲县", indicator, "行政审批局")
    return db.session.query(Area).filter_by(name="甲县").one()


def store(indicator: str, **values: object) -> None:
    place = at("11", indicator)
    entry = value_entry.entry_of(place)
    value_entry.save(place, values, entry.note if entry else "", entry.version if entry else 0, "ben")
    db.session.commit()


def shown(body: bytes, by: str = "anna", may: bool = True) -> Kept:
    found = workbook_in.preview("表.xlsx", body, by, lambda *_: may)
    db.session.commit()
    return found


def kinds(found: Kept) -> dict[str, str]:
    return {row.metric: row.kind for row in workbook_in.rows_of(found)}


def test_the_workbook_has_its_inputs_open_everything_else_shut_and_checks_while_typing(county):
    store("1", online={"numerator": 480, "denominator": 500})
    sheet = load_workbook(io.BytesIO(exported("11", ("1", "3", "4")))).worksheets[1]
    assert sheet.protection.sheet
    names = ("C2", "online__value", "online__top", "exempt_count__top", "online__result", "online__name")
    assert [sheet[cell_of(sheet, name)].protection.locked for name in names] == [True, False, False, True, True, True]
    assert [sheet[cell_of(sheet, name)].value for name in ("online__top", "online__bottom")] == [480, 500]
    assert sheet[cell_of(sheet, "online__result")].value.startswith("=IF(")
    rules = {rule.type for rule in sheet.data_validations.dataValidation}
    assert rules == {"list", "decimal", "whole"}
    assert sheet.column_dimensions["Q"].hidden


def test_a_value_stands_beside_its_parts_the_next_tiers_line_and_what_it_was_last_time(county):
    periods.make_period("2024", None, "jining-2023")
    store("1", online={"numerator": 45, "denominator": 50})
    value_entry.save(at("11", "1", "2024"), {"online": 0.86}, "", 0, "ben")
    db.session.commit()
    with reading("zh"):
        sheet = load_workbook(io.BytesIO(exported("11", ("1", "3"), "2024"))).worksheets[1]
        bare = load_workbook(io.BytesIO(exported("11", ("3",)))).worksheets[1]
    assert [sheet[cell].value for cell in ("C2", "E2")] == ["甲县", "2024"]
    band = sheet["A4"].value
    assert band.startswith("1 政务服务事项在线运行情况")
    assert "行政审批局 · 草稿" in band
    assert "附件(县级)第1行" in band
    assert "使用国家部委和省直部门垂直业务系统的事项不计" in band
    row = [sheet[cell_of(sheet, f"online__{part}")].value for part in ("name", "ratio", "next", "last")]
    assert row == [
        "政务服务事项在线率",
        "依托“爱山东”政务服务平台运行的依申请政务服务事项数量 ÷ 本地区依申请政务服务事项总数量",
        "4星 ≥ 90%",
        "45/50 = 90%",
    ]
    assert bare[cell_of(bare, "exempt_count__next")].value == "3星 ≥ 100项(任一)"
    assert not bare[cell_of(bare, "exempt_count__last")].value


def test_several_areas_are_several_sheets_and_each_row_says_where_it_stands(county):
    areas = list(db.session.scalars(select(Area).where(Area.kind == "county").order_by(Area.code)))[:2]
    period = periods.period_of("2023")
    body = value_workbook(period, [task for task in worklist.tasks(period, areas) if task.indicator == "1"])
    assert load_workbook(io.BytesIO(body)).sheetnames == ["说明", "甲县", "乙县", "_minyi"]
    rows = workbook_in.rows_of(shown(filled(body, online__value=0.9)))
    assert {row.where for row in rows if row.kind == "added"} == {"甲县 row 5"}


def test_a_workbook_of_an_older_release_is_still_read(county):
    headings = (
        "地区", "序号", "三级指标", "指标项", "单位", "类型", "牵头部门", "状态", "数值", "分子", "分母", "不适用原因", "算得",
        "说明(每项指标填在第一行)", "area", "metric", "version", "base", "base_note", "超出通常范围的理由",
    )  # fmt: skip
    book = Workbook()
    book.active.title = "指标数值"
    book.active.append(headings)
    book.active.append(
        ("甲县", 1, "", "政务服务事项在线率", "", "", "", "", "95%", *[None] * 5, "11", "online", 0, "null")
    )
    book.create_sheet("_minyi")["A1"] = '{"kind": "values", "period": "2023"}'
    out = io.BytesIO()
    book.save(out)
    assert kinds(shown(out.getvalue()))["online"] == "added"


def test_what_nobody_touched_is_unchanged_and_stores_nothing(county):
    store("1", online=0.9)
    store("4", all_staff=True, apps=6)
    found = shown(exported("11", ("1", "3", "4")))
    assert set(kinds(found).values()) == {"unchanged"}
    assert workbook_in.confirm(found, "anna", (), lambda *_: True) == 0


def test_what_an_earlier_release_stored_does_not_stop_a_workbook_in_which_nobody_touched_it(county):
    store("1", online={"numerator": 0, "denominator": 0})
    store("4", difference=0.3, apps=6)
    found = shown(filled(exported("11", ("1", "3", "4")), exempt_count__value=400))
    assert {metric for metric, kind in kinds(found).items() if kind == "added"} == {"exempt_count"}
    with pytest.raises(WorkbookError, match="why it does not apply"):
        shown(filled(exported("11", ("1", "4")), online__note="说明", online__top=0, online__bottom="0"))


def test_a_share_in_a_percent_cell_is_what_the_cell_shows_and_a_bare_one_is_told(county):
    body = filled(exported("11", ("1", "4")), online__value=0.95, difference__value=0.2)
    found = shown(body)
    assert {
        row.metric: (row.new, row.bare) for row in workbook_in.rows_of(found) if row.new and row.metric[0] != ":"
    } == {"online": (0.95, False), "difference": (0.2, False)}
    book = load_workbook(io.BytesIO(body))
    book.worksheets[1][cell_of(book.worksheets[1], "online__value")].number_format = "General"
    out = io.BytesIO()
    book.save(out)
    assert [row.bare for row in workbook_in.rows_of(shown(out.getvalue())) if row.metric == "online"] == [True]


def test_an_unusual_value_of_a_workbook_needs_its_reason_in_the_last_column(county):
    led_by("甲县", "36", "网信办")
    body = filled(exported("11", ("36",)), deducted_points__value=350)
    with pytest.raises(WorkbookError, match="outside the usual"):
        shown(body)
    found = shown(filled(body, deducted_points__confirmed="通报原文如此"))
    workbook_in.confirm(found, "anna", (), lambda *_: True)
    db.session.commit()
    assert present_values(county, COUNTY)["36"]["deducted_points"] == {"value": 350, "confirmed": "通报原文如此"}
    again = exported("11", ("36",))
    sheet = load_workbook(io.BytesIO(again)).worksheets[1]
    cells = ("deducted_points__value", "deducted_points__confirmed")
    assert [sheet[cell_of(sheet, name)].value for name in cells] == [350, "通报原文如此"]
    assert kinds(shown(again)) == {"deducted_points": "unchanged", "major_incident": "unchanged", ":note": "unchanged"}


def test_a_workbook_exported_before_there_was_that_column_is_still_read(county):
    book = load_workbook(io.BytesIO(filled(exported("11", ("1",)), online__value=0.9)))
    book.worksheets[1].delete_cols(form_sheet.CONFIRMATION)
    out = io.BytesIO()
    book.save(out)
    assert kinds(shown(out.getvalue()))["online"] == "added"


def test_additions_changes_and_clearing_are_shown_and_then_stored_as_shown(county):
    store("3", exempt_count=300, exempt_share=0.7)
    body = filled(
        exported("11", ("1", "3")),
        online__top=480,
        online__bottom=500,
        exempt_count__value=400,
        exempt_share__value=None,
        online__note="来自大厅系统",
    )
    found = shown(body)
    assert present_values(county, COUNTY)["3"] == {"exempt_count": 300, "exempt_share": 0.7}
    assert kinds(found) == {
        "online": "added",
        ":note": "unchanged",
        "exempt_count": "changed",
        "exempt_share": "changed",
    }
    assert [row.kind for row in workbook_in.rows_of(found) if row.metric == ":note"] == ["added", "unchanged"]
    assert workbook_in.confirm(found, "anna", (), lambda *_: True) == 4
    db.session.commit()
    assert present_values(county, COUNTY) == {
        "1": {"online": {"numerator": 480, "denominator": 500}},
        "3": {"exempt_count": 400, "exempt_share": None},
    }
    assert value_entry.entry_of(at("11", "1")).note == "来自大厅系统"
    assert value_entry.history(at("11", "1"))[0].reason == "导入 表.xlsx"
    with pytest.raises(WorkbookError, match="finished"):
        workbook_in.confirm(found, "anna", (), lambda *_: True)


def test_a_value_that_somebody_changed_since_the_export_is_a_conflict_and_kept_unless_taken(app):
    _county()
    store("1", online=0.8)
    body = filled(exported("11"), online__value=0.95)
    store("1", online=0.85)
    found = shown(body)
    assert kinds(found)["online"] == "conflict"
    workbook_in.confirm(found, "anna", (), lambda *_: True)
    db.session.commit()
    assert value_entry.rows_of(at("11", "1"))["online"].value == 0.85
    again = shown(body)
    key = next(row.key for row in workbook_in.rows_of(again) if row.kind == "conflict")
    assert workbook_in.confirm(again, "anna", {key}, lambda *_: True) == 1
    assert value_entry.rows_of(at("11", "1"))["online"].value == 0.95


def test_a_change_between_preview_and_confirmation_stores_nothing_at_all(app):
    _county()
    found = shown(filled(exported("11", ("1", "3")), online__value=0.95, exempt_count__value=400))
    store("1", online=0.5)
    with pytest.raises(WorkbookError, match="import again"):
        workbook_in.confirm(found, "anna", (), lambda *_: True)
    db.session.rollback()
    assert present_values(db.session.query(Area).filter_by(name="甲县").one(), COUNTY) == {"1": {"online": 0.5}}


def test_what_is_submitted_or_not_ones_own_is_locked(county):
    store("1", online=0.8)
    body = filled(exported("11"), online__value=0.95)
    assert kinds(shown(body, may=False))["online"] == "locked"
    value_entry.submit(at("11", "1"), value_entry.entry_of(at("11", "1")).version, "ben")
    db.session.commit()
    assert kinds(shown(body))["online"] == "locked"


def test_only_who_was_shown_it_confirms_it(county):
    found = shown(filled(exported("11"), online__value=0.95))
    with pytest.raises(WorkbookError, match="not yours"):
        workbook_in.confirm(found, "ben", (), lambda *_: True)


def test_every_wrong_cell_is_told_by_row_and_column_and_nothing_is_kept(county):
    body = filled(
        exported("11", ("1", "3", "4")),
        online__top=9,
        online__bottom=8,
        exempt_count__value=1.5,
        all_staff__value="也许",
        O12="nonsense",
    )
    with pytest.raises(WorkbookError) as refused:
        shown(body)
    db.session.rollback()
    places = [place for place, _message in refused.value.problems]
    assert places == [
        "指标数值 row 5 column H (分子)", "指标数值 row 7 column G (数值)", "指标数值 row 10 column G (数值)", "指标数值 row 12",
    ]  # fmt: skip
    assert db.session.query(Kept).count() == 0


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (MOST_UNPACKED + 1))
    return out.getvalue()


def foreign() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "said"), [(lambda: b"no workbook", "damaged"), (foreign, "exported here"), (bomb, "too large")]
)
def test_a_file_that_is_no_such_workbook_is_refused(county, body, said):
    with pytest.raises(WorkbookError, match=said):
        shown(body())


def reworked(body: bytes, work) -> bytes:
    """The workbook after somebody worked on its sheet of values."""
    book = load_workbook(io.BytesIO(body))
    work(book.worksheets[1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_formula_whose_result_was_not_saved_is_no_unknown(county):
    store("1", online=0.9)
    with pytest.raises(WorkbookError) as refused:
        shown(filled(exported("11"), online__value="=0.9*1"))  # it turned the stored value into null
    assert [place for place, _message in refused.value.problems] == ["指标数值 row 5 G 数值"]


def test_rows_below_the_extent_that_the_workbook_notes_are_read(county):
    body, out = filled(exported("11", ("1", "3", "4")), all_staff__value="是"), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as written:
        for name in old.namelist():
            written.writestr(name, re.sub(rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="A1:B2"/>', old.read(name)))
    assert "added" in kinds(shown(out.getvalue())).values()


def test_a_line_above_the_headings_moves_nothing_and_no_row_stands_in_for_lost_headings(county):
    body = filled(exported("11", ("1", "3", "4")), online__value=0.95)
    assert kinds(shown(reworked(body, lambda sheet: sheet.insert_rows(1)))) == kinds(shown(body))
    with pytest.raises(WorkbookError, match="missing"):
        shown(reworked(body, lambda sheet: sheet.delete_rows(form_sheet.HEAD_ROW)))


def test_a_value_merged_over_rows_is_refused(county):
    body = reworked(
        filled(exported("11", ("1", "3", "4")), exempt_count__value=95), lambda sheet: sheet.merge_cells("G7:G8")
    )
    with pytest.raises(WorkbookError, match="G7:G8"):
        shown(body)


def test_departments_go_out_and_come_in_with_a_preview(county):
    body = assignment_workbook.assignment_workbook(county, COUNTY)
    sheet = load_workbook(io.BytesIO(body)).worksheets[1]
    assert sheet["F3"].value == "行政审批服务局"
    assert leads(county, COUNTY, 2) == ()
    body = filled(body, C3="教育局、体育局", D3="财政局", E6="是")
    led_by("甲县", "5", "公安局")
    found = assignment_workbook.preview("d.xlsx", body, county, COUNTY, "anna")
    db.session.commit()
    changed = {row.indicator: row.kind for row in assignment_workbook.rows_of(found) if row.kind != "unchanged"}
    assert changed == {"2": "added", "5": "conflict"}
    assert assignment_workbook.confirm(found, county, COUNTY, "anna", set()) == 1
    db.session.commit()
    assert leads(county, COUNTY, 2) == ("教育局", "体育局")
    assert leads(county, COUNTY, 5) == ("公安局",)


def test_a_wrong_workbook_of_departments_is_told_by_its_rows(county):
    other = db.session.query(Area).filter_by(name="乙县").one()
    body = assignment_workbook.assignment_workbook(county, COUNTY)
    with pytest.raises(WorkbookError, match="another area"):
        assignment_workbook.preview("d.xlsx", body, other, COUNTY, "anna")
    body = filled(body, D3="财政局", E4="也许", A5=1)
    with pytest.raises(WorkbookError) as refused:
        assignment_workbook.preview("d.xlsx", body, county, COUNTY, "anna")
    assert [place.split()[2] for place, _message in refused.value.problems] == ["3", "4", "5"]
