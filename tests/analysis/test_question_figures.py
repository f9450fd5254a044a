"""Answers to every type of question against R's survey: every entry of tests/reference/questions."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from analysis.cells import column_of
from analysis.intervals import share_interval, share_intervals
from analysis.plan import Plan, parse_plan
from analysis.question_figures import Asked, banner, questions
from analysis.question_table import WHY_MISSING, Counted, QuestionTable
from analysis.service_table import group_cells

FOLDER = Path(__file__).parents[1] / "reference" / "questions"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
PLAIN = """
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: county, psu: psu, weight: weight}
singleton: adjust
"""
RAKED = PLAIN + (
    "calibration: {method: raking, margins: {sex: {f: 21000, m: 20000}, age: {16-29: 9000, 30-59: 20000, 60+: 12000}}}\n"
)
KINDS = {
    "overall": Asked("code", scaled=True), "app": Asked("code"), "recommend": Asked("code", recommends=True),
    "minutes": Asked("number"), "parking": Asked("code", scaled=True, satisfied=("4", "5")), "rank_a": Asked("place"),
    "speed": Asked("chosen"),
}  # fmt: skip
SKIPPED = WHY_MISSING.index("skipped") - len(WHY_MISSING)


def table_of(plan: Plan) -> QuestionTable:
    """The reference's rows as a run keeps them, out of order."""
    with (FOLDER / "responses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    order = np.random.default_rng(1).permutation(len(rows))
    rows = [rows[place] for place in order]
    keys = {name: column_of([row[name] for row in rows]) for name in ("county", "psu", "sex", "age")}
    cells, place = group_cells(keys, np.array([float(row["weight"]) for row in rows]))
    items = {}
    for name in KINDS:
        column = column_of([row[name] for row in rows])
        levels = [*(("0",) if name == "rank_a" else ()), *column.levels]
        codes = np.where(column.codes < 0, SKIPPED, column.codes + len(levels) - len(column.levels))
        items[name] = Counted.of(levels, codes, place)
    return QuestionTable(cells, items)


def told(text: str) -> dict[str, list[float]]:
    """What the product says, under the names of the reference."""
    plan = parse_plan(text)
    table = QuestionTable.from_json(json.loads(json.dumps(table_of(plan).to_json())))
    found = {}
    for question in questions(table, KINDS, plan):
        name = question["name"]
        for row in question["answers"]:
            found[f"share {name} {row['level']}"] = [row[key] for key in ("estimate", "se", "lower", "upper")]
        for row in question["numbers"]:
            label = f"{row['kind']} {name}" + (f" {row['at']}" if row["at"] else "")
            found[label] = [row[key] for key in ("estimate", "se", "lower", "upper")]
    by_county = banner(table, KINDS, plan, "county", ["app"])[0]
    for level, group in zip(by_county["levels"], by_county["groups"], strict=True):
        often = next(row for row in group["answers"] if row["level"] == "often")
        found[f"county app often {level}"] = [often[key] for key in ("estimate", "se", "lower", "upper")]
    mark = next(mark for mark in by_county["marks"] if (mark["level"], mark["group"]) == ("often", "Jia"))
    found["difference app often Jia"] = [mark["difference"]]
    for name in ("app", "overall"):
        one = banner(table, KINDS, plan, "sex", [name])[0]
        found[f"svychisq {name} sex"] = [one[key] for key in ("F", "ndf", "ddf", "p")]
    return found


@pytest.fixture(scope="module")
def raked() -> dict[str, list[float]]:
    return told(RAKED)


@pytest.fixture(scope="module")
def plain() -> dict[str, list[float]]:
    return told(PLAIN)


@pytest.mark.parametrize("name", [name for name in REFERENCE if name != "made by"])
def test_figures_are_those_of_r(name, raked, plain):
    expected = REFERENCE[name]
    if name.startswith("svyciprop"):
        own = plain[name.replace("svyciprop by ", "").replace("svyciprop", "share")]
    elif name.startswith("quantile"):
        own = [raked[name][place] for place in (0, 2, 3)]
    else:
        own = raked[name.replace("svyby", "county")]
    compared = min(len(own), len(expected))
    assert own[:compared] == pytest.approx(expected[:compared], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("method", ["korn_graubard", "logit", "wilson", "wald"])
def test_intervals_of_several_shares_are_those_of_each(method):
    shares, errors = np.array([0.0, 0.07, 0.5, 1.0]), np.array([0.0, 0.02, 0.05, 0.0])
    lower, upper = share_intervals(shares, errors, 14, 200, method, 0.95)
    alone = [share_interval(p, se, 14, 200, method, 0.95) for p, se in zip(shares, errors, strict=True)]
    assert lower == pytest.approx([one.lower for one in alone], abs=1e-14)
    assert upper == pytest.approx([one.upper for one in alone], abs=1e-14)


def test_a_share_that_calibration_fixes_has_no_error():
    plan = parse_plan(RAKED)
    table = table_of(plan)
    sexes = table.cells.columns["sex"]
    fixed = QuestionTable(
        table.cells, {"sex": Counted(sexes.levels, np.arange(len(table.cells)), sexes.codes, table.cells.count)}
    )
    [question] = questions(fixed, {"sex": Asked("code")}, plan)
    women = question["answers"][0]
    assert women["estimate"] == pytest.approx(21000 / 41000, abs=1e-12)
    assert (women["se"], women["lower"], women["upper"]) == (0, women["estimate"], women["estimate"])
