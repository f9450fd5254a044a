"""Intervals for a figure that is looked at several times while it grows: the error of all looks together stays within one alpha.

Beside estimation: for the persons whom a plan lets look before the close. The official figure's own interval is another matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import e, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
_NODES, _PARTS = np.polynomial.legendre.leggauss(161)  # of the distribution of looks that have kept within their limits
_ROUNDING = 1e-9
_MORE = 1.01  # times the information of the look before: with less, two looks are one


def spent(time: float, alpha: float) -> float:
    """How much of alpha may be used up by `time` in [0, 1]: alpha log(1 + (e - 1) t), Pocock's type of Lan and DeMets (1983)."""
    return alpha * log(1 + (e - 1) * min(max(time, 0.0), 1.0))


def nominal_levels(times: Sequence[float], information: Sequence[float], alpha: float = 0.05) -> list[float]:
    """The level of each look's own interval, at which all intervals together hold the truth with probability 1 - alpha.

    times: share of the fieldwork's time that has passed at each look, not falling, and known whatever the answers are.
    information: what the estimate rests on, as its number of answers; its errors are those of a process with independent
    increments, so fewer of them in common than there are keeps on the safe side.  A look without new information, or when
    nothing more may be spent, has the level of the one before.  With few degrees of freedom the level goes with t's
    quantile (Jennison and Turnbull 2000, section 11.3).

    >>> [round(level, 4) for level in nominal_levels([0.2, 0.6, 1.0], [100, 300, 500])]
    [0.0148, 0.0238, 0.0236]
    """
    levels: list[float] = []
    before, used, held = 0.0, 0.0, _Held.nothing()
    for time, own in zip(times, information, strict=True):
        gain = spent(time, alpha) - used
        if gain <= _ROUNDING * alpha or own < before * _MORE:
            levels.append(levels[-1] if levels else 0.0)
            continue
        limit = held.limit(own, gain)
        held, before, used = held.after(own, limit), own, used + gain
        levels.append(float(2 * stats.norm.sf(limit)))
    return levels


class _Held:
    """The density of the sum behind the estimate, on nodes, where no look has left its limits. at: information so far."""

    def __init__(self, at: float, nodes: Floats, mass: Floats) -> None:
        self.at, self.nodes, self.mass = at, nodes, mass

    @classmethod
    def nothing(cls) -> _Held:
        return cls(0.0, np.zeros(1), np.ones(1))

    def limit(self, information: float, gain: float) -> float:
        """The limit in standard errors that the next look leaves with probability `gain`."""
        spread = sqrt(information - self.at)

        def missed(limit: float) -> float:
            edge = limit * sqrt(information)
            outside = stats.norm.sf((edge - self.nodes) / spread) + stats.norm.sf((edge + self.nodes) / spread)
            return float(self.mass @ outside) - gain

        return float(optimize.brentq(missed, 1e-3, 12.0))

    def after(self, information: float, limit: float) -> _Held:
        edge, spread = limit * sqrt(information), sqrt(information - self.at)
        nodes = edge * _NODES
        density = stats.norm.pdf((nodes[:, None] - self.nodes) / spread) / spread @ self.mass
        return _Held(information, nodes, density * _PARTS * edge)
