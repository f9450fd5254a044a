"""How many interviews a survey needs, and how they are spread over counties and sites before fieldwork."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from analysis.drawing import DrawnSite, FrameSite, draw, enough_for_pairs, pairs_of, reserves
from analysis.plan_draw import DrawRule, JointProbability
from analysis.promises import Promise, chance_in_zone, promise
from analysis.sampling import FrameError, inclusion_probabilities
from analysis.zones import Zones
from wording import Message

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Allocation = Literal["proportional", "neyman", "power"]
LEAST_SITES = 2  # per stratum: with one, no variance can be estimated
MANY_DF = 1e9  # of a variance that counts as known


@dataclass(frozen=True)
class StratumPlan:
    """What one stratum (county) needs and gets. required: interviews for its own precision, None if not asked.

    invitations: interviews over the response rate. margin, power: what its own interval promises, None with one site.
    """

    stratum: str
    sites_in_frame: int
    population: float
    required: int | None
    sites: int
    interviews: int
    invitations: int
    margin: float | None
    power: float | None


@dataclass(frozen=True)
class SamplePlan:
    """required: interviews that the city's aim took if everybody had the same chance. deff: design effect reckoned with.

    city: what the sample that was drawn promises for the whole. reserves: in the order of their use, by
    stratum. rule: how they were drawn, with the seed.
    """

    required: int
    deff: float
    city: Promise
    strata: tuple[StratumPlan, ...]
    drawn: tuple[DrawnSite, ...]
    reserves: tuple[DrawnSite, ...]
    rule: DrawRule

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
    """Interviews after which the interval excludes every line of `zones` with probability `power`.

    With one line near, n0 = deff p (1-p) ((z(confidence) + z(power)) / |p - line|)^2; between two, the least n0 at
    which `chance_in_zone` reaches the power.  Raises FrameError at a line.
    """
    _require(share, deff, confidence)
    if not 0 < power < 1:
        raise FrameError("plans.power_lies_between")
    distance = zones.distance(share)
    if distance is None:
        raise FrameError("plans.rulebook_draws_no_line")
    if distance < 1e-9:
        raise FrameError("plans.exactly_no_sample_decides", share=share)

    def short(reach: float) -> float:
        return (chance_in_zone(share, distance / reach, MANY_DF, zones, confidence) or 0.0) - power

    reach = float(optimize.brentq(short, 1e-6, 1e3))  # the nearest line's distance in standard errors
    return _finite(deff * share * (1 - share) * (reach / distance) ** 2, population)


@dataclass(frozen=True)
class Aim:
    """What the sample must do. margin: half-width for the city; power: that its interval excludes every line of `zones`; either or both.

    stratum_margin: half-width for every county, if asked. assumed: share satisfied. take: interviews a site.
    draw: how sites are drawn; margins and power are of the variance that follows from it. Its seed is that of the plan.
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
    draw: DrawRule = field(default_factory=DrawRule)

    @property
    def effect(self) -> float:
        """The design effect reckoned with: the one that was named, or that of take, icc and weights."""
        return self.deff if self.deff is not None else design_effect(self.take, self.icc, self.weight_cv)

    @property
    def between(self) -> float:
        """The part of the design effect that a site brings however many answer there: icc (1 + cv^2)."""
        if self.deff is None:
            return self.icc * (1 + self.weight_cv**2)
        return max(self.deff - 1 - self.weight_cv**2, 0.0) / (self.take - 1) if self.take > 1 else 0.0


