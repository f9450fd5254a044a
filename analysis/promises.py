"""What a sample can be expected to show before fieldwork: the width of an interval, and the chance that it decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.intervals import korn_graubard
from analysis.zones import Zones

Floats = NDArray[np.float64]
POINTS = (np.arange(40) + 0.5) / 40  # quantiles by which the estimated standard error is averaged over


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
    """Chance that the interval of a coming sample lies whole in the zone of the true `share`; None without a line, or at one."""
    distance = zones.distance(share)
    if distance is None or distance < 1e-9:
        return None
    chances = chances_inside(np.array([share]), np.array([se]), df, zones, confidence)
    return float(chances[0, zones.keys.index(zones.of(share).key)])


def chances_inside(shares: Floats, errors: Floats, df: float, zones: Zones, confidence: float = 0.95) -> Floats:
    """Chance (k, zones) that the Korn-Graubard interval of a coming sample lies whole in each zone, for true shares (k,).

    The estimate is normal about the share p with its se; the estimated one is s = se sqrt(chi2/df), times
    sqrt(estimate (1-estimate) / (p (1-p))). The interval then excludes a line l where the estimate is further from it
    than t(df) s sqrt(l (1-l) / (p (1-p))) + 1/(2 m), the binomial test at l with m = p (1-p) (z/(t s))^2 effective
    answers; the chance is averaged over chi2.  Checked by `benchmarks/plan_promises.py`.
    """
    share, se = shares[:, None], errors[:, None]
    binary, z = share * (1 - share), special.ndtri(0.5 + confidence / 2)
    reach = special.stdtrit(df, 0.5 + confidence / 2) * se * np.sqrt(2 * special.gammaincinv(df / 2, POINTS) / df)

    def below(line: float, side: int) -> Floats:
        """Chance of an estimate below the point from which on the interval lies on this side of the line."""
        from_line = reach * (line * (1 - line) / binary) ** 0.5 + reach**2 / (2 * binary * z**2)
        return np.asarray(special.ndtr((line + side * from_line - share) / se))

    high_first = zones.lines[::-1]
    tops = [np.ones(reach.shape), *(below(line, -1) for line in high_first)]
    floors = [*(below(line, +1) for line in high_first), np.zeros(reach.shape)]
    return np.array([np.maximum(top - floor, 0).mean(axis=1) for top, floor in zip(tops, floors, strict=True)]).T
