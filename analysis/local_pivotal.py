"""The local pivotal method: neighbours seldom come together, so that a sample is spread over the land."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DECIDED = 1e-9  # a probability this near to 0 or 1 is one


def local_pivotal(probability: Floats, places: Floats, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Which sites are drawn (sites,), with exactly the probabilities given, which add up to a whole number.

    places (sites, 2): in one unit of length. A site at random and its nearest neighbour play: one takes as much of the
    other's probability as it can hold, until all are 0 or 1.  Grafström, Lundström and Schelin (2012), LPM2.
    """
    p = probability.astype(float).copy()
    open_sites = np.flatnonzero((p > DECIDED) & (p < 1 - DECIDED))
    while len(open_sites) > 1:
        first = int(open_sites[generator.integers(len(open_sites))])
        others = open_sites[open_sites != first]
        second = int(others[np.argmin(((places[others] - places[first]) ** 2).sum(axis=1))])
        p[first], p[second] = _played(p[first], p[second], generator.uniform())
        settled = [at for at in (first, second) if not DECIDED < p[at] < 1 - DECIDED]
        open_sites = open_sites[~np.isin(open_sites, settled)]
    return np.asarray(p > 0.5)


def _played(first: float, second: float, number: float) -> tuple[float, float]:
    both = first + second
    if both < 1:
        return (0.0, both) if number * both < second else (both, 0.0)
    return (1.0, both - 1) if number * (2 - both) < 1 - second else (both - 1, 1.0)


def on_a_plane(longitude: Floats, latitude: Floats) -> Floats:
    """(sites, 2) places of equal scale in both directions, from degrees."""
    return np.column_stack([longitude * np.cos(np.radians(latitude.mean())), latitude])
