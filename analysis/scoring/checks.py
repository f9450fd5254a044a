"""What a rulebook's form cannot say: undefined metrics, tiers nobody reaches, points that fall, double numbers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from difflib import get_close_matches

from analysis.scoring.conditions import Condition, Group, Requirement, conditions_of
from analysis.scoring.rulebook import Indicator, Rulebook, Tier
from definitions import KeyPath, Located, Problem
from wording import Message


def problems_of(located: Located[Rulebook]) -> list[Problem]:
    """Everything wrong in the sense of a well-formed rulebook, each with its line."""
    book = located.value
    problems = _doubles(located)
    for position, indicator in enumerate(book.indicators):
        path: KeyPath = ("indicators", position)
        problems += _references(located, path, indicator)
        problems += _shape(located, path, indicator)
        problems += _tiers(located, path, indicator)
    scores = [star.min_score for star in book.stars]
    if scores != sorted(set(scores)):
        problems.append(located.problem(("stars",), Message("rulebooks.min_score_must_rise")))
    return problems


def _doubles(located: Located[Rulebook]) -> list[Problem]:
    found = []
    seen: Counter[int] = Counter()
    for position, indicator in enumerate(located.value.indicators):
        seen[indicator.number] += 1
        if seen[indicator.number] > 1:
            found.append(
                located.problem(
                    ("indicators", position, "number"),
                    Message("rulebooks.number_used_twice", indicator_number=indicator.number),
                )
            )
        keys = Counter(name for metric in indicator.metrics for name in {metric.key, metric.name})
        for key, times in keys.items():
            if times > 1:
                found.append(
                    located.problem(
                        ("indicators", position, "metrics"), Message("rulebooks.metric_defined_twice", key=key)
                    )
                )
    return found


def _references(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    keys = [metric.key for metric in indicator.metrics]
    asked: list[tuple[KeyPath, str]] = []
    for place, tier in enumerate(indicator.tiers):
        at = (*path, "tiers", place, "require")
        asked += [(at, condition.metric) for condition in conditions_of(tier.requirement)]
    asked += [((*path, "bonuses", place, "metric"), bonus.metric) for place, bonus in enumerate(indicator.bonuses)]
    if indicator.deduction:
        asked.append(((*path, "deduction", "metric"), indicator.deduction.metric))
        asked.append(((*path, "deduction", "void_if"), indicator.deduction.void_if))
    problems = []
    for at, key in asked:
        if key not in keys:
            near = get_close_matches(key, keys, 1, 0.4)
            number = indicator.number
            said = (
                Message("rulebooks.metric_near", key=key, number=number, near=near[0])
                if near
                else Message("rulebooks.metric_not_defined", key=key, number=number, known=keys or "-")
            )
            problems.append(located.problem(at, said))
    used = {key for _, key in asked}
    for place, metric in enumerate(indicator.metrics):
        if metric.key not in used:
            problems.append(
                located.problem(
                    (*path, "metrics", place), Message("rulebooks.metric_never_used", metric_key=metric.key)
                )
            )
    return problems


def _shape(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    needs = {
        "tiered": indicator.tiers,
        "bonus": indicator.bonuses,
        "deduction": indicator.deduction,
        "satisfaction": indicator.satisfaction,
    }
    problems = []
    if not needs[indicator.kind]:
        problems.append(
            located.problem(path, Message("rulebooks.indicator_kind_needs_its", indicator_kind=indicator.kind))
        )
    for kind, rules in needs.items():
        if kind != indicator.kind and rules:
            problems.append(
                located.problem(
                    path, Message("rulebooks.rules_kind_stand_indicator", kind=kind, indicator_kind=indicator.kind)
                )
            )
    for place, metric in enumerate(indicator.metrics):
        if metric.ratio_of and metric.kind != "share" and metric.kind != "number":
            problems.append(located.problem((*path, "metrics", place), Message("rulebooks.only_share_or_number")))
    return problems


def _tiers(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    problems = []
    tiers = indicator.tiers
    for place, tier in enumerate(tiers):
        at = (*path, "tiers", place)
        if impossible(tier.requirement, indicator):
            problems.append(
                located.problem((*at, "require"), Message("rulebooks.star_tier_can_never", tier_stars=tier.stars))
            )
        for above in tiers[place + 1 :]:
            if implies(tier.requirement, above.requirement) and not impossible(tier.requirement, indicator):
                text = Message(
                    "rulebooks.star_tier_unreachable_whoever", tier_stars=tier.stars, above_stars=above.stars
                )
                problems.append(located.problem((*at, "require"), text))
                break
    problems += _falling(located, path, tiers)
    return problems


def _falling(located: Located[Rulebook], path: KeyPath, tiers: tuple[Tier, ...]) -> list[Problem]:
    problems = []
    for place in range(1, len(tiers)):
        at = (*path, "tiers", place)
        if tiers[place].stars <= tiers[place - 1].stars:
            problems.append(located.problem((*at, "stars"), Message("rulebooks.tiers_must_stand_rising")))
        if Decimal(tiers[place].points) <= Decimal(tiers[place - 1].points):
            problems.append(located.problem((*at, "points"), Message("rulebooks.points_fall_or_stay")))
    return problems


def impossible(requirement: Requirement, indicator: Indicator) -> bool:
    """Whether no value at all can meet the requirement."""
    if isinstance(requirement, Group) and requirement.any_of:
        return all(impossible(part, indicator) for part in requirement.parts)
    parts = [requirement] if isinstance(requirement, Condition) else list(requirement.parts)
    low: dict[str, Decimal] = {}
    high: dict[str, Decimal] = {}
    for part in parts:
        if isinstance(part, Group):
            if impossible(part, indicator):
                return True
            continue
        metric = indicator.metric(part.metric)
        bounded = metric is not None and metric.kind == "share" and metric.part_of_whole
        if bounded and part.operator in (">=", ">") and part.threshold + (part.operator == ">") > 1:
            return True
        if part.operator == "<" and part.threshold <= 0:
            return True
        if part.operator in (">=", ">"):
            low[part.metric] = max(low.get(part.metric, part.threshold), part.threshold)
        elif part.operator in ("<", "<="):
            high[part.metric] = min(high.get(part.metric, part.threshold), part.threshold)
    return any(low[key] > high[key] for key in low.keys() & high.keys())


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
