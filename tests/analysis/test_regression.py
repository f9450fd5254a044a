"""Regression against R's svyglm, against means whose standard errors already equal R's, and by its laws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimators import covariance_matrix, mean
from analysis.regression import Fit, Weighting, linear, logistic
from analysis.sample import Sample, weighted_sample
from tests.analysis.test_api_reference import CALIBRATIONS, DESIGNS, REFERENCE, design_of, plan_of, table

TERMS = ("(Intercept)", "meals", "ell")


def sample_of(rows: dict[str, Any], design: dict[str, Any], keys: list[str], **more: Any) -> Sample:
    plan = plan_of(rows, "sch_wide", design, domains=keys, **more)
    return weighted_sample(Cells.from_rows(rows, plan), plan)


def of_design(name: str) -> Sample:
    return sample_of(*design_of(name), ["meals", "ell"])


def matrix(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    y, meals, ell = (sample.cells.numbers(name)[0] for name in ("sch_wide", "meals", "ell"))
    return np.column_stack([np.ones(len(y)), meals, ell]), y


def near(value: Any, rel: float = 1e-8) -> Any:
    return pytest.approx(np.asarray(value), rel=rel)


@pytest.mark.parametrize("name", DESIGNS)
def test_a_logistic_regression_equals_svyglm(name):
    """R's glm stops when the deviance moves by less than 1e-8 of itself and keeps the information of the step
    before, so its standard errors are 1e-8 to 6e-6 off the converged ones, and its coefficients up to 1e-9."""
    sample, expected = of_design(name), REFERENCE["designs"][name]["logistic"]
    x, y = matrix(sample)
    fit = logistic(x, y, TERMS, Weighting.of(sample))
    assert fit.coefficients == near(expected["coef"])
    assert fit.se == near(expected["se"], rel=1e-5)
    assert fit.df == REFERENCE["designs"][name]["df"] + 1 - 3


@pytest.mark.parametrize("name", DESIGNS)
def test_stopped_where_r_stops_the_standard_errors_equal_svyglm_too(name):
    """R's iteration repeated in the test: then nothing is left of the difference, and no factor n/(n-p) either."""
    sample, expected = of_design(name), REFERENCE["designs"][name]["logistic"]
    x, y = matrix(sample)
    n, weight = sample.cells.count.sum(), sample.weight
    prior = weight / (weight.sum() / n)  # R scales row weights to a mean of 1, and starts from (w y + 1/2)/(w + 1)
    row = prior / sample.cells.count
    chance = (row * y + 0.5) / (row + 1)
    predictor, before = special.logit(chance), np.inf
    while True:
        slope = chance * (1 - chance)
        working = prior * slope
        target = predictor + (y - chance) / slope
        coefficients = np.linalg.solve(x.T @ (x * working[:, None]), x.T @ (working * target))
        predictor = x @ coefficients
        chance = special.expit(predictor)
        deviance = -2 * float(prior @ (y * np.log(chance) + (1 - y) * np.log1p(-chance)))
        if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8:
            break
        before = deviance
    scores = x * ((y - chance) / (chance * (1 - chance)) * slope)[:, None]
    influence = scores @ np.linalg.inv(x.T @ (x * (weight * slope)[:, None]))
    se = np.sqrt(np.diag(Weighting.of(sample).covariance(influence)))
    assert coefficients == near(expected["coef"], rel=1e-12)
    assert se == near(expected["se"], rel=1e-12)


def calibrated() -> Sample:
    data, design, calibration = CALIBRATIONS["raking_calibrate_cluster1"]
    return sample_of(table(data), design, ["stype", "awards", "api00"], calibration=calibration)


def test_a_regression_on_groups_gives_their_means_with_the_covariance_r_gives_after_calibration():
    sample = calibrated()
    values = sample.cells.numbers("api00")[0]
    stype = sample.cells.columns["stype"]
    x = (stype.codes[:, None] == np.arange(3)[None, :]).astype(float)
    fit = linear(x, values, stype.levels, Weighting.of(sample))
    means = [mean(sample, values, stype.codes == code) for code in range(3)]
    assert fit.coefficients == near([statistic.value for statistic in means])
    assert fit.covariance == near(covariance_matrix(sample, means), rel=1e-7)


