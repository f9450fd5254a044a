"""What a next survey would settle: the chance that its interval holds no line, by how much larger it is than this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.documents.rows import DecisionDocument, SettlingRow, ToSettleDocument
from analysis.promises import chances_inside
from analysis.zones import Zones
from wording import Message

Floats = NDArray[np.float64]
NO_NUMBER: ToSettleDocument = {"sites": None, "interviews_per_site": None, "interviews_same_sites": None}
ROUNDING = 1e-20  # of a variance
ENOUGH = 0.8  # a number of sites or interviews that settles with less is not named
TIMES = (1, 2, 4)
MOST = 1_000_000  # sites or interviews looked at where the frame is not known


@dataclass(frozen=True)
class Spread:
    """Where the variance of the figure comes from, for planning. Variances in the figure's squared units.

    sites: PSUs that hold a respondent. population_sites: PSUs that exist, None where unknown. fixed: by margins, so that
    the figure has no error and its outcome no doubt.
    """

    between: float
    within: float
    n: int
    sites: int
    strata: int
    population_sites: float | None = None
    fixed: bool = False


@dataclass(frozen=True)
class _Next:
    """A next survey by the same design, the truth being any of `truths` (k,) with the same chance.

    Its variance is that of this one, per p (1-p): `between` sites and `within` them.
    """

    truths: Floats
    df: float
    zones: Zones
    confidence: float
    spread: Spread
    between: float
    within: float

    def chance(self, sites: int, take: float = 1.0) -> float:
        """That its interval lies whole in one zone, with so many sites and so many times the interviews at each."""
        here, there = self.spread.sites, self.spread.population_sites
        left = (1 - sites / there) / (1 - here / there) if there and here < there else 1.0
        relative = (self.between * left + self.within / take) * here / sites
        errors = np.sqrt(relative * self.truths * (1 - self.truths))
        df = max(self.df + sites - here, 1)
        return float(chances_inside(self.truths, errors, df, self.zones, self.confidence).sum(axis=1).mean())


def settling(truths: Floats, df: float, zones: Zones, spread: Spread, confidence: float = 0.95) -> list[SettlingRow]:
    """The chance to settle of a survey of as many sites, twice and four times as many, and of the whole frame.

    truths (k,): true shares of equal chance. A probability is None for more sites than there are, and for the whole
    frame where the plan does not say how many there are. Empty without a line.
    """
    if not zones.lines:
        return []
    following, there = _following(truths, df, zones, spread, confidence), spread.population_sites
    rows: list[SettlingRow] = []
    for times in TIMES:
        sites = times * spread.sites
        possible = there is None or sites <= there
        rows.append({"times": times, "probability": following.chance(sites) if possible else None})
    return [*rows, {"times": None, "probability": None if there is None else following.chance(int(there))}]


def to_settle(
    truths: Floats, df: float, zones: Zones, spread: Spread, confidence: float = 0.95
) -> ToSettleDocument | None:
    """How many sites, or interviews at as many sites, a next survey needs beyond this one's to settle with a chance of 0.8.

    More interviews at the same sites divide only the variance within sites, so the part between sites is a floor they
    never pass. None without a line.
    """
    if not zones.lines:
        return None
    following = _following(truths, df, zones, spread, confidence)
    last = int(spread.population_sites) if spread.population_sites else MOST
    sites = _least(lambda sites: following.chance(sites) >= ENOUGH, spread.sites, max(last, spread.sites))
    n = spread.n
    interviews = _least(lambda total: following.chance(spread.sites, total / n) >= ENOUGH, n, n + MOST)
    return {
        "sites": None if sites is None else sites - spread.sites,
        "interviews_per_site": None if sites is None else max(1, round(n / max(spread.sites, 1))),
        "interviews_same_sites": None if interviews is None else interviews - n,
    }


def told(decision: DecisionDocument | None) -> list[Message]:
    """The chances and numbers in sentences; none where they may not be said, or an earlier release reckoned them."""
    if decision is None or not decision.get("settling"):
        return []
    rows, needed = decision["settling"], decision["to_settle"] or NO_NUMBER
    size = ("analysis.next_sites" if row["times"] else "analysis.next_frame" for row in rows)
    chances = [
        Message(key, times=row["times"] or 0, probability=row["probability"])
        for key, row in zip(size, rows, strict=True)
        if row["probability"] is not None
    ]
    more, interviews = needed["sites"], needed["interviews_same_sites"]
    if more == 0:
        return [Message("analysis.next_survey", chances=chances), Message("analysis.next_settles")]
    return [
        Message("analysis.next_survey", chances=chances),
        Message("analysis.next_no_sites") if more is None
        else Message("analysis.next_more_sites", sites=more, take=needed["interviews_per_site"]),
        Message("analysis.next_no_interviews") if interviews is None
        else Message("analysis.next_more_interviews", interviews=interviews),
    ]  # fmt: skip


def withhold_next_survey(decision: DecisionDocument | None) -> None:
    """Take what a next survey would settle out of a decision: of a closed survey, or where anybody could answer."""
    if decision is not None and decision["to_settle"] is not None:
        decision["to_settle"], decision["settling"] = NO_NUMBER, []


def _following(truths: Floats, df: float, zones: Zones, spread: Spread, confidence: float) -> _Next:
    middle = float(np.median(truths))
    binary = middle * (1 - middle)
    between, within = spread.between / binary, spread.within / binary
    if spread.fixed or between + within < ROUNDING:  # nothing varies: as if drawn at random, where it might
        between, within = 0.0, ROUNDING if spread.fixed else 1 / spread.n
    return _Next(truths, df, zones, confidence, spread, between, within)


def _least(enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """The first number from `low` to `high` that is enough; None where `high` is not."""
    if enough(low):
        return low
    if not enough(high):
        return None
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
