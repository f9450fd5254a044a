"""Drawing sites: allocation of a sample over strata, and systematic selection with probability to size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wording import Refusal


class FrameError(Refusal):
    """A frame or a sample size that no sample can be drawn from."""


@dataclass(frozen=True)
class Selection:
    """Sites drawn from one stratum. `chosen`: positions in the frame, ascending;
    `inclusion_probability`: of each chosen site, in (0, 1]."""

    chosen: NDArray[np.int64]
    inclusion_probability: NDArray[np.float64]


def power_allocation(sizes: NDArray[np.float64], total: int, minimum: int, power: float = 0.5) -> NDArray[np.int64]:
    """Sites per stratum proportional to size**power, at least `minimum` each, summing to `total`.

    Bankier (1988); power 1 is proportional, 0.5 the square-root compromise between city and counties.
    Remainders go to the largest fractions.  Raises FrameError where the minima exceed the total.
    """
    strata = len(sizes)
    if minimum * strata > total:
        raise FrameError("plans.strata_least_sites_need", strata=strata, minimum=minimum, total=total)
    weight = np.asarray(sizes, dtype=float) ** power
    free = np.ones(strata, dtype=bool)
    share = np.zeros(strata)
    while True:  # strata below the minimum are fixed at it, the rest share what is left
        left = total - minimum * int((~free).sum())
        if not free.any():
            break
        share = np.where(free, left * weight / weight[free].sum(), float(minimum))
        below = free & (share < minimum)
        if not below.any():
            break
        free &= ~below
    counts = np.floor(share).astype(np.int64)
    order = np.argsort(-(share - counts), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts


def systematic_pps(sizes: NDArray[np.float64], sample: int, generator: np.random.Generator) -> Selection:
    """Systematic selection with probability proportional to size, in frame order (implicit stratification).

    A site whose probability would pass 1 is taken with certainty and the rest is drawn again without it
    (Särndal, Swensson and Wretman 1992, section 3.6.2).  Raises FrameError on non-positive sizes.
    """
    size = np.asarray(sizes, dtype=float)
    if (size <= 0).any():
        raise FrameError("plans.every_site_needs_positive")
    if not 0 < sample <= len(size):
        raise FrameError("plans.cannot_draw_sites", sample=sample, n=len(size))
    probability = inclusion_probabilities(size, sample)
    certain = probability >= 1.0
    remaining = sample - int(certain.sum())
    chosen = certain.copy()
    if remaining:
        cumulated = np.cumsum(np.where(certain, 0.0, probability))
        cumulated *= remaining / cumulated[-1]  # against rounding: the last point must stay inside
        points = generator.uniform() + np.arange(remaining)
        chosen[np.searchsorted(cumulated, points, side="right")] = True
    positions = np.flatnonzero(chosen)
    return Selection(positions, probability[positions])


def inclusion_probabilities(size: NDArray[np.float64], sample: int) -> NDArray[np.float64]:
    """Of each site, proportional to its size; 1 where that would pass 1, the rest shared by the others."""
    certain = np.zeros(len(size), dtype=bool)
    while True:
        remaining = sample - int(certain.sum())
        scaled = remaining * size / size[~certain].sum() if remaining else np.zeros(len(size))
        over = ~certain & (scaled >= 1.0)
        if not over.any():
            return np.where(certain, 1.0, scaled)
        certain |= over
