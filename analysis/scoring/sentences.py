"""A rule in words, made from its data: what satisfaction costs, what is taken off, what voids, what earns more."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from analysis.scoring.rulebook import Indicator, Metric
from analysis.zones import Zone
from wording import Message
from wording.message import words_of

SATISFACTION = words_of("why.satisfaction")[0]  # the name of the figure, which documents keep


def sentences(indicator: Indicator) -> list[Message]:
    """The rules of an indicator that has no tiers, one sentence each; tiers are worded by `Indicator.words`."""
    kinds = {"satisfaction": _satisfaction, "deduction": _deduction, "bonus": _bonus}
    return list(kinds[indicator.kind](indicator)) if indicator.kind in kinds else []


def stored(key: str, /, **params: Any) -> str:
    """A part of a reason as scorecards keep it: in Chinese, which `why_in_words` says in the reader's language."""
    return Message(key, **params).text("zh")


def zone_words(zone: Zone) -> Message:
    """What a zone costs: 低于70%,减10分."""
    if zone.below is None:
        return Message("why.no_cost")
    line = plain(Decimal(repr(zone.below)) * 100)
    if zone.points is None:
        return Message("why.below_voids", line=line)
    return Message("why.below_costs", line=line, points=plain(-zone.points))


def incident(indicator: Indicator) -> str:
    """The noun of the criterion that voids: 出现重大网络安全事件 speaks of a 重大网络安全事件."""
    assert indicator.deduction is not None
    return _name(indicator, indicator.deduction.void_if).removeprefix("出现")


def figure(metric: Metric, number: Decimal) -> str:
    """A number of a metric with its unit: 95%, 320项."""
    return f"{plain(number * 100)}%" if metric.kind == "share" else f"{plain(number)}{metric.unit}"


def plain(number: Decimal) -> str:
    """Up to six decimals, never rounded up across a threshold."""
    cut = Decimal(int(number * 10**6)) / 10**6
    return f"{cut.normalize():f}"


def _satisfaction(indicator: Indicator) -> Iterator[Message]:
    assert indicator.satisfaction is not None
    for zone in indicator.satisfaction.as_zones().zones[1:]:
        yield Message("why.figure_costs", costs=zone_words(zone))


def _deduction(indicator: Indicator) -> Iterator[Message]:
    rule = indicator.deduction
    assert rule is not None
    metric = _name(indicator, rule.metric)
    yield Message("why.takes", metric=metric)
    yield Message("why.voids_above", metric=metric, points=plain(Decimal(rule.void_above)))
    yield Message("why.voids", criterion=_name(indicator, rule.void_if))


def _bonus(indicator: Indicator) -> Iterator[Message]:
    for bonus in indicator.bonuses:
        metric, points = indicator.metric(bonus.metric), plain(Decimal(bonus.points_each))
        unit = metric.unit if metric and metric.unit else Message("why.one")
        name = _name(indicator, bonus.metric)
        if bonus.cap is None:
            yield Message("why.earns", metric=name, unit=unit, points=points)
        else:
            most = plain(Decimal(bonus.cap))
            yield Message("why.earns_up_to", metric=name, unit=unit, points=points, most=most)
    if indicator.bonus_cap is not None:
        yield Message("why.all_at_most", points=plain(Decimal(indicator.bonus_cap)))


def _name(indicator: Indicator, key: str) -> str:
    metric = indicator.metric(key)
    return metric.name if metric else key
