"""Confidence intervals for a share and a mean under a complex design."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.errors import DesignError

Floats = NDArray[np.float64]
FIXED = 1e-12  # a standard error of a share below it is rounding


@dataclass(frozen=True)
class Interval:
    """Limits in the units of the estimate, and the method that made them."""

    lower: float
    upper: float
    method: str


def share_interval(share: float, se: float, df: float, n: int, method: str, confidence: float) -> Interval:
    """The interval the plan names. share, se in [0, 1]; n: responses behind the estimate.

    >>> limits = share_interval(0.65, se=0.1275, df=4, n=20, method="korn_graubard", confidence=0.95)
    >>> round(limits.lower, 3), round(limits.upper, 3)
    (0.263, 0.928)
    """
    makers = {"korn_graubard": korn_graubard, "logit": logit, "wilson": wilson, "wald": wald}
    return makers[method](share, se, df, n, confidence)


def share_intervals(
    shares: Floats, errors: Floats, df: float, n: int, method: str, confidence: float
) -> tuple[list[float | None], list[float | None]]:
    """`share_interval` of each of several shares (k,) of the same answers; None where df < 1. A share that calibration
    fixes (no error, and not 0 or 1) is its own limits."""
    if df < 1:
        nothing: list[float | None] = [None] * len(shares)
        return nothing, list(nothing)
    lower, upper = shares.copy(), shares.copy()
    open_to = (errors > FIXED) | (shares <= 0) | (shares >= 1)
    if method == "korn_graubard":
        sizes = np.array([_effective_size(p, se, df, n, confidence) for p, se in zip(shares, errors, strict=True)])
        both = _clopper_pearson(shares, sizes, confidence)
        lower, upper = (np.where(open_to, end, shares) for end in both)
    else:
        for place in np.flatnonzero(open_to):
            one = share_interval(float(shares[place]), float(errors[place]), df, n, method, confidence)
            lower[place], upper[place] = one.lower, one.upper
    return lower.tolist(), upper.tolist()


def korn_graubard(share: float, se: float, df: float, n: int, confidence: float = 0.95) -> Interval:
    """Clopper-Pearson interval on the effective sample size, for a share under a complex design.

    The effective size is share(1-share)/se**2 x (t(n-1)/t(df))**2.  Korn and Graubard (1998).
    A share of 0 or 1 gives the exact interval on n.  Raises DesignError where df < 1.
    """
    size = _effective_size(share, se, df, n, confidence)
    lower, upper = _clopper_pearson(np.array([share]), np.array([size]), confidence)
    return Interval(float(lower[0]), float(upper[0]), "korn_graubard")


def wilson(share: float, se: float, df: float, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval on the same effective sample size."""
    size = _effective_size(share, se, df, n, confidence)
    z = special.ndtri(0.5 + confidence / 2)
    below = 1 + z**2 / size
    centre, reach = share + z**2 / (2 * size), z * sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    lower, upper = max((centre - reach) / below, 0.0), min((centre + reach) / below, 1.0)
    return Interval(float(lower), float(upper), "wilson")


def logit(share: float, se: float, df: float, n: int, confidence: float = 0.95) -> Interval:
    """Student's t on the logit scale; a share of 0 or 1 falls back to Korn-Graubard."""
    if not 0 < share < 1 or se <= 0:
        return korn_graubard(share, se, df, n, confidence)
    middle, spread = log(share / (1 - share)), se / (share * (1 - share))
    reach = _quantile(df, confidence) * spread
    return Interval(_expit(middle - reach), _expit(middle + reach), "logit")


def wald(share: float, se: float, df: float, n: int, confidence: float = 0.95) -> Interval:
    """Estimate plus and minus t(df) standard errors; may leave [0, 1]."""
    return mean_interval(share, se, df, confidence)


def mean_interval(mean: float, se: float, df: float, confidence: float = 0.95) -> Interval:
    """Student's t interval, in the units of the mean."""
    reach = _quantile(df, confidence) * se
    return Interval(mean - reach, mean + reach, "wald")


def _clopper_pearson(shares: Floats, sizes: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The exact binomial limits of shares (k,) of sizes (k,), which need not be whole.  Clopper and Pearson (1934)."""
    counts, tail = shares * sizes, (1 - confidence) / 2
    lower, upper = np.zeros(len(shares)), np.ones(len(shares))
    some, others = shares > 0, shares < 1
    lower[some] = special.betaincinv(counts[some], (sizes - counts)[some] + 1, tail)
    upper[others] = special.betainccinv(counts[others] + 1, (sizes - counts)[others], tail)
    return lower, upper


def _effective_size(share: float, se: float, df: float, n: int, confidence: float) -> float:
    if se <= 0 or not 0 < share < 1:
        _quantile(df, confidence)  # the same demand on df
        return float(n)
    ratio = _quantile(n - 1, confidence) / _quantile(df, confidence)
    return share * (1 - share) / se**2 * ratio**2


@lru_cache(maxsize=512)
def _quantile(df: float, confidence: float) -> float:
    if df < 1:
        raise DesignError("analysis.interval_needs_least_one", df=df)
    return float(stats.t.ppf(0.5 + confidence / 2, df))


def _expit(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
