"""Standard errors by replicate weights: jackknife, balanced half-samples with Fay's factor, bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import hadamard

from analysis.calibration import Solver
from analysis.cells import total_by
from analysis.errors import DesignError
from analysis.plan import Plan
from analysis.plan_parts import Replication
from analysis.sample import Sample
from analysis.variance import SampleDesign

TOGETHER = 2_000_000  # numbers in the largest array of what is computed in one go
Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Replicated:
    """Covariance (k, k) of the statistics over the replicates, and how many there were."""

    covariance: Floats
    replicates: int

    @property
    def se(self) -> Floats:
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))


def replicate(sample: Sample, plan: Plan, rule: Replication, statistic: Statistic) -> Replicated:
    """Compute `statistic` (cell weights -> (k,)) under each set of replicate weights.

    Each replicate multiplies the weights of whole PSUs and is calibrated again.  V = sum of c_r (t_r - mean t)
    (t_r - mean t)'.  Wolter (2007), chapters 3 to 5.  Raises DesignError where the design does not fit the
    method, CalibrationError where a replicate cannot be calibrated.
    """
    made = [(statistic(weight), scale, times) for weight, scale, times in replicate_weights(sample, plan, rule)]
    return _spread(made)


def replicate_totals(
    sample: Sample, plan: Plan, rule: Replication, columns: Floats, statistic: Statistic
) -> Replicated:
    """As `replicate`, of a statistic (k,) of the weighted totals (m,) of `columns` (cells, m).

    Multipliers belong to PSUs and calibration to groups, so each replicate costs sums over pairs of these, however many
    cells there are.
    """
    if sample.design.direct:
        return replicate(sample, plan, rule, lambda weight: statistic(weight @ columns))
    calibrated, solver = sample.calibrated, _solver(sample, plan)
    group = np.zeros(len(sample.cells), dtype=np.int64) if solver is None else solver.auxiliaries.group
    groups = int(group.max()) + 1 if solver is None else len(solver.auxiliaries.matrix)
    weighted = calibrated.design_weight[:, None] * np.column_stack([np.ones(len(columns)), columns])
    shape = (weighted.shape[1] * groups, len(sample.design.rows))
    rows = (group[:, None] + groups * np.arange(weighted.shape[1])).ravel()
    pairs = sparse.csr_array((weighted.ravel(), (rows, np.repeat(sample.design.psu, weighted.shape[1]))), shape=shape)
    made, some = [], max(1, TOGETHER // max(shape))
    replicates = MAKERS[rule.method](sample.design, rule)
    while block := list(islice(replicates, some)):
        sums = np.asarray(pairs @ np.column_stack([unit for unit, _scale in block])).T.reshape(len(block), -1, groups)
        factors = np.ones((len(block), groups)) if solver is None else solver.many_group_factors(sums[:, 0])
        totals = (sums[:, 1:] @ factors[:, :, None])[:, :, 0]
        made += [(statistic(own), scale, 1.0) for own, (_unit, scale) in zip(totals, block, strict=True)]
    return _spread(made)


def _spread(made: list[tuple[Floats, float, float]]) -> Replicated:
    """Of each replicate its statistics, its scale c_r, and how many replicates are equal to it."""
    table, scales, often = (np.array(part) for part in zip(*made, strict=True))
    centre = (often @ table) / often.sum()
    deviation = table - centre
    return Replicated(deviation.T @ (deviation * (scales * often)[:, None]), int(often.sum()))


def _solver(sample: Sample, plan: Plan) -> Solver | None:
    if sample.calibrated.auxiliaries is None or plan.calibration is None:
        return None
    bounds = plan.calibration.bounds
    limits = (float(bounds[0]), float(bounds[1])) if bounds else None
    return Solver(sample.calibrated.auxiliaries, plan.calibration.method, limits)


def replicate_weights(sample: Sample, plan: Plan, rule: Replication) -> Iterator[tuple[Floats, float, float]]:
    """Of each replicate: its weights (cells,), calibrated again, the scale c_r, and how many replicates are equal to it."""
    calibrated, solver = sample.calibrated, _solver(sample, plan)
    for multiplier, scale, multiplicity in _replicates(sample, rule):
        weight = calibrated.design_weight * multiplier
        yield weight if solver is None else weight * solver.factors(weight)[0], scale, multiplicity


def _replicates(sample: Sample, rule: Replication) -> Iterator[tuple[Floats, float, float]]:
    """(multiplier of each cell's weight, scale, how many replicates are equal to it)."""
    if rule.method == "jk1" and sample.design.strata > 1:
        raise DesignError("analysis.jk_for_design_without")
    if sample.design.direct:
        if rule.method not in ("jk1", "jkn"):
            raise DesignError("analysis.needs_psus_design_draws", rule_method=rule.method)
        return _jackknife_rows(sample)
    return ((unit[sample.design.psu], scale, 1.0) for unit, scale in MAKERS[rule.method](sample.design, rule))


def _jackknife(design: SampleDesign, _rule: Replication) -> Iterator[tuple[Floats, float]]:
    """Each PSU left out in turn, its stratum's others raised by n/(n-1); scale (1-f)(n-1)/n."""
    for unit, stratum in enumerate(design.stratum_of_psu):
        number = design.units[stratum]
        if number < 2:
            continue
        multiplier = np.where(design.stratum_of_psu == stratum, number / (number - 1), 1.0)
        multiplier[unit] = 0.0
        yield multiplier, float((1 - design.first_fraction[stratum]) * (number - 1) / number)


def _jackknife_rows(sample: Sample) -> Iterator[tuple[Floats, float, float]]:
    """As above with people as units: leaving out any row of a cell gives the same replicate."""
    design, cells = sample.design, sample.cells
    if not np.allclose(sample.calibrated.squared * cells.count, sample.calibrated.design_weight**2, rtol=1e-9):
        raise DesignError("analysis.jackknife_design_without_psus")
    for cell in range(len(cells)):
        stratum, count = design.stratum[cell], float(cells.count[cell])
        number = design.units[stratum]
        if number < 2:
            continue
        multiplier = np.where(design.stratum == stratum, number / (number - 1), 1.0)
        multiplier[cell] *= (count - 1) / count
        yield multiplier, float((1 - design.first_fraction[stratum]) * (number - 1) / number), count


def _half_samples(design: SampleDesign, rule: Replication) -> Iterator[tuple[Floats, float]]:
    """One PSU of each stratum is raised to 2-rho and the other cut to rho, balanced by a Hadamard matrix."""
    if (design.units != 2).any():
        raise DesignError("analysis.needs_exactly_two_psus", rule_method=rule.method)
    rho = float(rule.rho) if rule.method == "fay" else 0.0
    size = 4
    while size <= design.strata:
        size *= 2
    signs = hadamard(size)[:, 1 : design.strata + 1]
    seen = total_by(design.stratum_of_psu, size=design.strata) * 0
    first = np.zeros(len(design.stratum_of_psu), dtype=bool)
    for unit, stratum in enumerate(design.stratum_of_psu):
        first[unit] = seen[stratum] == 0
        seen[stratum] += 1
    for row in signs:
        taken = (row[design.stratum_of_psu] > 0) == first
        yield np.where(taken, 2 - rho, rho), 1 / (size * (1 - rho) ** 2)


def _bootstrap(design: SampleDesign, rule: Replication) -> Iterator[tuple[Floats, float]]:
    """n-1 of a stratum's n PSUs drawn with replacement, rescaled.  Rao and Wu (1988); Rao, Wu and Yue (1992)."""
    generator, units = np.random.default_rng(rule.seed), design.units[design.stratum_of_psu]
    members = [np.flatnonzero(design.stratum_of_psu == stratum) for stratum in range(design.strata)]
    numbers = np.array([len(own) for own in members])
    step = np.sqrt(1 - design.first_fraction)[design.stratum_of_psu]
    within = np.repeat(numbers, np.maximum(numbers - 1, 0))  # of each draw, how many there are to draw from
    before = np.repeat(np.cumsum(numbers) - numbers, np.maximum(numbers - 1, 0))
    psus = np.concatenate(members)
    for _ in range(rule.replicates):
        times = np.bincount(psus[before + generator.integers(0, within)], minlength=len(units))
        multiplier = 1 + step * (times * units / np.maximum(units - 1, 1) - 1)
        yield np.where(units > 1, multiplier, 1.0), 1 / rule.replicates


MAKERS = {"jk1": _jackknife, "jkn": _jackknife, "brr": _half_samples, "fay": _half_samples, "bootstrap": _bootstrap}
