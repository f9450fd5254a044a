"""Classic designs, calibrations and replicates against R's survey: every entry of tests/reference/api."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.errors import DesignError
from analysis.estimation import estimate
from analysis.estimators import mean, standard_errors
from analysis.intervals import korn_graubard, logit, mean_interval
from analysis.plan import Plan, parse_plan
from analysis.replication import replicate
from analysis.results import Estimate
from analysis.sample import Sample, weighted_sample
from tests.support.zones import RULES

API = Path(__file__).parents[1] / "reference" / "api"
REFERENCE = json.loads((API / "reference.json").read_text(encoding="utf-8"))
DESIGNS = list(REFERENCE["designs"])
STYPE = {"E": 4421, "H": 755, "M": 1018}
SCHOOL_WIDE = {"0": 1072, "1": 5122}
CLUSTER1 = {"psu": "dnum", "weight": "pw", "fpc": "fpc"}
STRATIFIED = {"strata": "stype", "weight": "pw", "fpc": "fpc"}
API99 = {"api99": 3914069}
CALIBRATIONS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "linear_cluster1": ("apiclus1", CLUSTER1, {"method": "linear", "margins": {"stype": STYPE}}),
    "poststratify_calibrate_cluster1": ("apiclus1", CLUSTER1, {"method": "poststratify", "margins": {"stype": STYPE}}),
    # R's postStratify() and rake() agree here because the base weights are equal
    "poststratify_cluster1": ("apiclus1", CLUSTER1, {"method": "poststratify", "margins": {"stype": STYPE}}),
    "rake_cluster1": (
        "apiclus1", CLUSTER1, {"method": "raking", "margins": {"stype": STYPE, "sch_wide": SCHOOL_WIDE}},
    ),
    "raking_calibrate_cluster1": (
        "apiclus1", CLUSTER1, {"method": "raking", "margins": {"stype": STYPE, "sch_wide": SCHOOL_WIDE}},
    ),
    "linear_api99_cluster1": (
        "apiclus1", CLUSTER1, {"method": "linear", "margins": {"stype": STYPE}, "totals": API99},
    ),
    "raking_api99_cluster1": (
        "apiclus1", CLUSTER1, {"method": "raking", "margins": {"stype": STYPE}, "totals": API99},
    ),
    "logit_api99_cluster1": (
        "apiclus1", CLUSTER1,
        {"method": "logit", "bounds": [0.4, 2.5], "margins": {"stype": STYPE}, "totals": API99},
    ),
    "linear_bounded_stratified": (
        "apistrat", STRATIFIED, {"method": "linear", "bounds": [0.5, 1.5], "population": 6194, "totals": API99},
    ),
}  # fmt: skip


def table(name: str) -> dict[str, list[str]]:
    with (API / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def plan_of(rows: dict[str, list[str]], measure: str, design: dict[str, Any], **more: Any) -> Plan:
    """A plan for a whole-number column: its highest code is 'satisfied', its values are the index."""
    scale = sorted({int(value) for value in rows[measure] if value != "NA"})
    question = {"question": measure, "satisfied": [scale[-1]], "scale": scale, "points": scale}
    return parse_plan(json.dumps({"measure": question, "design": design, **more}))


def made(rows: dict[str, list[str]], measure: str, design: dict[str, Any], **more: Any) -> Estimate:
    plan = plan_of(rows, measure, design, **more)
    return estimate(Cells.from_rows(rows, plan), plan, RULES)


def design_of(name: str) -> tuple[dict[str, list[str]], dict[str, Any]]:
    entry = REFERENCE["designs"][name]
    rows, design = table(entry["data"]), dict(entry["design"])
    if isinstance(design.get("psu"), list):  # R derives the weights from the two population counts
        clusters, taken = len(set(rows["dnum"])), Counter(rows["dnum"])
        rows["pw"] = [
            repr(float(first) / clusters * float(second) / taken[cluster])
            for first, second, cluster in zip(rows["fpc1"], rows["fpc2"], rows["dnum"], strict=True)
        ]
        design = {"psu": "dnum", "fpc": design["fpc"], "weight": "pw"}
    return rows, design


def of_design(name: str, measure: str, **more: Any) -> Estimate:
    rows, design = design_of(name)
    return made(rows, measure, design, **more)


def near(value: float, tolerance: float = 1e-8) -> Any:
    return pytest.approx(value, rel=tolerance)


def meets(found: dict[str, Any], expected: dict[str, float]) -> None:
    for name in ("estimate", "se", "lower", "upper"):
        if name in expected:
            assert found[name] == near(expected[name]), name


@pytest.mark.parametrize("name", DESIGNS)
def test_the_share_of_a_design_equals_r(name):
    entry, result = REFERENCE["designs"][name], of_design(name, "sch_wide")
    found, expected = result.overall, entry["mean"]["sch_wide"]
    assert (found.df, found.n) == (entry["df"], entry["n"])
    assert result.sum_weights == near(entry["sum_weights"])
    assert found.satisfied.estimate == near(expected["estimate"])
    assert found.satisfied.se == near(expected["se"])
    assert found.satisfied.design_effect == near(expected["deff_replace"])
    fraction = found.n / result.sum_weights  # R's other design effect is against sampling without replacement
    assert found.satisfied.design_effect / (1 - fraction) == near(expected["deff"])
    share, se = found.satisfied.estimate, found.satisfied.se
    for limits, reference in (
        (mean_interval(share, se, found.df), entry["proportion_ci"]["mean"]),
        (korn_graubard(share, se, found.df, found.n), entry["proportion_ci"]["beta"]),
        (logit(share, se, found.df, found.n), entry["proportion_ci"]["xlogit"]),
    ):
        assert (limits.lower, limits.upper) == (near(reference["lower"]), near(reference["upper"]))


@pytest.mark.parametrize("name", DESIGNS)
def test_means_totals_ratios_and_quantiles_of_a_design_equal_r(name):
    entry = REFERENCE["designs"][name]
    asked = [
        {"mean": "api00"}, {"total": "api00"}, {"total": "sch_wide"}, {"ratio": ["api00", "api99"]},
        {"quantile": "api00", "at": [0.25, 0.5, 0.75]},
    ]  # fmt: skip
    api00, total, total_wide, ratio, *quantiles = of_design(name, "sch_wide", figures=asked).figures
    meets(api00, entry["mean"]["api00"])
    meets(total, entry["total"]["api00"])
    meets(total_wide, entry["total"]["sch_wide"])
    meets(ratio, entry["ratio"]["api00/api99"])
    for found, expected in zip(quantiles, entry.get("quantile", []), strict=False):
        assert found["at"] == float(expected["_row"])
        assert found["estimate"] == expected["quantile"]
        assert (found["lower"], found["upper"]) == (expected["ci.2.5"], expected["ci.97.5"])
        assert found["se"] == near(expected["se"])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_index_of_a_design_equals_r(name):
    found, expected = of_design(name, "api00").overall, REFERENCE["designs"][name]["mean"]["api00"]
    assert found.index.estimate == near(expected["estimate"])
    assert found.index.se == near(expected["se"])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_domains_of_a_design_equal_r(name):
    rows = {row.level: row for row in of_design(name, "sch_wide", domains=["stype"]).domains["stype"]}
    for entry in REFERENCE["designs"][name]["domain"]:
        assert rows[entry["level"]].satisfied.estimate == near(entry["estimate"])
        assert rows[entry["level"]].satisfied.se == near(entry["se"])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_rao_scott_test_of_a_design_equals_r(name):
    found = of_design(name, "sch_wide", figures=[{"table": ["sch_wide", "stype"]}]).figures[0]
    expected = REFERENCE["designs"][name]["chisq"]
    for key in ("F", "ndf", "ddf", "p"):
        assert found[key] == near(expected[key]), key


@pytest.mark.parametrize("name", CALIBRATIONS)
@pytest.mark.parametrize("measure", ["awards", "api00"])
def test_a_calibrated_estimate_equals_r(name, measure):
    data, design, calibration = CALIBRATIONS[name]
    entry = REFERENCE["calibration"][name]
    figures = [{"mean": "api00"}, {"mean": "awards"}, {"total": "enroll"}]
    result = made(table(data), measure, design, calibration=calibration, figures=figures)
    figure = result.overall.satisfied if measure == "awards" else result.overall.index
    assert result.overall.df == entry["df"]
    assert figure.estimate == near(entry[f"mean_{measure}"]["estimate"])
    assert figure.se == near(entry[f"mean_{measure}"]["se"])
    for found, expected in zip(result.figures, ("mean_api00", "mean_awards", "total_enroll"), strict=True):
        meets(found, entry[expected])


@pytest.mark.parametrize("name", [*CALIBRATIONS, "rake_then_trim"])
def test_the_weights_of_every_row_equal_r(name):
    """To 1e-6: R stops its iterations earlier than we do."""
    data, design, calibration = CALIBRATIONS.get(name, CALIBRATIONS["rake_cluster1"])
    sample = by_row(table(data), design, calibration | trim_of(name))
    weights = REFERENCE["calibration"][name]["weights"]
    assert in_row_order(sample) == pytest.approx(np.array(weights), rel=1e-6)


def test_rake_then_trim_equals_r():
    data, design, calibration = CALIBRATIONS["rake_cluster1"]
    sample = by_row(table(data), design, calibration | trim_of("rake_then_trim"))
    api00 = mean(sample, *sample.cells.numbers("api00"))
    expected = REFERENCE["calibration"]["rake_then_trim"]["mean_api00"]
    assert api00.value == near(expected["estimate"])
    assert standard_errors(sample, [api00])[0] == near(expected["se"])


def trim_of(name: str) -> dict[str, Any]:
    """R cuts at a quantile of the raked weights; the plan's ceiling is a multiple of their median."""
    if name != "rake_then_trim":
        return {}
    data, design, calibration = CALIBRATIONS["rake_cluster1"]
    median = float(np.median(in_row_order(by_row(table(data), design, calibration))))
    ratio = REFERENCE["calibration"]["rake_then_trim"]["upper"] / median
    return {"trim": {"max_ratio": ratio, "margins": "release"}}


