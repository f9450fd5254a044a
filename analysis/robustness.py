"""How far the official decision hangs on choices and on single places: what it would be otherwise.

Organised praise from a few sites is the likeliest fraud, so every site is left out in turn, and then as many
of the most influential together as it takes to change the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Solver
from analysis.cells import Cells, total_by
from analysis.definitions_compared import measure_values
from analysis.documents import SensitivityDocument, plain
from analysis.errors import AnalysisError, CellsError
from analysis.plan import MODE, Calibration, Plan
from analysis.sample import Sample, is_flagged, weighted_sample
from analysis.zones import Zones
from wording import english

Floats = NDArray[np.float64]
SITES_SHOWN = 50


@dataclass(frozen=True)
class Variant:
    """The official figure in [0, 1] and its outcome under one change; None where it cannot be computed (why)."""

    change: str
    level: str
    figure: float | None
    difference: float | None
    outcome: str | None
    points: int | float | None
    changes_outcome: bool
    n: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Sensitivity:
    """choices: other weights, margins and flags. strata, sites: each left out, the most influential first.

    decisive_sites: the fewest sites, taken by influence, whose removal together changes the outcome; None
    where half of the sites do not.
    """

    figure: float
    outcome: str
    choices: tuple[Variant, ...]
    strata: tuple[Variant, ...]
    sites: tuple[Variant, ...]
    sites_that_change_it: int
    decisive_sites: tuple[str, ...] | None

    def as_dict(self) -> SensitivityDocument:
        document: SensitivityDocument = plain(self)
        return document


def sensitivity(cells: Cells, plan: Plan, zones: Zones) -> Sensitivity:
    """Every variant of the decision on `cells` by `zones`. Raises AnalysisError where the plan itself cannot be computed.

    >>> from analysis import Cells, load_rulebook, parse_plan
    >>> plan = parse_plan("{measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}, design: {psu: site}}")
    >>> rows = {"overall": [5, 4, 5, 2, 4, 5, 4, 1, 4, 3], "site": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3]}
    >>> found = sensitivity(Cells.from_rows(rows, plan), plan, load_rulebook("jining-2023-municipal").zones)
    >>> found.outcome, [(row.level, row.outcome) for row in found.sites]
    ('none', [('3', 'none'), ('1', 'veto'), ('2', 'none')])
    """
    sample = weighted_sample(cells, plan)
    figure = official_figure(sample, plan)
    judge = _Judge(figure, zones.of(figure).key, zones)
    sites, decisive = _sites(sample, plan, judge)
    shown = sorted(sites, key=lambda row: -abs(row.difference or 0.0))
    return Sensitivity(
        figure,
        judge.outcome,
        tuple(_choices(cells, plan, judge)),
        tuple(sorted(_strata(cells, plan, judge), key=lambda row: -abs(row.difference or 0.0))),
        tuple(shown[:SITES_SHOWN]),
        sum(row.changes_outcome for row in sites),
        decisive,
    )


def official_figure(sample: Sample, plan: Plan, weight: Floats | None = None) -> float:
    """The figure that meets the lines of a rulebook, in [0, 1], under the sample's weights or those given (cells,)."""
    values, answered = _official_values(sample.cells, plan)
    used = np.where(answered, sample.weight if weight is None else weight, 0.0)
    return float(used @ values) / float(used.sum())


@dataclass(frozen=True)
class _Judge:
    figure: float
    outcome: str
    zones: Zones

    def row(self, change: str, level: str, figure: float, n: int | None = None) -> Variant:
        zone = self.zones.of(figure)
        return Variant(change, level, figure, figure - self.figure, zone.key, zone.number, zone.key != self.outcome, n)

    def attempt(self, change: str, level: str, compute: Callable[[], float], n: int | None = None) -> Variant:
        try:
            return self.row(change, level, compute(), n)
        except AnalysisError as error:
            return Variant(change, level, None, None, None, None, False, n, english(error))


def _official_values(cells: Cells, plan: Plan) -> tuple[Floats, NDArray[np.bool_]]:
    points, satisfied, answered = measure_values(cells, plan)
    return (satisfied if plan.measure.official == "share" else points / 100), answered


