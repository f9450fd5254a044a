"""How far the official decision hangs on choices and on single places: what it would be otherwise.

Organised praise from a few sites is the likeliest fraud, so every site is left out in turn, and then as many
of the most influential together as it takes to change the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Solver
from analysis.cells import Cells, Codes, total_by
from analysis.definitions_compared import measure_values
from analysis.documents.comparisons import SensitivityDocument, VariantDocument
from analysis.errors import AnalysisError, CellsError
from analysis.leaving_out import Rest, residence_column, rest_of, unit, without
from analysis.missing import told_apart
from analysis.notices import Notice
from analysis.plan import MODE, Plan
from analysis.plan_parts import Calibration
from analysis.sample import Sample, counted, is_flagged, weighted_sample
from analysis.sampled_sites import SiteWeights
from analysis.zones import Zones
from wording import english

Floats = NDArray[np.float64]
SITES_SHOWN = 50
MOST_MADE_AGAIN = 4_000_000  # cells times sites, up to which weights are made again without each site


def sensitivity(cells: Cells, plan: Plan, zones: Zones) -> SensitivityDocument:
    """Every variant of the decision on `cells` by `zones`. Raises AnalysisError where the plan itself cannot be computed.

    >>> from analysis import Cells, load_rulebook, parse_plan
    >>> plan = parse_plan("{measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}, design: {psu: site}}")
    >>> rows = {"overall": [5, 4, 5, 2, 4, 5, 4, 1, 4, 3], "site": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3]}
    >>> found = sensitivity(Cells.from_rows(rows, plan), plan, load_rulebook("jining-2023-municipal").zones)
    >>> found["outcome"], [(row["level"], row["outcome"]) for row in found["sites"]]
    ('none', [('3', 'none'), ('1', 'veto'), ('2', 'none')])
    """
    sample = weighted_sample(cells, plan)
    figure = official_figure(sample, plan)
    judge = _Judge(figure, zones.of(figure).key, zones, plan)
    sites, decisive = _sites(sample, plan, judge)
    return {
        "figure": figure, "outcome": judge.outcome, "choices": list(_choices(cells, plan, judge)),
        "strata": _largest_first(_strata(cells, sample, plan, judge)), "sites": _largest_first(sites)[:SITES_SHOWN],
        "sites_that_change_it": sum(bool(row["changes_outcome"]) for row in sites), "decisive_sites": decisive,
    }  # fmt: skip


def _largest_first(rows: Iterable[VariantDocument]) -> list[VariantDocument]:
    return sorted(rows, key=lambda row: -abs(row["difference"] or 0.0))


def official_figure(sample: Sample, plan: Plan, weight: Floats | None = None) -> float:
    """The figure that meets the lines of a rulebook, in [0, 1], under the sample's weights or those given (cells,)."""
    values, answered = _official_values(sample.cells, plan)
    used = np.where(answered, sample.weight if weight is None else weight, 0.0)
    return float(used @ values) / float(used.sum())


Found = tuple[float, tuple[Notice, ...]]  # a figure, and what a reader must know of how it came about
Size = tuple[int | None, int | None]  # answers, and responses, of which some may have none


@dataclass(frozen=True)
class _Judge:
    figure: float
    outcome: str
    zones: Zones
    plan: Plan

    def attempt(
        self, change: str, level: str, compute: Callable[[], Found], moved: Size = (None, None)
    ) -> VariantDocument:
        """The outcome of one change. moved: how many it leaves out or brings in."""
        n, responses = moved if self.plan.method.units_left_out_whole else (moved[1], moved[1])
        try:
            figure, notices = compute()
        except AnalysisError as error:
            return {
                "change": change, "level": level, "figure": None, "difference": None, "outcome": None, "points": None,
                "changes_outcome": False, "n": n, "note": english(error), "responses": responses, "notices": [],
            }  # fmt: skip
        zone = self.zones.of(figure)
        return {
            "change": change, "level": level, "figure": figure, "difference": figure - self.figure,
            "outcome": zone.key, "points": zone.number, "changes_outcome": zone.key != self.outcome, "n": n, "note": "",
            "responses": responses, "notices": [notice.as_dict() for notice in notices],
        }  # fmt: skip


