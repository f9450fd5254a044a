"""Variance of a weighted total by Taylor linearisation over PSU totals, at one or two stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.cells import Cells, combinations, places_of, starts, total_by
from analysis.errors import DesignError
from analysis.plan import Plan
from analysis.unequal import Unequal, unequal

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class SampleDesign:
    """The design as arrays. stratum, psu: code of each cell. stratum_of_psu: (PSUs,).

    rows: responses of each PSU. first_fpc, second_fpc: share of the population sampled, per stratum and per
    PSU, 0 where sampling counts as with replacement. direct: rows are the units, there are no PSUs. unequal: that sites
    were drawn without replacement with unequal probabilities, which then stand in place of the fractions.
    """

    stratum: Codes
    psu: Codes
    stratum_of_psu: Codes
    units: Floats
    rows: Floats
    first_fraction: Floats
    second_fraction: Floats
    population_units: Floats | None
    direct: bool
    singleton: str
    unequal: Unequal | None = None

    @property
    def by_stage(self) -> bool:
        """Whether the drawing of people inside sites has a part of its own in the variance."""
        return self.unequal is not None or bool(self.second_fraction.any())

    @property
    def sampled(self) -> Floats:
        """(PSUs,): the chance with which each came into the sample, 0 where sampling counts as with replacement."""
        return self.first_fraction[self.stratum_of_psu] if self.unequal is None else self.unequal.probability

    @property
    def strata(self) -> int:
        return len(self.units)

    @cached_property
    def _starts(self) -> tuple[Codes | None, Codes | None]:
        return starts(self.psu, len(self.rows)), starts(self.stratum_of_psu, self.strata)

    def by_psu(self, amounts: Floats) -> Floats:
        """(PSUs,) sums of amounts (cells,)."""
        return _summed(amounts, self._starts[0], self.psu, len(self.rows))

    def by_stratum(self, totals: Floats) -> Floats:
        """(strata,) sums of totals (PSUs,)."""
        return _summed(totals, self._starts[1], self.stratum_of_psu, self.strata)

    def held(self, inside: NDArray[np.bool_]) -> Codes:
        """The PSUs that have a cell in `inside` (cells,)."""
        found = np.zeros(len(self.rows), dtype=bool)
        found[self.psu[places_of(inside)]] = True
        return np.flatnonzero(found)

    @cached_property
    def people_vary(self) -> bool:
        """Whether any unit holds more than one response, so that sums of squares count."""
        return self.direct or bool((self.rows > 1).any())

    @cached_property
    def inflation(self) -> Floats:
        """(PSUs,): m/(m-1) of their m responses, 0 of those with one."""
        return np.where(self.rows > 1, self.rows / np.maximum(self.rows - 1, 1), 0.0)

    @property
    def lonely(self) -> NDArray[np.bool_]:
        """(strata,): those of a single unit that was not certain to be drawn, and so show no variance."""
        return np.asarray((self.units == 1) & (self.first_fraction < 1 - 1e-7))


@dataclass(frozen=True)
class VarianceParts:
    """Variance of a total. `total` is the design's; `within` is the part from drawing people inside sites,
    counted as if drawn with replacement, and `between` the rest (not below 0). fixed: no answer could move it."""

    total: float
    within: float
    fixed: bool = False

    @property
    def between(self) -> float:
        return max(self.total - self.within, 0.0)


def sample_design(cells: Cells, plan: Plan) -> SampleDesign:
    """The plan's design over these cells. PSU labels are nested: they are told apart by stratum and label."""
    number = len(cells)
    design = plan.design
    stratum = cells.columns[design.strata].codes if design.strata else np.zeros(number, dtype=np.int64)
    levels = cells.columns[design.strata].levels if design.strata else ("",)
    direct = design.psu is None
    if design.psu is None:
        psu = stratum
    else:
        names = [design.strata, design.psu] if design.strata else [design.psu]
        psu, _ = combinations([cells.columns[name] for name in names])
    stratum_of_psu = np.zeros(int(psu.max()) + 1, dtype=np.int64)
    stratum_of_psu[psu] = stratum
    rows = total_by(psu, cells.count)
    units = rows if direct else total_by(stratum_of_psu, size=len(levels))
    fpc = [_constant(cells, name, group) for name, group in zip(design.fpc_columns, (stratum, psu), strict=False)]
    first = units / fpc[0] if fpc else np.zeros(len(units))
    second = rows / fpc[1] if len(fpc) > 1 else np.zeros(len(rows))
    for name, fraction in zip(design.fpc_columns, (first, second), strict=False):
        if (fraction > 1 + 1e-12).any():
            raise DesignError("analysis.smaller_than_number_sampled", name=name)
    if (
        plan.singleton == "fail"
        and design.pps is None
        and (units == 1).any()
        and not np.isclose(first[units == 1], 1).all()
    ):
        names = [levels[index] for index in np.flatnonzero(units == 1)[:5]]
        raise DesignError("analysis.strata_single_psu_merge", names=names)
    population = fpc[0] if fpc else None
    found = SampleDesign(stratum, psu, stratum_of_psu, units, rows, first, second, population, direct, plan.singleton)
    if design.pps is not None:
        return replace(found, unequal=unequal(cells, plan, psu, stratum_of_psu))
    if plan.singleton == "average" and plan.method.average_of_own_strata and found.lonely.all():
        raise DesignError("analysis.nothing_to_average")
    return found