def _choices(cells: Cells, plan: Plan, judge: _Judge) -> Iterator[Variant]:
    """Without weights, without calibration, without each margin or total, with flagged answers in or out."""

    def under(other: Plan) -> Callable[[], float]:
        return lambda: official_figure(weighted_sample(cells, other), other)

    def unweighted() -> float:
        sample = weighted_sample(cells, replace(plan, calibration=None, nonresponse=None))
        return official_figure(sample, plan, sample.cells.count.astype(float))

    yield judge.attempt("unweighted", "", unweighted)
    if plan.design.weight or plan.nonresponse or plan.follows_sites:
        yield judge.attempt("base_weights", "", under(replace(plan, calibration=None)))
    if plan.calibration is not None:
        for name in (*plan.margin_names, *plan.total_names):
            yield judge.attempt("without_margin", name, under(replace(plan, calibration=_without(plan, name))))
        if plan.calibration.trim is not None:
            whole = replace(plan, calibration=replace(plan.calibration, trim=None))
            yield judge.attempt("without_trimming", "", under(whole))
    if plan.flagged is not None:
        flagged = int(cells.count[is_flagged(cells, plan.flagged)].sum())
        for exclude in (False, True):
            other = replace(plan, flagged=replace(plan.flagged, exclude=exclude))
            yield judge.attempt("flagged_removed" if exclude else "flagged_kept", "", under(other), flagged)
    yield from _modes(cells, plan, judge, under)


def _modes(cells: Cells, plan: Plan, judge: _Judge, under: Callable[[Plan], Callable[[], float]]) -> Iterator[Variant]:
    """Every way of answering counted, and each one that counts left out; n: the responses so brought in or left out."""
    column = cells.columns.get(MODE)
    if column is None:
        return
    numbers = dict(
        zip(
            column.levels,
            total_by(column.codes[column.codes >= 0], cells.count[column.codes >= 0], len(column.levels)),
            strict=True,
        )
    )
    counted = [level for level in column.levels if not plan.modes or level in plan.modes]
    if len(counted) < len(column.levels):
        brought_in = sum(int(number) for level, number in numbers.items() if level not in counted)
        yield judge.attempt("all_modes", "", under(replace(plan, modes=())), brought_in)
    if len(counted) > 1:
        for level in counted:
            rest = tuple(other for other in counted if other != level)
            yield judge.attempt("without_mode", level, under(replace(plan, modes=rest)), int(numbers[level]))


def _without(plan: Plan, name: str) -> Calibration | None:
    assert plan.calibration is not None
    margins = {key: levels for key, levels in plan.calibration.margins.items() if key != name}
    totals = {key: total for key, total in plan.calibration.totals.items() if key != name}
    if not margins and not totals:
        return None
    return replace(plan.calibration, margins=margins, totals=totals)


def _strata(cells: Cells, plan: Plan, judge: _Judge) -> Iterator[Variant]:
    """Each stratum left out; margin levels that vanish with it leave the population too."""
    if plan.design.strata is None:
        return
    column = cells.columns[plan.design.strata]
    if len(column.levels) < 2:
        return
    for code, level in enumerate(column.levels):
        left_out = column.codes == code

        def compute(kept: NDArray[np.bool_] = ~left_out, level: str = level) -> float:
            rest = cells.where(kept)
            other = _shrunk(rest, replace(plan, singleton="remove"))
            if plan.follows_sites:
                other = replace(other, weights=other.weights.outside(level))
            return official_figure(weighted_sample(rest, other), other)

        yield judge.attempt("without_stratum", level, compute, int(cells.count[left_out].sum()))


def _shrunk(cells: Cells, plan: Plan) -> Plan:
    """The plan with margin levels that nobody has left out, and the other margins scaled to what remains."""
    margins = plan.margins()
    kept = {
        name: {level: count for level, count in levels.items() if level in cells.columns[name].levels}
        for name, levels in margins.items()
    }
    if not kept:
        return plan
    least = min(sum(levels.values()) for levels in kept.values())
    scaled = {
        name: {level: count * least / sum(levels.values()) for level, count in levels.items()}
        for name, levels in kept.items()
    }
    if plan.calibration is not None and plan.calibration.population is not None:
        plan = replace(plan, calibration=replace(plan.calibration, population=None))
    return plan.with_margins(scaled)


