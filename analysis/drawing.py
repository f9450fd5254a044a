"""How the sites of a plan are drawn within a county: by which method, by which numbers, and who stands in reserve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analysis.local_pivotal import local_pivotal, on_a_plane
from analysis.plan_draw import DrawRule, JointProbability
from analysis.sampford import joint_probabilities, sampford
from analysis.sampling import FrameError, inclusion_probabilities, systematic_pps
from definitions.names import key

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FrameSite:
    """One site of the frame. size: its eligible residents. share: assumed share satisfied there, for Neyman.

    place: longitude and latitude in degrees, for a sample that is spread over the land.
    """

    name: str
    stratum: str
    size: float
    share: float | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class DrawnSite:
    """A drawn site; base_weight is that of each of its `target` interviews: 1 / (probability x target / size)."""

    name: str
    stratum: str
    size: float
    inclusion_probability: float
    base_weight: float
    target: int


def draw(
    members: Sequence[FrameSite], count: int, take: int, rule: DrawRule, generator: np.random.Generator
) -> list[DrawnSite]:
    """`count` sites of one stratum; generator: of the methods that draw afresh."""
    size = np.array([site.size for site in members], dtype=float)
    if rule.method == "systematic":
        chosen = systematic_pps(size, count, generator).chosen
        return [_drawn(members, int(at), inclusion_probabilities(size, count), take) for at in chosen]
    probability = inclusion_probabilities(size, count)
    open_sites = np.flatnonzero(probability < 1)
    if rule.method == "pivotal":
        taken = local_pivotal(probability[open_sites], _places(members)[open_sites], generator)
    else:
        open_sites = np.array(sorted(open_sites.tolist(), key=lambda at: members[at].name), dtype=np.int64)
        passed = float(rule.rotate) * (rule.wave - 1)
        numbers = (_numbers(members, rule.seed, "")[open_sites] - passed * probability[open_sites]) % 1.0
        taken = sampford(probability[open_sites], numbers)
    chosen = np.union1d(open_sites[taken], np.flatnonzero(probability >= 1))
    return [_drawn(members, int(at), probability, take) for at in chosen]


def reserves(members: Sequence[FrameSite], drawn: Sequence[DrawnSite], take: int, rule: DrawRule) -> list[DrawnSite]:
    """The stratum's reserves in the order of their use, each drawn with probability to size among those left.

    The base weight is that of the place it takes: size over probability is one number for all sites that are not
    certain. Waiting times -log(u)/size in order are such draws (Rosén 1997), and the numbers u are permanent.
    """
    size = np.array([site.size for site in members], dtype=float)
    probability, names = inclusion_probabilities(size, len(drawn)), {site.name for site in drawn}
    waiting = -np.log1p(-_numbers(members, rule.seed, "reserve")) / size
    order = [int(at) for at in np.argsort(waiting, kind="stable") if members[at].name not in names]
    return [_drawn(members, at, probability, take) for at in order[: rule.reserves]]


def pairs_of(members: Sequence[FrameSite], count: int, asked: Sequence[DrawnSite]) -> Iterator[JointProbability]:
    """The joint probabilities under Sampford's design of `count` sites, of all pairs of the sites asked for."""
    size = np.array([site.size for site in members], dtype=float)
    probability, names = inclusion_probabilities(size, count), {site.name for site in asked}
    open_sites = np.flatnonzero(probability < 1).tolist()
    ranks = np.array([rank for rank, at in enumerate(open_sites) if members[at].name in names], dtype=np.int64)
    places = {open_sites[rank]: place for place, rank in enumerate(ranks.tolist())}
    joint = joint_probabilities(probability[open_sites], ranks)
    for one, two in combinations([at for at, site in enumerate(members) if site.name in names], 2):
        own = float(probability[one] * probability[two])  # where one of them is certain
        if one in places and two in places:
            own = float(joint[places[one], places[two]])
        yield JointProbability(members[one].name, members[two].name, own, members[one].stratum)


def enough_for_pairs(size: Floats, count: int) -> int:
    """`count`, or the next number of sites with which not just one is drawn by chance: it would show no variance."""
    while count - int((inclusion_probabilities(size, count) >= 1).sum()) == 1:
        count += 1
    return count


def _drawn(members: Sequence[FrameSite], at: int, probability: Floats, take: int) -> DrawnSite:
    site, own = members[at], float(probability[at])
    return DrawnSite(site.name, site.stratum, site.size, own, site.size / (own * take), take)


def _numbers(members: Sequence[FrameSite], seed: int, purpose: str) -> Floats:
    """(sites,) in [0, 1): each site's permanent number, which hangs on the seed and its names alone."""
    texts = ("\x1f".join((str(seed), purpose, key(site.stratum), key(site.name))) for site in members)
    return np.array([(int.from_bytes(sha256(text.encode()).digest()[:8]) >> 11) * 2.0**-53 for text in texts])


def _places(members: Sequence[FrameSite]) -> Floats:
    missing = [site for site in members if site.place is None]
    if missing:
        raise FrameError("plans.site_without_place", site=missing[0].name, n=len(missing))
    longitude, latitude = np.array([site.place for site in members], dtype=float).T
    return on_a_plane(longitude, latitude)
