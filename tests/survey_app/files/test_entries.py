"""Every entry reads tables the same way. The workbooks of tests/reference/files are as WPS, stream writers and offices
leave them; what they score is what the same values score from a clean file."""

from __future__ import annotations

import ast
import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from survey_app.cli import cli
from wording import reading

ROOT = Path(__file__).parents[3]
FILES, CITY = ROOT / "tests" / "reference" / "files", ROOT / "tests" / "reference" / "city"
R_SATISFIED = 0.694951056587138  # the city file by R's survey, as tests/analysis/test_city_reference.py has it


@pytest.fixture(autouse=True)
def chinese():
    with reading("zh"):
        yield


def call(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


def scored(path, level="county"):
    return call("score", path, "--rulebook", f"jining-2023-{level}", "--satisfaction", 0.75, "--json")


def test_rows_below_a_noted_extent_count():
    card = json.loads(scored(FILES / "extent-a1-h20.xlsx").stdout)
    assert (card["void"], card["score_if_not_void"]) == (True, 26.5)


def test_values_that_are_formulas_without_results_are_refused_by_their_cells():
    done = scored(FILES / "formula-without-result.xlsx")
    assert done.exit_code == 2
    assert "G2" in done.stderr
    assert "36" in done.stderr
    assert "公式" in done.stderr


def test_the_visible_sheet_is_scored_and_named():
    done = scored(FILES / "hidden-first-sheet.xlsx")
    assert json.loads(done.stdout)["total"] == 33.0  # 2023年; the hidden 2022年 is void
    assert "2023年" in done.stderr
    assert "2022年（隐藏）" in done.stderr


def form(rows, title=()):
    return [*title, ["序号", "三级指标", "指标", "单位", "类型", "牵头部门", "数值", "不适用原因"], *rows]


VALUES = [
    [3, "电子证照应用情况", "免提交证明事项数量", "", "数量", "", 320, None],
    [3, None, "电子证照证明同步制发率", "", "占比(0–1)", "", 0.55, None],
]


def points_of(done, number=3):
    return next(row["points"] for row in json.loads(done.stdout)["indicators"] if row["number"] == number)


def test_a_form_with_a_title_and_merged_numbers_scores_as_the_clean_one(tmp_path):
    clean, human = Workbook(), Workbook()
    for row in form(VALUES):
        clean.active.append(row)
    clean.save(tmp_path / "clean.xlsx")
    for row in form([VALUES[0], [None, *VALUES[1][1:]]], title=[["任城区指标填报表"], []]):
        human.active.append(row)
    for cells in ("A1:H1", "A4:A5", "B4:B5"):
        human.active.merge_cells(cells)
    human.save(tmp_path / "human.xlsx")
    found = [scored(tmp_path / name, "municipal") for name in ("clean.xlsx", "human.xlsx")]
    assert points_of(found[0]) == points_of(found[1]) > 0
    assert "任城区指标填报表" in found[1].stderr


def test_a_value_merged_over_two_rows_is_the_value_of_neither(tmp_path):
    book = Workbook()
    for row in form([VALUES[0], [*VALUES[1][:6], None, None]]):
        book.active.append(row)
    book.active.merge_cells("G2:G3")
    book.save(tmp_path / "a.xlsx")
    done = scored(tmp_path / "a.xlsx", "municipal")
    assert (done.exit_code, "G2:G3" in done.stderr) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_values_are_scored_from_a_text_of_any_encoding(tmp_path, encoding, delimiter):
    with (tmp_path / "a.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(form(VALUES))
    assert points_of(scored(tmp_path / "a.csv", "municipal")) > 0


@pytest.fixture
def city(tmp_path):
    for path in CITY.glob("*.*"):
        if path.name != "responses.csv":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def estimated(folder, name="responses.csv"):
    return call("estimate", folder / name, "--plan", folder / "plan.yaml", "--json")


SOURCE = (CITY / "responses.csv").read_text(encoding="utf-8")
LINES = SOURCE.splitlines()
TOTAL = "合计" + "," * LINES[0].count(",")


@pytest.mark.parametrize(
    "body",
    [
        SOURCE.encode("utf-8-sig"), SOURCE.encode("gb18030"), SOURCE.encode("utf-16"), SOURCE.encode("utf-16-le"),
        SOURCE.encode("utf-16-be"), SOURCE.replace(",", ";").encode(), SOURCE.replace(",", "\t").replace("\n", "\r\n").encode(),
        SOURCE.replace("\n", "\r").encode(), f"某市满意度调查{',' * 9}\n\n{SOURCE}\n\n".encode(),
    ],
    ids=["mark", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "semicolon", "tab", "cr", "title"],
)  # fmt: skip
def test_the_estimate_of_a_text_is_that_of_r_however_it_is_written(city, body):
    (city / "responses.csv").write_bytes(body)
    done = estimated(city)
    assert json.loads(done.stdout)["satisfied"]["estimate"] == pytest.approx(R_SATISFIED, abs=1e-12)


def test_the_estimate_of_a_workbook_is_that_of_its_text(city):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in csv.reader(LINES):
        sheet.append([int(cell) if cell.isdecimal() else cell for cell in row])
    book.save(city / "responses.xlsx")
    done = estimated(city, "responses.xlsx")
    assert json.loads(done.stdout)["satisfied"]["estimate"] == pytest.approx(R_SATISFIED, abs=1e-12)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([*LINES[:5], LINES[5].rpartition(",")[0], *LINES[6:]], "第6行有9格"),
        ([*LINES[:5], LINES[5] + ",9", *LINES[6:]], "第6行有11格"),
        ([*LINES[:900], '"' + LINES[900].replace('"', ""), *LINES[901:]], "第901行"),
        ([LINES[0].replace('"age"', '"id"'), *LINES[1:]], "列“id”出现了两次"),
        ([*LINES, TOTAL], "合计"),
        ([*LINES, "注：数据来自各县"], "注：数据"),
        ([*LINES, "制表：张三,审核：李四" + "," * 8], "制表"),
    ],
    ids=["short", "long", "quote", "twice", "total", "note", "signed"],
)
def test_a_response_file_that_is_no_clean_table_is_refused(city, lines, said):
    (city / "responses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = estimated(city)
    assert (done.exit_code, said in done.stderr) == (2, True)


def test_a_margin_file_of_an_office_calibrates_as_the_plain_one(city):
    text = (CITY / "margin_sex.csv").read_text(encoding="utf-8")
    (city / "responses.csv").write_text(SOURCE, encoding="utf-8")
    total = sum(float(line.rpartition(",")[2]) for line in text.splitlines()[1:])
    human = f"人口,\n{text.strip()}\n合计,{total:.0f}\n注：七普\n".replace(",", ";")
    (city / "margin_sex.csv").write_bytes(human.encode("gb18030"))
    done = estimated(city)
    assert json.loads(done.stdout)["satisfied"]["estimate"] == pytest.approx(R_SATISFIED, abs=1e-12)
    assert "合计行" in done.stderr


def test_a_table_beside_the_main_file_says_its_line(city):
    (city / "responses.csv").write_text(SOURCE, encoding="utf-8")
    for body, said in (("level,population,population\nmale,1,2\n", "两次"), ("level,people\nmale,1\n", "population"),
                       ('level,population\n"male,1\n', "第2行"), ("level,population\nmale,1,9\n", "第2行"),
                       ("level,population\n", "没有数据行")):  # fmt: skip
        (city / "margin_sex.csv").write_text(body, encoding="utf-8")
        done = estimated(city)
        assert (done.exit_code, said in done.stderr) == (2, True), body


def opens(tree: ast.AST):
    """Calls that open a table by themselves."""
    reading = {
        "load_workbook",
        "reader",
        "DictReader",
        "read_csv",
        "read_excel",
        "Sniffer",
        "CalamineWorkbook",
        "sniff",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in reading:
                yield node.lineno, name


def test_only_one_room_opens_tables_that_come_in():
    """`files` alone; the engines read what it has looked through, and the demonstration reads its own parts."""
    allowed = {
        "survey_app/estimates/reduce_files.py": {"read_csv"}, "survey_app/estimates/spark_engine.py": {"read_csv"},
        "survey_app/demo/city.py": {"DictReader"},
    }  # fmt: skip
    found = []
    for folder in ("survey_app", "questionnaires", "analysis", "definitions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for line, name in opens(ast.parse(path.read_text(encoding="utf-8"))):
                if not re.match(r"survey_app/files/", place) and name not in allowed.get(place, ()):
                    found.append(f"{place}:{line} {name}")
    assert found == []