def by_row(rows: dict[str, list[str]], design: dict[str, Any], calibration: dict[str, Any]) -> Sample:
    """A sample whose cells are single rows, told apart by a row number."""
    rows = rows | {"row": [str(number) for number in range(len(rows["api00"]))]}
    figures = [{"mean": "api00"}, {"mean": "row"}]
    plan = plan_of(rows, "awards", design, calibration=calibration, figures=figures)
    return weighted_sample(Cells.from_rows(rows, plan), plan)


def in_row_order(sample: Sample) -> np.ndarray:
    return sample.weight[np.argsort(sample.cells.numbers("row")[0])]


@pytest.mark.parametrize("rule", ["remove", "adjust", "certainty", "average"])
def test_a_stratum_with_one_psu_follows_the_declared_rule(rule):
    entry, rows = REFERENCE["singleton"][rule], table("singleton")
    design = {"strata": "stratum", "psu": "psu", "weight": "w"}
    result = made(rows, "y", design, singleton=rule, figures=[{"mean": "x"}])
    assert result.overall.df == entry["df"]
    share, mean_x = result.overall.satisfied, result.figures[0]
    assert (share.estimate, share.se) == (near(entry["estimate"][0]), near(entry["se"][0]))
    assert (mean_x["estimate"], mean_x["se"]) == (near(entry["estimate"][1]), near(entry["se"][1]))


