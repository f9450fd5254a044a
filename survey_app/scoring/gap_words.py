"""How far one value is off, in words: in the metric's own unit, percentage points for a share."""

from __future__ import annotations

from decimal import Decimal

from analysis.scoring.conditions import SIGNS
from analysis.scoring.gaps import Lack
from analysis.scoring.sentences import stored
from wording import Message


def said(lack: Lack) -> str:
    """In Chinese, as it is stored with an item; `why_in_words` says it in the reader's language."""
    return lack.metric.name + _off(lack).text("zh")


def _off(lack: Lack) -> Message:
    distance, down = amount(lack), lack.condition.operator in ("<", "<=")
    if lack.condition.operator == "yes":
        return Message("why.not_done" if lack.actual is not None else "why.not_known")
    if distance is None:
        return Message("why.value_unknown", sign=sign(lack))
    if lack.condition.operator in ("<", ">"):
        return Message("why.too_high_by_more" if down else "why.short_by_more", distance=distance)
    return Message("why.too_high" if down else "why.short", distance=distance)


def sign(lack: Lack) -> str:
    """The condition's own sign and threshold: ≥ 80%."""
    unit = "" if lack.condition.written.endswith("%") else lack.metric.unit
    return f"{SIGNS[lack.condition.operator]} {lack.condition.written}{unit}"


def amount(lack: Lack) -> str | None:
    """The distance with its unit, never rounded down to nothing; None where there is none."""
    if lack.distance is None:
        return None
    if lack.metric.kind == "share":
        return stored("why.percentage_points", n=_plain(lack.distance * 100))
    return f"{_plain(lack.distance)}{lack.metric.unit}"


def _plain(number: Decimal) -> str:
    """Up to four decimals, rounded away from zero, so that a gap never shows as none."""
    step = Decimal("0.0001")
    cut = (number / step).to_integral_value(rounding="ROUND_CEILING") * step
    return f"{cut.normalize():f}"
