"""Variance of a weighted total by Taylor linearisation over PSU totals, at one or two stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.cells import Cells, crossing, total_by
from analysis.errors import DesignError
from analysis.plan import Plan

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class SampleDesign:
    """The design as arrays. stratum, psu: code of each cell. stratum_of_psu: (PSUs,).

    rows: responses of each PSU. first_fpc, second_fpc: share of the population sampled, per stratum and per
    PSU, 0 where sampling counts as with replacement. direct: rows are the units, there are no PSUs.
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

    @property
    def strata(self) -> int:
        return len(self.units)

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
        psu, _ = crossing([cells.columns[name] for name in names])
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
    if plan.singleton == "fail" and (units == 1).any() and not np.isclose(first[units == 1], 1).all():
        names = [levels[index] for index in np.flatnonzero(units == 1)[:5]]
        raise DesignError("analysis.strata_single_psu_merge", names=names)
    population = fpc[0] if fpc else None
    found = SampleDesign(stratum, psu, stratum_of_psu, units, rows, first, second, population, direct, plan.singleton)
    if plan.singleton == "average" and plan.method.average_of_own_strata and found.lonely.all():
        raise DesignError("analysis.nothing_to_average")
    return found


def variance(scores: Floats, squares: Floats, design: SampleDesign) -> VarianceParts:
    """Variance of sum(scores) over cells, as `variances` gives it for one column: scores, squares (cells,)."""
    total, within = variances(scores[:, None], squares[:, None], design)
    return VarianceParts(float(total[0]), float(within[0]))


def variances(
    scores: Floats, squares: Floats, design: SampleDesign, held: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Variance of the sum of every column of `scores`, and its part within sites; both (k,).

    scores (cells, k): weighted linearised value, summed over the rows of each cell. squares (cells, k): sum
    over its rows of the squared weighted value.  V = sum_h (1-f) n/(n-1) sum_i (t_i - mean)^2, plus, with a
    second-stage fpc, sum_i f (1-f_i) m/(m-1) sum_j (t_ij - mean)^2.  Särndal, Swensson and Wretman (1992),
    section 4.3.  held (strata, k): those over which `singleton: average` averages, NaN where it cannot; None: all of
    the sample, and 0 where it cannot.
    """
    if design.direct:
        by_stratum = _summing(design.stratum, design.strata)
        total, square = by_stratum @ scores, by_stratum @ squares
        centred = np.maximum(square - total**2 / np.maximum(design.units, 1)[:, None], 0.0)
        first = _stage(centred, total**2, design, held)
        return first, first
    by_psu = _summing(design.psu, len(design.rows))
    totals = by_psu @ scores
    deviation = totals - _stratum_mean(totals, design)[design.stratum_of_psu]
    by_stratum = _summing(design.stratum_of_psu, design.strata)
    first = _stage(by_stratum @ deviation**2, by_stratum @ totals**2, design, held)
    inside = np.maximum(by_psu @ squares - totals**2 / design.rows[:, None], 0.0)
    inflation = np.where(design.rows > 1, design.rows / np.maximum(design.rows - 1, 1), 0.0)
    spread = inside * inflation[:, None]
    if design.second_fraction.any():
        share = design.first_fraction[design.stratum_of_psu]
        first = first + ((share * (1 - design.second_fraction))[:, None] * spread).sum(axis=0)
    return first, np.asarray(spread.sum(axis=0))


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
    if design.second_fraction.any():
        rows = design.rows
        share = design.first_fraction[design.stratum_of_psu] * (1 - design.second_fraction)
        inflation = share * np.where(rows > 1, rows / np.maximum(rows - 1, 1), 0.0)
        inner = values.T @ (values * (squared * inflation[design.psu])[:, None])
        first = first + inner - totals.T @ (totals * (inflation / rows)[:, None])
    return np.asarray(first)


def covariance_of_totals(totals: Floats, design: SampleDesign) -> Floats:
    """First-stage covariance (k, k) from the weighted totals of each PSU (PSUs, k): all there is without a
    population count of the second stage."""
    deviation = totals - _stratum_mean(totals, design)[design.stratum_of_psu]
    coefficient = _coefficients(design)[design.stratum_of_psu]
    first = deviation.T @ (deviation * coefficient[:, None])
    alone = _summing(design.stratum_of_psu, design.strata) @ totals
    return _singletons(first, alone, design)


def degrees_of_freedom(member: NDArray[np.bool_], cells: Cells, design: SampleDesign) -> int:
    """PSUs less strata, counting only those that hold a member of the domain."""
    strata = int((np.bincount(design.stratum[member]) > 0).sum())
    if design.direct:
        return int(cells.count[member].sum()) - strata
    return int((np.bincount(design.psu[member]) > 0).sum()) - strata


def _coefficients(design: SampleDesign) -> Floats:
    """(1-f) n/(n-1) of each stratum, 0 where it has one unit or none."""
    units = design.units
    return (1 - design.first_fraction) * np.where(units > 1, units / np.maximum(units - 1, 1), 0.0)


def _stage(centred: Floats, alone: Floats, design: SampleDesign, held: NDArray[np.bool_] | None) -> Floats:
    """Sum over strata (strata, k) -> (k,); a stratum with one unit follows the declared rule."""
    total: Floats = _coefficients(design) @ centred
    single = design.units == 1
    if design.singleton == "adjust":  # about the overall mean of the scores, which is 0
        total = total + np.where(single, 1 - design.first_fraction, 0.0) @ alone
    if held is None:
        return total * _average(design)
    known = held & ~design.lonely[:, None]
    strata, number = known.sum(axis=0), held.sum(axis=0)
    return np.asarray(np.where(strata > 0, total * number / np.maximum(strata, 1), np.nan))


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
