"""What a sample can be expected to show before fieldwork: the width of an interval, and the chance that it decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.intervals import korn_graubard
from analysis.zones import Zones

Floats = NDArray[np.float64]
POINTS = (np.arange(200) + 0.5) / 200  # quantiles by which the estimated standard error is averaged over


@dataclass(frozen=True)
class Promise:
    """What a sample of a given design shows if answers come as assumed.

    margin: half-width of the Korn-Graubard interval at the assumed share, None where no variance can be estimated.
    power: chance that the interval lies whole in the zone of the assumed share, that is, excludes every line; None
    where there is no line or the share is at one.
    """

    margin: float | None
    power: float | None


def promise(share: float, se: float, df: int, n: int, zones: Zones | None, confidence: float = 0.95) -> Promise:
    """share, se in [0, 1]: assumed share and the standard error to expect. df: PSUs - strata. n: interviews."""
    if df < 1:
        return Promise(None, None)
    limits = korn_graubard(share, se, df, n, confidence)
    power = None if zones is None else chance_in_zone(share, se, df, zones, confidence)
    return Promise((limits.upper - limits.lower) / 2, power)


def chance_in_zone(share: float, se: float, df: float, zones: Zones, confidence: float = 0.95) -> float | None:
    """Chance that the Korn-Graubard interval of a coming sample lies whole in the zone of the true `share`; None without a
    line, or at one.

    The estimate is normal about the share p with its se; the estimated one is s = se sqrt(chi2/df), times
    sqrt(estimate (1-estimate) / (p (1-p))). The interval then excludes a line l where the estimate is further from it
    than t(df) s sqrt(l (1-l) / (p (1-p))) + 1/(2 m), the binomial test at l with m = p (1-p) (z/(t s))^2 effective
    answers; the chance is averaged over chi2.  Checked by `benchmarks/plan_promises.py`.
    """
    distance = zones.distance(share)
    if distance is None or distance < 1e-9:
        return None
    binary, z = share * (1 - share), stats.norm.ppf(0.5 + confidence / 2)
    reach = stats.t.ppf(0.5 + confidence / 2, df) * se * np.sqrt(stats.chi2.ppf(POINTS, df) / df)

    def critical(line: float, side: int) -> Floats:
        return np.asarray(line + side * (reach * (line * (1 - line) / binary) ** 0.5 + reach**2 / (2 * binary * z**2)))

    below = [line for line in zones.lines if line < share]
    above = [line for line in zones.lines if line > share]
    inside = stats.norm.cdf((critical(above[0], -1) - share) / se) if above else np.ones(len(POINTS))
    if below:
        inside = inside - stats.norm.cdf((critical(below[-1], +1) - share) / se)
    return float(np.maximum(inside, 0).mean())
