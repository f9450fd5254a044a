"""Words that rules and reasons share: figures with their units, what a zone of satisfaction costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from analysis.scoring.rulebook import Metric
from analysis.zones import Zone
from wording import Message
from wording.message import words_of

SATISFACTION = words_of("why.satisfaction")[0]  # the name of the figure, which documents keep


def stored(key: str, /, **params: Any) -> str:
    """A part of a reason as scorecards keep it: in Chinese, which `why_in_words` says in the reader's language."""
    return Message(key, **params).text("zh")


def zone_words(zone: Zone) -> Message:
    """What a zone costs: 低于70%,减10分."""
    if zone.below is None:
        return Message("why.all_of_it", points=plain(zone.points)) if zone.points else Message("why.no_cost")
    line = plain(Decimal(repr(zone.below)) * 100)
    if zone.points is None:
        return Message("why.below_voids", line=line)
    if zone.points >= 0:
        return Message("why.below_gives", line=line, points=plain(zone.points))
    return Message("why.below_costs", line=line, points=plain(-zone.points))


def figure(metric: Metric, number: Decimal) -> str:
    """A number of a metric with its unit: 95%, 320项."""
    return f"{plain(number * 100)}%" if metric.kind == "share" else f"{plain(number)}{metric.unit}"


def plain(number: Decimal) -> str:
    """Up to six decimals, never rounded up across a threshold."""
    cut = Decimal(int(number * 10**6)) / 10**6
    return f"{cut.normalize():f}"
