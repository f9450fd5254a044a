"""The command line as a stranger would use it, with wrong input too."""

from __future__ import annotations

import csv
import gc
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from analysis.scoring import load_rulebook
from survey_app.cli import cli
from survey_app.commands.support import application
from survey_app.values.blank_forms import template_rows

CITY = Path(__file__).parents[2] / "reference" / "city"


def call(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_estimate_equals_r_on_the_city_file():
    reference = json.loads((CITY / "reference.json").read_text(encoding="utf-8"))["with_fpc"]["raked"]
    done = call("estimate", CITY / "responses.csv", "--plan", CITY / "plan.yaml", "--json")
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["satisfied"]["estimate"] == pytest.approx(reference["satisfied"]["estimate"], rel=1e-8)
    assert result["satisfied"]["se"] == pytest.approx(reference["satisfied"]["se"], rel=1e-8)
    assert result["design_effect"] == pytest.approx(reference["satisfied"]["deff_replace"], rel=1e-8)
    assert sum(result["decision"]["probability"].values()) == pytest.approx(1)


def test_the_terminal_shows_each_countys_ranks_and_its_chances_with_all_counties_considered():
    told = call("--lang", "zh", "estimate", CITY / "responses.csv", "--plan", CITY / "plan.yaml").stdout
    assert told.count("名次 1–14") == 14
    assert "兖州区，参考各县：不扣分37.5%、减10分62.3%、整体不得分0.1%" in told
    assert "规则只比较本县自己的数字" in told


def test_weights_come_out_in_the_order_of_the_file(tmp_path):
    out = tmp_path / "weights.csv"
    call("estimate", CITY / "responses.csv", "--plan", CITY / "plan.yaml", "--weights-out", out)
    weights = [float(row["weight"]) for row in csv.DictReader(out.open())]
    reference = json.loads((CITY / "reference.json").read_text(encoding="utf-8"))["without_fpc"]["raked"]["weights"]
    assert weights == pytest.approx(reference, rel=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight: weight", "weight: wieght", "did you mean 'weight'"),
        ("psu: site", "psuu: site", "did you mean 'psu'"),
        ("margin_sex.csv", "margin_six.csv", "no such file"),
        ("[4, 5], scale: [1, 2, 3, 4, 5]", "[3], scale: [1, 2, 3]", "outside the plan's scale"),
        ("method: raking", "method: rakin", "raking"),
    ],
)
def test_a_wrong_plan_is_told_in_the_users_words(tmp_path, old, new, message):
    text = (CITY / "plan.yaml").read_text(encoding="utf-8").replace(old, new)
    for margin in CITY.glob("margin_*.csv"):
        (tmp_path / margin.name).write_bytes(margin.read_bytes())
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    done = call("estimate", CITY / "responses.csv", "--plan", tmp_path / "plan.yaml", "--json")
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("weight", "many", "no number in 1 rows"), ("weight", "-3", "negative in 1"), ("site", "", "'site' is missing in 1"),
     ("sex", "其他", "responses have the level '其他'"), ("sites_in_county", "3", "smaller than|one positive")],
)  # fmt: skip
def test_a_wrong_response_file_is_told_in_the_users_words(tmp_path, column, value, message):
    rows = list(csv.DictReader((CITY / "responses.csv").open(encoding="utf-8")))
    rows[5][column] = value
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = call("estimate", tmp_path / "r.csv", "--plan", CITY / "plan.yaml")
    assert done.exit_code == 2
    assert any(part in done.stderr for part in message.split("|")), done.stderr


