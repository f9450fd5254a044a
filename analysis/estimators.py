"""Share, mean, total, ratio, quantile and difference, each as a value and its linearised influence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import residuals
from analysis.cells import EVERYWHERE, Codes, inner, places_of, spread_out
from analysis.errors import CellsError
from analysis.sample import Mask, Sample
from analysis.variance import VarianceParts, covariance, degrees_of_freedom, variance

Floats = NDArray[np.float64]
ROUNDING = 1e-11  # of what was summed; a standard error or an influence below it is none


@dataclass(frozen=True)
class Statistic:
    """An estimate. own: the influence of the cells that stand at `at`, of any other it is 0.  inside (cells,): members
    of the domain that answered.  size: the value with every term counted positive, against which rounding is measured."""

    value: float
    own: Floats
    inside: Mask
    size: float = 0.0
    at: slice | Codes = field(default_factory=lambda: EVERYWHERE)

    @property
    def influence(self) -> Floats:
        """(cells,): the variance of `value` is that of sum(weight * influence), after regression on the auxiliaries."""
        return spread_out(self.own, self.at, len(self.inside))

    def rows(self, sample: Sample) -> int:
        """Answered responses behind the estimate."""
        return int(sample.cells.count[places_of(self.inside)].sum())

    def df(self, sample: Sample) -> int:
        """PSUs less strata that hold a member of the domain."""
        return degrees_of_freedom(self.inside, sample.cells, sample.design)


def mean(sample: Sample, values: Floats, inside: Mask) -> Statistic:
    """Weighted mean of `values` (cells,) over the domain; a share where they are 0 and 1.

    influence = inside (y - mean) / sum(w).  Raises CellsError for a domain of no weight.
    """
    at = places_of(inside)
    weight, own = sample.weight[at], values[at]
    total = _positive(weight)
    value, held = inner(weight, own) / total, own[weight > 0]
    if sample.method.rounding_is_no_error and (held == held[0]).all():
        value = float(held[0])  # what all say, to the last bit
    return Statistic(value, (own - value) / total, inside, inner(weight, np.abs(own)) / total, at)


def total(sample: Sample, values: Floats, inside: Mask) -> Statistic:
    """Weighted total of `values` over the domain; influence = inside y."""
    influence = np.where(inside, values, 0.0)
    return Statistic(inner(sample.weight, influence), influence, inside, inner(sample.weight, np.abs(influence)))


def ratio(sample: Sample, numerator: Floats, denominator: Floats, inside: Mask) -> Statistic:
    """Ratio of two weighted totals; influence = inside (y - R x) / X.  Raises CellsError where X is 0."""
    weight = np.where(inside, sample.weight, 0.0)
    below = inner(weight, denominator)
    if below == 0:
        raise CellsError("analysis.ratio_needs_denominator_whose")
    value = inner(weight, numerator) / below
    size = inner(weight, np.abs(numerator)) / abs(below)
    return Statistic(value, np.where(inside, (numerator - value * denominator) / below, 0.0), inside, size)


def difference(first: Statistic, second: Statistic) -> Statistic:
    """first - second; shared PSUs carry their covariance because the influences are subtracted row by row."""
    inside, size = first.inside | second.inside, first.size + second.size
    return Statistic(first.value - second.value, first.influence - second.influence, inside, size)


@dataclass(frozen=True)
class Quantile:
    """lower, upper: Woodruff's interval; se: its width over twice the t quantile, None where it is open."""

    value: float
    lower: float
    upper: float
    se: float
    n: int
    df: int


def quantile(sample: Sample, values: Floats, inside: Mask, point: float, t_quantile: float) -> Quantile:
    """Smallest value at which the weighted distribution function reaches `point`.

    The interval inverts the t interval of the share at or below the quantile. t_quantile: t(df) for the
    confidence wanted.  Woodruff (1952); Francisco and Fuller (1991).
    """
    order, cumulated = _distribution(sample, values, inside)
    found = _inverse(order, cumulated, point)
    below = mean(sample, (values <= found).astype(float), inside)
    reach = t_quantile * standard_errors(sample, [below])[0]
    lower = _inverse(order, cumulated, below.value - reach)
    upper = _inverse(order, cumulated, below.value + reach)
    return Quantile(found, lower, upper, (upper - lower) / (2 * t_quantile), below.rows(sample), below.df(sample))


def variance_parts(sample: Sample, statistics: Sequence[Statistic]) -> list[VarianceParts]:
    """Variance of each statistic, and its part within sites; NaN where a domain has only strata of a single PSU that
    are to be averaged over others."""
    own, found = sample.method.average_of_own_strata and sample.design.singleton == "average", []
    for statistic in statistics:  # one by one: where cells are many, tables of all of them are large
        scores = residuals(statistic.own, sample.calibrated, statistic.at)
        squares = sample.squared * scores**2 if sample.design.people_vary else scores
        scores = sample.weight * scores
        parts = variance(scores, squares, sample.design, _strata_held(sample, statistic) if own else None)
        found.append(_unrounded(sample, parts, float(np.abs(scores).sum()), statistic.size))
    return found


def _strata_held(sample: Sample, statistic: Statistic) -> Mask:
    """(strata,): over which strata the statistic's variance is averaged. As in R's survey a domain of an
    uncalibrated sample has its own alone; calibration leaves every row with a part in it, but a domain has still
    no variance where none of its own strata shows one."""
    design = sample.design
    inside = np.bincount(design.stratum[statistic.inside], minlength=design.strata) > 0
    if sample.calibrated.auxiliaries is not None and (inside & ~design.lonely).any():
        return np.ones_like(inside)
    return inside


def _unrounded(sample: Sample, parts: VarianceParts, moved: float, size: float) -> VarianceParts:
    """The parts without what is mere rounding of the sums behind them. moved: the sum of all scores, as if positive."""
    if not sample.method.rounding_is_no_error:
        return parts
    if moved <= ROUNDING * size:
        return VarianceParts(0.0, 0.0, fixed=True)
    least = (ROUNDING * size) ** 2
    total, within = (0.0 if part <= least else part for part in (parts.total, parts.within))
    return VarianceParts(total, within)


def standard_errors(sample: Sample, statistics: Sequence[Statistic]) -> list[float]:
    return [float(np.sqrt(max(parts.total, 0.0))) for parts in variance_parts(sample, statistics)]


def covariance_matrix(sample: Sample, statistics: Sequence[Statistic]) -> Floats:
    """(k, k) covariance of the statistics."""
    influence = np.column_stack([statistic.influence for statistic in statistics])
    return covariance(residuals(influence, sample.calibrated), sample.weight, sample.squared, sample.design)


def _positive(weight: Floats) -> float:
    total = float(weight.sum())
    if total <= 0:
        raise CellsError("analysis.domain_no_answers_estimate")
    return total


def _distribution(sample: Sample, values: Floats, inside: Mask) -> tuple[Floats, Floats]:
    kept = inside & (sample.weight > 0)
    _positive(np.where(kept, sample.weight, 0.0))
    order, place = np.unique(values[kept], return_inverse=True)
    weight = np.bincount(place, sample.weight[kept])
    return order, np.cumsum(weight) / weight.sum()


def _inverse(order: Floats, cumulated: Floats, point: float) -> float:
    place = int(np.searchsorted(cumulated, point - 1e-12, side="left"))
    return float(order[min(place, len(order) - 1)])