def _sizes(count: Codes, kinds: Codes, group: Codes) -> list[Size]:
    """Answers and responses of each group. All arrays run over cells; kinds as in Sample."""
    answers = total_by(group, np.where(kinds < 0, count, 0))
    return [(int(n), int(responses)) for n, responses in zip(answers, total_by(group, count), strict=True)]


def _size(cells: Cells, plan: Plan, chosen: NDArray[np.bool_]) -> Size:
    """Of the cells in `chosen`."""
    sizes = _sizes(cells.count, told_apart(cells, plan)[1], chosen.astype(np.int64))
    return sizes[1] if len(sizes) > 1 else (0, 0)


def _official_values(cells: Cells, plan: Plan) -> tuple[Floats, NDArray[np.bool_]]:
    points, satisfied, answered = measure_values(cells, plan)
    return (satisfied if plan.measure.official == "share" else points / 100), answered


def _choices(cells: Cells, plan: Plan, judge: _Judge) -> Iterator[VariantDocument]:
    """Without weights, without calibration, without each margin or total, with flagged answers in or out."""

    def under(other: Plan) -> Callable[[], Found]:
        return lambda: _figure_of(_rest(cells, other))

    def unweighted() -> Found:
        sample = weighted_sample(cells, replace(plan, calibration=None, nonresponse=None))
        return official_figure(sample, plan, sample.cells.count.astype(float)), ()

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
        flagged = _size(cells, plan, is_flagged(cells, plan.flagged))
        for exclude in (False, True):
            other = replace(plan, flagged=replace(plan.flagged, exclude=exclude))
            yield judge.attempt("flagged_removed" if exclude else "flagged_kept", "", under(other), flagged)
    yield from _modes(cells, plan, judge, under)


def _modes(
    cells: Cells, plan: Plan, judge: _Judge, under: Callable[[Plan], Callable[[], Found]]
) -> Iterator[VariantDocument]:
    """Every way of answering counted, and each one that counts left out; moved: the responses so brought in or left out."""
    column = cells.columns.get(MODE)
    if column is None:
        return
    counting = [level for level in column.levels if not plan.modes or level in plan.modes]
    places = {level: column.codes == place for place, level in enumerate(column.levels)}
    if len(counting) < len(column.levels):
        brought_in = np.logical_or.reduce([places[level] for level in column.levels if level not in counting])
        yield judge.attempt("all_modes", "", under(replace(plan, modes=())), _size(cells, plan, brought_in))
    if len(counting) > 1:
        for level in counting:
            rest = tuple(other for other in counting if other != level)
            yield judge.attempt(
                "without_mode", level, under(replace(plan, modes=rest)), _size(cells, plan, places[level])
            )


def left_out_by(cells: Cells, plan: Plan, zones: Zones, column: str, change: str) -> list[VariantDocument]:
    """Each level of a column of `cells` left out, as if nobody had answered then; the largest change first."""
    figure = official_figure(weighted_sample(cells, plan), plan)
    judge, levels = _Judge(figure, zones.of(figure).key, zones, plan), cells.columns[column]
    found = []
    for place, level in enumerate(levels.levels):
        gone = levels.codes == place

        def compute(gone: NDArray[np.bool_] = gone) -> Found:
            return _figure_of(without(cells, plan, gone))

        found.append(judge.attempt(change, level, compute, _size(cells, plan, gone)))
    return _largest_first(found)


def _rest(cells: Cells, plan: Plan) -> Rest:
    """What the plan counts of `cells`, under margins of the people who are left."""
    if not plan.method.units_left_out_whole:
        return Rest(cells, plan, ())
    return rest_of(counted(cells, plan).cells, plan, cells)


def _figure_of(rest: Rest) -> Found:
    return official_figure(weighted_sample(rest.cells, rest.plan), rest.plan), rest.notices


