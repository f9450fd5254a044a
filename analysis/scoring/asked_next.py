"""What a better rating asks of each value: for a form, beside the box in which the value is written."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from analysis.scoring.conditions import Condition, Requirement, conditions_of
from analysis.scoring.kinds import score_indicator
from analysis.scoring.rulebook import Indicator, Rulebook
from analysis.scoring.rules import Cases
from analysis.scoring.sentences import plain
from analysis.scoring.values import AreaValues
from wording import Message, Text, joined


def asked_next(indicator: Indicator, supplied: AreaValues) -> dict[str, Text]:
    """Metric -> what the lowest step above the present one asks of it that asks anything of it, what each case of it earns or
    costs, what of it voids the whole. A metric that nothing more is asked of is not there."""
    found: defaultdict[str, list[Text]] = defaultdict(list)
    reached = (score_indicator(indicator, supplied, None).stars or 0) if indicator.steps else 0
    for step in indicator.steps:
        if step.level > reached:
            for key, asks in _asks(indicator, step.requirement).items():
                if key not in found:
                    found[key].append(Message("lines.step_asks", step=step.said, asks=asks))
    if isinstance(indicator.rule, Cases):
        for case in indicator.rule.each:
            points = plain(Decimal(case.points_each))
            most = {} if case.cap is None else {"most": plain(case.cap)}
            found[case.metric].append(Message("values.each_up_to" if most else "values.each", points=points, **most))
    for veto in indicator.vetoes if indicator.voids else ():
        for condition in conditions_of(veto):
            found[condition.metric].append(Message("values.next_void", asks=_threshold(indicator, condition)))
    return {key: joined(asks) for key, asks in found.items()}


def asked_of_declared(book: Rulebook) -> dict[str, Text]:
    """Condition of the rating -> which star asks for it."""
    return {star.requires: Message("values.next_star", star=star.name) for star in book.stars if star.requires}


def _asks(indicator: Indicator, requirement: Requirement, one_of: bool = False) -> dict[str, Text]:
    """Metric -> its threshold with its sign; of what is one of several, that it is."""
    if isinstance(requirement, Condition):
        asks = _threshold(indicator, requirement)
        return {requirement.metric: Message("values.one_of", asks=asks) if one_of else asks}
    found: dict[str, Text] = {}
    for part in requirement.parts:
        found |= _asks(indicator, part, one_of or (requirement.any_of and len(requirement.parts) > 1))
    return found


def _threshold(indicator: Indicator, condition: Condition) -> Text:
    if condition.operator == "yes":
        return Message("values.next_yes")
    metric = indicator.metric(condition.metric)
    return indicator.say(condition).removeprefix(f"{metric.name if metric else condition.metric} ")
