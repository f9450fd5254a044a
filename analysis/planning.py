"""How many interviews a survey needs, and how they are spread over counties and sites before fieldwork."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.sampling import FrameError, power_allocation, systematic_pps
from analysis.zones import Zones
from wording import Message

Floats = NDArray[np.float64]
Allocation = Literal["proportional", "neyman", "power"]
LEAST_SITES = 2  # per stratum: with one, no variance can be estimated


@dataclass(frozen=True)
class FrameSite:
    """One site of the frame. size: its eligible residents. share: assumed share satisfied there, for Neyman."""

    name: str
    stratum: str
    size: float
    share: float | None = None


@dataclass(frozen=True)
class DrawnSite:
    """A drawn site; base_weight is that of each of its `target` interviews: 1 / (probability x target / size)."""

    name: str
    stratum: str
    size: float
    inclusion_probability: float
    base_weight: float
    target: int


@dataclass(frozen=True)
class StratumPlan:
    """What one stratum (county) needs and gets. required: interviews for its own precision, None if not asked.

    invitations: interviews over the response rate. margin: expected half-width of its interval.
    """

    stratum: str
    sites_in_frame: int
    population: float
    required: int | None
    sites: int
    interviews: int
    invitations: int
    margin: float


@dataclass(frozen=True)
class SamplePlan:
    """required: interviews for the city's aim. deff: design effect reckoned with."""

    required: int
    deff: float
    strata: tuple[StratumPlan, ...]
    drawn: tuple[DrawnSite, ...]

    @property
    def interviews(self) -> int:
        return sum(row.interviews for row in self.strata)


def design_effect(take: float, icc: float, weight_cv: float = 0.0) -> float:
    """(1 + (take - 1) icc) (1 + cv^2): clustering times unequal weighting.  Kish (1987)."""
    if take < 1 or not 0 <= icc <= 1 or weight_cv < 0:
        raise FrameError("plans.take_per_site_least")
    return (1 + (take - 1) * icc) * (1 + weight_cv**2)


def interviews_for_margin(
    share: float, margin: float, deff: float, confidence: float = 0.95, population: float | None = None
) -> int:
    """Interviews for an interval of half-width `margin` (share of one) at an assumed `share`.

    n0 = deff p (1-p) (z/margin)^2;  n0 / (1 + n0/N) where the population N is given.  Cochran (1977), eq. 4.2.
    """
    _require(share, deff, confidence)
    if not 0 < margin < 0.5:
        raise FrameError("plans.margin_error_lies_between")
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    return _finite(deff * share * (1 - share) * (z / margin) ** 2, population)


def interviews_to_decide(
    share: float, power: float, deff: float, zones: Zones, confidence: float = 0.95, population: float | None = None
) -> int:
    """Interviews after which the interval excludes the nearest line of `zones` with probability `power`.

    n0 = deff p (1-p) ((z(confidence) + z(power)) / |p - threshold|)^2.  Raises FrameError at a line.
    """
    _require(share, deff, confidence)
    if not 0 < power < 1:
        raise FrameError("plans.power_lies_between")
    distance = zones.distance(share)
    if distance is None:
        raise FrameError("plans.rulebook_draws_no_line")
    if distance < 1e-9:
        raise FrameError("plans.exactly_no_sample_decides", share=share)
    z = float(stats.norm.ppf(0.5 + confidence / 2) + stats.norm.ppf(power))
    return _finite(deff * share * (1 - share) * (z / distance) ** 2, population)


@dataclass(frozen=True)
class Aim:
    """What the sample must do. margin: half-width for the city; power: that the interval excludes the nearest line of `zones`; either or both.

    stratum_margin: half-width for every county, if asked. assumed: share satisfied. take: interviews a site.
    """

    assumed: float
    take: int
    icc: float = 0.05
    margin: float | None = None
    power: float | None = None
    stratum_margin: float | None = None
    deff: float | None = None
    weight_cv: float = 0.0
    response_rate: float = 1.0
    confidence: float = 0.95
    least_sites: int = LEAST_SITES
    allocation: Allocation = "power"
    zones: Zones | None = None


