"""A survey, what it says a next one would settle, and that next one: again and again, each pair with a truth of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.decision import decide
from analysis.intervals import korn_graubard
from analysis.next_survey import Spread
from tests.support.zones import ZONES

SITES, TAKE, ICC = 40, 20, 0.05


@dataclass(frozen=True)
class Pair:
    """size: '1', '2', '4' times the sites, or 'named' where the survey named a number of sites for a chance of 0.8."""

    size: str
    stated: float
    settled: bool


def pairs(surveys: int, seed: int) -> Iterator[Pair]:
    """True shares are drawn evenly from 0.40 to 0.90, sites from a beta with an intra-site correlation of 0.05."""
    generator = np.random.default_rng(seed)
    for _ in range(surveys):
        truth = generator.uniform(0.40, 0.90)
        means = _survey(truth, SITES, generator)
        share, se = float(means.mean()), float(means.std(ddof=1)) / SITES**0.5
        within = float((means * (1 - means)).mean()) / (TAKE - 1) / SITES
        spread = Spread(max(se**2 - within, 0.0), min(within, se**2), SITES * TAKE, SITES, 1)
        found = decide(share, se, SITES - 1, ZONES, spread)
        for row in found["settling"]:
            if row["times"] is not None:
                yield Pair(str(row["times"]), row["probability"], _settled(truth, row["times"] * SITES, generator))
        more = found["to_settle"]["sites"]
        if more and more < 4000:
            yield Pair("named", 0.8, _settled(truth, SITES + more, generator))


def _survey(truth: float, sites: int, generator: np.random.Generator) -> np.ndarray:
    odds = 1 / ICC - 1
    return generator.binomial(TAKE, generator.beta(truth * odds, (1 - truth) * odds, sites)) / TAKE


def _settled(truth: float, sites: int, generator: np.random.Generator) -> bool:
    means = _survey(truth, sites, generator)
    limits = korn_graubard(float(means.mean()), float(means.std(ddof=1)) / sites**0.5, sites - 1, sites * TAKE)
    return ZONES.of(limits.lower) == ZONES.of(limits.upper)
