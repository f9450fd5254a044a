"""Satisfaction: what its zones cost or give, or its line, of one survey or the average of several."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analysis.scoring.kinds.base import Figure, Kind, Wrong, actual, listed, name_of
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Indicator, within_one
from analysis.scoring.rules import SatisfactionRule
from analysis.scoring.sentences import SATISFACTION, plain, stored, zone_words
from analysis.scoring.values import AreaValues
from wording import Message


class Satisfied(Kind):
    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        rule = _rule(indicator)
        zones, low, high = rule.as_zones(), rule.lowest, rule.highest
        parts = [name_of(indicator, one.of) + actual(indicator, one.of, supplied) for one in rule.average if one.of]
        if satisfaction is None:
            points, why = max(low, min(high, Decimal(0))), ";".join([*parts, stored("why.satisfaction_unknown")])
            given = listed(indicator, supplied)
            given["unknown"] = (*given["unknown"], SATISFACTION)
            may = any(zone.void for zone in zones.zones)
            return IndicatorScore(indicator, points=points, worst=low, best=high, why=why, may_veto=may, **given)
        zone, found = zones.of(satisfaction.figure), rule.at(satisfaction.figure)
        points = low if found is None else found  # void: what else it would have cost
        shown = stored("why.actual", value=f"{plain(Decimal(repr(satisfaction.figure)) * 100)}%")
        told = (
            stored("why.earned", points=plain(points))
            if rule.line and found is not None
            else zone_words(zone).text("zh")
        )
        why = ";".join([*parts, f"{SATISFACTION}{shown}{told}"])
        return IndicatorScore(
            indicator, points=points, worst=points, best=points, why=why, veto=zone.void, **listed(indicator, supplied)
        )

    def problems(self, indicator: Indicator) -> Iterator[Wrong]:
        for place, one in enumerate(_rule(indicator).average):
            share, others = indicator.metric(one.of), [indicator.metric(key) for key in (one.se, one.df)]
            wrong = share is not None and not within_one(share)
            if wrong or any(other is not None and other.kind == "yes_no" for other in others):
                yield ("satisfaction", "average", place), Message("rulebooks.survey_a_share", name=one.name)

    def sentences(self, indicator: Indicator) -> Iterator[Message]:
        rule = _rule(indicator)
        if rule.average:
            parts = [Message("why.survey", name=one.name, weight=f"{one.weight.normalize():f}") for one in rule.average]
            yield Message("why.average", surveys=parts)
        if rule.line:
            corners = [
                Message("why.corner", value=f"{plain(at * 100)}%", points=plain(points)) for at, points in rule.line
            ]
            yield Message("why.line", metric=Message("why.satisfaction"), corners=corners)
        for zone in rule.as_zones().zones[0 if rule.full else 1 :]:
            yield Message("why.figure_costs", costs=zone_words(zone))


def _rule(indicator: Indicator) -> SatisfactionRule:
    assert indicator.satisfaction is not None
    return indicator.satisfaction
