"""Tiers: the highest whose requirement holds gives its points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from analysis.scoring.conditions import Condition, Group, Requirement
from analysis.scoring.kinds.base import Figure, Kind, Wrong, certain, filled, listed, next_of, possible
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Derived, Indicator, Metric, within_one
from analysis.scoring.rules import Tier
from analysis.scoring.sentences import stored
from analysis.scoring.values import AreaValues
from wording import Message


class Tiered(Kind):
    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        tiers = indicator.tiers
        results = [certain(indicator, tier.requirement, supplied) for tier in tiers]
        held = [tier for tier, result in zip(tiers, results, strict=True) if result]
        reached = held[-1] if held else None
        hoped = [tier for tier in tiers if possible(indicator, tier.requirement, supplied)]
        points = Decimal(reached.points) if reached else Decimal(0)
        above = [tier for tier in tiers if reached is None or tier.level > reached.level]
        below = [
            tier
            for tier, result in zip(tiers, results, strict=True)
            if reached and tier.level < reached.level and not result
        ]
        shown = reached or (tiers[0] if tiers else None)
        return IndicatorScore(
            indicator,
            stars=reached.stars if reached else None,
            points=points,
            worst=points,
            best=max(points, Decimal(hoped[-1].points)) if hoped else points,
            why=_why(indicator, shown, supplied, reached is not None),
            next=next_of(indicator, above[0], supplied) if above else None,
            flags=tuple(_apart(reached, tier) for tier in below if reached),
            **listed(indicator, supplied),
        )

    def problems(self, indicator: Indicator) -> Iterator[Wrong]:
        tiers = indicator.tiers
        for place, tier in enumerate(tiers):
            at = ("tiers", place, "require")
            if tier.points < 0:
                yield ("tiers", place, "points"), Message("rulebooks.tier_below_nothing")
            if impossible(tier.requirement, indicator):
                yield at, Message("rulebooks.star_tier_can_never", tier=tier.said)
                continue
            above = next((other for other in tiers[place + 1 :] if implies(tier.requirement, other.requirement)), None)
            if above is not None:
                yield at, Message("rulebooks.star_tier_unreachable_whoever", tier=tier.said, above=above.said)
        for place, (lower, tier) in enumerate(pairwise(tiers), start=1):
            if tier.level <= lower.level:
                yield ("tiers", place, "stars"), Message("rulebooks.tiers_must_stand_rising")
            if tier.name and any(tier.name == one.name for one in tiers[:place]):
                yield ("tiers", place, "name"), Message("rulebooks.tier_named_twice", name=tier.name)
            if Decimal(tier.points) <= Decimal(lower.points):
                yield ("tiers", place, "points"), Message("rulebooks.points_fall_or_stay")


def _why(indicator: Indicator, tier: Tier | None, supplied: AreaValues, reached: bool) -> str:
    if tier is None:
        return ""
    text = filled(indicator, tier.requirement, supplied)
    if reached:
        return text
    if tier.name:
        return stored("why.name_not_reached", name=tier.name) + text
    return stored("why.not_reached", stars=tier.stars) + text


def _apart(reached: Tier, below: Tier) -> str:
    if reached.name and below.name:
        return stored("why.names_apart", reached=reached.name, below=below.name)
    return stored("why.tiers_apart", reached=reached.stars, below=below.stars)


def impossible(requirement: Requirement, indicator: Indicator) -> bool:
    """Whether no value at all can meet the requirement."""
    if isinstance(requirement, Group) and requirement.any_of:
        return all(impossible(part, indicator) for part in requirement.parts)
    parts = [requirement] if isinstance(requirement, Condition) else list(requirement.parts)
    limits: dict[str, _Stretch] = {}
    for part in parts:
        if isinstance(part, Group):
            if impossible(part, indicator):
                return True
        elif part.operator != "yes":
            metric = indicator.metric(part.metric)
            limits[part.metric] = limits.get(part.metric, _whole(metric)).cut(part)
    return any(
        stretch.empty(whole=metric is not None and metric.kind == "count" and not isinstance(metric, Derived))
        for key, stretch in limits.items()
        for metric in [indicator.metric(key)]
    )


@dataclass(frozen=True)
class _Stretch:
    """Values between two ends; above, under: whether the end itself is left out."""

    low: Decimal
    high: Decimal
    above: bool = False
    under: bool = False

    def cut(self, part: Condition) -> _Stretch:
        found, line = self, part.threshold
        if part.operator in (">=", ">", "=") and (line, part.operator == ">") > (found.low, found.above):
            found = replace(found, low=line, above=part.operator == ">")
        if part.operator in ("<=", "<", "=") and (-line, part.operator == "<") > (-found.high, found.under):
            found = replace(found, high=line, under=part.operator == "<")
        return found

    def empty(self, whole: bool) -> bool:
        """Whether nothing lies in it; whole: no whole number."""
        low, high = self.low, self.high
        if whole and low.is_finite() and high.is_finite():
            first = low.to_integral_value(ROUND_FLOOR) + 1 if self.above else low.to_integral_value(ROUND_CEILING)
            last = high.to_integral_value(ROUND_CEILING) - 1 if self.under else high.to_integral_value(ROUND_FLOOR)
            return first > last
        return low > high or (low == high and (self.above or self.under))


def _whole(metric: Metric | None) -> _Stretch:
    """Every value that the metric may have; what is made of others may be below nothing."""
    free = metric is None or isinstance(metric, Derived)
    most = Decimal(1) if metric is not None and within_one(metric) else Decimal("Infinity")
    return _Stretch(Decimal("-Infinity") if free else Decimal(0), most)


def implies(first: Requirement, second: Requirement) -> bool:
    """Whether meeting `first` means meeting `second`, as far as single comparisons show it."""
    if isinstance(second, Condition):
        if isinstance(first, Condition):
            return _condition_implies(first, second)
        results = [implies(part, second) for part in first.parts]
        return all(results) if first.any_of else any(results)
    if isinstance(first, Group) and first.any_of:
        return all(implies(part, second) for part in first.parts)
    results = [implies(first, part) for part in second.parts]
    return any(results) if second.any_of else all(results)


def _condition_implies(first: Condition, second: Condition) -> bool:
    if first.metric != second.metric:
        return False
    if first.operator == "yes" or second.operator == "yes":
        return first.operator == second.operator
    if first.operator[0] != second.operator[0]:
        return False
    if first.threshold == second.threshold:
        return first.operator == second.operator or len(second.operator) == 2
    return (first.threshold > second.threshold) == (first.operator[0] == ">")
