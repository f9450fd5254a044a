"""A made city of honest people, of whom the satisfied answer a little faster and more often all alike (a halo)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.quality_arrivals import arrivals
from analysis.quality_bursts import bursts
from analysis.quality_flags import Flag, duplicates, straight_lining, too_fast, under_floor

SITES, DAYS, A_DAY = 12, 10, 16  # eight hours a day, two answers an hour
HALO = {True: 0.053, False: 0.011}  # of the satisfied and of the others, who rate everything alike
SHARED_PHONE = 0.01  # a second person of the family on the same phone, who rates as anybody


@dataclass(frozen=True)
class Honest:
    """One entry per answer. overall: 1 to 5; items (n, 10): ratings, 0 not used; seconds: from opening to sending."""

    site: np.ndarray
    finished: np.ndarray
    seconds: np.ndarray
    overall: np.ndarray
    items: np.ndarray
    shared: np.ndarray

    @property
    def satisfied(self) -> np.ndarray:
        return self.overall >= 4

    def flags(self) -> Iterator[Flag]:
        """All that the batch would find."""
        codes = np.column_stack([self.overall, self.items])
        yield from too_fast(self.seconds)
        yield from under_floor(self.seconds)
        yield from arrivals(self.site, self.finished, self.seconds, np.ones(len(self.site), dtype=bool))
        yield from straight_lining(self.items)
        yield from duplicates(self.site, self.finished, codes)
        yield from bursts(self.site, self.finished, self.seconds, codes)
        yield from (Flag(int(place), "repeat", 0.5, "", "") for place in np.flatnonzero(self.shared))

    def false_alarms(self) -> dict[str, tuple[int, int]]:
        """Kind -> how many of the satisfied and of the others carry the flag."""
        found: dict[str, set[int]] = {}
        for flag in self.flags():
            found.setdefault(flag.kind, set()).add(flag.position)
        return {
            kind: (int(self.satisfied[list(places)].sum()), int((~self.satisfied[list(places)]).sum()))
            for kind, places in found.items()
        }


def honest_city(seed: int) -> Honest:
    """1,920 answers of which about seven in ten are satisfied."""
    r = np.random.default_rng(seed)
    n = SITES * DAYS * A_DAY
    site = np.repeat(np.arange(SITES), DAYS * A_DAY)
    day = np.tile(np.repeat(np.arange(DAYS), A_DAY), SITES)
    finished = day * 86_400.0 + 9 * 3600 + r.uniform(0, 8 * 3600, n)
    mood = r.normal(0, 0.3, SITES)[site] + r.normal(0, 0.7, n)
    overall = np.clip(np.round(3.9 + mood + r.normal(0, 0.5, n)), 1, 5).astype(np.int64)
    raw = 3.6 + 0.8 * mood[:, None] + r.normal(0, 0.3, 10) + r.normal(0, 0.8, (n, 10))
    items = np.where(r.uniform(size=(n, 10)) < 0.25, 0, np.clip(np.round(raw), 1, 5)).astype(np.int64)
    alike = r.uniform(size=n) < np.where(overall >= 4, HALO[True], HALO[False])
    items[alike] = overall[alike, None]
    seconds = np.exp(r.normal(np.log(180), 0.35, n)) * np.where(overall >= 4, 0.9, 1.0)  # no question what to improve
    return Honest(site, finished, seconds, overall, items, r.uniform(size=n) < SHARED_PHONE)
