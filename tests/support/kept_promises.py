"""Whole surveys of a frame, drawn and answered again and again, beside what their plan promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.drawing import FrameSite
from analysis.intervals import korn_graubard
from analysis.planning import Aim, SamplePlan
from analysis.sampling import systematic_pps
from analysis.zones import Zones


@dataclass(frozen=True)
class Kept:
    """margin: mean half-width of the interval; decided: how often it lay whole in the zone of the true share."""

    margin: float
    decided: float


def uneven_frame() -> list[FrameSite]:
    """Ten counties of some 11,900 residents and one a hundred times as large."""
    small = [FrameSite(f"{h}-{i}", f"County {h}", 300 + 37.0 * (i % 7)) for h in range(10) for i in range(30)]
    return small + [FrameSite(f"10-{i}", "County 10", 2000 + 37.0 * (i % 37)) for i in range(600)]


def lumpy_frame() -> list[FrameSite]:
    """Four counties of unequal size whose largest sites are taken with certainty."""
    sizes = np.random.default_rng(5).lognormal(7, 1.1, (4, 60))
    return [FrameSite(f"{h}-{i}", f"c{h}", float(sizes[h, i] * (h + 1) + 100)) for h in range(4) for i in range(60)]


def kept(
    frame: Sequence[FrameSite], plan: SamplePlan, aim: Aim, zones: Zones, surveys: int, seed: int
) -> dict[str, Kept]:
    """By county, and '' for the city. Each survey has sites of its own, beta with the aim's correlation, and is
    estimated from the totals of its sites within counties as if drawn with replacement.
    """
    generator = np.random.default_rng(seed)
    sizes = {row.stratum: np.array([site.size for site in frame if site.stratum == row.stratum]) for row in plan.strata}
    weights = np.array([row.population for row in plan.strata]) / sum(row.population for row in plan.strata)
    counts = np.array([row.sites for row in plan.strata])
    found = np.array(
        [[_county(sizes[row.stratum], row.sites, aim, generator) for row in plan.strata] for _ in range(surveys)]
    )
    shares, variances = found[..., 0], found[..., 1]
    city = _kept(
        shares @ weights, variances @ weights**2, int(counts.sum()) - len(counts), int(counts.sum()), aim, zones
    )
    return {"": city} | {
        row.stratum: _kept(shares[:, h], variances[:, h], row.sites - 1, row.sites, aim, zones)
        for h, row in enumerate(plan.strata)
    }


def _county(sizes: np.ndarray, count: int, aim: Aim, generator: np.random.Generator) -> tuple[float, float]:
    """Share and its estimated variance from `count` sites of one county."""
    drawn = systematic_pps(sizes, count, generator)
    odds = 1 / aim.icc - 1
    sites = generator.beta(aim.assumed * odds, (1 - aim.assumed) * odds, count)
    means = generator.binomial(aim.take, sites) / aim.take
    weights = sizes[drawn.chosen] / drawn.inclusion_probability
    share = float(weights @ means / weights.sum())
    parts = weights * (means - share) / weights.sum()
    return share, float(((parts - parts.mean()) ** 2).sum() * count / (count - 1))


def _kept(shares: np.ndarray, variances: np.ndarray, df: int, sites: int, aim: Aim, zones: Zones) -> Kept:
    limits = [
        korn_graubard(float(share), float(variance) ** 0.5, df, sites * aim.take, aim.confidence)
        for share, variance in zip(shares, variances, strict=True)
    ]
    truth = zones.of(aim.assumed)
    decided = [zones.of(each.lower) == truth == zones.of(each.upper) for each in limits]
    return Kept(float(np.mean([(each.upper - each.lower) / 2 for each in limits])), float(np.mean(decided)))
