"""What may be said of a true figure where sites are few: the error behind probabilities, and whether there are any.

After the direct estimates; the intervals stay direct. A county of eight sites has a variance of its own that is small
by luck as often as not, so below 20 degrees of freedom it is pooled with the design effect of all strata.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.calibration import residuals
from analysis.cells import places_of
from analysis.notices import Notice
from analysis.sample import Mask, Sample
from analysis.variance import stratum_variances

Floats = NDArray[np.float64]
LEAST_DF = 3  # below this an interval carries a warning and no probability is stated
ENOUGH_DF = 20  # from here on the variance is the sample's own; below it all strata's design effect is worth as many
ICC = 0.05  # within sites, by which a sample is taken to be worth what it is before anybody has answered
LEAST_EFFECTIVE = 140  # by that correlation; below it the prior speaks louder than the answers, at 0.1 too
LEAST_FOUND = 60  # by the design effect that was found: far more alike within sites than assumed
BULK = 0.9  # where the t quantile is compared with the normal one


@dataclass(frozen=True)
class Law:
    """Whence probabilities come: logit(true) ~ logit(figure) + se / (figure (1-figure)) t(df), and Beta on `n` for a
    figure of 0 or 1. se: of a share of one. pooled: not the sample's own. withheld: why none may be stated."""

    se: float
    df: float
    n: int | None
    pooled: bool = False
    withheld: Notice | None = None


@dataclass(frozen=True)
class Strata:
    """One domain, or everybody, stratum by stratum; all (strata,), 0 where it has no member.

    weight: sum of weights. spread: weighted variance of the values. effective: Kish's size. sites: PSUs with a
    member. variance: of the stratum's own mean; empty where nobody asked for it.
    """

    weight: Floats
    spread: Floats
    effective: Floats
    sites: Floats
    variance: Floats

    @classmethod
    def of(cls, sample: Sample, values: Floats, inside: Mask, with_variance: bool = True) -> Strata:
        """values (cells,): a share of one each."""
        design, at = sample.design, places_of(inside)
        strata, weight, own = design.stratum[at], sample.weight[at], values[at]

        def by_stratum(amounts: Floats) -> Floats:
            return np.asarray(np.bincount(strata, amounts, minlength=design.strata), dtype=float)

        total = by_stratum(weight)
        used = np.where(total > 0, total, 1.0)
        left = own - (by_stratum(weight * own) / used)[strata]
        spread = by_stratum(weight * left**2) / used
        squares = by_stratum(sample.squared[at])
        effective, variance = total**2 / np.where(squares > 0, squares, 1.0), np.empty(0)
        if with_variance:
            error = residuals(left / used[strata], sample.calibrated, at)
            variance = stratum_variances(sample.weight * error, sample.squared * error**2, design)
        return cls(total, spread, effective, _sites(sample, inside), variance)

    @property
    def df(self) -> Floats:
        return np.maximum(self.sites - 1, 0.0)

    @property
    def simple(self) -> Floats:
        """Variance of each stratum's mean if its people had been drawn one by one."""
        return np.divide(self.spread, self.effective, out=np.zeros_like(self.spread), where=self.effective > 0)

    @property
    def design_effect(self) -> float | None:
        """Of all strata, by their degrees of freedom; None where none shows one."""
        below = float(self.df @ self.spread)
        return float(self.df @ (self.effective * self.variance)) / below if below > 0 else None


def law(own: Strata, every: Strata | None, se: float, df: int, rows: int, sites: int) -> Law:
    """The law of a domain of `rows` answers at `sites` PSUs, with its direct se and df.

    every: the strata that lend their design effect, None from 20 degrees of freedom on.  Below, with w = df / (df + 20),
    V = w se**2 + (1-w) deff sum a S/n, a the squared share of a stratum in the domain, S its spread and n its Kish size;
    V is a sum of the strata's variances, so its df is Satterthwaite's (1946) with these as expected under one design
    effect, df + 20 at most.
    """
    share = np.where(own.weight > 0, own.weight, 0.0) / float(own.weight.sum())
    simple = float(share**2 @ own.simple)
    kish = 1 / float(share**2 @ np.divide(1, own.effective, out=np.zeros_like(share), where=own.effective > 0))
    nominal = 1.0 + ICC * (rows / sites - 1)
    variance, freedom, effect = se**2, float(df), se**2 / simple if simple > 0 else nominal
    if every is not None and every.design_effect:
        effect, lent = every.design_effect, ENOUGH_DF / (df + ENOUGH_DF)
        variance = (1 - lent) * se**2 + lent * effect * simple
        parts = (1 - lent) * share**2 * own.simple
        parts = parts + lent * simple * every.df * every.spread / float(every.df @ every.spread)
        freedom = min(_satterthwaite(parts, np.maximum(every.df, own.df)), float(df + ENOUGH_DF))
    tail = float(special.stdtrit(max(freedom, 1.0), BULK) / special.ndtri(BULK)) ** 2
    effective, found = kish / nominal / tail, kish / max(effect, 1e-9)
    withheld = None
    if min(freedom, df) < LEAST_DF:
        withheld = Notice("few_df_no_probability", {"df": round(min(freedom, df), 1), "least": LEAST_DF})
    elif effective < LEAST_EFFECTIVE or found < LEAST_FOUND:
        said: dict[str, str | int | float] = {"effective": int(min(effective, found)), "least": LEAST_EFFECTIVE}
        if effective >= LEAST_EFFECTIVE:
            said["least"] = LEAST_FOUND
        withheld = Notice("small_sample_no_probability", said)
    alike = max(1, round(rows / max(effect, 1.0)))  # what a unanimous answer is worth
    return Law(float(np.sqrt(variance)), freedom, alike, every is not None, withheld)


def _satterthwaite(parts: Floats, df: Floats) -> float:
    """Degrees of freedom of a sum of independent variances of expectations `parts`, each with its own `df` (strata,)."""
    shown = df > 0
    below = float((parts[shown] ** 2 / df[shown]).sum())
    return float(parts[shown].sum()) ** 2 / below if below > 0 else 0.0


def _sites(sample: Sample, inside: Mask) -> Floats:
    """PSUs of each stratum with a member of the domain; its rows where these are drawn directly (strata,)."""
    design = sample.design
    if design.direct:
        rows = np.where(inside, sample.cells.count, 0)
        return np.bincount(design.stratum, rows, minlength=design.strata).astype(float)
    return np.bincount(design.stratum_of_psu[design.held(inside)], minlength=design.strata).astype(float)
