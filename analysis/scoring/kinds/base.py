"""What every kind of rule must do, and the words that all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Protocol, TypedDict

from analysis.scoring.conditions import Condition, Requirement, evaluate, render
from analysis.scoring.row import IndicatorScore, Missing, NextTier, TierState
from analysis.scoring.rulebook import Indicator
from analysis.scoring.rules import Tier
from analysis.scoring.sentences import figure, stored
from analysis.scoring.values import AreaValues, Value, met
from definitions import KeyPath
from wording import Message

Wrong = tuple[KeyPath, Message]  # where in the indicator, and what


class Figure(Protocol):
    """Of `analysis.scoring.Satisfaction` what a rule needs: who only reads a rulebook loads no numeric library."""

    @property
    def figure(self) -> float:
        """In [0, 1]."""


class Kind(ABC):
    """One kind of rule. Reading it is its dataclass in `rules`; everything else that the product asks of it is here.

    divisible: between two steps every value counts, so that an upgrade may stop there.
    """

    divisible = False

    def problems(self, indicator: Indicator) -> Iterator[Wrong]:
        """What makes no sense in a rule whose form is right, beside metrics that are not defined."""
        yield from ()

    @abstractmethod
    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        """The points, with the least and the most that its unknown values leave possible, and why."""

    def sentences(self, indicator: Indicator) -> Iterator[Message]:
        """The rule in the words that an evaluator reads; tiers are worded by `Indicator.words`."""
        yield from ()


class Listed(TypedDict):
    """Metrics by name: those not known, those that do not apply and why, and why an unusual value is right."""

    unknown: tuple[str, ...]
    not_applicable: dict[str, str]
    confirmed: dict[str, str]


def listed(indicator: Indicator, supplied: AreaValues) -> Listed:
    values = [(metric.name, supplied.of(indicator.number, metric.key)) for metric in indicator.metrics]
    for derived in indicator.derived:  # not known though all that it is made of is: it needs the other units
        parts = [supplied.of(indicator.number, key) for _, key in derived.rule.asks()]
        if not any(value.unknown for value in parts):
            values.append((derived.name, supplied.of(indicator.number, derived.key)))
    return {
        "unknown": tuple(name for name, value in values if value.unknown),
        "not_applicable": {name: value.reason for name, value in values if value.reason},
        "confirmed": {name: value.confirmed for name, value in values if value.confirmed},
    }


def certain(indicator: Indicator, requirement: Requirement, supplied: AreaValues) -> bool | None:
    """Whether it holds; None where that hangs on what is unknown or not applicable."""

    def truth(condition: Condition) -> bool | None:
        return met(indicator, condition, supplied.of(indicator.number, condition.metric))

    return evaluate(requirement, truth)


def possible(indicator: Indicator, requirement: Requirement, supplied: AreaValues) -> bool | None:
    """Whether it may hold once what is unknown is known."""

    def truth(condition: Condition) -> bool | None:
        value = supplied.of(indicator.number, condition.metric)
        found = met(indicator, condition, value)
        return True if found is None and value.unknown else found

    return evaluate(requirement, truth)


def tiers_of(indicator: Indicator, supplied: AreaValues) -> tuple[TierState, ...]:
    """Every step with its requirement, the present values filled in, and whether it is met (None: hangs on unknowns)."""
    return tuple(
        TierState(tier, certain(indicator, tier.requirement, supplied), filled(indicator, tier.requirement, supplied))
        for tier in indicator.steps
    )


def filled(indicator: Indicator, requirement: Requirement, supplied: AreaValues) -> str:
    """A requirement in words, each condition with its present value."""

    def say(condition: Condition) -> str:
        value = supplied.of(indicator.number, condition.metric)
        actual = (
            stored("why.not_applicable", reason=value.reason)
            if value.reason
            else shown(indicator, condition.metric, value)
        )
        return indicator.say(condition) + stored("why.actual", value=actual)

    return render(requirement, say)


def actual(indicator: Indicator, key: str, supplied: AreaValues) -> str:
    """The present value of a metric, as it stands behind its name."""
    return stored("why.actual", value=shown(indicator, key, supplied.of(indicator.number, key)))


def shown(indicator: Indicator, key: str, value: Value) -> str:
    metric, known = indicator.metric(key), value.known
    if known is None or metric is None:
        return stored("why.unknown")
    if isinstance(known, bool):
        return stored("why.yes") if known else stored("why.no")
    told = figure(metric, known)
    return stored("why.confirmed", value=told, reason=value.confirmed) if value.confirmed else told


def name_of(indicator: Indicator, key: str) -> str:
    metric = indicator.metric(key)
    return metric.name if metric else key


def next_of(indicator: Indicator, tier: Tier, supplied: AreaValues) -> NextTier:
    """What a step lacks."""

    def lacking(requirement: Requirement) -> list[Missing]:
        if isinstance(requirement, Condition):
            given = supplied.of(indicator.number, requirement.metric)
            if met(indicator, requirement, given):
                return []
            value, needed = given.known, True if requirement.operator == "yes" else requirement.threshold
            name = name_of(indicator, requirement.metric)
            return [Missing(name, needed, value, requirement.operator, indicator.say(requirement))]
        parts = [lacking(part) for part in requirement.parts]
        if requirement.any_of and not all(parts):
            return []
        return [item for part in parts for item in part]

    return NextTier(tier, tuple(lacking(tier.requirement)), indicator.words(tier))
