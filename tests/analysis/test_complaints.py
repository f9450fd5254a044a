"""Reported problems by field: shares, intervals, and the ranks that chance allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.complaints import LEAST_PROBLEMS, problem_shares
from analysis.errors import AnalysisError

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=18)


def test_limits_are_those_of_goodmans_formula():
    """The formula of the paper, written out: chi-square of one degree of freedom at 0.05 over the number of fields."""
    from scipy.stats import chi2

    counts = [91, 49, 37]
    total, quantile = sum(counts), chi2.ppf(1 - 0.05 / 3, 1)
    for row, number in zip(problem_shares(["a", "b", "c"], counts), counts, strict=True):
        spread = (quantile * (quantile + 4 * number * (total - number) / total)) ** 0.5
        assert row["lower"] == pytest.approx((quantile + 2 * number - spread) / (2 * (total + quantile)), rel=1e-9)
        assert row["upper"] == pytest.approx((quantile + 2 * number + spread) / (2 * (total + quantile)), rel=1e-9)


@given(COUNTS)
def test_a_share_lies_in_its_interval_and_every_rank_range_holds_the_plain_rank(counts):
    rows = problem_shares([str(place) for place in range(len(counts))], counts)
    if sum(counts) < LEAST_PROBLEMS:
        assert all(row["lower"] is None and row["rank_lower"] is None for row in rows)
        return
    for row in rows:
        assert row["lower"] <= row["share"] + 1e-12
        assert row["share"] <= row["upper"] + 1e-12
        plain = 1 + sum(other["problems"] < row["problems"] for other in rows)
        assert row["rank_lower"] <= plain <= row["rank_upper"]


def test_a_field_with_clearly_more_problems_ranks_last_and_nearly_equal_ones_share_a_range():
    rows = problem_shares(["bus", "parking", "health"], [20, 400, 24])
    assert (rows[1]["rank_lower"], rows[1]["rank_upper"]) == (3, 3)
    assert (rows[0]["rank_lower"], rows[0]["rank_upper"]) == (rows[2]["rank_lower"], rows[2]["rank_upper"]) == (1, 2)


def test_none_at_all_has_no_shares_and_a_negative_count_is_refused():
    assert problem_shares(["a", "b"], [0, 0])[0]["share"] is None
    with pytest.raises(AnalysisError):
        problem_shares(["a", "b"], [1, -1])