def _without(plan: Plan, name: str) -> Calibration | None:
    assert plan.calibration is not None
    margins = {key: levels for key, levels in plan.calibration.margins.items() if key != name}
    totals = {key: total for key, total in plan.calibration.totals.items() if key != name}
    if not margins and not totals:
        return None
    return replace(plan.calibration, margins=margins, totals=totals)


def _strata(cells: Cells, sample: Sample, plan: Plan, judge: _Judge) -> Iterator[VariantDocument]:
    """Each stratum left out, with those who live there where the plan knows them."""
    if plan.design.strata is None:
        return
    alone, whole = replace(plan, singleton="remove"), plan.method.units_left_out_whole
    if whole:  # weights stand for what happened in the field, and that stays as it was
        cells, alone = sample.cells, replace(alone, weights=SiteWeights(), nonresponse=None)
    column = cells.columns[plan.design.strata]
    if len(column.levels) < 2:
        return
    home = residence_column(cells, plan)
    for code, level in enumerate(column.levels):
        gone, notices = unit(cells, plan, level) if whole else (column.codes == code, ())

        def compute(gone: NDArray[np.bool_] = gone, notices: tuple[Notice, ...] = notices) -> Found:
            if not whole:
                return _by_first(cells, alone, gone)
            figure, told = _figure_of(without(cells, alone, gone, home))
            return figure, (*notices, *told)

        yield judge.attempt("without_stratum", level, compute, _size(cells, plan, gone))


def _by_first(cells: Cells, plan: Plan, gone: NDArray[np.bool_]) -> Found:
    """As method 1 leaves a stratum out: margin levels that nobody has go, and every margin is scaled to the least."""
    rest = cells.where(~gone)
    kept = {
        name: {level: count for level, count in levels.items() if level in rest.columns[name].levels}
        for name, levels in plan.margins().items()
    }
    if kept:
        least = min(sum(levels.values()) for levels in kept.values())
        if plan.calibration is not None and plan.calibration.population is not None:
            plan = replace(plan, calibration=replace(plan.calibration, population=None))
        plan = plan.with_margins(
            {
                name: {level: count * least / sum(levels.values()) for level, count in levels.items()}
                for name, levels in kept.items()
            }
        )
    return official_figure(weighted_sample(rest, plan), plan), ()


def _sites(sample: Sample, plan: Plan, judge: _Judge) -> tuple[list[VariantDocument], list[str] | None]:
    """Each PSU left out and the weights calibrated again, exactly, on sums by calibration group."""
    if plan.design.psu is None:
        return [], None
    sums = _GroupSums.of(sample, plan)
    names, sizes = _psu_names(sample, plan), _sizes(sample.base.count, sample.kinds, sample.design.psu)
    rows = []
    for psu, (name, size) in enumerate(zip(names, sizes, strict=True)):

        def compute(psu: int = psu) -> Found:
            return sums.without([psu])

        rows.append(judge.attempt("without_site", name, compute, size))
    return rows, _decisive(rows, names, sums, judge)


