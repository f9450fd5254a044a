"""A wave's figure steadied by the wave before, through sites that both have: composite estimation.

Beside waves.trend; from the linearised totals by site that wave_covariance uses. Never the official figure of a wave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.wave_covariance import PsuTotals

Floats = NDArray[np.float64]
FEWEST = 8  # sites shared beyond their strata's means: below, the coefficient is too rough to use


@dataclass(frozen=True)
class Composite:
    """estimate and se of the wave in its unit; change and change_se: from the figure of the wave before."""

    estimate: float
    se: float
    change: float
    change_se: float


def composite(values: Floats, variances: Floats, covariance: float, totals: Sequence[PsuTotals]) -> Composite | None:
    """The later of two waves less K d: d, what the shared sites alone would have said of the wave before, less what all its
    sites said. None where the waves share too few sites, or all those of the wave before.

    values, variances (2,), totals: of the wave before and of this one. Shared sites are a random part of the wave before, so d is
    0 but for chance and K = Cov(y2, d) / Var(d) takes its chance away: per stratum with c of n1 sites shared, Cov is
    (n1 - c) s12 and Var (n1 - c) n1/c s1^2, s of the totals.  A wave's variance falls by K Cov, less a share
    1/(shared sites - strata) for the estimated K; d does not covary with the figure of the wave before.
    Cochran (1977), section 12.11; Hansen, Hurwitz and Madow (1953), volume I, section 11.7.
    """
    together = spread = moved = 0.0
    variance_before, variance = map(float, variances)
    freedom = 0
    for stratum in totals[0].keys() & totals[1].keys():
        before, now = totals[0][stratum][1], totals[1][stratum][1]
        shared = sorted(before.keys() & now.keys())
        n, c = len(before), len(shared)
        if c < 2 or c == n:
            continue
        first, second = (np.array([part[name] for name in shared]) for part in (before, now))
        every = np.array([before[name] for name in sorted(before)])
        together += (n - c) * float(np.cov(first, second)[0, 1])
        spread += (n - c) * n / c * float(every.var(ddof=1))
        moved += n * float(first.mean() - every.mean())
        freedom += c - 1
    if freedom < FEWEST or spread <= 0:
        return None
    gain = together**2 / spread
    gain = max(gain - max(variance - gain, 0.0) / (freedom - 1), 0.0)
    slope = together / spread if gain > 0 else 0.0
    variance = max(variance - gain, 0.0)
    estimate = float(values[1]) - slope * moved
    change = max(variance + variance_before - 2 * covariance, 0.0)
    return Composite(estimate, sqrt(variance), estimate - float(values[0]), sqrt(change))
