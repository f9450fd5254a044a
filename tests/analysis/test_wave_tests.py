"""Tests over waves: differences by hand, shared sites that steady a change, alarms as often as stated."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimators import difference, mean, standard_errors
from analysis.plan import parse_plan
from analysis.sample import weighted_sample
from analysis.wave_covariance import wave_covariance
from analysis.wave_tests import Waves, change, contrast, shape, successive_changes


def waves(estimates: list[float], se: list[float], correlation: float = 0.0, df: float = 60.0) -> Waves:
    k, se_ = len(estimates), np.array(se)
    joint = np.outer(se_, se_) * (correlation + (1 - correlation) * np.eye(k))
    return Waves(tuple(f"w{i}" for i in range(k)), np.arange(k) + 2021.0, np.array(estimates), joint, np.full(k, df))


def test_the_change_between_two_waves_by_hand():
    apart = change(waves([0.66, 0.71], [0.02, 0.015]), 0, 1)["change"]
    assert apart["estimate"] == pytest.approx(0.05)
    assert apart["se"] == pytest.approx(0.025)
    assert apart["df"] == pytest.approx(0.000625**2 / (0.0004**2 / 60 + 0.000225**2 / 60))
    assert apart["p"] == pytest.approx(2 * stats.t.sf(2.0, apart["df"]))
    shared = change(waves([0.66, 0.71], [0.02, 0.015], correlation=0.5), 0, 1)
    assert shared["change"]["se"] == pytest.approx(math.sqrt(0.000625 - 2 * 0.5 * 0.0003))
    assert shared["se_if_independent"] == pytest.approx(0.025)
    assert shared["change"]["df"] == 60
    assert shared["change"]["p"] < apart["p"]


def test_with_two_waves_any_change_is_the_test_of_the_change():
    series = waves([0.66, 0.70], [0.02, 0.015], correlation=0.4)
    found = shape(series)
    assert found["any_change_p"] == pytest.approx(change(series, 0, 1)["change"]["p"])
    assert found["bend_p"] is None


def test_waves_on_a_line_show_change_but_no_bend_and_a_bend_is_seen():
    straight = shape(waves([0.60, 0.64, 0.68, 0.72], [0.01] * 4))
    assert straight["any_change_p"] < 1e-6
    assert straight["bend_p"] == pytest.approx(1)
    bent = shape(waves([0.60, 0.72, 0.72, 0.60], [0.01] * 4))
    assert bent["bend_p"] < 1e-6


@pytest.mark.parametrize("correlation", [pytest.param(0.0, marks=pytest.mark.checks), 0.6])
def test_false_alarms_come_as_often_as_stated(correlation):
    r = np.random.default_rng(4)
    plain = waves([0.7] * 4, [0.02, 0.02, 0.03, 0.01], correlation, df=10_000)
    drawn = r.multivariate_normal(plain.estimates, plain.covariance, 800)
    some, bend, step = 0, 0, 0
    for row in drawn:
        series = Waves(plain.labels, plain.times, row, plain.covariance, plain.df)
        found = shape(series)
        some += found["any_change_p"] < 0.05
        bend += found["bend_p"] < 0.05
        step += min(one["p_adjusted"] for one in successive_changes(series)) < 0.05
    assert some / 800 == pytest.approx(0.05, abs=0.023)
    assert bend / 800 == pytest.approx(0.05, abs=0.023)
    assert step / 800 <= 0.065  # Holm keeps to 0.05 or below


def test_successive_changes_are_adjusted_as_holm_says():
    series = waves([0.60, 0.66, 0.665, 0.72], [0.02] * 4, correlation=0.2)
    found = successive_changes(series)
    expected = multipletests([row["change"]["p"] for row in found], method="holm")[1]
    assert [row["p_adjusted"] for row in found] == pytest.approx(expected.tolist())
    assert [(row["first"], row["second"]) for row in found] == [("w0", "w1"), ("w1", "w2"), ("w2", "w3")]


@settings(max_examples=40)
@given(st.floats(0.1, 100), st.floats(-5, 5), st.floats(0, 0.8))
def test_units_do_not_matter(scale, shift, correlation):
    plain = waves([0.60, 0.66, 0.71], [0.02, 0.015, 0.02], correlation)
    other = Waves(plain.labels, plain.times, scale * plain.estimates + shift, scale**2 * plain.covariance, plain.df)
    one, two = shape(plain), shape(other)
    assert two["any_change_p"] == pytest.approx(one["any_change_p"], rel=1e-6)
    assert two["bend_p"] == pytest.approx(one["bend_p"], rel=1e-6)
    assert change(other, 0, 2)["change"]["estimate"] == pytest.approx(
        scale * change(plain, 0, 2)["change"]["estimate"], abs=1e-9
    )


def rows_of(seed: int, wave: str) -> dict[str, list[str]]:
    """Twelve sites in two strata, the same in every wave, with an opinion of their own."""
    site = np.arange(240) % 12
    opinion = np.random.default_rng(1).uniform(0.4, 0.9, 12)
    r = np.random.default_rng(seed)
    return {
        "h": [f"h{i % 2}" for i in site], "p": [f"p{i}" for i in site], "wave": [wave] * 240,
        "w": [str(1 + i % 3) for i in range(240)], "y": (r.uniform(size=240) < opinion[site]).astype(int).astype(str).tolist(),
    }  # fmt: skip


def test_a_change_at_shared_sites_has_the_standard_error_of_the_stacked_sample():
    plan = parse_plan(
        "measure: {question: y, satisfied: [1], scale: [0, 1]}\ndesign: {strata: h, psu: p, weight: w}\ndomains: [wave]\n"
    )
    tables = [rows_of(seed, f"w{seed}") for seed in (1, 2)]
    samples = [weighted_sample(Cells.from_rows(rows, plan), plan) for rows in tables]
    shares = [mean(sample, sample.cells.numbers("y")[0], sample.everyone) for sample in samples]
    joint = wave_covariance(samples, [plan, plan], shares)
    series = Waves(
        ("w1", "w2"), np.array([1.0, 2]), np.array([share.value for share in shares]), joint,
        np.array([share.df(sample) for share, sample in zip(shares, samples, strict=True)], dtype=float),
    )  # fmt: skip
    both = weighted_sample(Cells.from_rows({name: tables[0][name] + tables[1][name] for name in tables[0]}, plan), plan)
    values, wave = both.cells.numbers("y")[0], both.cells.columns["wave"].codes
    stacked = difference(mean(both, values, wave == 1), mean(both, values, wave == 0))
    found = change(series, 0, 1)
    assert found["change"]["estimate"] == pytest.approx(stacked.value)
    assert found["change"]["se"] == pytest.approx(standard_errors(both, [stacked])[0])
    assert found["change"]["df"] == 10
    assert found["change"]["se"] < 0.8 * found["se_if_independent"]


def broken(**changes: Any) -> Waves:
    base = {
        "labels": ("a", "b"), "times": np.array([1.0, 2]), "estimates": np.array([0.6, 0.7]),
        "covariance": np.diag([0.01, 0.01]), "df": np.array([10.0, 10]),
    }  # fmt: skip
    return Waves(**(base | changes))


def test_what_is_no_series_of_waves_is_said():
    with pytest.raises(AnalysisError, match="order of time"):
        broken(times=np.array([2.0, 2]))
    with pytest.raises(AnalysisError, match="symmetric"):
        broken(covariance=np.array([[0.01, 0.002], [0.001, 0.01]]))
    with pytest.raises(AnalysisError, match="degree of freedom"):
        broken(df=np.array([0.0, 5]))
    with pytest.raises(AnalysisError, match="as many times"):
        broken(estimates=np.array([0.6]))
    with pytest.raises(AnalysisError, match="at least two waves"):
        shape(Waves(("a",), np.ones(1), np.ones(1), np.ones((1, 1)), np.ones(1)))


def test_a_covariance_put_together_from_pairs_that_fits_no_joint_law_gives_no_joint_test():
    pairs = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]) * 1e-4
    series = Waves(("a", "b", "c"), np.arange(3.0), np.array([0.6, 0.62, 0.64]), pairs, np.full(3, 30.0))
    assert shape(series)["any_change_p"] is None
    assert change(series, 0, 1)["change"]["se"] == pytest.approx(math.sqrt(0.2e-4))
    assert (
        shape(Waves(series.labels, series.times, series.estimates, np.eye(3) * 1e-4, np.ones(3)))["any_change_p"]
        is None
    )


def test_a_contrast_without_error_has_no_test():
    row = contrast(broken(covariance=np.zeros((2, 2))), np.array([-1.0, 1]))
    assert (row["se"], row["t"], row["p"]) == (0, None, None)
