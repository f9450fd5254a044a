"""The product's own kind of design, against R's survey: every block of tests/reference/city."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.calibration import calibrate
from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.intervals import korn_graubard, logit, mean_interval
from analysis.plan import Plan, parse_plan
from analysis.results import Estimate
from tests.support.zones import RULES

CITY = Path(__file__).parents[1] / "reference" / "city"
REFERENCE = json.loads((CITY / "reference.json").read_text(encoding="utf-8"))
FPC = {"without_fpc": [], "with_fpc": ["sites_in_county"], "two_stage_fpc": ["sites_in_county", "residents_in_site"]}
BLOCKS = [(design, block) for design in FPC for block in ("base", "raked")]


@cache
def rows() -> dict[str, list[str]]:
    with (CITY / "responses.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return {name: [row[name] for row in table] for name in table[0]}


def margin(name: str) -> dict[str, float]:
    with (CITY / f"margin_{name}.csv").open(encoding="utf-8") as file:
        return {row[name]: float(row["population"]) for row in csv.DictReader(file)}


@cache
def plan(design: str, block: str) -> Plan:
    text = f"""
measure: {{question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}}
design: {{strata: site_county, psu: site, weight: weight, fpc: {json.dumps(FPC[design])}}}
domains: [home_county, age]
"""
    if block == "raked":
        text += "calibration: {method: raking, margins: {home_county: a, sex: b, age: c}}\n"
    margins = {name: margin(name) for name in ("home_county", "sex", "age")}
    return parse_plan(text).with_margins(margins)


@cache
def result(design: str, block: str) -> Estimate:
    chosen = plan(design, block)
    return estimate(Cells.from_rows(rows(), chosen), chosen, RULES)


def entries() -> list[Any]:
    found = []
    for design, block in BLOCKS:
        reference = REFERENCE[design][block]
        found.append(pytest.param(design, block, "", reference, id=f"{design}-{block}-overall"))
        for name in ("home_county", "age"):
            for entry in reference[name]:
                found.append(pytest.param(design, block, name, entry, id=f"{design}-{block}-{entry['level']}"))
    return found


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize(("design", "block", "domain", "entry"), entries())
def test_share_and_standard_error_equal_r(design, block, domain, entry):
    made = result(design, block)
    found = made.overall if not domain else next(d for d in made.domains[domain] if d.level == entry["level"])
    expected = entry["satisfied"] if not domain else entry
    assert found.n == entry["n"]
    assert found.df == expected["df"]
    assert found.satisfied.estimate == near(expected["estimate"])
    assert found.satisfied.se == near(expected["se"])
    assert found.satisfied.design_effect == near(expected["deff_replace"])
    t = mean_interval(found.satisfied.estimate, found.satisfied.se, found.df)
    assert (t.lower, t.upper) == (near(expected["t_lower"]), near(expected["t_upper"]))
    if "korn_graubard" in expected:
        rows_r_takes = entry["n"] if block == "base" else 4577
        kg = korn_graubard(found.satisfied.estimate, found.satisfied.se, found.df, rows_r_takes)
        assert (kg.lower, kg.upper) == (
            near(expected["korn_graubard"]["lower"]),
            near(expected["korn_graubard"]["upper"]),
        )


@pytest.mark.parametrize(("design", "block"), BLOCKS)
def test_index_logit_interval_and_weights_equal_r(design, block):
    made, expected = result(design, block), REFERENCE[design][block]
    assert made.sum_weights == near(expected["sum_weights"])
    assert made.overall.index.estimate == near(expected["index"]["estimate"])
    assert made.overall.index.se == near(expected["index"]["se"])
    assert made.overall.index.design_effect == near(expected["index"]["deff_replace"])
    share = made.overall.satisfied
    limits = logit(share.estimate, share.se, made.overall.df, made.overall.n)
    assert limits.lower == near(expected["satisfied"]["logit"]["lower"])
    assert limits.upper == near(expected["satisfied"]["logit"]["upper"])


def test_raked_weights_equal_r_row_by_row():
    chosen = plan("without_fpc", "raked")
    table = dict(rows())
    table["row"] = [str(number) for number in range(len(table["id"]))]
    apart = parse_plan(
        "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"
        "design: {strata: site_county, psu: site, weight: weight}\ndomains: [row]\n"
        "calibration: {method: raking, margins: {home_county: a, sex: b, age: c}}\n"
    ).with_margins(chosen.margins())
    cells = Cells.from_rows(table, apart)
    order = [int(level) for level in cells.columns["row"].levels]
    weights = np.empty(len(order))
    weights[np.array(order)[cells.columns["row"].codes]] = calibrate(cells, apart).weight
    assert weights == pytest.approx(np.array(REFERENCE["without_fpc"]["raked"]["weights"]), rel=1e-6)
