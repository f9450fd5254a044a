"""The fewest, or the cheapest, upgrades that reach a target star: exact, by integer programming, lines included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.scoring.documents import UpgradeRow, UpgradesDocument
from analysis.scoring.kinds import KINDS
from analysis.scoring.means import means
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.rules import Line, Tier
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.sentences import stored
from analysis.scoring.values import AreaValues
from wording import Refusal

SOLVED_TO = Decimal("0.00001")  # points


class UpgradesError(Refusal):
    """A target, an effort or an indicator that the rulebook does not know."""


@dataclass(frozen=True)
class Upgrade:
    """Raise one indicator to a step: its points, what it gains, its effort, and the requirement in words."""

    number: int
    name: str
    lead: tuple[str, ...]
    from_stars: int | None
    to_stars: int
    gain: Decimal
    effort: float
    requirement: str
    from_name: str = ""
    to_name: str = ""  # of steps that are not called by their stars
    start: Decimal | None = None  # of a part of a line: what is gained where it begins, and the effort up to there
    start_effort: float = 0.0

    def as_dict(self) -> UpgradeRow:
        row: UpgradeRow = {
            "number": self.number, "name": self.name, "lead": list(self.lead), "from_stars": self.from_stars,
            "to_stars": self.to_stars, "gain": float(self.gain), "effort": self.effort, "requirement": self.requirement,
        }  # fmt: skip
        if self.to_name:
            row |= {"from_name": self.from_name, "to_name": self.to_name}
        return row


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
    card: Scorecard,
    target: str,
    effort: Mapping[int, float] | None = None,
    fixed: frozenset[int] = frozenset(),
    supplied: AreaValues | None = None,
) -> UpgradePlan:
    """Choose at most one higher step per indicator so that the points reach the target's line at least effort.

    A line may be climbed a part of a step, for that part of its effort.  effort: of one step of an indicator, 1 where not given and for all where None, when every upgrade counts
    1 however high (the fewest).  fixed: indicators that cannot move.  supplied: the values of the card, by which a step of an
    index says which of its parts to raise.  Among plans of equal effort the one with more
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
    taken = [_reached(card, option, part) for option, part in _solve(options, needed - current)]
    chosen = tuple(_with_parts(card, row, supplied) for row in taken if row.gain > 0)
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
    """Every step above the present points; of a line also each part of it, from where it begins."""
    found: list[Upgrade] = []
    for row in card.indicators:
        if row.indicator.number in fixed:
            continue
        each = None if effort is None else float(effort.get(row.indicator.number, 1.0))
        start, begun = row.points, 0.0
        for place, step in enumerate(row.above, start=1):
            gain = Decimal(step.points) - row.points
            if gain <= 0:
                continue
            cost = 1.0 if each is None else each * place
            option = _upgrade(row, step, gain, cost)
            if KINDS[row.indicator.kind].divisible:
                if each is not None and place == 1:  # what is left of the part that the value lies in
                    cost = each * float(gain / (Decimal(step.points) - _below(row, step)))
                elif each is not None:
                    cost = begun + each
                option = replace(
                    option, effort=cost, start=start - row.points, start_effort=1.0 if each is None else begun
                )
                start, begun = Decimal(step.points), cost
            found.append(option)
    return found


def _below(row: IndicatorScore, step: Tier) -> Decimal:
    """The points of the corner below a step."""
    lower = [Decimal(tier.points) for tier in row.indicator.steps if tier.level == step.level - 1]
    rule = row.indicator.rule
    return lower[0] if lower else rule.lowest if isinstance(rule, Line) else Decimal(0)


def _upgrade(row: IndicatorScore, step: Tier, gain: Decimal, cost: float) -> Upgrade:
    indicator, before = row.indicator, row.tier.name if row.tier else ""
    return Upgrade(
        indicator.number, indicator.name, indicator.lead, row.stars, step.level, gain, cost, indicator.words(step),
        before, step.name,
    )  # fmt: skip


