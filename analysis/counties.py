"""Counties beside each other: between which ranks each lies, which lie surely apart, and a county's chances with all
counties considered.

After the direct estimates of the counties. The rule compares each county's own figure; nothing here moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.documents.rows import RankDocument
from analysis.few_sites import LEAST_DF, Law
from analysis.results import DomainEstimate
from analysis.zones import Zones

Floats = NDArray[np.float64]
LEAST_COUNTIES = 8  # for a model of their spread
MOST_COUNTIES = 150  # whose pairs are compared
DRAWS, SEED = 10_000, 20_241
SPREADS = 80  # points at which the spread between counties is integrated over


@dataclass(frozen=True)
class County:
    """figure, se: a share of one; se None where the design gives none. law: what its chances rest on."""

    name: str
    figure: float
    se: float | None
    df: int
    n: int
    law: Law | None


def side_by_side(
    rows: Sequence[DomainEstimate], zones: Sequence[Zones], official: str, confidence: float
) -> list[DomainEstimate]:
    """The rows of a domain of counties with their ranks and, where a decision is made, `probability_pooled` of the zones
    that decide each."""
    found = []
    for row in rows:
        figure, scale = (row.satisfied, 1.0) if official == "share" else (row.index, 100.0)
        if figure is not None:
            se = None if figure.se is None else figure.se / scale
            found.append(County(row.level, figure.estimate / scale, se, row.df, row.n, row.law))
    ranked, pooled = rank_ranges(found, confidence), {one: pooled_chances(found, one) for one in set(zones)}
    made = []
    for row, deciding in zip(rows, zones, strict=True):
        own, chances = row.decision, pooled[deciding].get(row.level)
        decision = own and {**own, "probability_pooled": chances}
        made.append(replace(row, ranks=ranked.get(row.level), decision=decision))
    return made


def rank_ranges(counties: Sequence[County], confidence: float = 0.95) -> dict[str, RankDocument]:
    """County -> its rank by figure, the ranks that chance allows, and the counties surely below and above it.

    All hold together with `confidence`, so any county may be compared with any other.  Two lie surely apart where
    |y_i - y_j| > q sqrt(s_i**2 + s_j**2), q the quantile of the largest |z_i - z_j| / sqrt(S_i**2 + S_j**2) over pairs,
    z_i ~ N(0, s_i**2) and S_i**2 ~ s_i**2 chi2(df_i) / df_i drawn together.  Mogstad, Romano, Shaikh and Wilhelm
    (2024), section 3.  A county without a degree of freedom is surely apart from none; one that is unanimous has the
    error of (n y + 1/2) / (n + 1).  Empty under two counties, and beyond 150.
    """
    number = len(counties)
    if not 2 <= number <= MOST_COUNTIES:
        return {}
    figure = np.array([one.figure for one in counties])
    se = np.array([_error(one) for one in counties])
    known = np.array([one.df >= 1 and one.se is not None for one in counties])
    df = np.array([float(max(one.df, 1)) for one in counties])
    generator = np.random.default_rng(SEED)
    drawn = generator.standard_normal((DRAWS, number)) * se
    squared = se**2 * generator.chisquare(df, (DRAWS, number)) / df
    largest = np.zeros(DRAWS)
    for i, j in combinations(np.flatnonzero(known).tolist(), 2):
        largest = np.maximum(largest, np.abs(drawn[:, i] - drawn[:, j]) / np.sqrt(squared[:, i] + squared[:, j]))
    reach = float(np.quantile(largest, confidence)) * np.hypot(se[:, None], se[None, :])
    above = (figure[None, :] - figure[:, None] > reach) & known[:, None] & known[None, :]  # [i, j]: j is above i
    places = stats.rankdata(-figure, "min")
    found: dict[str, RankDocument] = {}
    for i, one in enumerate(counties):
        over, under = ([counties[j].name for j in np.flatnonzero(row).tolist()] for row in (above[i], above[:, i]))
        found[one.name] = {
            "rank": int(places[i]), "lower": 1 + len(over), "upper": number - len(under), "above": over, "below": under,
        }  # fmt: skip
    return found


def pooled_chances(counties: Sequence[County], zones: Zones) -> dict[str, dict[str, float]]:
    """County -> probability of each zone with all counties considered; empty under eight counties that have a law.

    On the log odds y_i ~ N(theta_i, D_i), D_i by `few_sites.law`, theta_i ~ N(mu, A), mu flat, and sqrt(A) uniform and
    integrated over (Gelman 2006): P(theta_i < L) = sum_A p(A | y) Phi((L - E(theta_i | A, y)) / sd(theta_i | A, y)).
    """
    used = [one for one in counties if one.law is not None and one.law.df >= LEAST_DF and one.df >= 1]
    if len(used) < LEAST_COUNTIES or not zones.lines:
        return {}
    share = np.array([one.figure if 0 < one.figure < 1 else _within(one, one.law) for one in used])
    error = np.array([_error(one, one.law) for one in used])
    y, d = special.logit(share), (error / (share * (1 - share))) ** 2
    spread = np.linspace(0.0, 3 * max(float(np.std(y)), float(np.sqrt(d.min()))), SPREADS)[:, None]
    inverse = 1 / (d + spread**2)
    mean = (inverse @ y)[:, None] / inverse.sum(axis=1, keepdims=True)
    likely = 0.5 * (np.log(inverse) - inverse * (y - mean) ** 2).sum(axis=1) - 0.5 * np.log(inverse.sum(axis=1))
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    drawn_in = d * inverse  # how far a county is drawn towards all
    centre = y + drawn_in * (mean - y)
    sd = np.sqrt(d * (1 - drawn_in) + drawn_in**2 / inverse.sum(axis=1, keepdims=True))

    def below(at: int, line: float) -> float:
        return float(weight @ stats.norm.cdf((special.logit(line) - centre[:, at]) / sd[:, at]))

    return {one.name: zones.split(lambda line, at=at: below(at, line)) for at, one in enumerate(used)}  # type: ignore[misc]


def _within(one: County, law: Law | None = None) -> float:
    n = (law and law.n) or one.n
    return (n * one.figure + 0.5) / (n + 1)


def _error(one: County, law: Law | None = None) -> float:
    """Standard error, of a unanimous county that of a share inside its range."""
    se = law.se if law else one.se or 0.0
    if se > 0 or 0 < one.figure < 1:
        return max(se, 1e-9)
    n, share = (law and law.n) or one.n, _within(one, law)
    return float(np.sqrt(share * (1 - share) / n))
