"""What a person wrote for a metric becomes its value: the one way in for pages, workbooks, CSV, JSON and options.

Strict where `values.read_values`, which reads what is stored, is not: here nothing half written goes through.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from analysis.scoring.conditions import conditions_of
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.sentences import figure
from analysis.scoring.values import UNKNOWN, Value
from definitions.numbers import LARGEST, Number, above_one, fifteen, percents, plain, read_number, yes_no_of
from wording import Refusal

Mark = Literal["none", "percent", "fraction"]


@dataclass(frozen=True)
class Written:
    """What stands in the boxes or cells of one metric: text, a number, yes or no; None or '' is nothing.

    mark: what says how a bare number of a share is meant. percent: its heading or unit has a %. fraction: it is always
    one (JSON, and a cell that shows it as percents). none: nothing says it.
    """

    value: Any = None
    numerator: Any = None
    denominator: Any = None
    reason: Any = None
    confirmed: Any = None
    mark: Mark = "none"


class AskBackError(Refusal):
    """A bare number of a share that has two readings, as 8 is 8 % or 800 % and 0.3 is 30 % or 0.3 %; `choices`: each written."""

    def __init__(self, number: Decimal) -> None:
        readings = sorted((number / 100, number), reverse=number <= 1)
        self.choices = tuple(map(percents, readings))
        super().__init__("numbers.which", shown=plain(number), one=self.choices[0], two=self.choices[1])


class ImplausibleError(Refusal):
    """A value outside the metric's plausible range that nobody has confirmed."""


def enter(metric: Metric, written: Written, indicator: Indicator | None = None) -> Value:
    """The value that was meant. Raises ValueError in the user's words, AskBackError, ImplausibleError.

    indicator: the one that the metric belongs to; its tiers say whether another reading would give another tier.
    """
    found, confirmed = understood(metric, written, indicator), _bare(written.confirmed)
    if confirmed is None:
        return _plausible(metric, found)
    if found.known is None:
        raise Refusal("numbers.nothing_confirmed")
    return found.with_confirmation(str(confirmed))


def understood(metric: Metric, written: Written, indicator: Indicator | None = None) -> Value:
    """The value that was meant, be it plausible or not. Raises ValueError in the user's words, AskBackError."""
    value, reason = _bare(written.value), _bare(written.reason)
    numerator, denominator = _bare(written.numerator), _bare(written.denominator)
    pair = numerator is not None or denominator is not None
    if reason is not None and (value is not None or pair):
        raise Refusal("values.give_either_value_or")
    if reason is not None:
        return Value(None, str(reason))
    if pair and value is not None:
        raise Refusal("values.give_either_share_or")
    if pair:
        return _ratio(metric, numerator, denominator)
    if value is None:
        return UNKNOWN
    if metric.kind == "yes_no":
        return Value(_yes_no(value))
    return Value(_single(metric, value, written.mark, indicator))


def taken_as_fraction(metric: Metric, written: Written) -> bool:
    """Whether a bare number was read as a fraction of one because nothing said otherwise; a file says so once."""
    value = _bare(written.value)
    if metric.kind != "share" or written.mark != "none" or value is None:
        return False
    number = _number(value)
    return not number.percent and number.value > 0


def _ratio(metric: Metric, numerator: Any, denominator: Any) -> Value:
    if not metric.ratio_of:
        raise Refusal("values.one_no_numerator_denominator")
    if numerator is None or denominator is None:
        raise Refusal("values.numerator_denominator_go_together")
    top, bottom = (_amount(part, unit) for part, unit in zip((numerator, denominator), metric.ratio_of, strict=True))
    if top < 0 or bottom < 0:
        raise Refusal("values.numerator_denominator_cannot_negative")
    if bottom == 0 and top == 0:
        raise Refusal("numbers.nothing_over_nothing")
    if bottom == 0:
        raise Refusal("numbers.over_nothing", numerator=plain(top))
    if metric.part_of_whole and metric.kind == "share" and top > bottom:
        raise Refusal("values.numerator_above_denominator", numerator=plain(top), denominator=plain(bottom))
    return Value.of_ratio(top, bottom)


def _single(metric: Metric, raw: Any, mark: Mark, indicator: Indicator | None) -> Decimal:
    if metric.kind == "share":
        return _share(metric, raw, mark, indicator)
    number = _amount(raw, metric.unit)
    if number < 0:
        raise Refusal("values.negative", raw=plain(number))
    if metric.kind == "count" and number != number.to_integral_value():
        raise Refusal("values.count_must_whole_number", raw=plain(number))
    return number


def _share(metric: Metric, raw: Any, mark: Mark, indicator: Indicator | None) -> Decimal:
    number = _number(raw)
    if number.mark not in ("", "%"):
        raise Refusal("numbers.no_share", raw=raw)
    share = number.value
    if share < 0:
        raise Refusal("values.negative", raw=plain(share))
    if mark == "percent" and not number.percent:
        share = share / 100
    bare = mark == "none" and not number.percent
    if share > 1 and metric.part_of_whole:
        raise (
            above_one(share)
            if not number.percent and mark != "percent"
            else Refusal("numbers.above_hundred", shown=percents(share))
        )
    if bare and (share > 1 or other_tier(metric, share, indicator)):
        raise AskBackError(share)
    return share


def other_tier(metric: Metric, share: Decimal, indicator: Indicator | None) -> bool:
    """Whether 0.3 as 0.3 % instead of 30 % meets other lines of a metric of which small is good."""
    asked = [
        condition
        for tier in (indicator.tiers if indicator else ())
        for condition in conditions_of(tier.requirement)
        if condition.metric == metric.key
    ]
    return all(condition.operator in ("<", "<=") for condition in asked) and any(
        condition.holds(share) != condition.holds(share / 100) for condition in asked
    )


def _plausible(metric: Metric, value: Value) -> Value:
    """The value, if it lies in the metric's usual range. Raises ImplausibleError."""
    if metric.plausible is None or not isinstance(value.known, Decimal):
        return value
    low, high = map(Decimal, metric.plausible)
    if low <= value.known <= high:
        return value
    shown, low_end, high_end = (figure(metric, number) for number in (value.known, low, high))
    raise ImplausibleError("numbers.outside", shown=shown, low=low_end, high=high_end)


def _amount(raw: Any, unit: str) -> Decimal:
    """A number that is no share. 63.4万 under a unit of 万 is refused: it may be meant once or twice."""
    number = _number(raw)
    if number.percent:
        raise Refusal("numbers.no_percentage", raw=raw)
    if number.mark and number.mark in unit:
        bare = str(raw).strip().removesuffix(number.mark).strip()
        raise Refusal("numbers.unit_has_it", mark=number.mark, raw=raw, bare=bare)
    return number.value


def _number(raw: Any) -> Number:
    """Text as it was written; a binary number to 15 significant digits."""
    if isinstance(raw, bool):
        raise Refusal("values.expected_number_not_yes")
    if isinstance(raw, float) and abs(raw) <= LARGEST:  # which nan is not
        return Number(fifteen(raw))
    if isinstance(raw, int) and abs(raw) <= LARGEST:
        return Number(Decimal(raw))
    return read_number(str(raw))


def _yes_no(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    return yes_no_of(str(int(raw)) if isinstance(raw, float) and raw in (0, 1) else str(raw))


def _bare(cell: Any) -> Any:
    text = cell.strip() if isinstance(cell, str) else cell
    return None if text in ("", None) else text