def test_a_constant_alone_gives_the_mean_and_its_logit_with_r_s_standard_error():
    sample = calibrated()
    expected = REFERENCE["calibration"]["raking_calibrate_cluster1"]["mean_awards"]
    ones, awards = np.ones((len(sample.cells), 1)), sample.cells.numbers("awards")[0]
    plain = linear(ones, awards, ("mean",), Weighting.of(sample))
    odds = logistic(ones, awards, ("log odds",), Weighting.of(sample))
    share, se = expected["estimate"], expected["se"]
    assert (plain.coefficients[0], plain.se[0]) == (near(share), near(se))
    assert (odds.coefficients[0], odds.se[0]) == (near(special.logit(share)), near(se / (share * (1 - share))))


def test_a_domain_is_estimated_under_the_whole_design():
    sample = calibrated()
    values, inside = sample.cells.numbers("api00")[0], sample.cells.columns["stype"].codes == 0
    fit = linear(np.ones((len(values), 1)), values, ("mean",), Weighting.of(sample), inside)
    statistic = mean(sample, values, inside)
    assert fit.coefficients[0] == near(statistic.value)
    assert fit.covariance[0, 0] == near(covariance_matrix(sample, [statistic])[0, 0])
    assert fit.df == statistic.df(sample)


def test_a_domain_of_rows_drawn_directly_counts_its_own_rows():
    sample = of_design("stratified")
    x, y = matrix(sample)
    inside = sample.cells.numbers("meals")[0] > 50
    fit = linear(x, y, TERMS, Weighting.of(sample), inside)
    assert fit.df == mean(sample, y, inside).df(sample) + 1 - 3


def test_linear_regression_of_five_rows_by_hand():
    rows = {"psu": list("aabbc"), "w": [1, 1, 2, 2, 4], "x": [0, 1, 0, 1, 1], "sch_wide": [1, 0, 1, 1, 0]}
    sample = sample_of(rows, {"psu": "psu", "weight": "w"}, ["x"])
    x = sample.cells.numbers("x")[0]
    y = sample.cells.numbers("sch_wide")[0]
    fit = linear(np.column_stack([np.ones(len(x)), x]), y, ("constant", "x"), Weighting.of(sample))
    # x = 0: all answer 1; x = 1: weight 2 of 7 answers 1.  e: 0, -2/7, 0, 5/7, -2/7; PSU totals of w e / 7
    assert fit.coefficients == near([1.0, 2 / 7 - 1])
    totals = np.array([1 * -2 / 7, 2 * 5 / 7, 4 * -2 / 7]) / 7
    assert fit.covariance[1, 1] == near(3 / 2 * ((totals - totals.mean()) ** 2).sum())
    assert fit.se[0] == pytest.approx(0, abs=1e-12)


def made(seed: int) -> tuple[np.ndarray, np.ndarray, Weighting]:
    r = np.random.default_rng(seed)
    n = 150
    x = np.column_stack([np.ones(n), r.normal(size=(n, 2))])
    rows = {
        "psu": [f"p{i}" for i in r.integers(0, 20, n)], "h": [f"h{i}" for i in np.arange(n) % 2],
        "w": r.uniform(1, 5, n).tolist(), "row": np.arange(n).tolist(),
        "sch_wide": (r.uniform(size=n) < special.expit(x @ [0.3, 0.8, -0.5])).astype(int).tolist(),
    }  # fmt: skip
    sample = sample_of(rows, {"psu": "psu", "strata": "h", "weight": "w"}, ["row"], singleton="adjust")
    order = sample.cells.numbers("row")[0].astype(int)
    return x[order], sample.cells.numbers("sch_wide")[0], Weighting.of(sample)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-3, 3))