def _reached(card: Scorecard, option: Upgrade, part: float) -> Upgrade:
    """The upgrade as it was chosen: of a line only as far as is needed."""
    row = next(row for row in card.indicators if row.indicator.number == option.number)
    line = row.indicator.rule
    if option.start is None or part > 1 - 1e-9 or not isinstance(line, Line):
        return option
    wanted = row.points + option.start + (option.gain - option.start) * Decimal(part)
    exact = (wanted - SOLVED_TO).quantize(Decimal(1).scaleb(-line.decimals), ROUND_CEILING)
    value = line.value_for(exact)
    metric = row.indicator.metric(line.metric)
    step = line.step(value, line.at(value), option.to_stars, metric is not None and metric.kind == "share")
    cost = option.start_effort + (option.effort - option.start_effort) * part
    return _upgrade(row, step, Decimal(step.points) - row.points, cost)


def _with_parts(card: Scorecard, option: Upgrade, supplied: AreaValues | None) -> Upgrade:
    """With what to raise where its step asks for an index."""
    row = next(row for row in card.indicators if row.indicator.number == option.number)
    step = next((step for step in row.above if step.level == option.to_stars), None)
    line = row.indicator.rule
    if supplied is None or step is None:
        return option
    if isinstance(line, Line):
        metric, value = row.indicator.metric(line.metric), line.value_for(row.points + option.gain)
        step = line.step(value, line.at(value), step.level, metric is not None and metric.kind == "share")
    said = means(row.indicator, step, supplied)
    return replace(option, requirement=f"{option.requirement} ({said})") if said else option


def _largest(options: list[Upgrade]) -> dict[int, Decimal]:
    gains: dict[int, Decimal] = {}
    for option in options:
        gains[option.number] = max(gains.get(option.number, Decimal(0)), option.gain)
    return gains


def _solve(options: list[Upgrade], missing: Decimal) -> list[tuple[Upgrade, float]]:
    """Two programs: the least effort, then the most points at that effort. Points count in thousandths.

    Each option is taken or not, at most one of an indicator; one of a line has its beginning, and a part of the rest.
    """
    places = [place for place, option in enumerate(options) if option.start is not None]
    lines = [options[place] for place in places]
    gains = np.array(
        [_thousandths(option.gain if option.start is None else option.start) for option in options]
        + [_thousandths(option.gain - (option.start or 0)) for option in lines]
    )
    costs = np.array(
        [option.effort if option.start is None else option.start_effort for option in options]
        + [option.effort - option.start_effort for option in lines]
    )
    width = len(options) + len(lines)
    numbers = sorted({option.number for option in options})
    once = np.zeros((len(numbers), width))
    for place, option in enumerate(options):
        once[numbers.index(option.number), place] = 1.0
    part = np.zeros((len(lines), width))  # none of the rest where the option is not taken
    for row, place in enumerate(places):
        part[row, [len(options) + row, place]] = 1.0, -1.0
    whole = np.array([1] * len(options) + [0] * len(lines))
    rules = [LinearConstraint(once, ub=1), LinearConstraint(gains[None, :], lb=_thousandths(missing) - 1e-4)]
    rules += [LinearConstraint(part, ub=0)] if lines else []
    least = _program(costs, rules, whole)
    same = LinearConstraint(costs[None, :], ub=float(costs @ least) + 1e-6)
    most = _program(-gains, [*rules, same], whole)
    rest = dict(zip(places, most[len(options) :], strict=True))
    return [(option, float(rest.get(place, 1.0))) for place, option in enumerate(options) if most[place] > 0.5]


def _thousandths(points: Decimal) -> float:
    return float(points * 1000)


def _program(
    objective: np.ndarray[Any, Any], rules: list[LinearConstraint], whole: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    result = milp(objective, constraints=rules, integrality=whole, bounds=Bounds(0, 1))
    if not result.success:
        raise UpgradesError("rulebooks.upgrades_could_not_computed", result_message=result.message)
    return np.where(whole == 1, np.round(result.x), result.x)


def _obstacle(card: Scorecard, requires: str | None) -> str:
    """What stands in the way however many points there are."""
    if card.vetoed_by:
        return stored("why.vetoed", names=card.vetoed_by)
    if requires is not None and not card.declared.get(requires, False):
        return stored("why.to_declare", said=card.rulebook.declared.get(requires, requires))
    return ""
