"""The fewest, or the cheapest, tier upgrades that reach a target star: exact, by integer programming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.scoring.documents import UpgradeRow, UpgradesDocument
from analysis.scoring.rulebook import Indicator, Rulebook, Tier
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.sentences import stored
from wording import Refusal


class UpgradesError(Refusal):
    """A target, an effort or an indicator that the rulebook does not know."""


@dataclass(frozen=True)
class Upgrade:
    """Raise one indicator to a tier: its points, what it gains, its effort, and the requirement in words."""

    number: int
    name: str
    lead: tuple[str, ...]
    from_stars: int | None
    to_stars: int
    gain: Decimal
    effort: float
    requirement: str

    def as_dict(self) -> UpgradeRow:
        return {
            "number": self.number, "name": self.name, "lead": list(self.lead), "from_stars": self.from_stars,
            "to_stars": self.to_stars, "gain": float(self.gain), "effort": self.effort, "requirement": self.requirement,
        }  # fmt: skip


@dataclass(frozen=True)
class UpgradePlan:
    """upgrades: none where the target is reached. total: points afterwards. reachable: False where even every
    upgrade falls short, then `upgrades` is empty and total the best there is. obstacle: what no upgrade removes."""

    target: str
    needed: Decimal
    current: Decimal
    upgrades: tuple[Upgrade, ...]
    total: Decimal
    effort: float
    reachable: bool
    obstacle: str

    def as_dict(self) -> UpgradesDocument:
        return {
            "target": self.target, "needed": float(self.needed), "current": float(self.current),
            "upgrades": [row.as_dict() for row in self.upgrades], "total": float(self.total), "effort": self.effort,
            "reachable": self.reachable, "obstacle": self.obstacle,
        }  # fmt: skip


def cheapest_upgrades(
    card: Scorecard, target: str, effort: Mapping[int, float] | None = None, fixed: frozenset[int] = frozenset()
) -> UpgradePlan:
    """Choose at most one higher tier per indicator so that the points reach the target's line at least effort.

    effort: of one star step of an indicator, 1 where not given and for all where None, when every upgrade counts
    1 however high (the fewest).  fixed: indicators that cannot move.  Among plans of equal effort the one with more
    points is taken.  Deductions, bonuses and satisfaction stay as they are.  Raises UpgradesError.

    >>> from analysis import Satisfaction, load_rulebook, score
    >>> card = score(load_rulebook("jining-2023-municipal"), {}, Satisfaction(0.8))
    >>> found = cheapest_upgrades(card, "三星级")
    >>> found.needed, found.total, len(found.upgrades)
    (Decimal('40'), Decimal('41.5'), 13)
    """
    rulebook = card.rulebook
    star = next((star for star in rulebook.stars if star.name == target), None)
    if star is None:
        raise UpgradesError("rulebooks.no_star", target=target, listed=[star.name for star in rulebook.stars])
    _require_indicators(rulebook, effort or {}, fixed)
    options = _options(card, effort, fixed)
    current, needed = card.if_not_void, Decimal(star.min_score)
    obstacle = _obstacle(card, star.requires)
    best = current + sum(_largest(options).values(), Decimal(0))
    if current >= needed:
        return UpgradePlan(target, needed, current, (), current, 0.0, not obstacle, obstacle)
    if best < needed:
        return UpgradePlan(target, needed, current, (), best, 0.0, False, obstacle)
    chosen = _solve(options, needed - current)
    total = current + sum((row.gain for row in chosen), Decimal(0))
    return UpgradePlan(
        target, needed, current, chosen, total, sum(row.effort for row in chosen), not obstacle, obstacle
    )


def _require_indicators(rulebook: Rulebook, effort: Mapping[int, float], fixed: frozenset[int]) -> None:
    for number in (*effort, *fixed):
        if rulebook.indicator(number) is None:
            raise UpgradesError("rulebooks.rulebook_no_indicator", number=number)
    for number, size in effort.items():
        if size < 0:
            raise UpgradesError("rulebooks.effort_indicator_cannot_negative", number=number)


def _options(card: Scorecard, effort: Mapping[int, float] | None, fixed: frozenset[int]) -> list[Upgrade]:
    found = []
    for row in card.indicators:
        indicator = row.indicator
        if indicator.kind != "tiered" or indicator.number in fixed:
            continue
        for tier in indicator.tiers:
            gain = Decimal(tier.points) - row.points
            if gain > 0 and (row.stars is None or tier.stars > row.stars):
                found.append(_upgrade(indicator, row.stars, tier, gain, effort))
    return found


def _upgrade(
    indicator: Indicator, stars: int | None, tier: Tier, gain: Decimal, effort: Mapping[int, float] | None
) -> Upgrade:
    steps = sum(1 for other in indicator.tiers if (stars or 0) < other.stars <= tier.stars)
    cost = 1.0 if effort is None else float(effort.get(indicator.number, 1.0)) * steps
    return Upgrade(
        indicator.number, indicator.name, indicator.lead, stars, tier.stars, gain, cost, indicator.words(tier)
    )


def _largest(options: list[Upgrade]) -> dict[int, Decimal]:
    gains: dict[int, Decimal] = {}
    for option in options:
        gains[option.number] = max(gains.get(option.number, Decimal(0)), option.gain)
    return gains


def _solve(options: list[Upgrade], missing: Decimal) -> tuple[Upgrade, ...]:
    """Two programs: the least effort, then the most points at that effort. Points are whole thousandths."""
    gains = np.array([float(int(option.gain * 1000)) for option in options])
    costs = np.array([option.effort for option in options])
    numbers = sorted({option.number for option in options})
    once = np.array([[float(option.number == number) for option in options] for number in numbers])
    rules = [LinearConstraint(once, ub=1), LinearConstraint(gains[None, :], lb=float(int(missing * 1000)) - 0.5)]
    least = _program(costs, rules)
    same = LinearConstraint(costs[None, :], ub=float(costs @ least) + 1e-6)
    most = _program(-gains, [*rules, same])
    return tuple(option for option, taken in zip(options, most, strict=True) if taken > 0.5)


def _program(objective: np.ndarray[Any, Any], rules: list[LinearConstraint]) -> np.ndarray[Any, Any]:
    result = milp(
        objective, constraints=rules, integrality=np.ones(len(objective), dtype=np.int64), bounds=Bounds(0, 1)
    )
    if not result.success:
        raise UpgradesError("rulebooks.upgrades_could_not_computed", result_message=result.message)
    return np.round(result.x)


def _obstacle(card: Scorecard, requires: str | None) -> str:
    """What stands in the way however many points there are."""
    if card.vetoed_by:
        return stored("why.vetoed", names=card.vetoed_by)
    if requires is not None and not card.declared.get(requires, False):
        return stored("why.to_declare", said=card.rulebook.declared.get(requires, requires))
    return ""
