"""Numbers in files of values: a share by its sign, its cell's format or its unit; what has two readings is asked back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from analysis.scoring import load_rulebook, score
from survey_app.commands.score import command
from survey_app.scoring.batch_sources import sources_in
from survey_app.values import form_sheet
from survey_app.values.blank_forms import template_rows as template
from survey_app.values.blank_forms import template_workbook
from survey_app.values.files import COLUMNS, HEADINGS, ValueFileError, read_value_file
from tests.support.office import pages_of_pdf, shown
from wording import reading

BOOK = load_rulebook("jining-2023-county")
ONLINE, DIFFERENCE, RETAIL = "政务服务事项在线率", BOOK.indicator(4).metric("difference").name, "实物商品网络零售占比"
DEDUCTED, THROUGH = "累计扣分", "政务服务事项贯通率"


@pytest.fixture
def workbook(tmp_path):
    """A filled template: metric -> its value, or a dict of value, format, unit, reason, confirmed."""

    def made(cells):
        book = load_workbook(io.BytesIO(template_workbook(BOOK)))
        sheet = book.worksheets[1]
        places = {sheet.cell(line, form_sheet.NAME).value: line for line in range(4, sheet.max_row + 1)}
        for metric, given in cells.items():
            said = given if isinstance(given, dict) else {"value": given}
            cell = sheet.cell(places[metric], form_sheet.VALUE, said.get("value"))
            cell.number_format = said.get("format", "General")
            unit = sheet.cell(places[metric], form_sheet.UNIT)
            unit.value = said.get("unit", unit.value)
            sheet.cell(places[metric], form_sheet.REASON).value = said.get("reason")
            sheet.cell(places[metric], form_sheet.CONFIRMATION).value = said.get("confirmed")
        path = tmp_path / "values.xlsx"
        book.save(path)
        return path

    return made


@pytest.fixture
def table(tmp_path):
    """A filled CSV: metric -> value; without the column of confirmations, as templates were before it."""

    def made(cells):
        rows = [list(row)[: len(HEADINGS)] for row in template(BOOK)]
        for row in rows:
            row[6] = cells.get(row[2], row[6])
        rows += [
            [1, "", name, "", "", "", part] for name, part in cells.items() if "|" in name
        ]  # as forms once had them
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        path = tmp_path / "values.csv"
        path.write_text(out.getvalue(), encoding="utf-8-sig")
        return path

    return made


@pytest.fixture
def document(tmp_path):
    def made(values):
        path = tmp_path / "values.json"
        path.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        return path

    return made


def refusal(path):
    with pytest.raises(ValueFileError) as refused:
        read_value_file(path, BOOK)
    return str(refused.value)


def test_the_ninety_percent_that_a_spreadsheet_computed_is_the_ninety_it_shows(workbook, document):
    for path in (workbook({ONLINE: 0.57 + 0.33}), document({"1": {ONLINE: 0.57 + 0.33}})):
        values = read_value_file(path, BOOK)
        assert values["1"][ONLINE] == 0.9
        assert score(BOOK, values, None).indicators[0].stars == 4


def test_text_keeps_every_digit_that_was_written(table):
    values = read_value_file(table({ONLINE: "0.8999999999999999999"}), BOOK)
    assert score(BOOK, values, None).indicators[0].stars == 3


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        (0.95, 0.95), ("95%", 0.95), ("９５％", 0.95), ("０．９５", 0.95), ({"value": 0.95, "format": "0.0%"}, 0.95),
        ({"value": "95", "format": "0%"}, 0.95), ({"value": 95, "unit": "%"}, 0.95), ({"value": 95, "unit": "％"}, 0.95),
        ({"value": 0.95, "format": "0%", "unit": "%"}, 0.95), ({"value": 95, "format": '0"%"'}, 0.95),
        ({"value": 0.95, "format": r"0.00\％"}, 0.0095), ({"value": 0.95, "format": "[Red]0.0%"}, 0.95),
    ],
)  # fmt: skip
def test_a_share_of_a_workbook_is_read_by_its_sign_its_format_or_its_unit(workbook, cell, share):
    assert read_value_file(workbook({ONLINE: cell}), BOOK)["1"][ONLINE] == share


def test_that_bare_fractions_were_read_as_such_is_said_once(workbook, table, capsys):
    for made, cells in ((workbook, {ONLINE: 0.95, THROUGH: 0.9}), (table, {ONLINE: "0.95", THROUGH: "0.9"})):
        read_value_file(made(cells), BOOK)
        (note,) = capsys.readouterr().err.splitlines()
        assert "2 cells" in note
        assert note.startswith("values.")  # a folder holds many files
        assert "column G (数值)" in note
    read_value_file(table({ONLINE: "95%"}), BOOK)
    assert capsys.readouterr().err == ""


def test_a_heading_that_says_percent_decides_for_its_column(table):
    path = table({ONLINE: "95", THROUGH: "0.9", DIFFERENCE: "0.3"})
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",数值,", ",数值(％),", 1), encoding="utf-8-sig")
    values = read_value_file(path, BOOK)
    assert [values["1"][ONLINE], values["2"][THROUGH], values["4"][DIFFERENCE]] == [0.95, 0.009, 0.003]


@pytest.mark.parametrize(
    ("metric", "cell", "said"),
    [
        (ONLINE, "95", "write 0.95 or 95%"), (ONLINE, "0,95", "two ways"), (DIFFERENCE, "0.3", "30% or 0.3%"),
        (RETAIL, "25", "25% or 2500%"), (RETAIL, "8", "8% or 800%"), (DEDUCTED, "350", "outside the usual 0分–100分"),
        ("免提交证明事项数量", "1,5", "two ways"), ("免提交证明事项数量", "1.5", "whole number"),
    ],
)  # fmt: skip
def test_what_has_two_readings_or_none_names_its_cell_and_nothing_is_read(table, metric, cell, said):
    told = refusal(table({metric: cell, THROUGH: "90%"}))
    assert said in told
    line = next(place for place, row in enumerate(template(BOOK), 1) if row[2] == metric)
    assert f"row {line} column G (数值): {metric}" in told
    assert len(told.splitlines()) == 1


def test_a_percent_format_answers_the_question_and_a_column_takes_the_confirmation(workbook):
    cells = {
        DIFFERENCE: {"value": 0.3, "format": "0%"}, RETAIL: {"value": "800%", "confirmed": "大型电商总部在县内"},
        DEDUCTED: {"value": 350, "confirmed": "通报原文如此"},
    }  # fmt: skip
    values = read_value_file(workbook(cells), BOOK)
    assert values["4"][DIFFERENCE] == 0.3
    assert values["22"][RETAIL] == {"value": 8, "confirmed": "大型电商总部在县内"}
    card = score(BOOK, values, None).as_dict()
    confirmed = {row["number"]: row["confirmed"] for row in card["indicators"] if "confirmed" in row}
    assert confirmed == {22: {RETAIL: "大型电商总部在县内"}, 36: {DEDUCTED: "通报原文如此"}}


def test_a_share_of_json_is_a_fraction_always(document):
    assert read_value_file(document({"4": {DIFFERENCE: 0.3}}), BOOK)["4"][DIFFERENCE] == 0.3
    assert "2500%" in refusal(document({"22": {RETAIL: 25}}))
    confirmed = {"22": {RETAIL: {"value": 25, "confirmed": "县内有全国仓"}}}
    assert read_value_file(document(confirmed), BOOK) == confirmed
    assert "write 0.95 or 95%" in refusal(document({"1": {ONLINE: 95}}))


@pytest.mark.parametrize(
    "parts",
    [
        {"numerator": 5},
        {"numerator": 5, "denominator": None},
        {"numerator": 5, "denominator": 0},
        {"numerator": 0, "denominator": 0},
    ],
)
def test_half_a_ratio_and_one_over_nothing_are_refused_in_json_and_tables(document, table, parts):
    assert "values.json 1 政务服务事项在线率" in refusal(document({"1": {ONLINE: parts}}))
    cells = {f"{ONLINE}|分子": parts["numerator"], f"{ONLINE}|分母": parts.get("denominator")}
    assert "column G" in refusal(table(cells))
    stated = {"1": {ONLINE: {"not_applicable": "本县没有"}}}
    assert read_value_file(document(stated), BOOK) == stated


def test_a_number_of_an_indicator_that_is_none_is_refused(document):
    for number in ("²", "1.5", "", "99"):
        assert "no indicator" in refusal(document({number: {ONLINE: 0.9}}))


def test_a_metric_that_stands_twice_is_refused_and_never_overwritten(document, table):
    assert "stands here twice" in refusal(document({"1": {ONLINE: 0.9, "online": 0.8}}))
    path = table({ONLINE: "90%"})
    path.write_text(path.read_text(encoding="utf-8-sig") + f"1,,{ONLINE},,,,,\n", encoding="utf-8-sig")
    assert "stands here twice" in refusal(path)


@pytest.mark.parametrize("number", ["1", "01", "１"])
def test_an_indicators_number_is_one_whatever_its_spelling(document, tmp_path, number):
    assert read_value_file(document({number: {ONLINE: 0.9}}), BOOK) == {"1": {ONLINE: 0.9}}
    path = tmp_path / "values.csv"
    path.write_text(f"序号,指标,数值\n{number},{ONLINE},90%\n", encoding="utf-8")
    assert read_value_file(path, BOOK) == {"1": {ONLINE: 0.9}}
    path.write_text(f"序号,指标,数值\n1,{ONLINE},90%\n{number},{ONLINE},10%\n", encoding="utf-8")
    assert "row 3: this metric stands here twice" in refusal(path)


def test_an_indicator_that_is_no_number_is_refused_at_its_row(tmp_path, document):
    path = tmp_path / "values.csv"
    path.write_text(f"序号,指标,数值\n1,{ONLINE},90%\n,{THROUGH},80%\n", encoding="utf-8")
    assert refusal(path).startswith("values.csv row 3 ")
    assert "no indicator '²'" in refusal(document({"²": {ONLINE: 0.9}}))


def test_signs_that_nobody_sees_make_no_second_metric(table):
    path = table({ONLINE: "90%"})
    seen = path.read_text(encoding="utf-8-sig").replace(f",{ONLINE},", f",{ONLINE[:4]}\u200b{ONLINE[4:]},", 1)
    path.write_text(
        seen.replace(f"{ONLINE[:4]}\u200b{ONLINE[4:]}", f"{ONLINE[:4]}\u200b{ONLINE[4:]} "), encoding="utf-8-sig"
    )
    assert read_value_file(path, BOOK)["1"][ONLINE] == 0.9


@pytest.mark.parametrize(
    "text",
    [
        '{"1": {"政务服务事项在线率": 0.9, "政务服务事项在线率": 0.1}}',
        '{"1": {"政务服务事项在线率": 0.9}, "1": {"政务服务事项贯通率": 0.9}}',
        '{"36": {"累计扣分": {"value": 0, "value": 9}}}',
    ],
)
def test_a_key_that_stands_twice_in_json_is_refused(tmp_path, text):
    path = tmp_path / "values.json"
    path.write_text(text, encoding="utf-8")
    assert "stands twice" in refusal(path)


def test_ticks_and_crosses_in_a_form(table):
    name = BOOK.indicator(4).metric("all_staff").name
    assert [read_value_file(table({name: mark}), BOOK)["4"][name] for mark in ("√", "×")] == [True, False]


def test_the_command_says_how_bare_fractions_were_read_on_standard_error_alone(table):
    given = [str(table({ONLINE: "0.95"})), "--rulebook", BOOK.id, "--json"]
    ran = CliRunner().invoke(command, given)
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["indicators"][0]["stars"] == 5
    assert "0.95" in ran.stderr
    refused = CliRunner().invoke(command, [str(table({DIFFERENCE: "0.3"})), "--rulebook", BOOK.id])
    assert refused.exit_code == 2
    assert refused.stdout == ""


def test_a_table_has_new_columns_behind_the_old_ones():
    assert next(iter(template(BOOK)))[: len(COLUMNS)] == COLUMNS
    assert COLUMNS[: len(HEADINGS)] == HEADINGS


def test_numerator_and_denominator_stand_in_the_metrics_own_row(tmp_path):
    path = tmp_path / "values.csv"
    path.write_text(f"序号,指标,数值,分子,分母\n1,{ONLINE},,17,20\n2,{THROUGH},,21,20\n", encoding="utf-8")
    assert "row 3 column D (分子)" in refusal(path)
    path.write_text(f"序号,指标,数值,分子,分母\n1,{ONLINE},,17,20\n", encoding="utf-8")
    assert read_value_file(path, BOOK) == {"1": {ONLINE: {"numerator": 17, "denominator": 20}}}
    path.write_text(f"序号,指标,数值,分子,分母\n1,{ONLINE},,17,20\n1,{ONLINE}|分子,3,,\n", encoding="utf-8")
    assert "stands here twice" in refusal(path)


def test_the_form_comes_back_with_its_area_and_without_a_word_about_its_own_make_up(tmp_path, capsys):
    book, path = load_workbook(io.BytesIO(template_workbook(BOOK))), tmp_path / "form.xlsx"
    sheet = book.worksheets[1]
    sheet["C2"] = "甲县"
    for row in sheet.iter_rows(min_row=4):
        if row[form_sheet.NAME - 1].value == ONLINE:
            row[form_sheet.TOP - 1].value, row[form_sheet.BOTTOM - 1].value = 17, "20"
        if row[0].value == "rating":
            row[form_sheet.VALUE - 1].value = "是"
    book.save(path)
    values = read_value_file(path, BOOK)
    assert values["1"] == {ONLINE: {"numerator": 17, "denominator": 20}}
    assert values["rating"] == {"national_benchmark": True}
    assert capsys.readouterr().err == ""
    (source,) = sources_in(path).sheets
    assert source.inside == "甲县"
    assert not sources_in(path).passed_over


def test_the_form_names_what_counts_and_every_numerator_and_denominator():
    sheet = load_workbook(io.BytesIO(template_workbook(BOOK))).worksheets[1]
    said = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for indicator in BOOK.indicators:
        for metric in indicator.metrics:
            assert metric.name in said
            assert metric.ratio in said
        assert not indicator.metrics or indicator.scope_in("en") in said
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.freeze_panes) == ("landscape", 1, "C4")


@pytest.mark.checks
def test_the_form_of_a_county_is_at_most_five_sheets_of_paper(tmp_path):
    forms = {}
    for language in ("zh", "en"):
        with reading(language):
            forms[f"{language}.xlsx"] = template_workbook(BOOK)
    shown(forms, tmp_path)
    assert [len(pages_of_pdf((tmp_path / f"{language}.pdf").read_bytes())) for language in ("zh", "en")] == [5, 5]
