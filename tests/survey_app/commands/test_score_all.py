"""`minyi score-all`: whatever of a batch does not meet is listed, and no county is rated as if it were not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from analysis.scoring import load_rulebook
from survey_app.cli import cli
from survey_app.values.blank_forms import template_rows
from survey_app.values.programme_archive import archive
from tests.support.programmes import NAME, invented
from wording import speak

COUNTY, CITY = "jining-2023-county", "jining-2023-municipal"
ONLINE = {"1": {"online": 0.95}}  # 1.5 points


def call(*arguments: object):
    return CliRunner().invoke(cli, ["--lang", "zh", "score-all", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _as_before():
    yield
    speak(None)  # what --lang told the process


def document(done) -> dict:
    assert done.exit_code in (0, 2), done.output
    return json.loads(done.stdout)


def reasons(done) -> set[tuple[str, str]]:
    return {(reason["key"], reason["name"]) for reason in document(done)["reasons"]}


@pytest.fixture
def batch(tmp_path):
    """Write value files and figures into a folder."""

    def written(files: dict[str, object], figures: str = "", encoding: str = "utf-8") -> Path:
        for name, values in files.items():
            (tmp_path / name).write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
        if figures:
            (tmp_path / "satisfaction.csv").write_text("area,satisfaction\n" + figures, encoding=encoding)
        return tmp_path

    return written


def form(path: Path, rulebook: str = COUNTY, area: str = "", online: object = 0.95) -> None:
    book = Workbook()
    for row in template_rows(load_rulebook(rulebook)):
        cells = list(row)
        if cells[2] == "政务服务事项在线率":
            cells[6] = online
        if cells[0] == "area":
            cells[6] = area or None
        book.active.append(cells)
    book.save(path)


@pytest.mark.parametrize(
    "name", ["微山县(定稿)", "微山县（2023.12 定稿）", "微山县-定稿", "微山县—终稿(2)", "【终】微山县", "微山县\u200b"]
)
def test_a_county_keeps_its_satisfaction_whatever_its_file_is_called(batch, name):
    folder = batch({"济宁市.json": ONLINE, f"{name}.json": ONLINE}, "济宁市,0.8\n微山县,0.55\n")
    done = call(folder, "--json")
    assert done.exit_code == 0, done.stderr
    made = document(done)
    assert made["scorecards"]["微山县"]["void"]
    assert (made["provisional"], made["reasons"]) == (False, [])


def test_the_name_inside_a_workbook_goes_before_that_of_its_file(tmp_path):
    form(tmp_path / "附件3.xlsx", area="微山县 ")
    (tmp_path / "satisfaction.csv").write_text("地区,满意度\n微山县,55%\n", encoding="gb18030")
    done = call(tmp_path, "--json")
    assert done.exit_code == 0, done.stderr
    assert document(done)["scorecards"]["微山县"]["satisfaction"] == 0.55
    form(tmp_path / "附件3.xlsx", area="")
    assert {key for key, _name in reasons(call(tmp_path, "--json"))} == {"no_figure", "no_workbook"}


def test_everything_that_does_not_meet_is_listed_and_the_batch_is_provisional(batch):
    files = {
        "任城区.json": ONLINE, "兖州区.json": {"1": {"online": 7}}, "曲阜市.json": {"1": {"online": None}}, "鱼台县.json": ONLINE,
        "邹城市.xls": "x", "~$任城区.xlsx": "x", "读我.docx": "x", ".DS_Store": "x",
    }  # fmt: skip
    folder = batch(files, "任城,0.55\n兖州区,0.7\n曲阜市,0.7\n梁山县,0.69\n鱼台县,0.8\n泗水县,\n")
    done = call(folder, "--json")
    assert done.exit_code == 2
    assert reasons(done) == {
        ("ignored", "邹城市.xls"), ("ignored", "~$任城区.xlsx"), ("ignored", "读我.docx"), ("no_figure", "任城区"),
        ("not_scored", "兖州区"), ("not_scored", "曲阜市"), ("no_workbook", "任城"), ("no_workbook", "梁山县"),
        ("no_workbook", "泗水县"),
    }  # fmt: skip
    made = document(done)
    assert made["provisional"] is True
    assert set(made["failures"]) == {"兖州区", "曲阜市"}
    assert "未填报" in made["failures"]["曲阜市"]
    assert made["scorecards"]["鱼台县"]["star_level"] == "未达星级"
    printed = call(folder)
    assert "任城有满意度，没有指标表，是否应为“任城区”" in printed.stderr
    assert printed.stdout.startswith("暂定：有")
    assert "曲阜市\t没有评分" in printed.stdout


def test_without_satisfaction_there_is_a_range_of_stars_and_no_place(tmp_path):
    form(tmp_path / "甲县.xlsx")
    form(tmp_path / "乙县.xlsx", online=0.5)
    (tmp_path / "satisfaction.csv").write_text("area,satisfaction\n乙县,0.8\n", encoding="utf-8")
    done = call(tmp_path, "--json")
    card = document(done)["scorecards"]["甲县"]
    assert card["star_level"] is None
    assert card["star_range"][0] == "未达星级"
    assert document(done)["places"] == {"乙县": 1, "甲县": None}
    lines = call(tmp_path).stdout
    assert "– 甲县" in lines
    assert "未达星级 – " in lines
    assert "评级未定: 1" in lines


def test_equal_points_share_a_place(batch):
    files = {
        f"{name}县.json": {"1": {"online": share}}
        for name, share in zip("甲乙丙丁", (0.95, 0.95, 0.85, 0.95), strict=True)
    }
    folder = batch(files, "".join(f"{name[0]}县,0.8\n" for name in files))
    done = call(folder, "--counties", 4, "--json")
    assert done.exit_code == 0, done.stderr
    assert document(done)["places"] == {"丁县": 1, "乙县": 1, "甲县": 1, "丙县": 4}
    assert [line.split()[0] for line in call(folder).stdout.splitlines()[:4]] == ["1.", "1.", "1.", "4."]


@pytest.mark.parametrize(
    ("files", "figures", "said"),
    [
        ({"微山县.json": ONLINE, "微山县(定稿).json": ONLINE}, "微山县,0.8\n", "微山县：有2份表：微山县(定稿).json、微山县.json"),
        ({"梁山县.json": ONLINE, "\uf97a山县.json": ONLINE}, "", "梁山县.json、\uf97a山县.json（U+F97A / U+6881）"),
        ({"任城区、兖州区.json": ONLINE}, "任城区,0.8\n兖州区,0.7\n", "名称里有任城区、兖州区几个地区"),
        ({"任城区.json": {"area": "兖州区"} | ONLINE}, "任城区,0.8\n兖州区,0.7\n", "文件名是任城区，表里写的地区是兖州区"),
        ({"任城区.json": ONLINE}, "任城区,0.8\n任城\u200b区,0.7\n", "看起来一样"),
        ({"任城区.json": ONLINE}, "任城区,很高\n", "satisfaction.csv 第2行 satisfaction列"),
        ({"任城区.json": ONLINE, "满意度.csv": "地区,满意度\n任城区,0.8\n"}, "任城区,0.8\n", "满意度有两份"),
    ],
)  # fmt: skip
def test_two_workbooks_of_one_area_or_a_name_that_meets_two_refuse_the_batch(batch, files, figures, said):
    done = call(batch(files, figures), "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_stated_list_says_which_areas_there_should_be(batch, tmp_path_factory):
    listed = tmp_path_factory.mktemp("list") / "areas.csv"
    listed.write_text("地区\n济宁市\n任城区\n兖州区\n", encoding="utf-8")
    folder = batch(
        {"济宁市.json": ONLINE, "任城区.json": ONLINE, "任城.json": ONLINE}, "济宁市,0.8\n任城区,0.8\n任城,0.7\n"
    )
    done = call(folder, "--areas", listed, "--json")
    assert reasons(done) == {("missing", "兖州区"), ("not_listed", "任城")}
    assert "是否应为“任城区”" in done.stderr
    assert document(done)["goals"][0]["of"] == 2


@pytest.mark.parametrize(
    ("options", "said"), [((), "应有11个"), (("--counties", 1), ""), (("--city", "某市"), ""), (("--city", "某市", "--counties", 3), "应有3个")]
)  # fmt: skip
def test_without_a_list_only_the_number_of_counties_is_checked(batch, tmp_path_factory, options, said):
    estimate = tmp_path_factory.mktemp("e") / "e.json"
    figure = {"decision": {"figure": 0.8}}
    estimate.write_text(
        json.dumps(figure | {"domains": {"rated_county": [figure | {"level": "甲县"}]}}), encoding="utf-8"
    )
    done = call(batch({"甲县.json": ONLINE}), "--estimate", estimate, *options, "--json")
    assert (done.exit_code == 2) is bool(said)
    assert said in done.stderr


def test_one_habit_in_a_file_is_one_sentence_with_its_number_and_first_cells(tmp_path):
    book = Workbook()
    for row in template_rows(load_rulebook(COUNTY)):
        book.active.append(row if row[0] == "序号" else [*row[:6], "已完成" if row[4] == "是/否" else None])
    book.active.title = "指标数值"
    book.save(tmp_path / "任城区.xlsx")
    wrong = call(tmp_path, "--json")
    [sentence] = document(wrong)["failures"]["任城区"].splitlines()
    yes_no = sum(row[4] == "是/否" for row in template_rows(load_rulebook(COUNTY)))
    assert f"等{yes_no}处：" in sentence
    assert sentence.startswith("指标数值 G")


def test_a_form_of_the_other_kind_of_area_is_said_in_one_sentence(tmp_path):
    form(tmp_path / "曲阜市.xlsx", CITY)
    [sentence] = document(call(tmp_path, "--json"))["failures"]["曲阜市"].splitlines()
    assert "填的是《" in sentence


def test_a_workbook_of_sheets_is_read_with_its_own_table_of_satisfaction(tmp_path):
    book = Workbook()
    book.active.title = "satisfaction"
    for row in (("area", "satisfaction"), ("甲县", 0.55)):
        book.active.append(row)
    sheet = book.create_sheet("甲县(终)")
    for row in template_rows(load_rulebook(COUNTY)):
        online = 0.95 if row[2] == "政务服务事项在线率" else None
        sheet.append(row if row[0] == "序号" else [*row[:6], online])
    book.create_sheet("旧表").sheet_state = "hidden"
    book.save(tmp_path / "all.xlsx")
    done = call(tmp_path / "all.xlsx", "--json")
    assert document(done)["scorecards"]["甲县"]["void"]
    assert reasons(done) == {("ignored", "旧表")}


def test_the_areas_of_a_period_come_from_the_database(tmp_path, monkeypatch, batch, sqlite_app):
    from survey_app.models import Area, Period, db

    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    city = Area(code="1", name="某市", kind="city")
    db.session.add_all(
        [city, *(Area(code=f"1{n}", name=name, kind="county", parent=city) for n, name in enumerate(("甲县", "乙县")))]
    )
    db.session.add(Period(code="2031", city_rulebook=CITY, county_rulebook=COUNTY))
    db.session.commit()
    folder = batch({"某市.json": ONLINE, "甲县.json": ONLINE}, "某市,0.8\n甲县,0.8\n")
    done = call(folder, "--city", "某市", "--period", "2031", "--json")
    assert ("missing", "乙县") in reasons(done)
    assert call(folder, "--city", "某市", "--period", "2022").exit_code == 2


def test_an_area_below_the_minimum_of_the_estimates_plan_has_a_range_and_makes_nothing_provisional(batch, tmp_path):
    below = {"answers": 9, "sites": 2, "df": 1, "least_answers": 30, "least_sites": 3, "least_df": 3}
    bare = {"estimate": None, "se": None, "n": 9, "df": 1, "decision": None, "index": None, "index_se": None}
    rows = [
        {"level": "甲县", "estimate": 0.75, "se": 0.02, "n": 400, "df": 20, "decision": None, "below_minimum": None},
        {"level": "乙县", **bare, "below_minimum": below},
    ]
    whole = {"satisfied": {"estimate": 0.75, "se": 0.01}, "df": 40, "n": 800, "domains": {"rated_county": rows}}
    folder = batch({f"{name}.json": ONLINE for name in ("某市", "甲县", "乙县")})
    path = tmp_path.parent / f"{tmp_path.name}-estimate.json"
    path.write_text(json.dumps(whole | {"decision": None, "below_minimum": None}), encoding="utf-8")
    done = call(folder, "--city", "某市", "--counties", 2, "--estimate", path, "--json")
    assert (done.exit_code, document(done)["provisional"]) == (0, False), done.output
    assert document(done)["below_minimum"] == ["乙县"]
    assert document(done)["places"] == {"甲县": 1, "乙县": None}
    assert document(done)["scorecards"]["乙县"]["satisfaction"] is None
    told = call(folder, "--city", "某市", "--counties", 2, "--estimate", path)
    assert "未达可发布样本量，评级是一个范围: 乙县" in told.output
    one = CliRunner().invoke(
        cli, ["--lang", "zh", "score", str(folder / "乙县.json"), "--rulebook", COUNTY, "--estimate", str(path), "--area", "rated_county=乙县"]
    )  # fmt: skip
    assert one.exit_code == 0, one.output
    assert "没有可用的数字，评级随之而定：≥70%为未达星级" in one.output


def test_a_zone_whose_sheet_has_a_fault_stays_a_zone_and_counts_among_them(tmp_path, batch):
    texts = invented(counties=2, zones=True)
    own = f"rulebooks/{NAME}-zone.yaml"
    texts[own] = texts[own].replace("near", "walk").replace("步行可达比例", "园区步行比例").replace("shared", "open")
    programme = tmp_path / "programme.zip"
    programme.write_bytes(archive(texts))
    (tmp_path / "values").mkdir()
    county, zone = {"1": {"near": 0.95}, "2": {"shared": True}}, {"1": {"walk": 0.95}, "2": {"open": True}}
    faulty = {"1": {"walk": 7.5}, "2": {"open": True}}
    for name, values in {"江城市": county, "东县": county, "西县": county, "东区": zone, "西区": faulty}.items():
        (tmp_path / "values" / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")
    batch({}, "江城市,0.8\n东县,0.8\n西县,0.8\n东区,0.8\n西区,0.8\n").joinpath("satisfaction.csv").rename(
        tmp_path / "values" / "satisfaction.csv"
    )
    found = call(tmp_path / "values", "--programme", programme, "--json")
    assert list(document(found)["failures"]) == ["西区"]
    assert reasons(found) == {("not_scored", "西区")}, "the number of counties is right"
    assert [(goal["counted"], goal["of"]) for goal in document(found)["goals"]] == [(2, 2), (1, 2)]
    assert "walk" in document(found)["failures"]["西区"]
