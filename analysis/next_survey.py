"""What a next survey would settle: the chance that its interval holds no line, by how much larger it is than this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
    known: dict[tuple[int, float], float] = field(default_factory=dict)

    def chance(self, sites: int, take: float = 1.0) -> float:
        """That its interval lies whole in one zone, with so many sites and so many times the interviews at each."""
        if (sites, take) in self.known:
            return self.known[sites, take]
        here, there = self.spread.sites, self.spread.population_sites
        left = (1 - sites / there) / (1 - here / there) if there and here < there else 1.0
        relative = (self.between * left + self.within / take) * here / sites
        errors = np.sqrt(relative * self.truths * (1 - self.truths))
        df = max(self.df + sites - here, 1)
        inside = chances_inside(self.truths, errors, df, self.zones, self.confidence)
        return self.known.setdefault((sites, take), float(inside.sum(axis=1).mean()))


def next_survey(
    truths: Floats, df: float, zones: Zones, spread: Spread, confidence: float = 0.95
) -> tuple[ToSettleDocument | None, list[SettlingRow]]:
    """What a next survey needs beyond this one's to settle with a chance of 0.8, and the chances by its size.

    truths (k,): true shares of equal chance.  Needed: sites, or interviews at as many sites, which divide only the
    variance within sites, so that the part between sites is a floor they never pass.  Chances: of as many sites, twice and
    four times as many, and of the whole frame; None for more sites than there are, and for the whole frame where the
    plan does not say how many there are. None and nothing without a line.
    """
    if not zones.lines:
        return None, []
    following, here, there, n = (
        _following(truths, df, zones, spread, confidence),
        spread.sites,
        spread.population_sites,
        spread.n,
    )
    rows: list[SettlingRow] = []
    for times in TIMES:
        possible = there is None or times * here <= there
        rows.append({"times": times, "probability": following.chance(times * here) if possible else None})
    rows.append({"times": None, "probability": None if there is None else following.chance(int(there))})
    last = int(there) if there else MOST
    sites = _least(following.chance, here, max(last, here))
    interviews = _least(lambda total: following.chance(here, total / n), n, n + MOST)
    needed: ToSettleDocument = {
        "sites": None if sites is None else sites - here,
        "interviews_per_site": None if sites is None else max(1, round(n / max(here, 1))),
        "interviews_same_sites": None if interviews is None else interviews - n,
    }
    return needed, rows


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
        Message("analysis.next_no_sites")
        if more is None
        else Message("analysis.next_more_sites", sites=more, take=needed["interviews_per_site"]),
        Message("analysis.next_no_interviews")
        if interviews is None
        else Message("analysis.next_more_interviews", interviews=interviews),
    ]


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


def _least(chance: Callable[[int], float], low: int, high: int) -> int | None:
    """The first number from `low` to `high` whose chance is enough; None where that of `high` is not.

    Doubling, then by the line between the ends, whose older end counts half as much each time (Dowell and Jarratt 1971).
    """
    below, above, last = chance(low) - ENOUGH, chance(high) - ENOUGH, 0
    if below >= 0:
        return low
    if above < 0:
        return None
    while 2 * low < high:
        middle = chance(2 * low) - ENOUGH
        if middle >= 0:
            high, above = 2 * low, middle
            break
        low, below = 2 * low, middle
    while low + 1 < high:
        step = round((high - low) * below / (below - above))
        at = low + min(max(step, 1), high - low - 1)
        found = chance(at) - ENOUGH
        if found >= 0:
            high, above, below, last = at, found, below / 2 if last > 0 else below, 1
        else:
            low, below, above, last = at, found, above / 2 if last < 0 else above, -1
    return high