def test_units_of_terms_and_weights_do_not_matter(seed, scale, shift):
    x, y, weighting = made(seed)
    heavier = replace(weighting, weight=weighting.weight * scale, squared=weighting.squared * scale**2)
    moved = x.copy()
    moved[:, 1] = x[:, 1] * scale + shift
    for fitting in (linear, logistic):
        plain: Fit = fitting(x, y, ("1", "a", "b"), weighting)
        assert fitting(x, y, ("1", "a", "b"), heavier).covariance == near(plain.covariance, rel=1e-6)
        other = fitting(moved, y, ("1", "a", "b"), weighting)
        assert other.coefficients[1] * scale == pytest.approx(plain.coefficients[1], rel=1e-6)
        assert other.se[1] * scale == pytest.approx(plain.se[1], rel=1e-6)
        assert other.se[2] == pytest.approx(plain.se[2], rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_fitted_equations_hold_and_the_influences_sum_to_nothing(seed):
    x, y, weighting = made(seed)
    fit = logistic(x, y, ("1", "a", "b"), weighting)
    assert x.T @ (weighting.weight * (y - special.expit(x @ fit.coefficients))) == pytest.approx(0, abs=1e-8)
    assert weighting.weight @ fit.influence == pytest.approx(0, abs=1e-10)


def test_intervals_cover_the_truth_as_often_as_they_say():
    r = np.random.default_rng(11)
    covered, runs = 0, 400
    rows = {"psu": np.repeat(np.arange(30), 10).tolist(), "w": [1] * 300, "row": list(range(300))}
    rows["sch_wide"] = [0, 1] * 150
    sample = sample_of(rows, {"psu": "psu", "weight": "w"}, ["row"])
    order = sample.cells.numbers("row")[0].astype(int)
    psu = np.repeat(np.arange(30), 10)[order]
    for _ in range(runs):
        shared = r.normal(0, 0.7, 30)[psu]
        x = np.column_stack([np.ones(300), r.normal(size=30)[psu]])
        y = 1 + 0.5 * x[:, 1] + shared + r.normal(size=300)
        row = linear(x, y, ("1", "x"), Weighting.of(sample)).table()[1]
        covered += row.lower <= 0.5 <= row.upper
    assert 0.90 <= covered / runs <= 0.98


def test_what_cannot_be_fitted_is_said():
    x, y, weighting = made(1)
    with pytest.raises(AnalysisError, match=r"the terms twice follow"):
        linear(np.column_stack([x, 2 * x[:, 1]]), y, ("1", "a", "b", "twice"), weighting)
    with pytest.raises(AnalysisError, match="no finite solution"):
        logistic(x, (x[:, 1] > 0).astype(float), ("1", "a", "b"), weighting)
    with pytest.raises(AnalysisError, match="0 or 1"):
        logistic(x, y + 0.5, ("1", "a", "b"), weighting)
    with pytest.raises(AnalysisError, match="missing"):
        linear(np.where(x == x[3, 1], np.nan, x), y, ("1", "a", "b"), weighting)
    with pytest.raises(AnalysisError, match="no answers"):
        linear(x, y, ("1", "a", "b"), weighting, np.zeros(len(y), dtype=bool))


def test_a_table_without_degrees_of_freedom_has_no_limits():
    rows = {"psu": ["a", "b"], "w": [1, 1], "x": [0, 1], "sch_wide": [0, 1]}
    sample = sample_of(rows, {"psu": "psu", "weight": "w"}, ["x"])
    x = np.column_stack([np.ones(2), sample.cells.numbers("x")[0]])
    fit = linear(x, sample.cells.numbers("sch_wide")[0], ("1", "x"), Weighting.of(sample))
    assert fit.df == 0
    assert fit.table()[1].lower is None


@pytest.mark.parametrize("seed", range(6))
def test_one_group_of_one_answer_is_refused_though_the_rest_settles(seed):
    """Quasi-separation: its coefficient has no finite value (Albert and Anderson 1984); with one other answer it has."""
    x, _, weighting = made(seed)
    r = np.random.default_rng(seed)
    x[:, 1] = np.arange(len(x)) % 5 == 0
    y = np.where(x[:, 1] > 0, 1.0, (r.uniform(size=len(x)) < special.expit(0.3 + x[:, 2])).astype(float))
    with pytest.raises(AnalysisError, match="group"):
        logistic(x, y, ("1", "group", "b"), weighting)
    y[0] = 0.0
    assert np.isfinite(logistic(x, y, ("1", "group", "b"), weighting).coefficients).all()