def test_a_template_comes_back_and_scores(tmp_path):
    form = tmp_path / "values.xlsx"
    assert call("rulebook", "template", "jining-2023-municipal", "--out", form).exit_code == 0
    book = load_workbook(form)
    for row in book.worksheets[1].iter_rows(min_row=4):
        if row[1].value == "政务服务事项在线率":
            row[7].value, row[8].value = 95, 100
        if row[1].value == "智慧景区覆盖率":
            row[10].value = "没有4A级景区"
    book.save(form)
    done = call("score", form, "--rulebook", "jining-2023-municipal", "--satisfaction", "0.8", "--json")
    assert done.exit_code == 0, done.stderr
    card = json.loads(done.stdout)
    assert card["total"] == 1.5
    assert card["not_applicable"][0]["reason"] == "没有4A级景区"


def test_every_wrong_row_of_a_workbook_is_named_with_its_place(tmp_path):
    form = tmp_path / "values.xlsx"
    call("rulebook", "template", "jining-2023-county", "--out", form)
    book = load_workbook(form)
    sheet = book.worksheets[1]
    sheet["G5"], sheet["B7"], sheet["G7"] = 1.4, "没有这个指标", 3
    book.save(form)
    done = call("score", form, "--rulebook", "jining-2023-county", "--satisfaction", "0.8")
    assert done.exit_code == 2
    assert "指标数值 row 5 column G" in done.stderr
    assert "指标数值 row 7" in done.stderr


def test_a_county_needs_its_own_figure(tmp_path):
    (tmp_path / "v.json").write_text("{}")
    (tmp_path / "e.json").write_text('{"decision": {"figure": 0.7}}')
    done = call("score", tmp_path / "v.json", "--rulebook", "jining-2023-county", "--estimate", tmp_path / "e.json")
    assert done.exit_code == 2
    assert "--area VARIABLE=LEVEL" in done.stderr


def test_what_another_reading_would_change_is_printed_for_drafting(tmp_path):
    values = tmp_path / "v.json"
    values.write_text('{"36": {"deducted_points": 4, "major_incident": false}, "9": {"emr3": 0, "emr4": 1}}')
    asked = ("score", values, "--rulebook", "jining-2023-county", "--satisfaction", "0.75", "--readings")
    said = call(*asked).stdout
    assert "level-3-up" in said
    assert "1 → 0" in said
    assert "-3 → -4" in said.replace(".0", "")
    others = json.loads(call(*asked, "--json").stdout)["others"]
    assert [row["id"] for row in others if row["changes"]] == ["level-3-up"]


def test_no_command_of_a_final_run_takes_another_reading():
    def commands(command, *path):
        yield path, command
        context = click.Context(command)
        for name in command.list_commands(context) if isinstance(command, click.Group) else ():
            yield from commands(command.get_command(context, name), *path, name)

    taking = [path for path, found in commands(cli) if any(item.name == "readings" for item in found.params)]
    assert taking == [("score",)]


def test_a_rulebook_file_is_checked_with_its_line(tmp_path):
    faulty = tmp_path / "mine.yaml"
    faulty.write_text("id: mine\ntitel: x\n", encoding="utf-8")
    done = call("rulebook", "check", faulty)
    assert done.exit_code == 2
    assert "mine.yaml:2: titel: unknown key; did you mean 'title'?" in done.stderr


def test_a_whole_city_is_scored_and_a_bad_file_is_listed(tmp_path):
    (tmp_path / "济宁市.json").write_text(json.dumps({"1": {"online": 0.95}}), encoding="utf-8")
    (tmp_path / "任城区.json").write_text(json.dumps({"1": {"online": 0.95}}), encoding="utf-8")
    (tmp_path / "兖州区.json").write_text(json.dumps({"1": {"online": 7}}), encoding="utf-8")
    (tmp_path / "satisfaction.csv").write_text("area,satisfaction\n济宁市,0.72\n任城区,0.55\n", encoding="utf-8")
    done = call("score-all", tmp_path, "--json")
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    assert document["scorecards"]["济宁市"]["total"] == 1.5
    assert document["scorecards"]["任城区"]["void"]
    assert list(document["failures"]) == ["兖州区"]
    goals = {goal["key"]: goal for goal in document["goals"]}
    assert goals["three_new_four_stars"]["reached"] is None
    assert goals["all_three_stars"]["of"] == 11


