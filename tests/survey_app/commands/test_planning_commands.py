"""The commands around a plan, as a stranger would type them, with wrong input too."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.plan import parse_plan
from analysis.scoring.programme_files import all_files
from survey_app.cli import cli
from survey_app.ground.zones import rules_for
from survey_app.surveys.plan_files import load_plan

CITY = Path(__file__).parents[2] / "reference" / "city"


def call(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    path = tmp_path / "frame.csv"
    rows = [f"{county}{k},{county},{1000 + 37 * k}" for county in ("甲县", "乙县") for k in range(80)]
    path.write_text("\n".join(["site,county,size", *rows]), encoding="utf-8")
    return path


def test_a_planned_sample_comes_as_table_sites_and_a_plan_that_checks(frame, tmp_path):
    sites, plan = tmp_path / "sites.csv", tmp_path / "plan.yaml"
    aim = ["--assume", 0.74, "--power", 0.8, "--response-rate", 0.5]
    result = call("plan", "sample", "--frame", frame, *aim, "--sites-out", sites, "--plan-out", plan, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    drawn = list(csv.DictReader(sites.open(encoding="utf-8")))
    assert len(drawn) == len(document["sites"])
    weights = sum(float(row["base_weight"]) * int(row["target"]) for row in drawn)
    assert weights == pytest.approx(sum(1000 + 37 * k for k in range(80)) * 2)
    assert call("plan", "check", plan).exit_code == 0
    table = call("plan", "sample", "--frame", frame, *aim, "--csv")
    assert [row["county"] for row in csv.DictReader(table.stdout.splitlines())] == ["甲县", "乙县"]


def test_a_plan_is_decided_by_the_lines_its_sample_was_planned_for(frame, tmp_path):
    source = all_files()["jining-2023@1"]["rulebooks/jining-2023-municipal.yaml"]
    other, plan = tmp_path / "other.yaml", tmp_path / "plan.yaml"
    other.write_text(source.replace("deduct_below: 0.70", "deduct_below: 0.80"), encoding="utf-8")
    aim = ["--assume", 0.74, "--margin", 0.05, "--rulebook", other]
    assert call("plan", "sample", "--frame", frame, *aim, "--plan-out", plan).exit_code == 0
    assert rules_for(parse_plan(plan.read_text(encoding="utf-8"))).whole.lines == (0.6, 0.8)


def placed(frame: Path) -> Path:
    lines = frame.read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{116 + at % 12 / 10},{35 + at // 12 / 10}" for at, line in enumerate(lines[1:])]
    frame.write_text("\n".join([lines[0] + ",longitude,latitude", *rows]), encoding="utf-8")
    return frame


@pytest.mark.parametrize("method", ["sampford", "pivotal"])
def test_a_plan_without_replacement_comes_with_the_files_that_its_estimate_reads(frame, tmp_path, method):
    files = {name: tmp_path / f"{name}.csv" for name in ("sites", "reserves", "joint")}
    aim = ["--assume", 0.74, "--margin", 0.05, "--method", method, "--reserves", 3, "--sites-out", files["sites"]]
    aim += ["--reserves-out", files["reserves"], "--plan-out", tmp_path / "plan.yaml"]
    aim += ["--joint-out", files["joint"]] if method == "sampford" else []
    document = json.loads(call("plan", "sample", "--frame", placed(frame), *aim, "--json").stdout)
    tables = {name: list(csv.DictReader(path.open(encoding="utf-8"))) for name, path in files.items() if path.exists()}
    assert document["method"] == method
    assert [row["name"] for row in document["reserves"]] == [row["site"] for row in tables["reserves"]]
    assert len(tables["reserves"]) == 6
    found = load_plan(tmp_path / "plan.yaml")
    assert (found.draw.method, found.draw.reserves) == (method, 3)
    assert sum(found.draw.sites.values()) == len(tables["sites"]) == len(document["sites"])
    answers = [
        "site,county,overall",
        *(f"{row['site']},{row['county']},{4 if at % 3 else 2}" for at, row in enumerate(tables["sites"] * 20)),
    ]
    (tmp_path / "answers.csv").write_text("\n".join(answers), encoding="utf-8")
    result = json.loads(call("estimate", tmp_path / "answers.csv", "--plan", tmp_path / "plan.yaml", "--json").stdout)
    assert result["site_weights"]["silent"] == []
    assert result["satisfied"]["se"] > 0
    said = call("plan", "sample", "--frame", frame, *aim, "--csv")
    assert said.exit_code == 0
    assert "reserve" in call("plan", "sample", "--frame", frame, *aim).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--method", "pivotal"), "needs those of every site"),
        (("--joint-out", "joint.csv"), "goes with --method sampford"),
        (("--method", "sampford", "--plan-out", "plan.yaml"), "give --sites-out with --plan-out"),
        (("--rotate", 0.2), "with method: sampford only"),
    ],
)
def test_what_a_method_needs_is_told(frame, change, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call("plan", "sample", "--frame", frame, "--assume", 0.74, "--margin", 0.05, *change)
    assert (result.exit_code, said in result.output) == (2, True)
    assert not list(tmp_path.glob("*.yaml"))


SCENARIOS = """
surveys: 20
cost: {site: 500, answer: 30}
scenarios:
  as planned: {satisfied: 0.74, response: 0.5}
  one worse: {satisfied: {甲县: 0.55, others: 0.8}}
