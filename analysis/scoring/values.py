"""Indicator values as supplied, checked against the rulebook: known, unknown, or not applicable with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from analysis.scoring.rulebook import Indicator, Metric, Rulebook

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


class ValuesError(ValueError):
    """Values that cannot be scored; `problems` lists (indicator, metric, message) for all of them."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{number} {metric}: {message}" for number, metric, message in problems))


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
    problems: list[tuple[str, str, str]] = []
    for number, metrics in source.items():
        indicator = rulebook.indicator(int(number)) if str(number).isdigit() else None
        if not isinstance(metrics, Mapping):
            problems.append((str(number), "", "expected a mapping of metric to value"))
        elif number == RATING:
            declared, wrong = _declared(rulebook, metrics)
            problems += wrong
        elif indicator is None:
            problems.append((str(number), "", f"the rulebook {rulebook.id} has no indicator '{number}'"))
        else:
            for name, raw in metrics.items():
                metric = indicator.metric(str(name))
                if metric is None:
                    problems.append((str(number), str(name), _unknown_metric(indicator, str(name))))
                    continue
                try:
                    values[(indicator.number, metric.key)] = read_value(metric, raw)
                except ValueError as error:
                    problems.append((str(number), str(name), str(error)))
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
        raise ValueError(f"{raw}小于0 ({raw} is negative)")
    if metric.kind == "share" and metric.part_of_whole and number > 1:
        raise ValueError(
            f"占比不能大于1，{raw}大于1，85%写成0.85 (a share is a fraction of one, and {raw} is above 1; write 0.85 for 85 %)"
        )
    if metric.kind == "count" and number != number.to_integral_value():
        raise ValueError(f"数量应为整数，不是{raw} (a count must be a whole number, not {raw})")
    return Value(number)


def _from_mapping(metric: Metric, raw: Mapping[str, Any]) -> Value:
    if set(raw) == {"not_applicable"}:
        reason = str(raw["not_applicable"] or "").strip()
        if not reason:
            raise ValueError("“不适用”要写明原因 (not applicable needs a reason)")
        return Value(None, reason)
    if metric.ratio_of and set(raw) == {"numerator", "denominator"}:
        if raw["numerator"] in (None, "") or raw["denominator"] in (None, ""):
            return UNKNOWN
        numerator, denominator = _decimal(raw["numerator"]), _decimal(raw["denominator"])
        if numerator < 0 or denominator < 0:
            raise ValueError("分子、分母不能小于0 (numerator and denominator cannot be negative)")
        if denominator == 0:
            return Value(None, f"{metric.ratio_of[1]}为0")
        if metric.part_of_whole and metric.kind == "share" and numerator > denominator:
            raise ValueError(
                f"分子{numerator}大于分母{denominator} (the numerator {numerator} is above the denominator {denominator})"
            )
        return Value(numerator / denominator)
    raise ValueError(
        "请填数值，或分子和分母，或不适用的原因 (expected a value, {numerator, denominator} or {not_applicable: reason})"
    )


def _declared(rulebook: Rulebook, metrics: Mapping[str, Any]) -> tuple[dict[str, bool], list[tuple[str, str, str]]]:
    declared, problems = {}, []
    for name, raw in metrics.items():
        if name not in rulebook.declared:
            problems.append((RATING, str(name), f"unknown condition; known: {', '.join(rulebook.declared)}"))
            continue
        try:
            declared[name] = raw not in (None, "") and _yes_no(raw)
        except ValueError as error:
            problems.append((RATING, str(name), str(error)))
    return declared, problems


def _yes_no(raw: Any) -> bool:
    words = {"true": True, "yes": True, "是": True, "1": True, "false": False, "no": False, "否": False, "0": False}
    key = str(raw).strip().lower()
    if key not in words:
        raise ValueError(f"请填“是”或“否”，不是“{raw}” (expected yes or no, 是/否, not '{raw}')")
    return words[key]


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise ValueError("请填数字，不填是或否 (expected a number, not yes or no)")
    try:
        number = Decimal(repr(raw) if isinstance(raw, float) else str(raw).strip())
    except InvalidOperation:
        raise ValueError(f"请填数字，不是“{raw}” (expected a number, not '{raw}')") from None
    if not number.is_finite():
        raise ValueError(f"请填数字，不是“{raw}” (expected a number, not '{raw}')")
    return number


def _unknown_metric(indicator: Indicator, name: str) -> str:
    names = [label for metric in indicator.metrics for label in (metric.name, metric.key)]
    near = get_close_matches(name, names, 1, 0.4)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(m.name for m in indicator.metrics)}"
    return f"indicator {indicator.number} has no such metric{hint}"
