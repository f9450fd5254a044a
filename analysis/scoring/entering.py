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


class AskBackError(ValueError):
    """A bare number of a share that can be read in two ways; `choices`: how each of them is written."""

    def __init__(self, choices: tuple[str, str], message: str) -> None:
        self.choices = choices
        super().__init__(message)


class ImplausibleError(ValueError):
    """A value outside the metric's plausible range that nobody has confirmed."""


def enter(metric: Metric, written: Written, indicator: Indicator | None = None) -> Value:
    """The value that was meant. Raises ValueError in the user's words, AskBackError, ImplausibleError.

    indicator: the one that the metric belongs to; its tiers say whether another reading would give another tier.
    """
    found, confirmed = understood(metric, written, indicator), _bare(written.confirmed)
    if confirmed is None:
        return _plausible(metric, found)
    if found.known is None:
        raise ValueError("有确认的理由，没有数值 (a confirmation stands here without a value)")
    return found.with_confirmation(str(confirmed))


def understood(metric: Metric, written: Written, indicator: Indicator | None = None) -> Value:
    """The value that was meant, be it plausible or not. Raises ValueError in the user's words, AskBackError."""
    value, reason = _bare(written.value), _bare(written.reason)
    numerator, denominator = _bare(written.numerator), _bare(written.denominator)
    pair = numerator is not None or denominator is not None
    if reason is not None and (value is not None or pair):
        raise ValueError("数值和“不适用”只能填一个 (give either a value or a reason for 'not applicable')")
    if reason is not None:
        return Value(None, str(reason))
    if pair and value is not None:
        raise ValueError(
            "填分子和分母，或直接填比例，不要都填 (give either the share or its numerator and denominator, not both)"
        )
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
        raise ValueError("这一项没有分子、分母 (this one has no numerator and denominator)")
    if numerator is None or denominator is None:
        raise ValueError("分子和分母要一起填 (numerator and denominator go together)")
    top, bottom = (_amount(part, unit) for part, unit in zip((numerator, denominator), metric.ratio_of, strict=True))
    if top < 0 or bottom < 0:
        raise ValueError("分子、分母不能小于0 (numerator and denominator cannot be negative)")
    if bottom == 0 and top == 0:
        raise ValueError("分子、分母都是0：请改填“不适用”的原因 (0/0 is no value: say instead why it does not apply)")
    if bottom == 0:
        raise ValueError(f"分母为0，分子却是{plain(top)} (the denominator is 0 and the numerator {plain(top)})")
    if metric.part_of_whole and metric.kind == "share" and top > bottom:
        raise ValueError(
            f"分子{plain(top)}大于分母{plain(bottom)} (the numerator {plain(top)} is above the denominator {plain(bottom)})"
        )
    return Value.of_ratio(top, bottom)


def _single(metric: Metric, raw: Any, mark: Mark, indicator: Indicator | None) -> Decimal:
    if metric.kind == "share":
        return _share(metric, raw, mark, indicator)
    number = _amount(raw, metric.unit)
    if number < 0:
        raise ValueError(f"{plain(number)}小于0 ({plain(number)} is negative)")
    if metric.kind == "count" and number != number.to_integral_value():
        raise ValueError(f"数量应为整数，不是{plain(number)} (a count must be a whole number, not {plain(number)})")
    return number


def _share(metric: Metric, raw: Any, mark: Mark, indicator: Indicator | None) -> Decimal:
    number = _number(raw)
    if number.mark not in ("", "%"):
        raise ValueError(f"比例写成95%或0.95，不是“{raw}” (write a share as 95% or 0.95, not '{raw}')")
    share = number.value
    if share < 0:
        raise ValueError(f"{plain(share)}小于0 ({plain(share)} is negative)")
    if mark == "percent" and not number.percent:
        share = share / 100
    bare = mark == "none" and not number.percent
    if share > 1 and metric.part_of_whole:
        raise above_one(share) if not number.percent and mark != "percent" else _above_hundred(share)
    if bare and (share > 1 or other_tier(metric, share, indicator)):
        raise _ask(share)
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


def _ask(number: Decimal) -> AskBackError:
    """The question which of two readings is meant: a bare 8 is 8 % or 800 %, a bare 0.3 is 30 % or 0.3 %."""
    readings = sorted((number / 100, number), reverse=number <= 1)
    one, two = (percents(reading) for reading in readings)
    shown = plain(number)
    return AskBackError(
        (one, two),
        f"{shown}是{one}还是{two}？请写成{one}或{two} (is {shown} {one} or {two}? write the one you mean with its %)",
    )


def _above_hundred(share: Decimal) -> ValueError:
    shown = percents(share)
    return ValueError(f"占比不能大于1，{shown}超过100% (a share is at most 100 %, not {shown})")


def _plausible(metric: Metric, value: Value) -> Value:
    """The value, if it lies in the metric's usual range. Raises ImplausibleError."""
    if metric.plausible is None or not isinstance(value.known, Decimal):
        return value
    low, high = map(Decimal, metric.plausible)
    if low <= value.known <= high:
        return value
    shown, low_end, high_end = (figure(metric, number) for number in (value.known, low, high))
    raise ImplausibleError(
        f"{shown}不在通常的{low_end}–{high_end}之内：请核对，无误请写明确认的理由 "
        f"({shown} is outside the usual {low_end}–{high_end}: check it, and give the reason if it is right)"
    )


def _amount(raw: Any, unit: str) -> Decimal:
    """A number that is no share. 63.4万 under a unit of 万 is refused: it may be meant once or twice."""
    number = _number(raw)
    if number.percent:
        raise ValueError(f"请填数字，不填百分数“{raw}” (expected a number, not the percentage '{raw}')")
    if number.mark and number.mark in unit:
        bare = str(raw).strip().removesuffix(number.mark).strip()
        raise ValueError(
            f"单位已经是“{number.mark}”，{raw}请写成{bare} (the unit is already {number.mark}: write {bare})"
        )
    return number.value


def _number(raw: Any) -> Number:
    """Text as it was written; a binary number to 15 significant digits."""
    if isinstance(raw, bool):
        raise ValueError("请填数字，不填是或否 (expected a number, not yes or no)")
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
