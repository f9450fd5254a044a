"""Requirements as data: one comparison or yes/no criterion, all of several, or any of several.

A comparison is written `metric >= 80%`, `metric < 1.5`, `ports >= 2万`, `grade = 3`; a criterion is the metric's key alone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from definitions.numbers import LARGEST
from wording import Refusal

MULTIPLIERS = {"%": Decimal("0.01"), "千": Decimal(1000), "万": Decimal(10000), "": Decimal(1)}
FINEST = -20  # the last place of a number of a rulebook
_COMPARISON = re.compile(
    r"^(?P<metric>[a-z][a-z0-9_]*)\s*(?P<operator>>=|<=|>|<|=)\s*(?P<number>-?\d+(?:\.\d+)?)(?P<unit>%|千|万|)$"
)
_CRITERION = re.compile(r"^[a-z][a-z0-9_]*$")
_COMPARED = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}


@dataclass(frozen=True)
class Condition:
    """`metric operator threshold`; operator 'yes' is a criterion. `written`: the threshold as in the document."""

    metric: str
    operator: str
    threshold: Decimal
    written: str

    def holds(self, value: Fraction | Decimal | bool) -> bool:
        """Whether `value`, compared at full precision, meets the condition; a Fraction does in whole numbers."""
        if self.operator == "yes":
            return value is True
        if isinstance(value, Fraction):
            return bool(_COMPARED[self.operator](value, Fraction(self.threshold)))
        return bool(_COMPARED[self.operator](Decimal(value), self.threshold))


@dataclass(frozen=True)
class Group:
    """`any_of`: one part is enough; otherwise all must hold."""

    any_of: bool
    parts: tuple[Condition | Group, ...]


Requirement = Condition | Group


def parse_requirement(source: Any) -> Requirement:
    """From YAML: a string, a list (all of), or {any: [...]}. Raises ValueError saying what was expected."""
    if isinstance(source, str):
        return _parse_condition(source.strip())
    if isinstance(source, list) and source:
        return Group(False, tuple(parse_requirement(part) for part in source))
    if isinstance(source, dict) and list(source) == ["any"] and isinstance(source["any"], list) and source["any"]:
        return Group(True, tuple(parse_requirement(part) for part in source["any"]))
    raise Refusal("rulebooks.requirement_text_like_rate")


def bounded(number: Decimal, written: object) -> Decimal:
    """A number that rules can count with. Refuses what is none, above `LARGEST` or finer than 20 decimals."""
    last = number.normalize().as_tuple().exponent if number.is_finite() and abs(number) <= LARGEST else None
    if not isinstance(last, int) or last < FINEST:
        raise Refusal("rulebooks.number_out_of_bounds", written=str(written)[:20])
    return number


def points_of(written: Any) -> Any:
    """Points of a rulebook: a whole number stays one."""
    found = amount(None if isinstance(written, str) and written.strip().endswith("%") else written)
    return written if isinstance(written, int) else found


def amount(written: Any) -> Any:
    """A number of a rulebook, also as 60% or 2万."""
    text = str(written).strip()
    unit = text[-1:] if text[-1:] in MULTIPLIERS else ""
    try:
        return bounded(Decimal(text.removesuffix(unit)) * MULTIPLIERS[unit], text)
    except ArithmeticError:
        raise Refusal("rulebooks.amount", written=text) from None


def conditions_of(requirement: Requirement) -> Iterator[Condition]:
    """Every condition inside, in order."""
    if isinstance(requirement, Condition):
        yield requirement
    else:
        for part in requirement.parts:
            yield from conditions_of(part)


def evaluate(requirement: Requirement, truth: Callable[[Condition], bool | None]) -> bool | None:
    """Three-valued: None where the answer hangs on a value that is unknown or not applicable."""
    if isinstance(requirement, Condition):
        return truth(requirement)
    results = [evaluate(part, truth) for part in requirement.parts]
    decisive = requirement.any_of
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def render(requirement: Requirement, say: Callable[[Condition], str]) -> str:
    """The requirement in words; `say` words one condition."""
    if isinstance(requirement, Condition):
        return say(requirement)
    words = [
        f"({render(part, say)})" if isinstance(part, Group) and not requirement.any_of else render(part, say)
        for part in requirement.parts
    ]
    return ("或" if requirement.any_of else ";").join(words)


def _parse_condition(text: str) -> Condition:
    if _CRITERION.match(text):
        return Condition(text, "yes", Decimal(1), "")
    found = _COMPARISON.match(text)
    if not found:
        raise Refusal("rulebooks.cannot_read_condition_write", text=text)
    number, unit = Decimal(found["number"]), found["unit"]
    threshold = bounded(number * MULTIPLIERS[unit], found["number"])
    return Condition(found["metric"], found["operator"], threshold, found["number"] + unit)