def plan_sample(frame: Sequence[FrameSite], aim: Aim, seed: int) -> SamplePlan:
    """Interviews by county, sites drawn with probability to size, and their base weights.

    The fewest sites are taken with which the sample, spread by `allocation` as it is, keeps the aims for the city;
    a county that needs more for its own margin, or for the least number of sites, gets it, and none more than it
    has.  Raises FrameError in the user's words, where all sites are not enough with what they would give.

    >>> frame = [FrameSite(f"{county}{site}", county, 400) for county in ("甲", "乙") for site in range(30)]
    >>> found = plan_sample(frame, Aim(assumed=0.7, take=10, margin=0.05), seed=1)
    >>> found.required, found.interviews, [row.sites for row in found.strata], round(found.city.margin, 4)
    (459, 520, [26, 26], 0.0498)
    """
    strata = [_Stratum(name, members, aim) for name, members in _strata(frame, aim).items()]
    required = _required(aim, sum(stratum.size for stratum in strata))
    least = np.array([stratum.least() for stratum in strata])
    counts = _fewest(strata, least, aim)
    rule = replace(aim.draw, seed=seed)
    if rule.finite:
        counts = np.array(
            [enough_for_pairs(row.sizes, count) for row, count in zip(strata, counts.tolist(), strict=True)]
        )
    generator = np.random.default_rng(seed)
    rows, drawn, standing_by = [], [], []
    for stratum, count in zip(strata, counts.tolist(), strict=True):
        own_sites = draw(stratum.members, count, aim.take, rule, generator)
        drawn += own_sites
        standing_by += reserves(stratum.members, own_sites, aim.take, rule)
        interviews, own = count * aim.take, stratum.promise(count)
        needed = None if aim.stratum_margin is None else stratum.least() * aim.take
        rows.append(StratumPlan(
            stratum.name, len(stratum.members), stratum.size, needed, count, interviews,
            ceil(interviews / aim.response_rate), own.margin, own.power,
        ))  # fmt: skip
    return SamplePlan(
        required, aim.effect, _city(strata, counts, aim), tuple(rows), tuple(drawn), tuple(standing_by), rule
    )


def joint_probabilities(frame: Sequence[FrameSite], plan: SamplePlan) -> list[JointProbability]:
    """Of all pairs of the sites drawn and their reserves, under Sampford's design of the plan's numbers of sites."""
    found: list[JointProbability] = []
    for row in plan.strata:
        members = [site for site in frame if site.stratum == row.stratum]
        asked = [site for site in (*plan.drawn, *plan.reserves) if site.stratum == row.stratum]
        found += pairs_of(members, row.sites, asked)
    return found


@dataclass(frozen=True)
class _Stratum:
    """One county of the frame, with what a number of its sites promises."""

    name: str
    members: Sequence[FrameSite]
    aim: Aim

    @cached_property
    def sizes(self) -> Floats:
        return np.array([site.size for site in self.members], dtype=float)

    @cached_property
    def size(self) -> float:
        return float(self.sizes.sum())

    @cached_property
    def share(self) -> float:
        """The share assumed here: that of the frame's sites where it names any."""
        known = [(site.share, site.size) for site in self.members if site.share is not None]
        share = (
            sum(share * size for share, size in known) / sum(size for _, size in known) if known else self.aim.assumed
        )
        if not 0 < share < 1:
            raise FrameError("plans.assumed_share_per_county")
        return share

    def variance(self, count: int) -> float:
        """Of the county's share from `count` sites: deff p (1-p)/take x the sum of (size/total)^2/pi over its frame.

        That is deff p (1-p)/n where no site is certain; large sites taken with certainty stand for more people each.
        Drawn without replacement, what differs between sites counts with (1-pi)/pi in place of 1/pi.
        """
        squares = (self.sizes / self.size) ** 2
        parts = float((squares / inclusion_probabilities(self.sizes, count)).sum()) * self.aim.effect / self.aim.take
        known = float(squares.sum()) * self.aim.between if self.aim.draw.finite else 0.0
        return (parts - known) * self.share * (1 - self.share)

    def promise(self, count: int) -> Promise:
        aim = self.aim
        return promise(self.share, self.variance(count) ** 0.5, count - 1, count * aim.take, aim.zones, aim.confidence)

    def least(self) -> int:
        """Sites for the county's own margin, and the aim's least."""
        floor, there, asked = self.aim.least_sites, len(self.members), self.aim.stratum_margin
        if floor > there:
            raise FrameError(
                "plans.frame_fewer_sites_than",
                named=Message("plans.wanted_of", name=self.name, wanted=floor, there=there),
            )
        if asked is None:
            return floor
        margin = self.promise(there).margin
        if margin is None or margin > asked:
            raise FrameError("plans.frame_gives_county", name=self.name, sites=there, margin=margin or 1.0)
        return _first(lambda count: (self.promise(count).margin or 1.0) <= asked, floor, there)


