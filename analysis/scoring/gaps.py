"""What an indicator lacks for a tier: every condition that does not hold, and how far it is off in its own unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from analysis.scoring.conditions import Condition, Requirement
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.rules import Tier
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.values import AreaValues, met


@dataclass(frozen=True)
class Lack:
    """One condition that does not hold. `actual` is None where unknown or not applicable; `distance` is how far
    the value is off, in the metric's own unit (a share: fraction of one), None for a criterion or without a value."""

    metric: Metric
    condition: Condition
    actual: Decimal | bool | None

    @property
    def distance(self) -> Decimal | None:
        if self.actual is None or self.condition.operator == "yes":
            return None
        return abs(self.condition.threshold - Decimal(self.actual))


@dataclass(frozen=True)
class Lacking:
    """Several of them; `any_of`: mending one is enough."""

    any_of: bool
    parts: tuple[Lack | Lacking, ...]


@dataclass(frozen=True)
class Gap:
    """One indicator below its best. `lost`: points to its highest; `tier`: the next one, None where there is none;
    `gain`: points of that step; `lacks`: what it takes."""

    card: IndicatorScore
    lost: Decimal
    tier: Tier | None
    gain: Decimal
    lacks: Lack | Lacking | None

    @property
    def indicator(self) -> Indicator:
        return self.card.indicator


def gaps(card: Scorecard, supplied: AreaValues) -> list[Gap]:
    """Every indicator that loses points, the largest gain of the next step first, then the largest loss."""
    found = [_gap(row, supplied) for row in card.indicators]
    return sorted((gap for gap in found if gap.lost > 0), key=lambda gap: (-gap.gain, -gap.lost, gap.indicator.number))


def lacking(indicator: Indicator, requirement: Requirement, supplied: AreaValues) -> Lack | Lacking | None:
    """What keeps `requirement` from holding; None where it holds."""
    if isinstance(requirement, Condition):
        given = supplied.of(indicator.number, requirement.metric)
        metric = indicator.metric(requirement.metric)
        assert metric is not None  # the rulebook was checked
        return None if met(indicator, requirement, given) else Lack(metric, requirement, given.known)
    parts = [lacking(indicator, part, supplied) for part in requirement.parts]
    missing = tuple(part for part in parts if part is not None)
    if not missing or (requirement.any_of and len(missing) < len(parts)):
        return None
    return missing[0] if len(missing) == 1 else Lacking(requirement.any_of, missing)


def words(lacks: Lack | Lacking | None, say: Callable[[Lack], str], either: str = "或", both: str = "；") -> str:
    """`lacks` in words; `say` words one condition."""
    if lacks is None:
        return ""
    if isinstance(lacks, Lack):
        return say(lacks)
    told = [words(part, say, either, both) for part in lacks.parts]
    return (either if lacks.any_of else both).join(told)


def tier_of(card: Scorecard, number: int, stars: int) -> Tier | None:
    """The step of an indicator at that place, as it counts for the unit of the card."""
    steps = (tier for row in card.indicators if row.indicator.number == number for tier in row.indicator.steps)
    return next((tier for tier in steps if tier.stars == stars), None)


def _gap(row: IndicatorScore, supplied: AreaValues) -> Gap:
    indicator = row.indicator
    tier = next(iter(row.above), None)
    lost = max(indicator.max_points - row.points, Decimal(0))
    if tier is None:
        return Gap(row, lost, None, Decimal(0), None)
    return Gap(row, lost, tier, Decimal(tier.points) - row.points, lacking(indicator, tier.requirement, supplied))
