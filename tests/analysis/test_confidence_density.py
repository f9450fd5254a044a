"""The picture's density holds the decision's probabilities as its areas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from analysis.decision import confidence_density, outcome_probabilities
from analysis.errors import DesignError


@pytest.mark.parametrize(
    ("estimate", "se", "df", "n"),
    [(0.717, 0.0123, 116, None), (0.66, 0.04, 4, None), (0.02, 0.03, 12, None), (1.0, 0.0, 20, 60), (0.0, 0.0, 5, 40)],
)
def test_the_areas_of_the_density_are_the_probabilities(estimate, se, df, n):
    def area(low: float, high: float) -> float:
        def at(point: float) -> float:
            return float(confidence_density(np.array([point]), estimate, se, df, n)[0])

        middle = min(max(estimate, low + 1e-9), high - 1e-9)
        return integrate.quad(at, low, middle, limit=200)[0] + integrate.quad(at, middle, high, limit=200)[0]

    chances = outcome_probabilities(estimate, se, df, n)
    found = {"veto": area(1e-12, 0.6), "deduct": area(0.6, 0.7), "none": area(0.7, 1 - 1e-12)}
    assert found == pytest.approx(chances, abs=1e-4)


def test_a_point_has_no_density():
    with pytest.raises(DesignError, match="no density"):
        confidence_density(np.array([0.5]), 1.0, 0.0, 10)
