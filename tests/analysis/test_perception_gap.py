"""Perception beside points: ranks that hold together, residuals by hand, and no model on few counties."""

from __future__ import annotations

import json

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import AnalysisError
from analysis.methods import Method
from analysis.perception_gap import across_counties, within_city

FIELDS = ["政务服务", "交通出行", "社区服务", "医疗卫生", "文化旅游"]
COUNTIES = [f"county {i}" for i in range(10)]


def test_ranks_are_certain_where_fields_stand_apart_and_open_where_they_do_not():
    mean = np.array([0.90, 0.70, 0.71, 0.50, 0.69])
    found = within_city(FIELDS, mean, np.full(5, 0.012), np.array([0.5, 0.9, 0.7, 0.6, 0.8]), seed=1)
    first, second, _, last, _ = found["fields"]
    assert (first["satisfaction_rank"], first["rank_lower"], first["rank_upper"]) == (1, 1, 1)
    assert (second["rank_lower"], second["rank_upper"]) == (2, 4)
    assert (last["rank_lower"], last["rank_upper"]) == (5, 5)
    assert (first["points_rank"], first["rank_gap"], first["gap_lower"], first["differs"]) == (5, 4, 4, True)
    assert (second["points_rank"], second["gap_lower"], second["gap_upper"]) == (1, -3, -1)
    assert (last["points_rank"], last["rank_gap"], last["differs"]) == (4, -1, True)
    json.dumps(found)


def test_the_critical_value_for_independent_equal_errors_is_tukey_s():
    found = within_city(FIELDS, np.linspace(0.5, 0.9, 5), np.full(5, 0.02), np.linspace(0, 1, 5), seed=3, draws=200_000)
    assert found["critical"] == pytest.approx(stats.studentized_range.ppf(0.95, 5, np.inf) / np.sqrt(2), rel=0.005)
    few = within_city(FIELDS, np.linspace(0.5, 0.9, 5), np.full(5, 0.02), np.linspace(0, 1, 5), 3, 200_000, df=20)
    assert few["critical"] == pytest.approx(stats.studentized_range.ppf(0.95, 5, 20) / np.sqrt(2), rel=0.01)


def test_rank_intervals_hold_all_true_ranks_together_as_often_as_they_say_even_near_ties():
    r = np.random.default_rng(2)
    truth = np.array([0.70, 0.701, 0.72, 0.80, 0.60])
    joint = 0.02**2 * (0.3 + 0.7 * np.eye(5))
    ranks = stats.rankdata(-truth)
    held = 0
    for _ in range(300):
        found = within_city(FIELDS, r.multivariate_normal(truth, joint), joint, np.linspace(0, 1, 5), 4, draws=2000)
        held += all(
            row["rank_lower"] <= rank <= row["rank_upper"] for row, rank in zip(found["fields"], ranks, strict=True)
        )
    assert held / 300 >= 0.93


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50), st.permutations(range(5)))
def test_ranks_do_not_depend_on_units_or_order(seed, scale, order):
    r = np.random.default_rng(seed)
    mean, se, share = r.uniform(0.4, 0.9, 5), r.uniform(0.01, 0.05, 5), r.uniform(size=5)
    plain = within_city(FIELDS, mean, se, share, 5, draws=4000)
    scaled = within_city(FIELDS, scale * mean, scale * se, 100 * share, 5, draws=4000)
    assert [(a["rank_lower"], a["rank_upper"], a["rank_gap"]) for a in plain["fields"]] == [
        (b["rank_lower"], b["rank_upper"], b["rank_gap"]) for b in scaled["fields"]
    ]
    for row in plain["fields"]:
        assert 1 <= row["rank_lower"] <= row["satisfaction_rank"] <= row["rank_upper"] <= 5
    turned = within_city([FIELDS[i] for i in order], mean[list(order)], se[list(order)], share[list(order)], 5)
    for place, row in zip(order, turned["fields"], strict=True):
        assert row["rank_gap"] == plain["fields"][place]["rank_gap"]