def variance(
    scores: Floats, squares: Floats, design: SampleDesign, held: NDArray[np.bool_] | None = None
) -> VarianceParts:
    """Variance of sum(scores), and its part within sites.

    scores (cells,): weighted linearised value, summed over the rows of each cell. squares (cells,): sum
    over its rows of the squared weighted value.  V = sum_h (1-f) n/(n-1) sum_i (t_i - mean)^2, plus, with a
    second-stage fpc, sum_i f (1-f_i) m/(m-1) sum_j (t_ij - mean)^2.  Särndal, Swensson and Wretman (1992),
    section 4.3.  Where probabilities are unequal the first part is `Unequal.variances`, and the second always counts,
    with a site's probability for f.  held (strata,): those over which `singleton: average` averages, NaN where it cannot; None: all of
    the sample, and 0 where it cannot.
    """
    if design.direct:
        own, square = (total_by(design.stratum, column, design.strata) for column in (scores, squares))
        first = _stage(np.maximum(square - own**2 / np.maximum(design.units, 1), 0.0), own, design, held)
        return VarianceParts(first, first)
    totals = design.by_psu(scores)
    spread = np.zeros(1)
    if design.people_vary:
        spread = np.maximum(design.by_psu(squares) - totals**2 / design.rows, 0.0) * design.inflation
    if design.unequal is None:
        deviation = (design.by_stratum(totals) / np.maximum(design.units, 1))[design.stratum_of_psu]
        np.subtract(totals, deviation, out=deviation)
        np.square(deviation, out=deviation)  # in place: each new table of a million PSUs costs more than its sums
        first = _stage(design.by_stratum(deviation), totals, design, held)
    else:
        first = float(design.unequal.variances(totals[:, None])[0])
    if design.by_stage and design.people_vary:
        first += float((design.sampled * (1 - design.second_fraction)) @ spread)
    return VarianceParts(first, float(spread.sum()))


def stratum_variances(scores: Floats, squares: Floats, design: SampleDesign) -> Floats:
    """What each stratum adds to the variance of sum(scores), (strata,): 0 of one with a single unit. As `variance`."""
    if design.direct:
        total, square = (np.bincount(design.stratum, column, design.strata) for column in (scores, squares))
        return _coefficients(design) * np.maximum(square - total**2 / np.maximum(design.units, 1), 0.0)
    totals: Floats = np.bincount(design.psu, scores, len(design.rows)).astype(float)
    deviation = totals - _stratum_mean(totals[:, None], design)[design.stratum_of_psu, 0]
    first = _coefficients(design) * np.bincount(design.stratum_of_psu, deviation**2, design.strata)
    if not design.second_fraction.any():
        return first
    inside = np.maximum(np.bincount(design.psu, squares, len(design.rows)) - totals**2 / design.rows, 0.0)
    again = design.inflation * (1 - design.second_fraction)
    share = design.first_fraction[design.stratum_of_psu]
    return first + np.bincount(design.stratum_of_psu, share * again * inside, design.strata)


def covariance(values: Floats, weight: Floats, squared: Floats, design: SampleDesign) -> Floats:
    """Covariance matrix (k, k) of the weighted totals of `values` (cells, k), by the same formula.

    weight, squared (cells,): sum and sum of squares of the weights of the rows of each cell.
    """
    scores = weight[:, None] * values
    if design.direct:
        units = design.units
        coefficient = _coefficients(design)[design.stratum]
        total = _summing(design.stratum, design.strata) @ scores
        inner = values.T @ (values * (squared * coefficient)[:, None])
        weights = _coefficients(design) / np.maximum(units, 1)
        first = inner - total.T @ (total * weights[:, None])
        return _singletons(first, total, design)
    by_psu = _summing(design.psu, len(design.rows))
    totals = by_psu @ scores
    first = covariance_of_totals(totals, design)
    if design.by_stage:
        rows = design.rows
        share = design.sampled * (1 - design.second_fraction)
        inflation = share * design.inflation
        inner = values.T @ (values * (squared * inflation[design.psu])[:, None])
        first = first + inner - totals.T @ (totals * (inflation / rows)[:, None])
    return np.asarray(first)


