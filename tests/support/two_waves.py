"""Two waves of one survey with part of their sites in common, for tests and `benchmarks/waves.py`."""

from __future__ import annotations

import numpy as np

from analysis.wave_covariance import PsuTotals, shared_covariance

STRATA, SITES = 6, 8
Waves = tuple[np.ndarray, np.ndarray, float, tuple[PsuTotals, PsuTotals]]


def two_waves(generator: np.random.Generator, correlation: float, shared: int) -> Waves:
    """Both figures, whose truth is 0, their variances and linearised totals: sites of a stratum of one opinion each wave."""
    totals: tuple[PsuTotals, PsuTotals] = ({}, {})
    values, variances = np.zeros(2), np.zeros(2)
    every = 2 * SITES - shared
    for stratum in range(STRATA):
        opinion = generator.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], every)
        for wave, places in enumerate((range(SITES), range(every - SITES, every))):
            own = opinion[list(places), wave]
            values[wave] += own.mean() / STRATA
            parts = (own - own.mean()) / SITES / STRATA
            totals[wave][f"h{stratum}"] = (0.0, dict(zip(map(str, places), parts.tolist(), strict=True)))
            variances[wave] += SITES / (SITES - 1) * float(parts @ parts)
    return values, variances, shared_covariance(*totals), totals
