"""Classic designs and calibrations against R's survey: the entries of tests/reference/api that the core covers."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analysis.cells import Cells
from analysis.errors import DesignError
from analysis.estimate import Estimate, estimate
from analysis.intervals import korn_graubard, logit, mean_interval
from analysis.plan import parse_plan

API = Path(__file__).parents[1] / "reference" / "api"
REFERENCE = json.loads((API / "reference.json").read_text(encoding="utf-8"))
DESIGNS = list(REFERENCE["designs"])
POPULATION = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch_wide": {"0": 1072, "1": 5122}}
CALIBRATIONS = {
    "linear_cluster1": ("linear", ["stype"]),
    "poststratify_calibrate_cluster1": ("poststratify", ["stype"]),
    "raking_calibrate_cluster1": ("raking", ["stype", "sch_wide"]),
}


def table(name: str) -> dict[str, list[str]]:
    with (API / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def made(rows: dict[str, list[str]], measure: str, design: dict[str, Any], **more: Any) -> Estimate:
    """The estimate of a whole-number column: its highest code is 'satisfied', its values are the index."""
    scale = sorted({int(value) for value in rows[measure] if value != "NA"})
    text = json.dumps(
        {
            "measure": {"question": measure, "satisfied": [scale[-1]], "scale": scale, "points": scale},
            "design": design,
            **more,
        }
    )
    plan = parse_plan(text)
    return estimate(Cells.from_rows(rows, plan), plan)


def of_design(name: str, measure: str, **more: Any) -> Estimate:
    entry = REFERENCE["designs"][name]
    rows, design = table(entry["data"]), dict(entry["design"])
    if isinstance(design.get("psu"), list):  # R derives the weights from the two population counts
        clusters, taken = len(set(rows["dnum"])), Counter(rows["dnum"])
        rows["pw"] = [
            repr(float(first) / clusters * float(second) / taken[cluster])
            for first, second, cluster in zip(rows["fpc1"], rows["fpc2"], rows["dnum"], strict=True)
        ]
        design = {"psu": "dnum", "fpc": design["fpc"], "weight": "pw"}
    return made(rows, measure, design, **more)


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_share_of_a_design_equals_r(name):
    entry, result = REFERENCE["designs"][name], of_design(name, "sch_wide")
    found, expected = result.overall, entry["mean"]["sch_wide"]
    assert (found.df, found.n) == (entry["df"], entry["n"])
    assert result.sum_weights == near(entry["sum_weights"])
    assert found.satisfied.estimate == near(expected["estimate"])
    assert found.satisfied.se == near(expected["se"])
    assert found.satisfied.design_effect == near(expected["deff_replace"])
    share, se = found.satisfied.estimate, found.satisfied.se
    for limits, reference in (
        (mean_interval(share, se, found.df), entry["proportion_ci"]["mean"]),
        (korn_graubard(share, se, found.df, found.n), entry["proportion_ci"]["beta"]),
        (logit(share, se, found.df, found.n), entry["proportion_ci"]["xlogit"]),
    ):
        assert (limits.lower, limits.upper) == (near(reference["lower"]), near(reference["upper"]))


@pytest.mark.parametrize("name", DESIGNS)
def test_the_mean_of_a_design_equals_r(name):
    found, expected = of_design(name, "api00").overall, REFERENCE["designs"][name]["mean"]["api00"]
    assert found.index.estimate == near(expected["estimate"])
    assert found.index.se == near(expected["se"])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_domains_of_a_design_equal_r(name):
    rows = {row.level: row for row in of_design(name, "sch_wide", domains=["stype"]).domains["stype"]}
    for entry in REFERENCE["designs"][name]["domain"]:
        assert rows[entry["level"]].satisfied.estimate == near(entry["estimate"])
        assert rows[entry["level"]].satisfied.se == near(entry["se"])


@pytest.mark.parametrize("name", CALIBRATIONS)
@pytest.mark.parametrize("measure", ["awards", "api00"])
def test_a_calibrated_estimate_equals_r(name, measure):
    method, margins = CALIBRATIONS[name]
    entry = REFERENCE["calibration"][name][f"mean_{measure}"]
    calibration = {"method": method, "margins": {margin: POPULATION[margin] for margin in margins}}
    design = {"psu": "dnum", "weight": "pw", "fpc": "fpc"}
    found = made(table("apiclus1"), measure, design, calibration=calibration).overall
    figure = found.satisfied if measure == "awards" else found.index
    assert found.df == REFERENCE["calibration"][name]["df"]
    assert figure.estimate == near(entry["estimate"])
    assert figure.se == near(entry["se"])


@pytest.mark.parametrize("rule", ["remove", "adjust", "certainty", "average"])
def test_a_stratum_with_one_psu_follows_the_declared_rule(rule):
    entry, rows = REFERENCE["singleton"][rule], table("singleton")
    rows["x"] = [str(round(float(value) * 10)) for value in rows["x"]]
    design = {"strata": "stratum", "psu": "psu", "weight": "w"}
    share = made(rows, "y", design, singleton=rule).overall
    mean = made(rows, "x", design, singleton=rule).overall
    assert share.df == entry["df"]
    assert (share.satisfied.estimate, share.satisfied.se) == (near(entry["estimate"][0]), near(entry["se"][0]))
    assert (mean.index.estimate / 10, mean.index.se / 10) == (near(entry["estimate"][1]), near(entry["se"][1]))


def test_a_stratum_with_one_psu_fails_by_default_and_is_named():
    with pytest.raises(DesignError, match="single PSU: b"):
        made(table("singleton"), "y", {"strata": "stratum", "psu": "psu", "weight": "w"})
