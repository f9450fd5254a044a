"""What a person writes into a form or a cell becomes a value as it is stored, and is shown again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from analysis.scoring.entering import Mark, Written, enter
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.sentences import figure, plain
from analysis.scoring.values import CONFIRMED, DENOMINATOR, NOT_APPLICABLE, NUMERATOR, VALUE, as_stored
from definitions.numbers import percents
from definitions.numbers import plain as number_text


def value_of(
    metric: Metric, value: Any, numerator: Any = None, denominator: Any = None, reason: Any = None, confirmed: Any = None,
    mark: Mark = "none", indicator: Indicator | None = None,
) -> Any:  # fmt: skip
    """The stored form of what was written in the boxes or cells of a metric; `entering.enter` says what is raised."""
    return as_stored(enter(metric, Written(value, numerator, denominator, reason, confirmed, mark), indicator))


def parts_of(metric: Metric, value: Any) -> dict[str, object]:
    """The inputs a stored value fills: value, numerator, denominator, reason, confirmed; '' where blank."""
    filled: dict[str, object] = {VALUE: "", NUMERATOR: "", DENOMINATOR: "", "reason": "", CONFIRMED: ""}
    if isinstance(value, dict) and NOT_APPLICABLE in value:
        return {**filled, "reason": value[NOT_APPLICABLE]}
    if isinstance(value, dict):
        return filled | {part: _box(metric, part, stored) for part, stored in value.items()}
    return filled if value is None else {**filled, VALUE: _box(metric, VALUE, value)}


def said(metric: Metric | None, value: Any) -> str:
    """A stored value as it is read: 480/500 = 96%, 320项, 是, 不适用(…), 350分 (已确认:…), '' for unknown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict) and NOT_APPLICABLE in value:
        return f"不适用({value[NOT_APPLICABLE]})"
    if isinstance(value, dict) and CONFIRMED in value:
        rest = {part: number for part, number in value.items() if part != CONFIRMED}
        return f"{said(metric, rest.get(VALUE, rest))} (已确认:{value[CONFIRMED]})"
    if isinstance(value, dict):
        top, bottom = Decimal(str(value[NUMERATOR])), Decimal(str(value[DENOMINATOR]))
        result = said(metric, top / bottom) if bottom else "不适用"
        return f"{_plain(value[NUMERATOR])}/{_plain(value[DENOMINATOR])} = {result}"
    number = Decimal(str(value))
    return figure(metric, number) if metric else plain(number)


def _box(metric: Metric, part: str, stored: Any) -> str:
    """As a person writes it, so that it is read as the same again: a share with its %."""
    if part == CONFIRMED:
        return str(stored)
    if isinstance(stored, bool):
        return "是" if stored else "否"
    return percents(Decimal(str(stored))) if metric.kind == "share" and part == VALUE else _plain(stored)


def _plain(number: Any) -> str:
    return number_text(Decimal(str(number)))