"""


def test_surveys_of_a_plan_are_simulated_before_money_is_spent(frame, tmp_path):
    plan, truth = tmp_path / "plan.yaml", tmp_path / "scenarios.yaml"
    aim = ["--assume", 0.74, "--margin", 0.06, "--response-rate", 0.5, "--plan-out", plan]
    assert call("plan", "sample", "--frame", frame, *aim).exit_code == 0
    truth.write_text(SCENARIOS, encoding="utf-8")
    arguments = ["plan", "simulate", plan, "--frame", frame, "--truth", truth]
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [row["scenario"] for row in document["scenarios"]] == ["as planned", "one worse"]
    city, first, _ = document["scenarios"][1]["areas"]
    assert (city["area"], first["area"]) == ("", "甲县")
    assert first["estimate"]["mean"] == pytest.approx(0.55, abs=0.05)
    assert first["outcomes"]["veto"] > 0.5
    assert document["scenarios"][0]["cost"]["mean"] > 500 * 20
    assert json.loads(call(*arguments, "--json").stdout) == document
    told = call(*arguments, "--surveys", 25).stdout
    assert "scenario 'as planned': 25 surveys" in told
    assert "情景“as planned”：20次调查" in call("--lang", "zh", *arguments).stdout


def test_a_plan_without_its_draw_is_told_before_its_frame_is_looked_at(frame, tmp_path):
    truth = tmp_path / "scenarios.yaml"
    truth.write_text(SCENARIOS, encoding="utf-8")
    result = call("plan", "simulate", CITY / "plan.yaml", "--frame", tmp_path / "no.csv", "--truth", truth)
    assert (result.exit_code, "the plan has no draw" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenarios: {a: {satisfied: 0.7, ic: 0.1}}", "unknown key; did you mean 'icc'?"),
        ("scenarios: {a: {satisfied: 7}}", "scenarios.yaml:1: scenarios.a: satisfied lies between 0 and 1"),
        ("scenarios: {a: {satisfied: 0.7, response: {satisfied: 0.5}}}", "scenarios.a.response"),
        ("- a", "scenarios.yaml:1"),
        (b"\xff\xfe\x00", "scenarios.yaml"),
        (None, "scenarios.yaml"),
    ],
)
def test_scenarios_that_do_not_do_are_told_with_their_line(frame, tmp_path, text, said):
    plan, truth = tmp_path / "plan.yaml", tmp_path / "scenarios.yaml"
    call("plan", "sample", "--frame", frame, "--assume", 0.74, "--margin", 0.06, "--plan-out", plan)
    if text is not None:
        truth.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = call("plan", "simulate", plan, "--frame", frame, "--truth", truth)
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_a_place_that_is_none_on_earth_is_named_with_its_line(frame):
    text = placed(frame).read_text(encoding="utf-8").splitlines()
    text[3] = text[3].rpartition(",")[0] + ",135"
    frame.write_text("\n".join(text), encoding="utf-8")
    result = call("plan", "sample", "--frame", frame, "--assume", 0.74, "--margin", 0.05, "--method", "pivotal")
    assert (result.exit_code, "line 4: in '1074, 116.2, 135'" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--assume", 0.7, "--power", 0.8), "no sample decides"),
        (("--assume", 0.74), "state an aim"),
        (("--assume", 0.74, "--power", 0.8, "--size-column", "people"), "column people is missing"),
    ],
)
def test_a_plan_that_cannot_be_made_is_told(frame, change, said):
    result = call("plan", "sample", "--frame", frame, *change)
    assert result.exit_code == 2
    assert said in result.output


def test_waves_of_one_survey_do_not_change():
    files = [CITY / "responses.csv"] * 2
    result = call("waves", *files, "--plan", CITY / "plan.yaml", "--json")
    second = json.loads(result.stdout)["points"][1]
    assert second["change"] == 0
    assert second["change_se"] == pytest.approx(0, abs=1e-9)


def test_sensitivity_and_comparison_stand_in_the_document(tmp_path):
    first = call("estimate", CITY / "responses.csv", "--plan", CITY / "plan.yaml", "--sensitivity", "--json")
    document = json.loads(first.stdout)
    assert len(document["sensitivity"]["strata"]) == 14
    other = tmp_path / "other.json"
    other.write_text(first.stdout, encoding="utf-8")
    arguments = ["estimate", CITY / "responses.csv", "--plan", CITY / "plan.yaml", "--compare-with", other]
    assert json.loads(call(*arguments, "--json").stdout)["comparison"]["difference"] == 0
    assert "difference +0.00%" in call(*arguments).stdout
    other.write_text("{}", encoding="utf-8")
    refused = call(*arguments)
    assert (refused.exit_code, "not the document" in refused.output) == (2, True)


def test_margins_out_of_reach_are_named(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"
        "design: {psu: site, weight: weight}\n"
        "calibration: {method: linear, bounds: [0.9, 1.1], margins: {sex: {男: 7000000, 女: 500000}}}\n",
        encoding="utf-8",
    )
    result = call("estimate", CITY / "responses.csv", "--plan", plan)
    assert result.exit_code == 2
    assert "sex=" in result.output
    assert "widen the bounds" in result.output


def test_the_gap_ranks_one_city_and_models_eight_counties(tmp_path):
    table = tmp_path / "gap.csv"
    header = "area,field,satisfaction,se,points_share"
    table.write_text(
        "\n".join([header, "市,停车,0.4,0.01,0.9", "市,公交,0.8,0.01,0.5", "市,就医,0.6,0.01,0.7"]), encoding="utf-8"
    )
    fields = json.loads(call("gap", table, "--json").stdout)["fields"]
    assert [row["satisfaction_rank"] for row in fields] == [3, 1, 2]
    rows = [
        f"县{a},{f},{0.5 + 0.03 * a + 0.02 * k},0.02,{(a * 3 + k * 5) % 7 / 7}"
        for a in range(8)
        for k, f in enumerate("甲乙丙")
    ]
    table.write_text("\n".join([header, *rows]), encoding="utf-8")
    assert json.loads(call("gap", table, "--json").stdout)["kind"] == "residuals"
    table.write_text(header + "\n市,停车,many,0.01,0.9", encoding="utf-8")
    assert "line 2" in call("gap", table).output


def test_outlook_and_upgrades_read_a_template(tmp_path):
    values = tmp_path / "v.json"
    book = "jining-2023-county"
    assert call("rulebook", "template", book, "--out", values).exit_code == 0
    result = call("upgrades", values, "--rulebook", book, "--target", "三星级", "--json")
    assert json.loads(result.stdout)["reachable"]
    outlook = call("outlook", values, "--rulebook", book, "--satisfaction", 0.7, "--se", 0.02, "--df", 50, "--json")
    assert sum(json.loads(outlook.stdout)["star_probability"].values()) == pytest.approx(1)
    refused = call("upgrades", values, "--rulebook", book, "--target", "六星级")
    assert (refused.exit_code, "六星级" in refused.output) == (2, True)
