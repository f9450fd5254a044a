"""Indicator values as supplied, checked against the rulebook: known, unknown, or not applicable with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from analysis.scoring.rulebook import Indicator, Metric, Rulebook
from wording import Message, Refusal, Text, said_of

RATING = "rating"


@dataclass(frozen=True)
class Value:
    """`known` is a Decimal or a bool; None with `reason` is not applicable, None without is unknown."""

    known: Decimal | bool | None
    reason: str | None = None

    @property
    def unknown(self) -> bool:
        return self.known is None and self.reason is None


UNKNOWN = Value(None)


class ValuesError(Refusal):
    """Values that cannot be scored; `problems` lists (indicator, metric, message) for all of them."""

    def __init__(self, problems: list[tuple[str, str, Text]]) -> None:
        self.problems = problems
        super().__init__(
            Message("values.at", place=f"{number} {metric}".strip(), said=said) for number, metric, said in problems
        )


@dataclass(frozen=True)
class AreaValues:
    """Values by (indicator number, metric key), and the declared conditions of the rating."""

    values: dict[tuple[int, str], Value]
    declared: dict[str, bool]

    def of(self, number: int, key: str) -> Value:
        return self.values.get((number, key), UNKNOWN)


def read_values(rulebook: Rulebook, source: Mapping[str, Mapping[str, Any]]) -> AreaValues:
    """Check `source` ({number: {metric name or key: value}}). Raises ValuesError listing every problem at once."""
    values: dict[tuple[int, str], Value] = {}
    declared: dict[str, bool] = {}
    problems: list[tuple[str, str, Text]] = []
    for number, metrics in source.items():
        indicator = rulebook.indicator(int(number)) if str(number).isdigit() else None
        if not isinstance(metrics, Mapping):
            problems.append((str(number), "", Message("values.expected_mapping")))
        elif number == RATING:
            declared, wrong = _declared(rulebook, metrics)
            problems += wrong
        elif indicator is None:
            problems.append((str(number), "", Message("values.no_indicator", rulebook=rulebook.id, number=number)))
        else:
            for name, raw in metrics.items():
                metric = indicator.metric(str(name))
                if metric is None:
                    problems.append((str(number), str(name), _unknown_metric(indicator, str(name))))
                    continue
                try:
                    values[(indicator.number, metric.key)] = read_value(metric, raw)
                except ValueError as error:
                    problems.append((str(number), str(name), said_of(error)))
    if problems:
        raise ValuesError(problems)
    return AreaValues(values, declared)


def read_value(metric: Metric, raw: Any) -> Value:
    """One value. Raises ValueError in the user's words."""
    if raw is None or raw == "":
        return UNKNOWN
    if isinstance(raw, Mapping):
        return _from_mapping(metric, raw)
    if metric.kind == "yes_no":
        return Value(_yes_no(raw))
    number = _decimal(raw)
    if number < 0:
        raise Refusal("values.negative", raw=raw)
    if metric.kind == "share" and metric.part_of_whole and number > 1:
        raise Refusal("values.share_fraction_one_above", raw=raw)
    if metric.kind == "count" and number != number.to_integral_value():
        raise Refusal("values.count_must_whole_number", raw=raw)
    return Value(number)


def _from_mapping(metric: Metric, raw: Mapping[str, Any]) -> Value:
    if set(raw) == {"not_applicable"}:
        reason = str(raw["not_applicable"] or "").strip()
        if not reason:
            raise Refusal("values.not_applicable_needs_reason")
        return Value(None, reason)
    if metric.ratio_of and set(raw) == {"numerator", "denominator"}:
        if raw["numerator"] in (None, "") or raw["denominator"] in (None, ""):
            return UNKNOWN
        numerator, denominator = _decimal(raw["numerator"]), _decimal(raw["denominator"])
        if numerator < 0 or denominator < 0:
            raise Refusal("values.numerator_denominator_cannot_negative")
        if denominator == 0:
            return Value(None, f"{metric.ratio_of[1]}为0")
        if metric.part_of_whole and metric.kind == "share" and numerator > denominator:
            raise Refusal("values.numerator_above_denominator", numerator=numerator, denominator=denominator)
        return Value(numerator / denominator)
    raise Refusal("values.expected_value_or")


def _declared(rulebook: Rulebook, metrics: Mapping[str, Any]) -> tuple[dict[str, bool], list[tuple[str, str, Text]]]:
    declared: dict[str, bool] = {}
    problems: list[tuple[str, str, Text]] = []
    for name, raw in metrics.items():
        if name not in rulebook.declared:
            problems.append((RATING, str(name), Message("values.unknown_condition", known=rulebook.declared)))
            continue
        try:
            declared[name] = raw not in (None, "") and _yes_no(raw)
        except ValueError as error:
            problems.append((RATING, str(name), said_of(error)))
    return declared, problems


def _yes_no(raw: Any) -> bool:
    words = {"true": True, "yes": True, "是": True, "1": True, "false": False, "no": False, "否": False, "0": False}
    key = str(raw).strip().lower()
    if key not in words:
        raise Refusal("values.expected_yes_or_no", raw=raw)
    return words[key]


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise Refusal("values.expected_number_not_yes")
    try:
        number = Decimal(repr(raw) if isinstance(raw, float) else str(raw).strip())
    except InvalidOperation:
        raise Refusal("values.expected_number_not", raw=raw) from None
    if not number.is_finite():
        raise Refusal("values.expected_number_not", raw=raw)
    return number


def _unknown_metric(indicator: Indicator, name: str) -> Message:
    names = [label for metric in indicator.metrics for label in (metric.name, metric.key)]
    near = get_close_matches(name, names, 1, 0.4)
    if near:
        return Message("values.metric_near", number=indicator.number, near=near[0])
    return Message("values.no_such_metric_of", number=indicator.number, known=[m.name for m in indicator.metrics])