def plan_sample(frame: Sequence[FrameSite], aim: Aim, seed: int) -> SamplePlan:
    """Interviews by county, sites drawn with probability to size, and their base weights.

    The city's interviews are spread by `allocation` over the counties; a county that needs more for its own
    margin, or for the least number of sites, gets it.  Raises FrameError in the user's words.

    >>> frame = [FrameSite(f"{county}{site}", county, 400) for county in ("甲", "乙") for site in range(30)]
    >>> found = plan_sample(frame, Aim(assumed=0.7, take=10, margin=0.05), seed=1)
    >>> found.required, found.interviews, [row.sites for row in found.strata]
    (459, 460, [23, 23])
    """
    strata = _strata(frame, aim)
    deff = aim.deff if aim.deff is not None else design_effect(aim.take, aim.icc, aim.weight_cv)
    sizes = np.array([sum(site.size for site in sites) for sites in strata.values()])
    required = _required(aim, deff, float(sizes.sum()))
    own = [_own_requirement(aim, deff, float(size)) for size in sizes]
    least = np.array([max(aim.least_sites, ceil((need or 0) / aim.take)) for need in own])
    available = np.array([len(sites) for sites in strata.values()])
    sites = _allocate(sizes, _spread(strata, aim), max(ceil(required / aim.take), int(least.sum())), least, aim)
    short = [name for name, wanted, there in zip(strata, sites, available, strict=True) if wanted > there]
    if short:
        named = [
            Message("plans.wanted_of", name=name, wanted=int(wanted), there=int(there))
            for name, wanted, there in zip(strata, sites, available, strict=True)
            if wanted > there
        ]
        raise FrameError("plans.frame_fewer_sites_than", named=named)
    generator = np.random.default_rng(seed)
    rows, drawn = [], []
    for (name, members), count, need, size in zip(strata.items(), sites, own, sizes, strict=True):
        chosen = list(_draw(members, int(count), aim.take, generator))
        drawn += chosen
        interviews = sum(site.target for site in chosen)
        half = float(stats.norm.ppf(0.5 + aim.confidence / 2)) * (
            (deff * aim.assumed * (1 - aim.assumed) / interviews) ** 0.5
        )
        invitations = ceil(interviews / aim.response_rate)
        rows.append(StratumPlan(name, len(members), float(size), need, int(count), interviews, invitations, half))
    return SamplePlan(required, deff, tuple(rows), tuple(drawn))


def _require(share: float, deff: float, confidence: float) -> None:
    if not 0 < share < 1:
        raise FrameError("plans.assumed_share_lies_between")
    if deff <= 0 or not 0 < confidence < 1:
        raise FrameError("plans.design_effect_above_confidence")


def _finite(interviews: float, population: float | None) -> int:
    if population is not None:
        interviews = interviews / (1 + interviews / population)
    return ceil(interviews - 1e-9)


def _required(aim: Aim, deff: float, population: float) -> int:
    needs = []
    if aim.margin is not None:
        needs.append(interviews_for_margin(aim.assumed, aim.margin, deff, aim.confidence, population))
    if aim.power is not None:
        if aim.zones is None:
            raise FrameError("plans.power_decision_name_rulebook")
        needs.append(interviews_to_decide(aim.assumed, aim.power, deff, aim.zones, aim.confidence, population))
    if not needs:
        raise FrameError("plans.state_aim_margin_error")
    return max(needs)


def _own_requirement(aim: Aim, deff: float, population: float) -> int | None:
    if aim.stratum_margin is None:
        return None
    return interviews_for_margin(aim.assumed, aim.stratum_margin, deff, aim.confidence, population)


def _strata(frame: Sequence[FrameSite], aim: Aim) -> dict[str, list[FrameSite]]:
    if aim.take < 1 or not 0 < aim.response_rate <= 1 or aim.least_sites < 1:
        raise FrameError("plans.take_per_site_least_2")
    strata: dict[str, list[FrameSite]] = {}
    seen: set[tuple[str, str]] = set()
    for site in frame:
        if (site.stratum, site.name) in seen:
            raise FrameError("plans.site_stands_twice", site_name=site.name, site_stratum=site.stratum)
        if site.size < aim.take:
            raise FrameError(
                "plans.site_residents_fewer_than", site_name=site.name, site_size=site.size, aim_take=aim.take
            )
        seen.add((site.stratum, site.name))
        strata.setdefault(site.stratum, []).append(site)
    if not strata:
        raise FrameError("plans.frame_holds_no_site")
    return strata


def _spread(strata: dict[str, list[FrameSite]], aim: Aim) -> Floats:
    """Standard deviation of an answer in each stratum, for Neyman's allocation."""
    shares = []
    for sites in strata.values():
        known = [(site.share, site.size) for site in sites if site.share is not None]
        total = sum(size for _, size in known)
        shares.append(sum(share * size for share, size in known) / total if known else aim.assumed)
    p = np.array(shares)
    if ((p <= 0) | (p >= 1)).any():
        raise FrameError("plans.assumed_share_per_county")
    return np.asarray(np.sqrt(p * (1 - p)))


def _allocate(sizes: Floats, spread: Floats, total: int, least: NDArray[np.int64], aim: Aim) -> NDArray[np.int64]:
    """Sites per stratum; strata whose own need is larger keep it, the rest is spread over the others."""
    measure = sizes * spread if aim.allocation == "neyman" else sizes
    power = 0.5 if aim.allocation == "power" else 1.0
    counts = np.maximum(power_allocation(measure, total, 0, power), 0)
    fixed = np.zeros(len(sizes), dtype=bool)
    while (counts < least).any():
        fixed |= counts < least
        counts = np.where(fixed, least, counts)
        free = ~fixed
        left = total - int(least[fixed].sum())
        if not free.any() or left <= 0:
            break
        counts[free] = power_allocation(measure[free], left, 0, power)
    return np.maximum(counts, least)


def _draw(members: list[FrameSite], count: int, take: int, generator: np.random.Generator) -> list[DrawnSite]:
    selection = systematic_pps(np.array([site.size for site in members]), count, generator)
    return [
        DrawnSite(
            members[place].name,
            members[place].stratum,
            members[place].size,
            float(probability),
            members[place].size / (float(probability) * take),
            take,
        )
        for place, probability in zip(selection.chosen, selection.inclusion_probability, strict=True)
    ]