def _decisive(rows: list[VariantDocument], names: list[str], sums: _GroupSums, judge: _Judge) -> list[str] | None:
    """Greedy: drop the sites that push the figure most, first one way then the other, until the outcome turns."""
    found: list[list[int]] = []
    for direction in (1.0, -1.0):
        moves = [(direction * moved, psu) for psu, row in enumerate(rows) if (moved := row["difference"]) is not None]
        order = [psu for move, psu in sorted(moves, reverse=True) if move > 0][: len(rows) // 2]
        low, high = 1, len(order)
        if not order or not _turns(sums, order, judge):
            continue
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _turns(sums, order[:middle], judge) else (middle + 1, high)
        found.append(order[:low])
    return [names[psu] for psu in min(found, key=len)] if found else None


def _turns(sums: _GroupSums, left_out: list[int], judge: _Judge) -> bool:
    try:
        return judge.zones.of(sums.without(left_out)[0]).key != judge.outcome
    except AnalysisError:
        return False


@dataclass(frozen=True)
class _GroupSums:
    """By PSU and calibration group (PSUs, groups): all weight, answered weight, weighted official values; and by PSU
    and level of a margin (PSUs, levels) the number of responses of any weight.

    The weights are those before calibration, after trimming. Where a level vanishes the rest is estimated as a whole;
    also where trimming is to be repeated, or weights follow the sites: then a site left out is a site without answers.
    """

    sample: Sample
    plan: Plan
    weight: Any
    answered: Any
    values: Any
    levels: Any
    solver: Solver | None

    @classmethod
    def of(cls, sample: Sample, plan: Plan) -> _GroupSums:
        from scipy import sparse

        auxiliaries = sample.calibrated.auxiliaries
        group = auxiliaries.group if auxiliaries is not None else np.zeros(len(sample.cells), dtype=np.int64)
        values, answered = _official_values(sample.cells, plan)
        design = sample.calibrated.design_weight
        psus = len(sample.design.rows)

        def table(amounts: Floats, place: Codes, width: int) -> Any:
            return sparse.coo_array((amounts, (sample.design.psu, place)), shape=(psus, width)).tocsr()

        solver = None
        if auxiliaries is not None and plan.calibration is not None:
            bounds = plan.calibration.bounds
            limits = (float(bounds[0]), float(bounds[1])) if bounds else None
            solver = Solver(auxiliaries, plan.calibration.method, limits)
        here = np.where(sample.base.weight > 0, sample.base.count, 0)
        margins = [sample.base.columns[name] for name in plan.margin_names]
        levels = [table(here, column.codes, len(column.levels)) for column in margins]
        groups = int(group.max()) + 1
        return cls(
            sample, plan, table(design, group, groups), table(design * answered, group, groups),
            table(design * answered * values, group, groups), sparse.hstack(levels).tocsr() if levels else None, solver,
        )  # fmt: skip

    def without(self, psus: list[int]) -> Found:
        """The official figure of all other PSUs, and what was done to the margins."""
        if self.plan.method.units_left_out_whole and (self._made_again or self._loses_a_level(psus)):
            gone = np.isin(self.sample.design.psu, psus)
            if gone.all():
                raise CellsError("analysis.nobody_left_who_answered")
            return _figure_of(without(self.sample.base, replace(self.plan, singleton="remove"), gone))
        factor = self.solver.group_factors(_left(self.weight, psus))[0] if self.solver else 1.0
        answered = float((factor * _left(self.answered, psus)).sum())
        if answered <= 0:
            raise CellsError("analysis.nobody_left_who_answered")
        kept = self._follows and self.plan.method.units_left_out_whole
        notices = (Notice("weights_as_in_the_whole"),) if kept else ()
        return float((factor * _left(self.values, psus)).sum()) / answered, notices

    @property
    def _follows(self) -> bool:
        """Whether weights hang on which responses there are."""
        return self.plan.trims or (self.plan.follows_sites and self.plan.nonresponse is None)

    @property
    def _made_again(self) -> bool:
        return self._follows and len(self.sample.cells) * len(self.sample.design.rows) <= MOST_MADE_AGAIN

    def _loses_a_level(self, psus: list[int]) -> bool:
        return self.levels is not None and bool((_left(self.levels, psus) <= 0).any())


def _left(table: Any, psus: list[int]) -> Floats:
    rest: Floats = np.asarray(table.sum(axis=0)) - np.asarray(table[psus].sum(axis=0))
    return np.maximum(rest, 0.0)


def _psu_names(sample: Sample, plan: Plan) -> list[str]:
    """The label of each PSU, with its stratum where labels repeat."""
    column = sample.cells.columns[plan.design.psu or ""]
    code = np.zeros(len(sample.design.rows), dtype=np.int64)
    code[sample.design.psu] = column.codes
    names = [column.levels[value] for value in code.tolist()]
    if plan.design.strata is None or len(set(names)) == len(names):
        return names
    levels = sample.cells.columns[plan.design.strata].levels
    return [f"{levels[stratum]} {name}" for stratum, name in zip(sample.design.stratum_of_psu, names, strict=True)]