def test_a_stratum_with_one_psu_fails_by_default_and_is_named():
    with pytest.raises(DesignError, match="single PSU: b"):
        made(table("singleton"), "y", {"strata": "stratum", "psu": "psu", "weight": "w"})


REPLICATIONS = {
    "jk1_cluster1": ("jk1", "cluster1"),
    "jk1_cluster1_wr": ("jk1", "cluster1_wr"),
    "jkn_stratified": ("jkn", "stratified"),
    "jkn_stratified_wr": ("jkn", "stratified_wr"),
}


@pytest.mark.parametrize("name", REPLICATIONS)
def test_the_jackknife_equals_r(name):
    method, design_name = REPLICATIONS[name]
    rows, design = design_of(design_name)
    figures = [{"mean": "api00"}, {"mean": "enroll"}]
    plan = plan_of(rows, "sch_wide", design, figures=figures, replication={"method": method})
    sample = weighted_sample(Cells.from_rows(rows, plan), plan)
    api00, wide = sample.cells.numbers("api00")[0], sample.cells.numbers("sch_wide")[0]
    enroll = sample.cells.numbers("enroll")[0]
    found = replicate(
        sample, plan, plan.replication, lambda w: np.array([w @ api00 / w.sum(), w @ wide / w.sum(), w @ enroll])
    )
    for se, key in zip(found.se, ("mean_api00", "mean_sch_wide", "total_enroll"), strict=True):
        assert se == near(REFERENCE["replication"][name][key]["se"])
    result = estimate(Cells.from_rows(rows, plan), plan, RULES)
    assert result.replication["satisfied_se"] == near(found.se[1])


