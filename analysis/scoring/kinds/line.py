"""A line: points in proportion to a value, straight between the corners that the rule states."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.scoring.kinds.base import Figure, Kind, Wrong, actual, listed, name_of, next_of
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Indicator, within_one
from analysis.scoring.rules import Line
from analysis.scoring.sentences import figure, plain, stored
from analysis.scoring.values import AreaValues
from wording import Message


class Linear(Kind):
    divisible = True

    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        line = _rule(indicator)
        value = supplied.of(indicator.number, line.metric)
        exact = value.exact
        ends = [line.at(end) for end in value.between] if value.between else [line.lowest, line.highest]
        points = min(ends) if exact is None or isinstance(exact, bool) else line.at(exact)
        reached = [step for step in indicator.steps if points >= step.points]
        above = indicator.steps[len(reached) :]
        return IndicatorScore(
            indicator,
            stars=len(reached) or None,
            points=points,
            worst=points,
            best=max(ends) if value.unknown else points,
            why=name_of(indicator, line.metric)
            + actual(indicator, line.metric, supplied)
            + stored("why.earned", points=plain(points)),
            next=next_of(indicator, above[0], supplied) if above else None,
            **listed(indicator, supplied),
        )

    def problems(self, indicator: Indicator) -> Iterator[Wrong]:
        line = _rule(indicator)
        metric = indicator.metric(line.metric)
        if metric is not None and metric.kind == "yes_no":
            yield ("line", "metric"), Message("rulebooks.line_of_number", key=line.metric)
        if metric is not None and metric.kind == "share" and within_one(metric) and line.points[-1][0] > 1:
            yield ("line", "points"), Message("rulebooks.line_above_one", key=line.metric)

    def sentences(self, indicator: Indicator) -> Iterator[Message]:
        line = _rule(indicator)
        metric = indicator.metric(line.metric)
        assert metric is not None  # the rulebook was checked
        corners = [Message("why.corner", value=figure(metric, at), points=plain(points)) for at, points in line.points]
        yield Message("why.line", metric=metric.name, corners=corners)


def _rule(indicator: Indicator) -> Line:
    assert indicator.line is not None
    return indicator.line
