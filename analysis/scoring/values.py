"""What a value is (a number, a ratio of two, yes or no, unknown, not applicable with a reason), and as JSON keeps it.

`read_values` reads what is stored and goes on reading what earlier releases stored; what people write comes in by
`entering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeAlias

from analysis.scoring.conditions import Condition
from analysis.scoring.derived import Between
from analysis.scoring.rulebook import Derived, Indicator, Metric, Rulebook
from definitions.numbers import LARGEST, yes_no_of
from wording import Message, Refusal, Text, said_of

StoredValue: TypeAlias = bool | int | float | str | Mapping[str, bool | int | float | str | None] | None
Values: TypeAlias = dict[str, dict[str, StoredValue]]  # indicator -> metric -> value, as `minyi score` takes them
RATING, PEERS = "rating", "peers"
NUMERATOR, DENOMINATOR, NOT_APPLICABLE = "numerator", "denominator", "not_applicable"
VALUE, CONFIRMED = "value", "confirmed"


@dataclass(frozen=True)
class Value:
    """`known` is a Decimal or a bool; None with `reason` is not applicable, None without is unknown.

    parts: numerator and denominator, where the value was given as their ratio; lines are met by them, in whole
    numbers. confirmed: why a value outside the metric's plausible range is right.
    """

    known: Decimal | bool | None
    reason: str | None = None
    parts: tuple[Decimal, Decimal] | None = None
    confirmed: str = ""
    between: tuple[Decimal, Decimal] | None = None  # what an unknown derived value may be

    @classmethod
    def of_ratio(cls, numerator: Decimal, denominator: Decimal) -> Value:
        return cls(numerator / denominator, parts=(numerator, denominator))

    @property
    def unknown(self) -> bool:
        return self.known is None and self.reason is None

    @property
    def exact(self) -> Fraction | Decimal | bool | None:
        """What meets a line: the known value, of a ratio the exact one."""
        return self.known if self.parts is None else Fraction(self.parts[0]) / Fraction(self.parts[1])

    def with_confirmation(self, reason: str) -> Value:
        return replace(self, confirmed=reason)


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
    peers: Mapping[tuple[int, str], tuple[Decimal | None, ...]] = field(
        default_factory=dict
    )  # the other units' of the batch

    def of(self, number: int, key: str) -> Value:
        return self.values.get((number, key), UNKNOWN)


def met(indicator: Indicator, condition: Condition, value: Value) -> bool | None:
    """Whether a value meets a condition of its indicator, by the exact ratio; None where it is unknown or does not apply."""
    if value.reason is not None:
        return True if condition.metric in indicator.absent_meets else None
    exact = value.exact
    if exact is None and value.between is not None:
        ends = [condition.holds(end) for end in value.between]
        if condition.operator == "=":
            return None if value.between[0] <= condition.threshold <= value.between[1] else False
        return ends[0] if ends[0] == ends[1] else None
    return None if exact is None else condition.holds(exact)


def read_values(rulebook: Rulebook, source: Mapping[str, Mapping[str, object]]) -> AreaValues:
    """Check `source` ({number: {metric name or key: value}}). Raises ValuesError listing every problem at once."""
    values: dict[tuple[int, str], Value] = {}
    declared: dict[str, bool] = {}
    peers: dict[tuple[int, str], tuple[Decimal | None, ...]] = {}
    problems: list[tuple[str, str, Text]] = []
    for number, metrics in source.items():
        indicator = rulebook.indicator(int(number)) if str(number).isdecimal() else None
        if not isinstance(metrics, Mapping):
            problems.append((str(number), "", Message("values.expected_mapping")))
        elif number == RATING:
            declared, wrong = _declared(rulebook, metrics)
            problems += wrong
        elif number == PEERS:
            peers = {(int(key.split()[0]), key.split()[1]): _others(str(raw)) for key, raw in metrics.items()}
        elif indicator is None:
            problems.append((str(number), "", Message("values.no_indicator", rulebook=rulebook.id, number=number)))
        else:
            for name, raw in metrics.items():
                metric = indicator.metric(str(name))
                if metric is None or isinstance(metric, Derived):
                    problems.append((str(number), str(name), _unknown_metric(indicator, str(name))))
                    continue
                try:
                    values[(indicator.number, metric.key)] = read_value(metric, raw)
                except ValueError as error:
                    problems.append((str(number), str(name), said_of(error)))
    if problems:
        raise ValuesError(problems)
    found = AreaValues(values, declared, peers)
    for indicator in rulebook.indicators:
        for derived in indicator.derived:
            values[(indicator.number, derived.key)] = _made(indicator.number, derived, found)
    return found


def _made(number: int, derived: Derived, supplied: AreaValues) -> Value:
    """The value of a derived metric; those it is made of stand before it."""

    def own(key: str) -> Between | None:
        value = supplied.of(number, key)
        known = value.known
        return value.between if known is None else (Decimal(known), Decimal(known))

    reasons = (supplied.of(number, key).reason for _, key in derived.rule.asks())
    reason = next(filter(None, reasons), None)
    if reason is not None and not derived.index:
        return Value(None, reason)
    found = derived.rule.value(own, lambda key: supplied.peers.get((number, key)))
    return UNKNOWN if found is None else Value(found[0]) if found[0] == found[1] else Value(None, between=found)


def _others(written: str) -> tuple[Decimal | None, ...]:
    return tuple(None if part == "?" else Decimal(part) for part in written.split())


def _said(rulebook: Rulebook, given: Mapping[str, Mapping[str, object]], number: int, key: str) -> str:
    """A value as it is told to the others: '?' where it is not known, '' where it does not apply."""
    try:
        value = read_values(rulebook, given).of(number, key)
    except ValuesError:
        return "?"
    return "" if value.reason is not None else "?" if value.known is None else str(Decimal(value.known))


def among_peers(rulebook: Rulebook, values: Mapping[str, Mapping[str, Mapping[str, object]]]) -> dict[str, Values]:
    """Values by unit, each with what the rulebook compares of the other units, so that it is scored alone as in the batch.

    What cannot be read counts as not known for the others; to whom a metric does not apply has no place among them. A rulebook that compares nothing leaves all as they are.
    """
    found: dict[str, Any] = {unit: dict(given) for unit, given in values.items()}
    for number, key in rulebook.compared:
        known = {unit: _said(rulebook, given, number, key) for unit, given in found.items()}
        for unit, given in found.items():
            others = (value for other, value in known.items() if other != unit and value)
            given[PEERS] = {**given.get(PEERS, {}), f"{number} {key}": " ".join(others)}
    return found


def as_stored(value: Value) -> StoredValue:
    """The value as JSON keeps it and `read_value` reads it: no digit of it is lost."""
    if value.reason is not None:
        return {NOT_APPLICABLE: value.reason}
    known = value.known
    if known is None or isinstance(known, bool):
        return known
    if value.parts is None:
        number = _json_number(known)
        return {VALUE: number, CONFIRMED: value.confirmed} if value.confirmed else number
    parts: dict[str, int | float | str] = dict(
        zip((NUMERATOR, DENOMINATOR), map(_json_number, value.parts), strict=True)
    )
    return parts | ({CONFIRMED: value.confirmed} if value.confirmed else {})


def _json_number(number: Decimal) -> int | float | str:
    """A JSON number where it says the same, else its digits as text."""
    if number == number.to_integral_value():
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else str(number)


def read_value(metric: Metric, raw: Any) -> Value:
    """One stored value. Raises ValueError in the user's words."""
    if raw is None or raw == "":
        return UNKNOWN
    if isinstance(raw, Mapping):
        return _from_mapping(metric, raw)
    if metric.kind == "yes_no":
        return Value(yes_no_of(str(raw)))
    number = _decimal(raw)
    if number < 0:
        raise Refusal("values.negative", raw=raw)
    if metric.kind == "share" and metric.part_of_whole and number > 1:
        raise Refusal("values.share_fraction_one_above", raw=raw)
    if metric.kind == "count" and number != number.to_integral_value():
        raise Refusal("values.count_must_whole_number", raw=raw)
    return Value(number)


