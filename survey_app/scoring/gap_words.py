"""How far one value is off, in words: in the metric's own unit, percentage points for a share."""

from __future__ import annotations

from decimal import Decimal

from analysis.scoring.gaps import Lack


def said(lack: Lack) -> str:
    """In Chinese, as it is stored with an item."""
    name, distance = lack.metric.name, amount(lack)
    if lack.condition.operator == "yes":
        return f"{name}：尚未做到" if lack.actual is not None else f"{name}：未知"
    if distance is None:
        return f"{name}：数值未知，要求{sign(lack)}"
    strictly = "以上" if lack.condition.operator in ("<", ">") else ""
    return f"{name}：{'须再降' if lack.condition.operator in ('<', '<=') else '还差'}{distance}{strictly}"


def said_in_english(lack: Lack) -> str:
    name, distance = lack.metric.name, amount(lack, " percentage points")
    if lack.condition.operator == "yes":
        return f"{name}: not done yet" if lack.actual is not None else f"{name}: unknown"
    if distance is None:
        return f"{name}: unknown, must be {sign(lack)}"
    strictly = "more than " if lack.condition.operator in ("<", ">") else ""
    return f"{name}: {strictly}{distance} {'too high' if lack.condition.operator in ('<', '<=') else 'short'}"


def sign(lack: Lack) -> str:
    """The condition's own sign and threshold: ≥ 80%."""
    signs = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
    unit = "" if lack.condition.written.endswith("%") else lack.metric.unit
    return f"{signs[lack.condition.operator]} {lack.condition.written}{unit}"


def amount(lack: Lack, points: str = "个百分点") -> str | None:
    """The distance with its unit, never rounded down to nothing; None where there is none."""
    if lack.distance is None:
        return None
    if lack.metric.kind == "share":
        return f"{_plain(lack.distance * 100)}{points}"
    return f"{_plain(lack.distance)}{lack.metric.unit}"


def _plain(number: Decimal) -> str:
    """Up to four decimals, rounded away from zero, so that a gap never shows as none."""
    step = Decimal("0.0001")
    cut = (number / step).to_integral_value(rounding="ROUND_CEILING") * step
    return f"{cut.normalize():f}"