def test_a_workbook_with_a_sheet_for_each_area_is_scored_with_one_estimate(tmp_path):
    book, path = Workbook(), tmp_path / "all.xlsx"
    book.remove(book.active)
    for area, rulebook in (("济宁市", "jining-2023-municipal"), ("任城区", "jining-2023-county")):
        sheet = book.create_sheet(area)
        for row in template_rows(load_rulebook(rulebook)):
            online = 0.95 if row[2] == "政务服务事项在线率" else None
            sheet.append(row if row[0] == "序号" else [*row[:6], online, None])
    book.save(path)
    decision = {"figure": 0.65, "probability": {"none": 0.1, "deduct": 0.8, "veto": 0.1}}
    document = {
        "decision": decision,
        "domains": {"county": [{"level": "任城区", "decision": decision | {"figure": 0.8}}]},
    }
    (tmp_path / "e.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "before.csv").write_text("area,star\n任城区,未达星级\n", encoding="utf-8")
    done = call(
        "score-all", path, "--estimate", tmp_path / "e.json", "--area-variable", "county",
        "--previous", tmp_path / "before.csv", "--counties", 1, "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["scorecards"]["济宁市"]["total"] == -8.5
    assert made["scorecards"]["任城区"]["total"] == 1.5
    assert made["goals"][1]["counted"] == 0
    assert call("score-all", path, "--previous", tmp_path / "e.json").exit_code == 2


def test_margins_and_responses_meet_however_the_signs_of_a_place_are_coded(tmp_path):
    rows = "overall,county\n" + "4,\uf97a山县\n5,梁山县\n2,梁山\u200b县\n4,（东）区\n1,(东)区\n"
    (tmp_path / "r.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "m.csv").write_text("level,population\n梁山县,600\n（东)区,400\n", encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(
        "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"
        "calibration: {method: poststratify, margins: {county: m.csv}}\ndomains: [county]\n", encoding="utf-8",
    )  # fmt: skip
    done = call("estimate", tmp_path / "r.csv", "--plan", tmp_path / "plan.yaml", "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["satisfied"]["estimate"] == pytest.approx(0.6 * 2 / 3 + 0.4 / 2)
    assert [(row["level"], row["n"]) for row in document["domains"]["county"]] == [("梁山县", 3), ("（东)区", 2)]
    (tmp_path / "m.csv").write_text("level,population\n梁山县,600\n\uf97a山县,400\n", encoding="utf-8")
    twice = call("estimate", tmp_path / "r.csv", "--plan", tmp_path / "plan.yaml")
    assert twice.exit_code == 2
    assert "m.csv:3: level: '梁山县' looks the same as another level (U+F97A / U+6881)" in twice.stderr


def test_an_unknown_page_is_told_in_a_persons_words(sqlite_app):
    reply = sqlite_app.test_client().get("/nowhere")
    assert reply.status_code == 404
    assert "没有这个页面" in reply.get_data(as_text=True)


def test_a_database_without_tables_is_said_in_words_on_postgresql_too(tmp_path, monkeypatch, capsys):
    from psycopg.errors import UndefinedTable
    from sqlalchemy.exc import ProgrammingError

    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    with pytest.raises(SystemExit) as end, application():
        raise ProgrammingError("SELECT", {}, UndefinedTable('relation "survey" does not exist\nLINE 2: FROM survey'))
    assert end.value.code == 1
    assert "has no tables, or not this release's. Check DATABASE_URL" in capsys.readouterr().err


def test_a_server_that_starts_looks_for_garbage_once_its_application_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    gc.disable()  # as `main` does
    try:
        with application():
            assert gc.isenabled()
            assert gc.get_freeze_count()
    finally:
        gc.enable()
        gc.unfreeze()


OVERFULL = Path(__file__).parents[2] / "reference" / "overfull"


def test_a_site_that_carries_most_of_its_county_by_given_weights_is_named():
    """24 sites planned for 20 each; one took 200, nearly all satisfied: two thirds of its county, a sixth of all."""
    done = call("estimate", OVERFULL / "take.csv", "--plan", OVERFULL / "plan.yaml", "--json")
    notice, third = json.loads(done.stdout)["notices"]
    assert (notice["key"], notice["params"]["psu"], notice["params"]["stratum"]) == ("heavy_psu", "c0s0", "c0")
    assert (third["key"], third["params"]) == ("weights_variance", {"value": 1, "named": "c0 c0s0"})
    assert notice["params"]["of_stratum"] == pytest.approx(100 * 2 / 3)
    assert notice["params"]["of_all"] == pytest.approx(100 / 6)


def following_sites(folder: Path, **files: str) -> Path:
    """The overfull case with its weights made of a file of sites; `files` in place of theirs."""
    plan = (
        (OVERFULL / "plan.yaml").read_text(encoding="utf-8").replace("weight: weight", "").replace("site, }", "site}")
    )
    (folder / "plan.yaml").write_text(plan + "weights: {sites: sites.csv}\n", encoding="utf-8")
    (folder / "sites.csv").write_text(files.get("sites") or (OVERFULL / "sites.csv").read_text(encoding="utf-8"))
    return folder / "plan.yaml"


def test_weights_of_a_file_can_follow_the_sites_that_were_drawn(tmp_path):
    """Equal sites: the mean of the 24 sites' shares, 0.650833…, whatever one of them took; rows weigh 2000 / (0.05 r)."""
    plan, out = following_sites(tmp_path), tmp_path / "weights.csv"
    done = call("estimate", OVERFULL / "take.csv", "--plan", plan, "--json", "--weights-out", out)
    result = json.loads(done.stdout)
    assert result["satisfied"]["estimate"] == pytest.approx(0.6508333333333333)
    assert [notice["key"] for notice in result["notices"]] == ["eligible_by_residents"]
    weights = [float(row["weight"]) for row in csv.DictReader(out.open())]
    assert weights == pytest.approx([200.0] * 200 + [2000.0] * 460)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("c0s1,c0,0.05", "c0s1,c0,0", "sites.csv:3: site: site 'c0s1' (line 3): its probability must lie above 0"),
        ("c0s1,c0,0.05", "c0s1,c0,1.2", "its probability must lie above 0 and at most at 1"),
        ("c0s1,c0,0.05,2000", "c0s1,c0,0.05,0", "sites.csv:3: site: site 'c0s1' (line 3): it has no eligible persons"),
        ("c0s1,c0,0.05,2000", "c0s1,c0,0.05,many", "sites.csv:3: site: expected a number, not 'many' (residents)"),
        ("c0s0,c0,0.05,2000", "c0s0,c0,0.05,150", "site 'c0s0' (line 2): 200 persons answered, but it has only 150"),
        ("c0s1,c0,0.05,2000,20", "c0s1,c0,0.05,2000,3000", "between one person and its 2000 eligible ones can be drawn"),
        ("c0s1,c0", "c0s0,c0", "sites.csv:3: site: site 'c0s0' (line 3) stands more than once"),
    ],
)  # fmt: skip
def test_a_site_that_cannot_be_is_refused_with_its_line(tmp_path, old, new, said):
    sites = (OVERFULL / "sites.csv").read_text(encoding="utf-8").replace(old, new, 1)
    done = call("estimate", OVERFULL / "take.csv", "--plan", following_sites(tmp_path, sites=sites))
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_unknown_page_of_the_console_leads_back(sqlite_app):
    assert "<a href=/console/>" in sqlite_app.test_client().get("/console/nowhere").get_data(as_text=True)


def test_a_group_without_a_command_shows_its_help_and_nothing_twice():
    done = call("jobs")
    assert (done.stderr.count("COMMAND [ARGS]"), "schedule" in done.stderr) == (1, True)
