"""`minyi estimate --explain`: who has only the printed numbers comes to the same share, standard error and limits."""

from __future__ import annotations

import csv
import io
import re
from math import sqrt

import pytest
from click.testing import CliRunner
from scipy import stats

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.explained import explain
from analysis.plan import parse_plan
from survey_app.cli import cli

ROWS = """county,site,sex,weight,sites,overall
甲,1,f,10,8,5
甲,1,m,10,8,2
甲,2,f,12,8,4
甲,2,m,12,8,
甲,3,m,9,8,1
甲,3,f,9,8,3
乙,4,f,20,6,4
乙,4,m,20,6,5
乙,5,m,25,6,2
乙,5,f,25,6,4
"""
PLAN = """measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: county, psu: site, weight: weight, fpc: sites}
domains: [county]
"""
RAKED = PLAN + "calibration: {method: raking, margins: {sex: {f: 80, m: 70}, county: {甲: 70, 乙: 80}}}\n"
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


@pytest.fixture
def explained(tmp_path):
    def call(plan: str = PLAN, *options: str, language: str = "en"):
        (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
        (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
        named = ["estimate", str(tmp_path / "rows.csv"), "--plan", str(tmp_path / "plan.yaml"), *options]
        return CliRunner().invoke(cli, ["--lang", language, *named])

    return call


def rows_under(head: str, text: str) -> list[list[str]]:
    """The lines of a table, which ends at the first line without its marks."""
    lines = iter(text.splitlines())
    next(line for line in lines if line.strip().startswith(head))
    found = []
    for line in lines:
        if "|" not in line:
            break
        found.append([part.strip() for part in line.split("|")])
    return found


def last_number(start: str, text: str) -> float:
    line = next(line for line in text.splitlines() if line.strip().startswith(start))
    return float(re.findall(NUMBER, line)[-1])


@pytest.mark.parametrize("plan", [PLAN, RAKED])
@pytest.mark.parametrize("area", ["", "county=乙"])
def test_the_printed_numbers_give_the_share_its_error_and_its_limits_by_hand(explained, plan, area):
    options = ["--rulebook", "none", *(["--area", area] if area else [])]
    text = explained(plan, "--explain", *options).stdout
    sites = rows_under("stratum · site", text)
    weight, value = (sum(float(row[place]) for row in sites) for place in (3, 4))
    share, se = value / weight, last_number("se =", text)
    assert share == pytest.approx(last_number("5. Weighted", text), rel=1e-7)
    variance = 0.0
    for name, units, fraction, squares, part in rows_under("stratum | m", text):
        totals = [float(row[5]) for row in sites if row[0].startswith(f"{name} ·")]
        if plan is PLAN:  # without calibration the totals too
            own = [(float(row[4]) - share * float(row[3])) / weight for row in sites if row[0].startswith(f"{name} ·")]
            assert own == pytest.approx(totals, rel=1e-6, abs=1e-9)
        totals += [0.0] * (int(units) - len(totals))
        middle = sum(totals) / len(totals)
        around = sum((total - middle) ** 2 for total in totals)
        assert around == pytest.approx(float(squares), rel=1e-6, abs=1e-15)
        own_variance = (1 - float(fraction)) * int(units) / (int(units) - 1) * around
        assert own_variance == pytest.approx(float(part), rel=1e-6, abs=1e-15)
        variance += own_variance
    assert sqrt(variance) == pytest.approx(se, rel=1e-6)
    n, df = sum(int(row[1]) for row in sites), int(last_number("7. df", text))
    assert df == (1 if area else 3)
    size = share * (1 - share) / se**2 * (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, df)) ** 2
    lower = stats.beta.ppf(0.025, share * size, (1 - share) * size + 1)
    upper = stats.beta.ppf(0.975, share * size + 1, (1 - share) * size)
    limits = next(line for line in text.splitlines() if "interval:" in line)
    assert [float(each) for each in re.findall(NUMBER, limits.split("interval:")[1].replace("–", " "))] == pytest.approx([lower, upper], rel=1e-5)  # fmt: skip


def test_each_step_stands_in_the_readers_language_with_the_outcome(explained):
    chinese = explained(RAKED + "singleton: average\n", "--explain", language="zh").stdout
    for words in (
        "1. 份数：应答10份，未回答官方题目1份，计入n = 9",
        "4. 校准(迭代比例拟合(raking))，按sex、county",
        "9. 结论：",
    ):
        assert words in chinese
    assert "nonresponse" not in chinese.lower()
    index = explained(PLAN.replace("5]}", "5], official: index}"), "--explain", "--rulebook", "none").stdout
    assert "5. Weighted index" in index
    assert "9. Outcome: no rulebook" in index


def test_factors_of_nonresponse_stand_as_the_division_that_they_are(explained):
    classes = "nonresponse: {classes: [county], largest_factor: 9, dispositions: [{county: 甲, eligible: 9, respondents: 6}, {county: 乙, eligible: 10, respondents: 4}]}\n"  # fmt: skip
    done = explained(PLAN + classes, "--explain")
    assert "甲: 9 ÷ 6 = 1.5" in done.stdout, done.stderr
    assert "乙: 10 ÷ 4 = 2.5" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--explain", "--json"], "--explain"), (["--explain", "--sensitivity"], "does not go with --sensitivity"),
        (["--explain", "--compare-with", "other.json"], "does not go with --compare-with"), (["--area", "county=甲"], "--area goes with --explain"),
        (["--explain", "--area", "county=丙"], "'county=丙'"), (["--explain", "--area", "甲"], "county=乙, county=甲"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_said(explained, options, said):
    done = explained(PLAN, *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_figure_that_is_not_given_is_not_explained_either(explained):
    done = explained(PLAN + "minimum: {answers: 30, sites: 1, df: 0}\n", "--explain")
    assert done.exit_code == 2
    assert "explain" in done.stderr
    assert "0.5" not in done.stdout


@pytest.mark.parametrize(
    "plan",
    [
        PLAN.replace("design: {strata: county, psu: site, weight: weight, fpc: sites}\n", ""),
        PLAN.replace("psu: site, ", ""),
        PLAN.replace("fpc: sites", "fpc: [sites, weight]"),
        PLAN.replace("strata: county", "strata: lone") + "singleton: average\n",
        PLAN.replace("strata: county", "strata: lone") + "singleton: adjust\n",
    ],
    ids=["simple", "direct", "two stages", "average", "adjust"],
)
def test_the_strata_add_up_to_the_variance_of_the_estimate_under_every_design(plan):
    rows = list(csv.DictReader(io.StringIO(ROWS)))
    columns = {name: [row[name] or None for row in rows] for name in rows[0]}
    columns["lone"] = ["丙" if row["site"] == "3" else row["county"] for row in rows]
    parsed = parse_plan(plan)
    cells = Cells.from_rows(columns, parsed)
    found = explain(cells, parsed, estimate(cells, parsed))
    summed = sum(stratum.variance for stratum in found.strata) * found.averaged
    assert summed == pytest.approx(found.figure.se**2, rel=1e-9)
