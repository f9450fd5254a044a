"""Cases: points for each, or off for each, within caps; bonuses and deductions are ways of writing it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analysis.scoring.conditions import Condition
from analysis.scoring.kinds.base import Figure, Kind, Wrong, actual, listed, name_of
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Derived, Indicator
from analysis.scoring.rules import Case, Cases
from analysis.scoring.sentences import plain, stored
from analysis.scoring.values import AreaValues
from wording import Message


class Counted(Kind):
    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        rule = _rule(indicator)
        now, low, high, words = Decimal(0), Decimal(0), Decimal(0), []
        for case in rule.each:
            value = supplied.of(indicator.number, case.metric)
            earned = case.earned(Decimal(value.known or 0))
            now += earned
            furthest = _furthest(indicator, rule, case) if value.unknown else earned
            low, high = low + min(earned, furthest), high + max(earned, furthest)
            told = "" if _a_point_each(indicator, case) else stored("why.earned", points=plain(earned))
            words.append(name_of(indicator, case.metric) + actual(indicator, case.metric, supplied) + told)
        points = rule.total(now)
        capped = Decimal(rule.start) + now > rule.highest
        why = ";".join(words) + (stored("why.at_most", points=plain(rule.highest)) if capped else "")
        if indicator.kind == "bonus" and high != now:  # its range as it was always stated: the caps of the cases apart
            high = rule.highest
        return IndicatorScore(
            indicator,
            points=points,
            worst=rule.total(low),
            best=rule.total(high),
            why=why,
            **listed(indicator, supplied),
        )

    def problems(self, indicator: Indicator) -> Iterator[Wrong]:
        rule = _rule(indicator)
        for place, case in enumerate(rule.each):
            if isinstance(indicator.metric(case.metric), Derived):
                yield ("cases", "each", place), Message("rulebooks.case_of_derived", key=case.metric)
            if case.points_each == 0:
                yield ("cases", "each", place, "points_each"), Message("rulebooks.case_of_nothing")
            if case.points_each < 0 and case.cap is None and rule.least is None and not _lines(indicator, case):
                yield ("cases", "each", place), Message("rulebooks.case_without_end", key=case.metric)

    def sentences(self, indicator: Indicator) -> Iterator[Message]:
        rule = _rule(indicator)
        if rule.start:
            yield Message("why.starts", points=plain(Decimal(rule.start)))
        for case in rule.each:
            name, points, off = name_of(indicator, case.metric), abs(Decimal(case.points_each)), case.points_each < 0
            if _a_point_each(indicator, case):
                yield Message("why.takes", metric=name)
                continue
            metric = indicator.metric(case.metric)
            said = {
                "metric": name,
                "unit": metric.unit if metric and metric.unit else Message("why.one"),
                "points": plain(points),
            }
            key = "why.loses" if off else "why.earns"
            if case.cap is not None:
                key = "why.loses_up_to" if off else "why.earns_up_to"
                said["most"] = plain(case.cap)
            yield Message(key, **said)
        if rule.most is not None:
            yield Message("why.all_at_most", points=plain(rule.highest))
        if rule.least is not None:
            yield Message("why.all_at_least", points=plain(Decimal(rule.least)))


def _furthest(indicator: Indicator, rule: Cases, case: Case) -> Decimal:
    """What an unknown number may come to: its cap, else the end of the whole, or the line above which all is void."""
    if case.points_each > 0:
        return Decimal("Infinity") if case.cap is None else case.cap
    lines, metric = _lines(indicator, case), indicator.metric(case.metric)
    if lines:
        return case.earned(min(lines))
    if case.cap is None and rule.least is None and metric is not None and metric.plausible is not None:
        return case.earned(Decimal(metric.plausible[1]))
    if case.cap is None and rule.least is not None:
        return Decimal("-Infinity")
    return -case.cap if case.cap is not None else Decimal(-rule.start)


def _lines(indicator: Indicator, case: Case) -> list[Decimal]:
    """Of vetoes above so many of this case."""
    return [
        veto.threshold
        for veto in (indicator.vetoes if indicator.voids else ())
        if isinstance(veto, Condition)
        and veto.metric == case.metric
        and veto.operator in (">", ">=")
        and veto.threshold >= 0
    ]


def _a_point_each(indicator: Indicator, case: Case) -> bool:
    """Whether the metric is itself the points that are taken off."""
    metric = indicator.metric(case.metric)
    return case.points_each == -1 and metric is not None and metric.unit == "分"


def _rule(indicator: Indicator) -> Cases:
    rule = indicator.rule
    assert isinstance(rule, Cases)
    return rule
