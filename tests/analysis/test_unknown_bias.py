"""Unknown bias: probabilities against draws and closed forms, however sharp the figure; bounds that always hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis.decision import outcome_probabilities
from analysis.errors import AnalysisError
from analysis.open_codes import bias_analysis
from analysis.unknown_bias import bounds, outcomes_with_bias
from tests.support.zones import ZONES


@pytest.mark.parametrize("sd", [0.005, 0.03, 0.10])
@pytest.mark.parametrize(("share", "se", "df"), [(0.71, 0.012, 40), (0.62, 0.03, 5), (0.69, 0.0005, 100)])
def test_probabilities_under_bias_equal_those_of_draws(share, se, df, sd):
    r = np.random.default_rng(3)
    scale = se / (share * (1 - share))
    truth = special.expit(special.logit(share) + scale * r.standard_t(df, 1_000_000)) + r.normal(0, sd, 1_000_000)
    found = outcomes_with_bias(share, se, df, sd, ZONES)
    assert found["veto"] == pytest.approx((truth < 0.60).mean(), abs=0.002)
    assert found["none"] == pytest.approx((truth >= 0.70).mean(), abs=0.002)


@pytest.mark.parametrize("se", [1e-6, 1e-4, 0.0003, 0.001])
def test_a_sharp_figure_comes_to_the_normal_probabilities_of_the_bias_alone(se):
    """Where 101 fixed nodes are up to eight percentage points off."""
    found = outcomes_with_bias(0.605, se, 40, 0.10, ZONES)
    assert found["veto"] == pytest.approx(stats.norm.cdf(-0.05), abs=2e-4)
    assert found["none"] == pytest.approx(stats.norm.sf(0.95), abs=2e-4)


def test_with_an_ordinary_standard_error_it_agrees_with_the_table_of_open_codes():
    for sd, chances in (row.values() for row in bias_analysis(0.72, 0.03, 40, 900, ZONES)["by_bias"]):
        assert outcomes_with_bias(0.72, 0.03, 40, sd, ZONES, 900) == pytest.approx(chances, abs=1e-4)


def test_without_bias_it_is_the_decision_s_and_is_approached_as_bias_fades():
    plain = outcomes_with_bias(0.71, 0.012, 40, 0.0, ZONES)
    assert plain == outcome_probabilities(0.71, 0.012, 40, ZONES)
    assert outcomes_with_bias(0.71, 0.012, 40, 1e-7, ZONES) == pytest.approx(plain, abs=1e-5)


def test_figures_without_a_standard_error():
    exact = outcomes_with_bias(0.75, 0.0, 10, 0.05, ZONES)
    assert exact["none"] == pytest.approx(stats.norm.cdf(1.0))
    unanimous = outcomes_with_bias(1.0, 0.0, 10, 0.05, ZONES, n=12)
    r = np.random.default_rng(1)
    truth = r.beta(12.5, 0.5, 1_000_000) + r.normal(0, 0.05, 1_000_000)
    assert unanimous["none"] == pytest.approx((truth >= 0.7).mean(), abs=0.001)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(1e-4, 0.08), st.integers(3, 300))
def test_probabilities_sum_to_one_and_a_sure_outcome_only_loses_by_bias(share, se, df):
    rows = [outcomes_with_bias(share, se, df, sd, ZONES) for sd in (0.0, 0.02, 0.05, 0.10)]
    for row in rows:
        assert sum(row.values()) == pytest.approx(1)
        assert all(-1e-9 <= value <= 1 for value in row.values())
    if share > 0.8 and se < 0.01:
        assert all(later["none"] <= before["none"] + 1e-8 for before, later in pairwise(rows))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_bounds_hold_whatever_the_silent_think(share, response, silent):
    low, high = bounds(share, response)
    assert low - 1e-12 <= response * share + (1 - response) * silent <= high + 1e-12
    assert high - low == pytest.approx(1 - response)


def test_what_cannot_be_judged_is_said():
    with pytest.raises(AnalysisError, match="at least 0"):
        outcomes_with_bias(0.8, 0.01, 10, -0.01, ZONES)
    with pytest.raises(AnalysisError, match="from 0 to 1"):
        bounds(0.8, 1.1)
