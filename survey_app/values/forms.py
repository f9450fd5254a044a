"""What a person writes into a form or a cell becomes a value as it is stored, and is shown again."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from analysis.scoring.rulebook import Metric
from analysis.scoring.values import read_value
from wording import Refusal

NUMERATOR, DENOMINATOR, NOT_APPLICABLE = "numerator", "denominator", "not_applicable"


def value_of(metric: Metric, value: Any, numerator: Any, denominator: Any, reason: Any) -> Any:
    """The stored form of what was written: a number, yes or no, a fraction, 'not applicable', or None for nothing.

    Raises ValueError in the user's words, in Chinese and English.
    """
    value, numerator, denominator, reason = map(_bare, (value, numerator, denominator, reason))
    pair = numerator is not None or denominator is not None
    if reason is not None and (value is not None or pair):
        raise Refusal("values.give_either_value_or")
    if reason is not None:
        return _checked(metric, {NOT_APPLICABLE: str(reason)})
    if pair and not metric.ratio_of:
        raise Refusal("values.one_no_numerator_denominator")
    if pair and value is not None:
        raise Refusal("values.give_either_share_or")
    if pair and (numerator is None or denominator is None):
        raise Refusal("values.numerator_denominator_go_together")
    if pair:
        return _checked(metric, {NUMERATOR: _number(numerator), DENOMINATOR: _number(denominator)})
    if value is None:
        return None
    if metric.kind == "yes_no":
        return read_value(metric, value).known
    return _checked(metric, _number(value))


def parts_of(value: Any) -> dict[str, Any]:
    """The inputs a stored value fills: value, numerator, denominator, reason; '' where blank."""
    filled = {"value": "", NUMERATOR: "", DENOMINATOR: "", "reason": ""}
    if isinstance(value, dict) and NOT_APPLICABLE in value:
        return {**filled, "reason": value[NOT_APPLICABLE]}
    if isinstance(value, dict):
        return {**filled, NUMERATOR: _plain(value[NUMERATOR]), DENOMINATOR: _plain(value[DENOMINATOR])}
    if isinstance(value, bool):
        return {**filled, "value": "是" if value else "否"}
    return filled if value is None else {**filled, "value": _plain(value)}


def said(metric: Metric | None, value: Any) -> str:
    """A stored value as it is read: 480/500 = 96%, 320项, 是, 不适用(…), '' for unknown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict) and NOT_APPLICABLE in value:
        return f"不适用({value[NOT_APPLICABLE]})"
    if isinstance(value, dict):
        top, bottom = Decimal(str(value[NUMERATOR])), Decimal(str(value[DENOMINATOR]))
        result = said(metric, top / bottom) if bottom else "不适用"
        return f"{_plain(value[NUMERATOR])}/{_plain(value[DENOMINATOR])} = {result}"
    number = Decimal(str(value))
    if metric is not None and metric.kind == "share":
        return f"{_cut(number * 100)}%"
    return f"{_cut(number)}{metric.unit if metric else ''}"


def _checked(metric: Metric, raw: Any) -> Any:
    read_value(metric, raw)
    return raw


def _bare(cell: Any) -> Any:
    text = cell.strip() if isinstance(cell, str) else cell
    return None if text in ("", None) else text


def _number(raw: Any) -> int | float:
    """A number as JSON keeps it; '85%' and '1,200' are read as people mean them."""
    if isinstance(raw, bool):
        raise Refusal("values.expected_number_not_yes")
    text = repr(raw) if isinstance(raw, float) else str(raw).replace(",", "").replace("，", "").replace("％", "%")
    percent = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or abs(number) > 10**15:
        raise Refusal("values.expected_number_not", raw=raw)
    number = number / 100 if percent else number
    return int(number) if number == number.to_integral_value() else float(number)


def _cut(number: Decimal) -> str:
    """Up to six decimals, cut and not rounded, so that nothing rises across a threshold."""
    return f"{(Decimal(int(number * 10**6)) / 10**6).normalize():f}"


def _plain(number: Any) -> str:
    return f"{Decimal(str(number)).normalize():f}" if not isinstance(number, str) else number
