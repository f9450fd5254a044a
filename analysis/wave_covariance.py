"""Covariance of estimates from several waves, whose samples may share PSUs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import residuals
from analysis.cells import total_by
from analysis.estimators import Statistic, variance_parts
from analysis.plan import Plan
from analysis.sample import Sample
from analysis.unequal import effective_fractions

Floats = NDArray[np.float64]


def wave_covariance(samples: Sequence[Sample], plans: Sequence[Plan], statistics: Sequence[Statistic]) -> Floats:
    """(k, k) covariance of one statistic per wave.

    The diagonal is each wave's own variance.  Two waves covary through the PSUs they share (same labels of
    stratum and PSU):  C = sum_h (1-f) c/(c-1) sum over the c shared PSUs of (t1 - mean t1)(t2 - mean t2), with t
    the PSU's linearised total in each wave and f the smaller sampling fraction.  Where all PSUs are shared this
    is the covariance of the stacked sample with PSUs as clusters; where none is, 0.  Kish (1965), section 12.4.
    """
    number = len(samples)
    result = np.zeros((number, number))
    totals = [psu_totals(*wave) for wave in zip(samples, plans, statistics, strict=True)]
    for first in range(number):
        result[first, first] = variance_parts(samples[first], [statistics[first]])[0].total
        for second in range(first):
            result[first, second] = result[second, first] = shared_covariance(totals[first], totals[second])
    return result


PsuTotals = dict[str, tuple[float, dict[str, float]]]  # stratum -> (sampling fraction, PSU -> linearised total)


def psu_totals(sample: Sample, plan: Plan, statistic: Statistic) -> PsuTotals:
    """The statistic's linearised total in each PSU, by the labels of stratum and PSU; {} without PSUs."""
    if plan.design.psu is None:
        return {}
    design = sample.design
    scores = sample.weight * residuals(statistic.influence, sample.calibrated)
    totals = total_by(design.psu, scores, size=len(design.rows))
    column = sample.cells.columns[plan.design.psu]
    labels = np.zeros(len(design.rows), dtype=np.int64)
    labels[design.psu] = column.codes
    levels = sample.cells.columns[plan.design.strata].levels if plan.design.strata else ("",)
    fractions = design.first_fraction
    if design.unequal is not None:
        fractions = effective_fractions(design.unequal, totals, design.stratum_of_psu, design.strata)
    found: PsuTotals = {level: (float(fractions[code]), {}) for code, level in enumerate(levels)}
    for psu, stratum in enumerate(design.stratum_of_psu):
        found[levels[stratum]][1][column.levels[labels[psu]]] = float(totals[psu])
    return found


def shared_covariance(first: PsuTotals, second: PsuTotals) -> float:
    """The covariance of two waves through the PSUs whose labels they share, as in `wave_covariance`."""
    total = 0.0
    for stratum in first.keys() & second.keys():
        (fraction, one), (other_fraction, two) = first[stratum], second[stratum]
        names = sorted(one.keys() & two.keys())
        if len(names) < 2:
            continue
        a, b = np.array([one[name] for name in names]), np.array([two[name] for name in names])
        product = float((a - a.mean()) @ (b - b.mean()))
        total += (1 - min(fraction, other_fraction)) * len(names) / (len(names) - 1) * product
    return total
