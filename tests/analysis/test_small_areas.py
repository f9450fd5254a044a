"""Small counties: the model variance against brute force, the laws of shrinkage, and the publication rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.small_areas import fay_herriot, publishable, smooth_variances


def names(number: int) -> list[str]:
    return [f"county {i}" for i in range(number)]


def drawn(seed: int, m: int = 14, model: float = 0.0009) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r = np.random.default_rng(seed)
    x = r.uniform(0.4, 0.9, m)
    d = r.uniform(0.0003, 0.004, m)
    truth = 0.5 + 0.3 * x + r.normal(0, math.sqrt(model), m)
    return truth + r.normal(0, np.sqrt(d)), d, x, truth


def by_hand(a: float, y: np.ndarray, x: np.ndarray, d: np.ndarray) -> float:
    """The adjusted likelihood written out with whole matrices."""
    v = np.diag(a + d)
    inside = x.T @ np.linalg.inv(v) @ x
    projection = np.linalg.inv(v) - np.linalg.inv(v) @ x @ np.linalg.inv(inside) @ x.T @ np.linalg.inv(v)
    shrunk = np.eye(len(y)) - np.diag(d) @ np.linalg.inv(v)
    residual = np.linalg.det(v) ** -0.5 * np.linalg.det(inside) ** -0.5 * math.exp(-0.5 * y @ projection @ y)
    return residual * math.atan(np.trace(shrunk)) ** (1 / len(y))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("with_covariate", [False, True])
def test_the_model_variance_is_the_brute_force_maximum_of_the_adjusted_likelihood(seed, with_covariate):
    y, d, covariate, _ = drawn(seed, m=8, model=0.0 if seed % 2 else 0.0009)
    x = np.column_stack([np.ones(8), covariate]) if with_covariate else np.ones((8, 1))
    found = fay_herriot(y, d, names(8), covariate if with_covariate else None).model_variance
    low, high = 1e-9, 0.2
    for _ in range(12):  # ever finer grids around the best point
        grid = np.geomspace(low, high, 60)
        best = int(np.argmax([by_hand(a, y, x, d) for a in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 59)]
    assert found == pytest.approx(math.sqrt(low * high), rel=1e-5)


def test_equal_variances_give_the_estimate_worked_by_hand():
    y = np.array([0.60, 0.64, 0.66, 0.70, 0.75, 0.79])
    d, m = np.full(6, 0.001), 6
    model = fay_herriot(y, d, names(m))
    a = model.model_variance
    # the score of the adjusted residual likelihood is 0 at a: total = a + d is common to all areas
    total, square = a + 0.001, float(((y - y.mean()) ** 2).sum())
    trace = m * a / total
    score = -(m - 1) / (2 * total) + square / (2 * total**2)
    score += (m * 0.001 / total**2) / (m * math.atan(trace) * (1 + trace**2))
    assert score * total == pytest.approx(0, abs=1e-5)
    first = model.areas[0]
    shrink = 0.001 / total
    assert first["synthetic"] == pytest.approx(y.mean())
    assert first["model"] == pytest.approx(y.mean() + a / total * (0.60 - y.mean()))
    g1, g2, g3 = a * shrink, shrink**2 * total / m, shrink**2 / total * 2 * total**2 / m
    assert first["model_rmse"] ** 2 == pytest.approx(g1 + g2 + 2 * g3)
    assert first["direct_cv"] == pytest.approx(math.sqrt(0.001) / 0.60)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 30), st.floats(0, 0.01))
def test_weights_stay_between_0_and_1_and_the_estimate_between_its_two_sources(seed, m, model):
    y, d, x, _ = drawn(seed, m, model)
    fitted = fay_herriot(y, d, names(m), x)
    assert fitted.model_variance > 0
    for area in fitted.areas:
        assert 0 < area["weight"] < 1
        assert (
            min(area["direct"], area["synthetic"]) - 1e-12
            <= area["model"]
            <= max(area["direct"], area["synthetic"]) + 1e-12
        )
        assert area["model_rmse"] > 0
    order = np.argsort(d)
    weights = np.array([area["weight"] for area in fitted.areas])[order]
    assert (np.diff(weights) <= 1e-12).all()  # the less certain, the more it leans on the model


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-5, 5))
def test_units_and_order_do_not_matter(seed, scale, shift):
    y, d, x, _ = drawn(seed)
    plain = fay_herriot(y, d, names(14), x)
    moved = fay_herriot(scale * y + shift, scale**2 * d, names(14), 3 * x - 1)
    turned = fay_herriot(y[::-1], d[::-1], names(14)[::-1], x[::-1])
    for one, other, last in zip(plain.areas, moved.areas, reversed(turned.areas), strict=True):
        assert other["model"] == pytest.approx(scale * one["model"] + shift, rel=1e-5, abs=1e-6)
        assert other["model_rmse"] == pytest.approx(scale * one["model_rmse"], rel=1e-4)
        assert last["model"] == pytest.approx(one["model"], rel=1e-6)


@pytest.mark.parametrize(("model", "above"), [(0.0003, 0.45), (0.0009, 0.12), (0.003, 0.12)])
def test_the_stated_error_is_the_error_made_or_on_the_safe_side_and_smaller_than_the_direct_one(model, above):
    """Where the model variance is a fifth of the sampling variance or less, fifteen areas overstate it."""
    r = np.random.default_rng(8)
    d = np.repeat([0.0006, 0.0015, 0.003], 5)
    x = np.linspace(0.4, 0.9, 15)
    made, stated = np.zeros(15), np.zeros(15)
    for _ in range(400):
        truth = 0.5 + 0.3 * x + r.normal(0, math.sqrt(model), 15)
        fitted = fay_herriot(truth + r.normal(0, np.sqrt(d)), d, names(15), x)
        made += (np.array([area["model"] for area in fitted.areas]) - truth) ** 2 / 400
        stated += np.array([area["model_rmse"] for area in fitted.areas]) ** 2 / 400
    assert made.mean() < d.mean()
    assert 0.9 < stated.mean() / made.mean() < 1 + above  # three Monte Carlo errors are about 0.1


def test_fewer_than_five_areas_are_refused_in_words():
    with pytest.raises(AnalysisError, match="at least 5 areas, not 4"):
        fay_herriot(np.full(4, 0.7), np.full(4, 0.001), names(4))
    with pytest.raises(AnalysisError, match="variance above 0"):
        fay_herriot(np.full(5, 0.7), np.zeros(5), names(5))
    with pytest.raises(AnalysisError, match="covariate"):
        fay_herriot(np.full(5, 0.7), np.full(5, 0.001), names(5), np.ones(5))


def test_smoothing_gives_a_unanimous_county_the_variance_of_its_size():
    share = np.array([0.6, 0.8, 1.0])
    n, df = np.array([100.0, 200, 50]), np.array([5.0, 10, 2])
    rough = np.array([0.0048, 0.0012, 0.0])
    # deff = (5*.48 + 10*.24 + 0) / (5*.24 + 10*.16 + 0) = 4.8 / 2.8; P = 270/350
    expected = 4.8 / 2.8 * (270 / 350) * (80 / 350) / n
    assert smooth_variances(share, rough, n, df) == pytest.approx(expected)
    with pytest.raises(AnalysisError, match="unanimous"):
        smooth_variances(np.ones(3), np.zeros(3), n, df)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.0, 4.0), st.integers(0, 1000))
def test_smoothing_returns_what_already_follows_the_function(deff, seed):
    r = np.random.default_rng(seed)
    n, df = r.integers(40, 400, 8).astype(float), r.integers(1, 12, 8).astype(float)
    share = np.full(8, 0.7)
    already = deff * 0.21 / n
    assert smooth_variances(share, already, n, df) == pytest.approx(already)


def test_the_publication_rule_says_why():
    assert publishable(120, 0.05, 50, 0.15)["reason"] == "ok"
    few = publishable(30, 0.05, 50, 0.15)
    assert (few["allowed"], few["reason"]) == (False, "too_few")
    assert "30" in few["zh"]
    assert "fewer than 50" in few["en"]
    assert publishable(120, 0.2, 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(120, None, 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(120, float("nan"), 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(50, 0.15, 50, 0.15)["allowed"]
