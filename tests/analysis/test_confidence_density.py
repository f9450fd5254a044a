"""The picture's density holds the decision's probabilities as its areas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from analysis.decision import confidence_density, outcome_probabilities
from analysis.errors import DesignError
from tests.support.zones import ZONES


@pytest.mark.parametrize(
    ("estimate", "se", "df", "n"),
    [(0.717, 0.0123, 116, None), (0.66, 0.04, 4, None), (0.02, 0.03, 12, None), (1.0, 0.0, 20, 60), (0.0, 0.0, 5, 40)],
)
def test_the_areas_of_the_density_are_the_probabilities(estimate, se, df, n):
    def at(angle: float) -> float:
        """The density over p = sin²(angle), where it has no poles at 0 and 1."""
        point = np.sin(angle) ** 2
        return float(confidence_density(np.array([point]), estimate, se, df, n)[0] * np.sin(2 * angle))

    def area(low: float, high: float) -> float:
        ends = [np.arcsin(np.sqrt(low)), np.arcsin(np.sqrt(high))]
        middle = float(np.clip(np.arcsin(np.sqrt(estimate)), *ends))
        parts = zip((ends[0], middle), (middle, ends[1]), strict=True)
        return sum(integrate.quad(at, start, end, limit=200)[0] for start, end in parts)

    chances = outcome_probabilities(estimate, se, df, ZONES, n)
    found = {"veto": area(1e-15, 0.6), "deduct": area(0.6, 0.7), "none": area(0.7, 1 - 1e-15)}
    assert found == pytest.approx(chances, abs=1e-6)


def test_a_point_has_no_density():
    with pytest.raises(DesignError, match="no density"):
        confidence_density(np.array([0.5]), 1.0, 0.0, 10)