def _sites(sample: Sample, plan: Plan, judge: _Judge) -> tuple[list[Variant], tuple[str, ...] | None]:
    """Each PSU left out and the weights calibrated again, exactly, on sums by calibration group."""
    if plan.design.psu is None:
        return [], None
    sums = _GroupSums.of(sample, plan)
    names, counts = _psu_names(sample, plan), total_by(sample.design.psu, sample.cells.count)
    rows = []
    for psu, name in enumerate(names):

        def compute(psu: int = psu) -> float:
            return sums.figure_without([psu])

        rows.append(judge.attempt("without_site", name, compute, int(counts[psu])))
    return rows, _decisive(rows, names, sums, judge)


def _decisive(rows: list[Variant], names: list[str], sums: _GroupSums, judge: _Judge) -> tuple[str, ...] | None:
    """Greedy: drop the sites that push the figure most, first one way then the other, until the outcome turns."""
    found: list[list[int]] = []
    for direction in (1.0, -1.0):
        moves = [(direction * row.difference, psu) for psu, row in enumerate(rows) if row.difference is not None]
        order = [psu for move, psu in sorted(moves, reverse=True) if move > 0][: len(rows) // 2]
        low, high = 1, len(order)
        if not order or not _turns(sums, order, judge):
            continue
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _turns(sums, order[:middle], judge) else (middle + 1, high)
        found.append(order[:low])
    return tuple(names[psu] for psu in min(found, key=len)) if found else None


def _turns(sums: _GroupSums, left_out: list[int], judge: _Judge) -> bool:
    try:
        return judge.zones.of(sums.figure_without(left_out)).key != judge.outcome
    except AnalysisError:
        return False


@dataclass(frozen=True)
class _GroupSums:
    """By PSU and calibration group (PSUs, groups): all weight, answered weight, weighted official values.

    The weights are those before calibration, after trimming; trimming is not repeated.
    """

    weight: Any
    answered: Any
    values: Any
    solver: Solver | None

    @classmethod
    def of(cls, sample: Sample, plan: Plan) -> _GroupSums:
        from scipy import sparse

        auxiliaries = sample.calibrated.auxiliaries
        group = auxiliaries.group if auxiliaries is not None else np.zeros(len(sample.cells), dtype=np.int64)
        values, answered = _official_values(sample.cells, plan)
        design = sample.calibrated.design_weight
        shape = (len(sample.design.rows), int(group.max()) + 1)
        place = (sample.design.psu, group)

        def table(amounts: Floats) -> Any:
            return sparse.coo_array((amounts, place), shape=shape).tocsr()

        solver = None
        if auxiliaries is not None and plan.calibration is not None:
            bounds = plan.calibration.bounds
            limits = (float(bounds[0]), float(bounds[1])) if bounds else None
            solver = Solver(auxiliaries, plan.calibration.method, limits)
        return cls(table(design), table(design * answered), table(design * answered * values), solver)

    def figure_without(self, psus: list[int]) -> float:
        def left(table: Any) -> Floats:
            rest: Floats = np.asarray(table.sum(axis=0)) - np.asarray(table[psus].sum(axis=0))
            return np.maximum(rest, 0.0)

        factor = self.solver.group_factors(left(self.weight))[0] if self.solver else 1.0
        answered = float((factor * left(self.answered)).sum())
        if answered <= 0:
            raise CellsError("analysis.nobody_left_who_answered")
        return float((factor * left(self.values)).sum()) / answered


def _psu_names(sample: Sample, plan: Plan) -> list[str]:
    """The label of each PSU, with its stratum where labels repeat."""
    column = sample.cells.columns[plan.design.psu or ""]
    code = np.zeros(len(sample.design.rows), dtype=np.int64)
    code[sample.design.psu] = column.codes
    names = [column.levels[value] for value in code]
    if plan.design.strata is None or len(set(names)) == len(names):
        return names
    levels = sample.cells.columns[plan.design.strata].levels
    return [f"{levels[stratum]} {name}" for stratum, name in zip(sample.design.stratum_of_psu, names, strict=True)]
