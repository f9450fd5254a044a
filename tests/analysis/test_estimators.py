"""Differences, covariances, replication and waves: laws that tie the estimators to each other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from analysis.cells import Cells, Column
from analysis.decision import outcome_probabilities, predictive
from analysis.estimation import estimate
from analysis.estimators import covariance_matrix, difference, mean, standard_errors
from analysis.plan import Plan, parse_plan
from analysis.replication import _solver
from analysis.sample import weighted_sample
from analysis.variance import sample_design, variance
from analysis.wave_covariance import wave_covariance
from tests.support.zones import RULES, ZONES


def city(seed: int, n: int = 500, sites: str = "s") -> dict[str, list[Any]]:
    r = np.random.default_rng(seed)
    county, place = r.integers(0, 4, n), r.integers(0, 5, n)
    effect = np.random.default_rng(99).normal(0, 1, (4, 5))[county, place]
    return {
        "county": [f"c{value}" for value in county],
        "site": [f"{sites}{value}" for value in place],
        "weight": r.uniform(1, 4, n).tolist(),
        "sex": r.choice(["m", "f"], n).tolist(),
        "y": np.clip(np.round(3.6 + effect + r.normal(0, 1, n)), 1, 5).astype(int).tolist(),
    }


def plan(**more: Any) -> Plan:
    document = {
        "measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "county", "psu": "site", "weight": "weight"},
        "calibration": {"margins": {"sex": {"m": 500, "f": 500}}},
        **more,
    }
    return parse_plan(json.dumps(document))


def shares(rows: dict[str, list[Any]], asked: Plan):
    sample = weighted_sample(Cells.from_rows(rows, asked), asked)
    satisfied = (sample.cells.numbers("y")[0] >= 4).astype(float)
    column = sample.cells.columns["county"]
    return sample, [mean(sample, satisfied, column.codes == code) for code in range(len(column.levels))]


FPC = {"design": {"strata": "county", "psu": "site", "weight": "weight", "fpc": ["sites", "people"]}}


@pytest.mark.parametrize("more", [{}, FPC])
def test_the_covariance_matrix_holds_the_variances_and_those_of_differences(more):
    rows = city(3) | {"sites": [40] * 500, "people": [900] * 500}
    sample, statistics = shares(rows, plan(**more))
    matrix = covariance_matrix(sample, statistics)
    assert np.sqrt(np.diag(matrix)) == pytest.approx(standard_errors(sample, statistics), rel=1e-9)
    between = difference(statistics[0], statistics[1])
    expected = matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1]
    assert standard_errors(sample, [between])[0] ** 2 == pytest.approx(expected, rel=1e-9)


def test_a_difference_stands_in_the_estimate_with_its_test():
    asked = plan(figures=[{"difference": [{"sex": "f"}, {"sex": "m"}]}])
    rows = city(4)
    result = estimate(Cells.from_rows(rows, asked), asked, RULES).figures[0]
    assert result["t"] == pytest.approx(result["estimate"] / result["se"])
    assert 0 <= result["p"] <= 1
    wrong = plan(figures=[{"difference": [{"sex": "x"}, {"sex": "m"}]}])
    (empty,) = estimate(Cells.from_rows(rows, wrong), wrong, RULES).figures
    assert empty["estimate"] is empty["p"] is None
    assert "no level 'x'; it has: f, m" in empty["notices"][0]["text"]


def test_crossed_domains_equal_the_domains_of_a_pasted_column():
    rows = city(5)
    rows["both"] = [f"{county} × {sex}" for county, sex in zip(rows["county"], rows["sex"], strict=True)]
    crossed, pasted = plan(domains=[["county", "sex"]], singleton="adjust"), plan(domains=["both"], singleton="adjust")
    first = estimate(Cells.from_rows(rows, crossed), crossed, RULES).domains["county × sex"]
    second = estimate(Cells.from_rows(rows, pasted), pasted, RULES).domains["both"]
    assert {(row.level, row.n) for row in first} == {(row.level, row.n) for row in second}
    found = {row.level: row.satisfied.se for row in second}
    assert all(row.satisfied.se == pytest.approx(found[row.level], rel=1e-9) for row in first)


@pytest.mark.parametrize("method", ["jkn", "bootstrap"])
def test_replicates_agree_with_linearisation(method):
    asked = plan(replication={"method": method, "replicates": 2000, "seed": 11})
    result = estimate(Cells.from_rows(city(6), asked), asked, RULES)
    assert result.replication["satisfied_se"] == pytest.approx(result.overall.satisfied.se, rel=0.08)


def test_the_bootstrap_repeats_under_its_seed():
    asked = plan(replication={"method": "bootstrap", "replicates": 40, "seed": 3})
    cells = Cells.from_rows(city(6), asked)
    assert estimate(cells, asked, RULES).replication == estimate(cells, asked, RULES).replication


@pytest.mark.parametrize(
    "how",
    [{"method": "raking"}, {"method": "linear"}, {"method": "logit", "bounds": [0.3, 3]}, {"method": "linear", "bounds": [0.2, 4]}],
    ids=str,
)  # fmt: skip
def test_replicates_calibrated_in_one_go_are_those_calibrated_one_by_one(how):
    """Also one whose Newton steps overshoot, and one of which nothing is left of a group."""
    margins = {"sex": {"f": 400, "m": 600}, "county": {"c0": 200, "c1": 300, "c2": 240, "c3": 260}}
    asked = plan(calibration={"margins": margins} | how)
    cells = Cells.from_rows(city(6), asked)
    sample = weighted_sample(cells, asked)
    solver = _solver(sample, asked)
    base = solver.auxiliaries.weights(sample.calibrated.design_weight)
    designs = base * np.random.default_rng(1).uniform(0.5, 1.7, (60, len(base)))
    designs[0] = base * (1.3 if "bounds" in how else 40)
    designs[1][np.argmin(base)] = 0
    together = solver.many_group_factors(designs)
    for own, factors in zip(designs, together, strict=True):
        assert factors == pytest.approx(solver.group_factors(own)[0], rel=1e-9)


def test_waves_at_the_same_sites_covary_as_the_stacked_sample_says():
    """R would stack both waves with sites as clusters; the difference of the two domains is the same figure."""
    first, second = city(7), city(8)
    asked = plan(calibration=None)
    one, two = ((*shares(rows, asked),) for rows in (first, second))
    samples = [one[0], two[0]]
    values = [(sample.cells.numbers("y")[0] >= 4).astype(float) for sample in samples]
    statistics = [mean(sample, value, sample.everyone) for sample, value in zip(samples, values, strict=True)]
    matrix = wave_covariance(samples, [asked, asked], statistics)
    stacked = {name: [*first[name], *second[name]] for name in first} | {"wave": ["1"] * 500 + ["2"] * 500}
    both = plan(calibration=None, figures=[{"difference": [{"wave": "2"}, {"wave": "1"}]}])
    expected = estimate(Cells.from_rows(stacked, both), both, RULES).figures[0]["se"]
    assert np.sqrt(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1]) == pytest.approx(expected, rel=1e-9)
    assert matrix[0, 1] > 0


def test_waves_at_other_sites_do_not_covary():
    asked = plan(calibration=None)
    samples = [shares(city(7), asked)[0], shares(city(8, sites="other"), asked)[0]]
    statistics = [
        mean(sample, (sample.cells.numbers("y")[0] >= 4).astype(float), sample.everyone) for sample in samples
    ]
    assert wave_covariance(samples, [asked, asked], statistics)[0, 1] == 0


def test_an_official_survey_without_error_finds_the_true_zone():
    assert predictive(0.68, 0.02, 60, 0.0, ZONES) == pytest.approx(outcome_probabilities(0.68, 0.02, 60, ZONES))


def test_the_error_of_the_official_survey_widens_what_it_may_find():
    own, foreseen = outcome_probabilities(0.66, 0.015, 60, ZONES), predictive(0.66, 0.015, 60, 0.02, ZONES)
    assert foreseen["deduct"] < own["deduct"]
    assert sum(foreseen.values()) == pytest.approx(1)
    asked = plan(official_se=0.02, design={})
    decision = estimate(Cells.from_rows(city(6), asked), asked, RULES).overall.decision
    assert sum(decision["predictive"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ({"mean": "y", "total": "y"}, "exactly one of"),
        ({"table": ["y", "sex"], "by": ["county"]}, "'by' goes with"),
        ({"quantile": "y", "at": [1.5]}, "between 0 and 1"),
    ],
)
def test_a_faulty_figure_is_refused(figure, said):
    with pytest.raises(ValueError, match=said):
        plan(figures=[figure])


def test_the_variance_is_the_same_of_cells_in_any_order():
    r, shape = np.random.default_rng(4), plan()
    cells = Cells.from_rows(city(3), shape)
    order = r.permutation(len(cells))
    mixed = Cells(
        {name: Column(column.levels, column.codes[order]) for name, column in cells.columns.items()},
        cells.count[order], cells.weight[order], cells.weight_squared[order],
    )  # fmt: skip
    scores, squares = r.normal(size=len(cells)), r.random(len(cells))
    found = variance(scores, squares, sample_design(cells, shape))
    again = variance(scores[order], squares[order], sample_design(mixed, shape))
    assert (again.total, again.within) == pytest.approx((found.total, found.within), rel=1e-12)