@pytest.mark.parametrize(("method", "entry"), [("brr", "brr"), ("fay", "fay_rho_0.3"), (None, "linearised")])
def test_half_samples_equal_r(method, entry):
    rows = table("scd") | {"y": ["0", "1"] * 3}
    rule = {"replication": {"method": method, "rho": 0.3}} if method else {}
    asked = [{"ratio": ["alive", "arrests"]}]
    plan = plan_of(rows, "y", {"strata": "ESA", "psu": "ambulance"}, figures=asked, **rule)
    cells = Cells.from_rows(rows, plan)
    sample, expected = weighted_sample(cells, plan), REFERENCE["replication"]["scd"][entry]
    if method is None:
        meets(estimate(cells, plan, RULES).figures[0], expected)
        return
    alive, arrests = sample.cells.numbers("alive")[0], sample.cells.numbers("arrests")[0]
    found = replicate(sample, plan, plan.replication, lambda w: np.array([w @ alive / (w @ arrests)]))
    assert found.se[0] == near(expected["se"])


def test_a_health_survey_with_a_missing_measure_equals_r():
    entry = REFERENCE["nhanes"]
    design = {"strata": "SDMVSTRA", "psu": "SDMVPSU", "weight": "WTMEC2YR"}
    result = made(table("nhanes"), "HI_CHOL", design, domains=[["race", "RIAGENDR"]])
    found = result.overall
    assert found.df == entry["df"]
    assert found.satisfied.estimate == near(entry["mean"]["estimate"])
    assert found.satisfied.se == near(entry["mean"]["se"])
    share, se, n = found.satisfied.estimate, found.satisfied.se, found.n
    for limits, reference in (
        (mean_interval(share, se, found.df), entry["proportion_ci"]["mean"]),
        (korn_graubard(share, se, found.df, n), entry["proportion_ci"]["beta"]),
        (logit(share, se, found.df, n), entry["proportion_ci"]["xlogit"]),
    ):
        assert (limits.lower, limits.upper) == (near(reference["lower"]), near(reference["upper"]))
    rows = {row.level: row for row in result.domains["race × RIAGENDR"]}
    for domain in entry["domain"]:
        row = rows[f"{domain['race']} × {domain['RIAGENDR']}"]
        assert (row.satisfied.estimate, row.satisfied.se) == (near(domain["HI_CHOL"]), near(domain["se"]))
