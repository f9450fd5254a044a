"""Variance of a weighted total by Taylor linearisation over PSU totals, at one or two stages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, total_by
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


@dataclass(frozen=True)
class VarianceParts:
    """Variance of a total. `total` is the design's; `within` is the part from drawing people inside sites,
    counted as if drawn with replacement, and `between` the rest (not below 0)."""

    total: float
    within: float

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
        column = cells.columns[design.psu]
        psu = np.unique(stratum * (len(column.levels) + 1) + column.codes, return_inverse=True)[1]
    stratum_of_psu = np.zeros(int(psu.max()) + 1, dtype=np.int64)
    stratum_of_psu[psu] = stratum
    rows = total_by(psu, cells.count)
    units = rows if direct else total_by(stratum_of_psu, size=len(levels))
    fpc = [_constant(cells, name, group) for name, group in zip(design.fpc_columns, (stratum, psu), strict=False)]
    first = units / fpc[0] if fpc else np.zeros(len(units))
    second = rows / fpc[1] if len(fpc) > 1 else np.zeros(len(rows))
    for name, fraction in zip(design.fpc_columns, (first, second), strict=False):
        if (fraction > 1 + 1e-12).any():
            raise DesignError(f"'{name}' is smaller than the number of sampled units somewhere")
    if plan.singleton == "fail" and (units == 1).any() and not np.isclose(first[units == 1], 1).all():
        names = [levels[index] for index in np.flatnonzero(units == 1)[:5]]
        raise DesignError(
            f"strata with a single PSU: {', '.join(names)}; merge strata or set 'singleton' in the plan "
            "(remove, adjust, certainty, average)"
        )
    population = fpc[0] if fpc else None
    return SampleDesign(stratum, psu, stratum_of_psu, units, rows, first, second, population, direct, plan.singleton)


def variance(scores: Floats, squares: Floats, design: SampleDesign) -> VarianceParts:
    """Variance of sum(scores) over cells.

    scores: weighted linearised value, summed over the rows of each cell. squares: sum over its rows of the
    squared weighted value.  V = sum_h (1-f) n/(n-1) sum_i (t_i - mean)^2, plus, with a second-stage fpc,
    sum_i f (1-f_i) m/(m-1) sum_j (t_ij - mean)^2.  Särndal, Swensson and Wretman (1992), section 4.3.
    """
    if design.direct:
        total = total_by(design.stratum, scores, size=design.strata)
        square = total_by(design.stratum, squares, size=design.strata)
        centred = np.maximum(square - total**2 / design.units, 0.0)
        first = _stage(centred, total**2, design.units, design.first_fraction, design.singleton)
        return VarianceParts(first, first)
    totals = total_by(design.psu, scores)
    mean = total_by(design.stratum_of_psu, totals, size=design.strata) / design.units
    deviation = totals - mean[design.stratum_of_psu]
    centred = total_by(design.stratum_of_psu, deviation**2, size=design.strata)
    alone = total_by(design.stratum_of_psu, totals**2, size=design.strata)
    first = _stage(centred, alone, design.units, design.first_fraction, design.singleton)
    inside = np.maximum(total_by(design.psu, squares) - totals**2 / design.rows, 0.0)
    spread = np.where(design.rows > 1, inside * design.rows / np.maximum(design.rows - 1, 1), 0.0)
    if design.second_fraction.any():
        share = design.first_fraction[design.stratum_of_psu]
        first += float((share * (1 - design.second_fraction) * spread).sum())
    return VarianceParts(first, float(spread.sum()))


def degrees_of_freedom(member: NDArray[np.bool_], cells: Cells, design: SampleDesign) -> int:
    """PSUs less strata, counting only those that hold a member of the domain."""
    if design.direct:
        units = int(cells.count[member].sum())
        return units - len(np.unique(design.stratum[member]))
    return len(np.unique(design.psu[member])) - len(np.unique(design.stratum[member]))


def _stage(centred: Floats, alone: Floats, units: Floats, fraction: Floats, rule: str) -> float:
    """Sum over strata; a stratum with one unit follows the declared rule."""
    single = units == 1
    parts = (1 - fraction) * np.where(single, 0.0, units / np.maximum(units - 1, 1)) * centred
    if rule == "adjust":  # about the overall mean of the scores, which is 0
        parts = np.where(single, (1 - fraction) * alone, parts)
    total = float(parts.sum())
    if rule == "average" and single.any() and not single.all():
        total *= len(units) / float((~single).sum())
    return total


def _constant(cells: Cells, name: str, group: Codes) -> Floats:
    """The value of column `name` in each group; it must be one positive number there."""
    column = cells.columns[name]
    try:
        values = np.array([float(level) for level in column.levels])[column.codes]
    except ValueError as error:
        raise DesignError(f"'{name}' must hold population counts: {error}") from error
    result = np.zeros(int(group.max()) + 1)
    result[group] = values
    if (values <= 0).any() or not np.array_equal(result[group], values):
        raise DesignError(f"'{name}' must be one positive population count within each sampling unit")
    return result
