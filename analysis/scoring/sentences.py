"""A rule in words, made from its data: what satisfaction costs, what is taken off, what voids, what earns more."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analysis.scoring.rulebook import Indicator, Metric
from analysis.zones import Zone

SATISFACTION = "公众满意度"


def sentences(indicator: Indicator) -> list[str]:
    """The rules of an indicator that has no tiers, one sentence each; tiers are worded by `Indicator.words`."""
    kinds = {"satisfaction": _satisfaction, "deduction": _deduction, "bonus": _bonus}
    return list(kinds[indicator.kind](indicator)) if indicator.kind in kinds else []


def zone_words(zone: Zone) -> str:
    """What a zone costs: 低于70%,减10分."""
    if zone.below is None:
        return "不扣分"
    line = f"低于{plain(Decimal(repr(zone.below)) * 100)}%"
    return f"{line},整体不得分" if zone.points is None else f"{line},减{plain(-zone.points)}分"


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


def _satisfaction(indicator: Indicator) -> Iterator[str]:
    assert indicator.satisfaction is not None
    for zone in indicator.satisfaction.as_zones().zones[1:]:
        yield f"{SATISFACTION}{zone_words(zone)}"


def _deduction(indicator: Indicator) -> Iterator[str]:
    rule = indicator.deduction
    assert rule is not None
    metric = _name(indicator, rule.metric)
    yield f"减去{metric}"
    yield f"{metric}超过{plain(Decimal(rule.void_above))}分,整体不得分"
    yield f"{_name(indicator, rule.void_if)},整体不得分"


def _bonus(indicator: Indicator) -> Iterator[str]:
    for bonus in indicator.bonuses:
        metric = indicator.metric(bonus.metric)
        unit = metric.unit if metric and metric.unit else "个"
        most = f",最高{plain(Decimal(bonus.cap))}分" if bonus.cap is not None else ""
        yield f"{_name(indicator, bonus.metric)}每{unit}加{plain(Decimal(bonus.points_each))}分{most}"
    if indicator.bonus_cap is not None:
        yield f"本项最高{plain(Decimal(indicator.bonus_cap))}分"


def _name(indicator: Indicator, key: str) -> str:
    metric = indicator.metric(key)
    return metric.name if metric else key