def covariance_of_totals(totals: Floats, design: SampleDesign) -> Floats:
    """First-stage covariance (k, k) from the weighted totals of each PSU (PSUs, k): all there is without a
    population count of the second stage."""
    if design.unequal is not None:
        return design.unequal.covariance(totals)
    deviation = totals - _stratum_mean(totals, design)[design.stratum_of_psu]
    coefficient = _coefficients(design)[design.stratum_of_psu]
    first = deviation.T @ (deviation * coefficient[:, None])
    alone = _summing(design.stratum_of_psu, design.strata) @ totals
    return _singletons(first, alone, design)


def degrees_of_freedom(member: NDArray[np.bool_], cells: Cells, design: SampleDesign) -> int:
    """PSUs less strata, counting only those that hold a member of the domain."""
    if design.direct:
        return int(cells.count[member].sum()) - int((np.bincount(design.stratum[member]) > 0).sum())
    held = design.held(member)
    return len(held) - int((np.bincount(design.stratum_of_psu[held]) > 0).sum())


def _coefficients(design: SampleDesign) -> Floats:
    """(1-f) n/(n-1) of each stratum, 0 where it has one unit or none."""
    units = design.units
    return (1 - design.first_fraction) * np.where(units > 1, units / np.maximum(units - 1, 1), 0.0)


def _stage(centred: Floats, totals: Floats, design: SampleDesign, held: NDArray[np.bool_] | None) -> float:
    """Sum over strata (strata,); a stratum with one unit follows the declared rule. totals: of each unit, or stratum."""
    total = float(_coefficients(design) @ centred)
    if design.singleton == "adjust":  # about the overall mean of the scores, which is 0
        alone = totals**2 if design.direct else design.by_stratum(totals**2)
        total += float(np.where(design.units == 1, 1 - design.first_fraction, 0.0) @ alone)
    if held is None:
        return total * _average(design)
    known = int((held & ~design.lonely).sum())
    return total * int(held.sum()) / known if known else float("nan")


def _singletons(first: Floats, totals: Floats, design: SampleDesign) -> Floats:
    """The same rules for a matrix: `totals` (strata, k)."""
    if design.singleton == "adjust":
        own = np.where(design.units == 1, 1 - design.first_fraction, 0.0)
        first = first + totals.T @ (totals * own[:, None])
    return first * _average(design)


def _average(design: SampleDesign) -> float:
    single, used = design.units == 1, design.units > 0
    if design.singleton != "average" or not single.any() or (single | ~used).all():
        return 1.0
    return float(used.sum()) / float((used & ~single).sum())


def _summed(amounts: Floats, at: Codes | None, codes: Codes, size: int) -> Floats:
    """Sums by code; at: where each begins, if they stand in order."""
    if at is None:
        return total_by(codes, amounts, size)
    return amounts if len(amounts) == size else np.add.reduceat(amounts, at)


def _stratum_mean(totals: Floats, design: SampleDesign) -> Floats:
    by_stratum = _summing(design.stratum_of_psu, design.strata)
    mean: Floats = (by_stratum @ totals) / np.maximum(design.units, 1)[:, None]
    return mean


def _summing(codes: Codes, size: int) -> Any:
    """A sparse matrix (size, len(codes)) whose product with a table sums its rows by code."""
    number = len(codes)
    return sparse.csr_array((np.ones(number), (codes, np.arange(number))), shape=(size, number))


def _constant(cells: Cells, name: str, group: Codes) -> Floats:
    """The value of column `name` in each group; it must be one positive number there."""
    column = cells.columns[name]
    try:
        values = np.array([float(level) for level in column.levels])[column.codes]
    except ValueError as error:
        raise DesignError("analysis.must_hold_population_counts", name=name, error=error) from error
    result = np.zeros(int(group.max()) + 1)
    result[group] = values
    if (values <= 0).any() or not np.array_equal(result[group], values):
        raise DesignError("analysis.must_one_positive_population", name=name)
    return result