def _from_mapping(metric: Metric, raw: Mapping[str, object]) -> Value:
    if CONFIRMED in raw:
        rest = {key: part for key, part in raw.items() if key != CONFIRMED}
        found = read_value(metric, rest[VALUE] if set(rest) == {VALUE} else rest)
        return found.with_confirmation(str(raw[CONFIRMED] or ""))
    if set(raw) == {NOT_APPLICABLE}:
        reason = str(raw[NOT_APPLICABLE] or "").strip()
        if not reason:
            raise Refusal("values.not_applicable_needs_reason")
        return Value(None, reason)
    if metric.ratio_of and set(raw) == {NUMERATOR, DENOMINATOR}:
        if raw[NUMERATOR] in (None, "") or raw[DENOMINATOR] in (None, ""):
            return UNKNOWN
        numerator, denominator = _decimal(raw[NUMERATOR]), _decimal(raw[DENOMINATOR])
        if numerator < 0 or denominator < 0:
            raise Refusal("values.numerator_denominator_cannot_negative")
        if denominator == 0:
            return Value(None, f"{metric.ratio_of[1]}为0")
        if metric.part_of_whole and metric.kind == "share" and numerator > denominator:
            raise Refusal("values.numerator_above_denominator", numerator=numerator, denominator=denominator)
        return Value.of_ratio(numerator, denominator)
    raise Refusal("values.expected_value_or")


def _declared(rulebook: Rulebook, metrics: Mapping[str, object]) -> tuple[dict[str, bool], list[tuple[str, str, Text]]]:
    declared: dict[str, bool] = {}
    problems: list[tuple[str, str, Text]] = []
    for name, raw in metrics.items():
        if name not in rulebook.declared:
            problems.append((RATING, str(name), Message("values.unknown_condition", known=rulebook.declared)))
            continue
        try:
            declared[name] = raw not in (None, "") and yes_no_of(str(raw))
        except ValueError as error:
            problems.append((RATING, str(name), said_of(error)))
    return declared, problems


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise Refusal("values.expected_number_not_yes")
    try:
        number = Decimal(repr(raw) if isinstance(raw, float) else str(raw).strip())
    except InvalidOperation:
        raise Refusal("values.expected_number_not", raw=raw) from None
    if not number.is_finite() or abs(number) > LARGEST or (number and number.adjusted() < -400):
        raise Refusal("values.expected_number_not", raw=raw)
    return number


def _unknown_metric(indicator: Indicator, name: str) -> Message:
    names = [label for metric in indicator.metrics for label in (metric.name, metric.key)]
    near = get_close_matches(name, names, 1, 0.4)
    if near:
        return Message("values.metric_near", number=indicator.number, near=near[0])
    return Message("values.no_such_metric_of", number=indicator.number, known=[m.name for m in indicator.metrics])
