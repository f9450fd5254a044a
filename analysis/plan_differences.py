"""In what two plans differ, by the dotted names of their keys; and which of it an exception after the first answer may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from analysis.plan import Plan

PlanException = Literal["not_computable", "source"]
_MENDS = ("calibration", "singleton", "nonresponse", "replication", "figures", "drivers")
_MENDS_WEIGHTS = ("classes", "fewest", "order", "largest_factor")
_FIGURES = (("calibration", "population"), ("weights", "eligible_share"))


@dataclass(frozen=True)
class Difference:
    """One key. before, after: what stands there, None where nothing does."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def name(self) -> str:
        return ".".join(self.path)


def differences(first: Plan, second: Plan) -> list[Difference]:
    """Every key in which the plans differ, as deep as both have it.

    >>> from analysis.plan import parse_plan
    >>> text = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}"
    >>> wider = parse_plan(text.replace("[4, 5]", "[3, 4, 5]", 1))
    >>> [one.name for one in differences(parse_plan(text), wider)]
    ['measure.satisfied']
    """
    return [one for one in _between((), first, second) if one.path != ("digest",)]


def not_allowed(found: Iterable[Difference], exception: PlanException) -> list[Difference]:
    """What this exception may not change: all but the figures that a source gives, or what makes a plan computable."""
    allowed = _is_figure if exception == "source" else _is_mending
    return [one for one in found if not allowed(one.path)]


def _is_figure(path: tuple[str, ...]) -> bool:
    """A population: of a margin's level, a total, all of them, or the share of residents who are eligible."""
    margin = path[:2] == ("calibration", "margins") and len(path) == 4
    return margin or (path[:2] == ("calibration", "totals") and len(path) == 3) or path in _FIGURES


def _is_mending(path: tuple[str, ...]) -> bool:
    return path[0] in _MENDS or (path[0] == "weights" and len(path) > 1 and path[1] in _MENDS_WEIGHTS)


def _between(path: tuple[str, ...], first: Any, second: Any) -> Iterator[Difference]:
    if first == second:
        return
    if is_dataclass(first) and type(first) is type(second):
        for field in fields(first):
            yield from _between((*path, field.name), getattr(first, field.name), getattr(second, field.name))
    elif isinstance(first, dict) and isinstance(second, dict) and _keys(first) == _keys(second):
        after = {str(key): value for key, value in second.items()}
        for key, value in first.items():
            yield from _between((*path, str(key)), value, after[str(key)])
    else:
        yield Difference(path, first, second)


def _keys(of: dict[Any, Any]) -> set[str]:
    return {str(key) for key in of}