def _fewest(strata: Sequence[_Stratum], least: Counts, aim: Aim) -> Counts:
    """Sites per stratum, the fewest in all with which the city's aims are kept."""
    most = np.array([len(stratum.members) for stratum in strata])
    measure = np.array([stratum.size for stratum in strata])
    if aim.allocation == "neyman":
        measure = measure * np.array([(stratum.share * (1 - stratum.share)) ** 0.5 for stratum in strata])
    if aim.allocation == "power":
        measure = measure**0.5

    def kept(total: int) -> bool:
        city = _city(strata, _allocate(measure, total, least, most), aim)
        wide = aim.margin is not None and (city.margin is None or city.margin > aim.margin)
        return not wide and (aim.power is None or (city.power or 0.0) >= aim.power)

    if not kept(int(most.sum())):
        city = _city(strata, most, aim)
        raise FrameError(
            "plans.frame_gives",
            sites=int(most.sum()),
            margin=city.margin or 1.0,
            power=[] if aim.power is None else Message("plans.frame_gives_power", power=city.power or 0.0),
        )
    return _allocate(measure, _first(kept, int(least.sum()), int(most.sum())), least, most)


def _first(enough: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from `low` at which `enough` holds, which it does at `high` and from there on."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _city(strata: Sequence[_Stratum], counts: Counts, aim: Aim) -> Promise:
    """What these sites promise for the whole: each county's variance by the square of its share of the people."""
    total, number = sum(stratum.size for stratum in strata), int(counts.sum())
    pairs = zip(strata, counts.tolist(), strict=True)
    variance = sum((stratum.size / total) ** 2 * stratum.variance(count) for stratum, count in pairs)
    return promise(aim.assumed, variance**0.5, number - len(strata), number * aim.take, aim.zones, aim.confidence)


def _require(share: float, deff: float, confidence: float) -> None:
    if not 0 < share < 1:
        raise FrameError("plans.assumed_share_lies_between")
    if deff <= 0 or not 0 < confidence < 1:
        raise FrameError("plans.design_effect_above_confidence")


def _finite(interviews: float, population: float | None) -> int:
    if population is not None:
        interviews = interviews / (1 + interviews / population)
    return ceil(interviews - 1e-9)


def _required(aim: Aim, population: float) -> int:
    needs = []
    if aim.margin is not None:
        needs.append(interviews_for_margin(aim.assumed, aim.margin, aim.effect, aim.confidence, population))
    if aim.power is not None:
        if aim.zones is None:
            raise FrameError("plans.power_decision_name_rulebook")
        needs.append(interviews_to_decide(aim.assumed, aim.power, aim.effect, aim.zones, aim.confidence, population))
    if not needs:
        raise FrameError("plans.state_aim_margin_error")
    return max(needs)


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


def _allocate(measure: Floats, total: int, least: Counts, most: Counts) -> Counts:
    """`total` sites in proportion to `measure`, none below `least` or above `most`; remainders to the largest fractions."""

    def shared(scale: float) -> Floats:
        return np.clip(scale * measure, least, most)

    highest = float((most / measure).max())
    scale = optimize.brentq(lambda scale: shared(scale).sum() - total, 0.0, highest, xtol=1e-15 * highest)
    shares = shared(scale)
    counts = np.floor(shares + 1e-9).astype(np.int64)
    order = np.argsort(-np.where(counts < most, np.round(shares - counts, 9), -1.0), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