def table(seed: int, slope: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    r = np.random.default_rng(seed)
    share = r.uniform(0.3, 1.0, (10, 5))
    return 0.5 + r.normal(0, 0.05, (10, 1)) + r.normal(0, 0.05, 5) + slope * (share - 0.6), share


def test_residuals_and_slope_equal_least_squares_with_field_and_county_effects():
    y, share = table(1)
    y = y + np.random.default_rng(2).normal(0, 0.02, y.shape)
    y[3, 2] = np.nan
    found = across_counties(COUNTIES, FIELDS, y, np.full((10, 5), 0.02), share, seed=1)
    kept = np.isfinite(y)
    county, field = np.nonzero(kept)
    x = np.column_stack([np.eye(10)[county], np.eye(5)[field][:, 1:], share[kept]])
    plain = sm.OLS(y[kept], x).fit()
    assert [row["residual"] for row in found["rows"]] == pytest.approx(plain.resid.tolist(), abs=1e-12)
    assert found["slope"] == pytest.approx(plain.params[-1])
    hat = x @ np.linalg.pinv(x)
    assert [row["residual_se"] for row in found["rows"]] == pytest.approx((0.02 * np.sqrt(1 - np.diag(hat))).tolist())
    assert found["slope_se"] == pytest.approx(0.02 * np.sqrt(np.linalg.inv(x.T @ x)[-1, -1]))
    assert len(found["rows"]) == 49
    json.dumps(found)


def test_one_field_felt_worse_than_its_points_is_found():
    y, share = table(7)
    y[4, 1] -= 0.15
    found = across_counties(
        COUNTIES, FIELDS, y + np.random.default_rng(1).normal(0, 0.015, y.shape), np.full((10, 5), 0.015), share, 1
    )
    out = [(row["county"], row["field"]) for row in found["rows"] if row["stands_out"]]
    assert ("county 4", "交通出行") in out
    worst = min(found["rows"], key=lambda row: row["residual"])
    assert (worst["county"], worst["field"]) == ("county 4", "交通出行")


@pytest.mark.checks
def test_where_points_explain_all_a_false_alarm_comes_no_more_often_than_stated():
    y, share = table(3)
    joint = np.broadcast_to(0.02**2 * (0.4 + 0.6 * np.eye(5)), (10, 5, 5))
    r, alarms = np.random.default_rng(9), 0
    root = np.linalg.cholesky(joint[0])
    for _ in range(200):
        found = across_counties(COUNTIES, FIELDS, y + r.normal(size=(10, 5)) @ root.T, joint, share, 5, draws=2000)
        alarms += any(row["stands_out"] for row in found["rows"])
    assert 0.01 <= alarms / 200 <= 0.09


def test_fewer_than_eight_counties_are_only_described():
    y, share = table(1)
    found = across_counties(COUNTIES[:7], FIELDS, y[:7], np.full((7, 5), 0.02), share[:7], seed=1)
    assert found["kind"] == "descriptive"
    assert found["slope"] is None
    assert all(row["residual"] is None and not row["stands_out"] for row in found["rows"])
    assert len(found["rows"]) == 35


def test_a_county_with_one_field_has_nothing_to_compare_with():
    y, share = table(1)
    y[0, 1:] = np.nan
    found = across_counties(COUNTIES, FIELDS, y, np.full((10, 5), 0.02), share, seed=1)
    assert found["rows"][0]["residual"] == pytest.approx(0, abs=1e-12)
    assert (found["rows"][0]["lower"], found["rows"][0]["stands_out"]) == (None, False)


def test_what_cannot_be_compared_is_said():
    y, share = table(1)
    with pytest.raises(AnalysisError, match="does not vary"):
        across_counties(COUNTIES, FIELDS, y, np.full((10, 5), 0.02), np.full((10, 5), 0.8), seed=1)
    with pytest.raises(AnalysisError, match="one row per county"):
        across_counties(COUNTIES, FIELDS, y[:9], np.full((10, 5), 0.02), share, seed=1)
    with pytest.raises(AnalysisError, match="two fields"):
        within_city(["a"], np.array([0.5]), np.array([0.1]), np.array([0.5]), seed=1)


def test_fields_with_all_the_points_are_tied_and_none_of_them_differs():
    felt = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    found = within_city(FIELDS, felt, np.full(5, 0.01), np.array([1, 1, 0.1 + 0.2 + 0.7, 1, 1]), seed=1)
    assert [row["differs"] for row in found["fields"]] == [False] * 5
    assert {row["points_rank"] for row in found["fields"]} == {3}
    assert (found["fields"][0]["gap_lower"], found["fields"][0]["gap_upper"]) == (0, 4)
    stored = within_city(FIELDS, felt, np.full(5, 0.01), np.ones(5), seed=1, method=Method(2))
    assert [row["differs"] for row in stored["fields"]] == [True, True, False, True, True]


def test_a_field_outside_the_ranks_that_a_tie_shares_still_differs():
    felt = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    found = within_city(FIELDS, felt, np.full(5, 0.01), np.array([0.2, 1, 1, 1, 1]), seed=1)
    assert [row["differs"] for row in found["fields"]] == [True, False, False, False, True]
