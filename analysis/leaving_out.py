"""What is left of a sample and of its margins when some of its responses are left out.

A figure without a county, a site or a way of answering is the estimate of exactly the file that is left, with the
margins of exactly the people it then speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import level_weights
from analysis.cells import Cells, Codes, crossing
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.plan_parts import Number

Mask = NDArray[np.bool_]
Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Rest:
    """The responses that are left, the plan they are estimated by, and what was done to its margins."""

    cells: Cells
    plan: Plan
    notices: tuple[Notice, ...]


def residence_column(cells: Cells, plan: Plan) -> str | None:
    """The column that says where people live, in the names of the strata: that of the margins, else of the domains,
    which shares most levels with them; None where none shares any."""
    if plan.design.strata is None:
        return None
    strata = set(cells.columns[plan.design.strata].levels)
    names = [*plan.margin_names, *(names[0] for names in plan.crossings.values() if len(names) == 1)]
    shared = {name: len(strata & set(cells.columns[name].levels)) for name in (*names, plan.design.strata)}
    best = max(shared, key=lambda name: (shared[name] > 0, name in plan.margin_names, shared[name]))
    return best if shared[best] else None


def unit(cells: Cells, plan: Plan, stratum: str) -> tuple[Mask, tuple[Notice, ...]]:
    """The responses that go with a stratum, and how they were chosen.

    Where a column says who lives in it, these are its residents, wherever they were asked; those of others who were
    asked there stay with their site. Else they are the stratum's own responses.
    """
    assert plan.design.strata is not None
    asked, home = cells.columns[plan.design.strata], residence_column(cells, plan)
    there = asked.codes == asked.levels.index(stratum)
    column = cells.columns[home or plan.design.strata]
    if stratum not in column.levels:
        return there, ()
    gone = column.codes == column.levels.index(stratum)
    elsewhere, others = int(cells.count[gone & ~there].sum()), int(cells.count[there & ~gone].sum())
    told: dict[str, str | int | float] = {"elsewhere": elsewhere, "others": others}
    return gone, ((Notice("residents_left_out", told),) if elsewhere or others else ())


def without(cells: Cells, plan: Plan, gone: Mask, leading: str | None = None) -> Rest:
    """What is left of `cells` without those in `gone` (cells,). Raises CellsError where nothing is."""
    return rest_of(cells.where(~gone), plan, cells, leading)


def rest_of(left: Cells, plan: Plan, whole: Cells, leading: str | None = None) -> Rest:
    """`left` under the plan whose margins speak of the people it holds.

    A level that nobody is left of leaves its margin and the population. The first margin that lost one (`leading`
    before all others) gives the population; another one takes its part from a margin crossed with both, where the
    plan has one, keeps its figures where its levels lie inside those of the first, and is scaled else, which a notice
    says. Totals are scaled alike. whole: the responses that `left` was taken from.
    """
    margins = plan.margins()
    kept = {
        name: {level: count for level, count in levels.items() if level in present}
        for name, levels in margins.items()
        for present in [{level for level, weight in level_weights(left, name).items() if weight > 0}]
    }
    lost = [name for name in margins if len(kept[name]) < len(margins[name])]
    if not lost or not all(kept.values()):
        return Rest(left, plan, ())
    first = leading if leading in lost else lost[0]
    names = [first, *(name for name in margins if name != first)]
    population = sum(kept[first].values())
    rest = {first: kept[first]}
    notices = [
        _gone(name, margins[name], kept[name])
        for name in lost
        if len(margins[name]) - len(kept[name]) > (name == leading)
    ]
    factors: dict[str, float] = {}
    for name in names[1:]:
        parts = _crossed(whole, margins, kept, first, name) or kept[name]
        factors[name] = population / sum(parts.values())
        rest[name] = {level: count * factors[name] for level, count in parts.items()}
    assert plan.calibration is not None
    share = population / sum(margins[first].values())
    totals: dict[str, Number] = {
        name: Decimal(repr(float(total) * share)) for name, total in plan.calibration.totals.items()
    }
    notices += _scaled(factors | dict.fromkeys(totals, share))
    calibration = replace(plan.calibration, population=None, totals=totals)
    return Rest(left, replace(plan, calibration=calibration).with_margins(rest), tuple(notices))


def _gone(name: str, before: Mapping[str, float], after: Mapping[str, float]) -> Notice:
    return Notice("levels_gone", {"margin": name, "levels": ", ".join(level for level in before if level not in after)})


def _scaled(factors: Mapping[str, float]) -> list[Notice]:
    """One notice for all that were scaled alike."""
    alike: dict[str, list[str]] = {}
    for name, factor in factors.items():
        if abs(factor - 1) > 1e-9:
            alike.setdefault(f"{factor:.9g}", []).append(name)
    return [
        Notice("margins_of_the_rest_scaled", {"margins": ", ".join(names), "factor": factors[names[0]]})
        for names in alike.values()
    ]


def _crossed(cells: Cells, margins: Margins, kept: Margins, first: str, name: str) -> dict[str, float] | None:
    """The part of the margin `name` that is left, summed over a margin whose every level lies in one level of both
    `first` and `name`; None where the plan has no such margin, or some level of `name` would be left with nobody."""
    for other in margins:
        inside = [_inside(cells, other, outer) for outer in (first, name)]
        if any(levels is None for levels in inside):
            continue
        of_first, of_name = (levels or {} for levels in inside)
        parts = dict.fromkeys(kept[name], 0.0)
        for level, count in margins[other].items():
            if of_first.get(level) in kept[first] and of_name.get(level) in parts and level in kept[other]:
                parts[of_name[level]] += count
        if all(parts.values()):
            return parts
    return None


def _inside(cells: Cells, inner: str, outer: str) -> dict[str, str] | None:
    """The one level of `outer` in which each level of `inner` lies; None where one lies in several."""
    first, second = cells.columns[inner], cells.columns[outer]
    pairs: Codes = crossing([first, second])[1]
    if len(np.unique(pairs[:, 0])) < len(pairs):
        return None
    return {first.levels[one]: second.levels[other] for one, other in pairs}
