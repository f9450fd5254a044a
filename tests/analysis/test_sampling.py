"""Drawing sites with probability proportional to size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sampling import FrameError, power_allocation, systematic_pps

SIZES = st.lists(st.integers(1, 10_000), min_size=3, max_size=60)


@given(SIZES, st.data())
def test_a_systematic_sample_has_the_size_asked_for_and_distinct_sites(sizes, data):
    sample = data.draw(st.integers(1, len(sizes)))
    seed = data.draw(st.integers(0, 2**32 - 1))
    drawn = systematic_pps(np.array(sizes, dtype=float), sample, np.random.default_rng(seed))
    assert len(set(drawn.chosen.tolist())) == sample
    assert ((drawn.inclusion_probability > 0) & (drawn.inclusion_probability <= 1)).all()


def test_sites_are_drawn_as_often_as_their_inclusion_probability_says():
    sizes = np.array([10.0, 20, 30, 40, 50, 250])
    generator = np.random.default_rng(5)
    drawn = np.zeros(6)
    for _ in range(20_000):
        drawn[systematic_pps(sizes, 3, generator).chosen] += 1
    expected = np.array([*(2 * sizes[:5] / 150), 1.0])
    assert np.allclose(drawn / 20_000, expected, atol=0.012)  # four Monte Carlo standard errors


def test_inverse_probabilities_estimate_the_total_size_exactly_without_certainty_sites():
    sizes = np.array([30.0, 40, 50, 60, 20])
    drawn = systematic_pps(sizes, 2, np.random.default_rng(1))
    assert (sizes[drawn.chosen] / drawn.inclusion_probability).sum() == pytest.approx(200, rel=1e-12)


@given(SIZES, st.integers(0, 3), st.integers(0, 500))
def test_an_allocation_meets_its_total_and_its_minima(sizes, minimum, extra):
    total = minimum * len(sizes) + extra
    counts = power_allocation(np.array(sizes, dtype=float), total, minimum)
    assert counts.sum() == total
    assert counts.min() >= minimum


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(FrameError, match="cannot draw 3 of 2"):
        systematic_pps(np.array([1.0, 2.0]), 3, np.random.default_rng(0))
    with pytest.raises(FrameError, match="positive size"):
        systematic_pps(np.array([1.0, 0.0]), 1, np.random.default_rng(0))
    with pytest.raises(FrameError, match="need more than 5"):
        power_allocation(np.ones(3), 5, 2)
