"""Weighted linear and logistic regression with design-based standard errors, on rows or on cells.

Sits beside the estimators: it takes the same weights, design and calibration residuals as they do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.calibration import residuals
from analysis.cells import Codes
from analysis.errors import AnalysisError
from analysis.sample import Mask, Sample
from analysis.variance import SampleDesign, covariance

Floats = NDArray[np.float64]
MAX_ITERATIONS = 60
LEAST_INFORMATION = 1e-8  # mean p(1-p) along a direction: one answer in a hundred million is undecided
TOLERANCE = 1e-12  # of a Newton step, in standard deviations of the linear predictor


@dataclass(frozen=True)
class Weighting:
    """How rows or cells (n,) enter. count: their rows; weight, squared: sum and sum of squares of those rows' weights.

    residual: what calibration leaves of influences (n, k); None without calibration.
    """

    count: Codes
    weight: Floats
    squared: Floats
    design: SampleDesign
    residual: Callable[[Floats], Floats] | None = None

    @classmethod
    def of(cls, sample: Sample) -> Weighting:
        """The calibrated weights of a sample, its design and its calibration."""
        left = partial(residuals, calibrated=sample.calibrated)
        return cls(sample.cells.count, sample.weight, sample.squared, sample.design, left)

    def covariance(self, influence: Floats) -> Floats:
        """Covariance matrix (k, k) of the statistics whose influences are the columns of (n, k)."""
        left = self.residual(influence) if self.residual is not None else influence
        return covariance(left, self.weight, self.squared, self.design)

    def df(self, inside: Mask) -> int:
        """PSUs less strata that hold a row of the regression; rows less strata where rows are the units."""
        design = self.design
        if design.direct:
            return int(self.count[inside].sum()) - len(np.unique(design.stratum[inside]))
        return len(np.unique(design.psu[inside])) - len(np.unique(design.stratum[inside]))


@dataclass(frozen=True)
class Coefficient:
    """One term: estimate and se in the units of y (linear) or log odds (logistic); t interval and p."""

    term: str
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    t: float | None
    p: float | None


@dataclass(frozen=True)
class Fit:
    """A fitted regression. coefficients (k,); covariance (k, k); influence (n, k): the variance of a
    coefficient is that of sum(weight * influence).  df: PSUs - strata + 1 - k, as in R's svyglm, for t."""

    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    influence: Floats
    df: int
    iterations: int

    @property
    def se(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def table(self, confidence: float = 0.95) -> tuple[Coefficient, ...]:
        """One row per term; limits, t and p are None without a degree of freedom or a standard error."""
        rows = []
        for term, value, se in zip(self.terms, self.coefficients.tolist(), self.se.tolist(), strict=True):
            if self.df < 1 or se <= 0:
                rows.append(Coefficient(term, value, se, None, None, None, None))
                continue
            reach, t = float(stats.t.ppf(0.5 + confidence / 2, self.df)) * se, value / se
            p = float(2 * stats.t.sf(abs(t), self.df))
            rows.append(Coefficient(term, value, se, value - reach, value + reach, t, p))
        return tuple(rows)


def linear(x: Floats, y: Floats, terms: Sequence[str], weighting: Weighting, inside: Mask | None = None) -> Fit:
    """Weighted least squares: b = (X'WX)^-1 X'Wy over the rows inside the domain (n,), all by default.

    x (n, k), a column of ones included where a constant is wanted; y (n,).  influence = inside (X'WX)^-1 x e,
    e = y - x'b.  Fuller (1975); Binder (1983), eq. 4.2.  No factor n/(n-p), as in R's svyglm.
    Raises AnalysisError, with the terms' names, where columns depend on each other.
    """
    x, y, weight, inside = _checked(x, y, terms, weighting, inside)
    inverse = _inverse(x, weight, terms)
    coefficients = inverse @ (x.T @ (weight * y))
    return _fit(terms, coefficients, x, y - x @ coefficients, inverse, weighting, inside, 1)


def logistic(x: Floats, y: Floats, terms: Sequence[str], weighting: Weighting, inside: Mask | None = None) -> Fit:
    """Weighted logistic regression of y, 0 or 1, by Newton's method run to full convergence.

    b solves sum w x (y - p) = 0, p = 1/(1 + exp(-x'b)).  influence = inside (X'W p(1-p) X)^-1 x (y - p).
    Binder (1983), section 4.  Raises AnalysisError for dependent columns, or where the terms separate the
    answers so that no finite coefficients exist.
    """
    x, y, weight, inside = _checked(x, y, terms, weighting, inside)
    if not np.isin(y, (0.0, 1.0)).all():
        raise AnalysisError("analysis.logistic_regression_takes_answers")
    _inverse(x, weight, terms)
    coefficients = np.zeros(x.shape[1])
    loss = _deviance(x, y, weight, coefficients)
    for iteration in range(1, MAX_ITERATIONS + 1):
        chance = special.expit(x @ coefficients)
        working = weight * chance * (1 - chance)
        if not working.sum() > 1e-10 * weight.sum():
            break
        step = np.linalg.lstsq(x.T @ (x * working[:, None]), x.T @ (weight * (y - chance)), rcond=None)[0]
        for _ in range(30):  # halve where a whole step overshoots
            trial = _deviance(x, y, weight, coefficients + step)
            if trial <= loss * (1 + 1e-12):
                break
            step = step / 2
        coefficients, loss = coefficients + step, trial
        if np.sqrt(float(weight @ (x @ step) ** 2) / float(weight.sum())) < TOLERANCE:
            chance = special.expit(x @ coefficients)
            working = weight * chance * (1 - chance)
            if _least_information(x, weight, working) < LEAST_INFORMATION:
                break
            inverse = np.asarray(np.linalg.inv(x.T @ (x * working[:, None])), dtype=float)
            return _fit(terms, coefficients, x, y - chance, inverse, weighting, inside, iteration)
    raise AnalysisError("analysis.logistic_regression_on_no", terms=terms)


def _least_information(x: Floats, weight: Floats, working: Floats) -> float:
    """The least mean of p(1-p) along any direction of the terms: where some terms alone separate answers it sinks to 0
    while the others settle, so that the steps end without an end of the coefficients.  Albert and Anderson (1984)."""
    root = np.linalg.inv(np.linalg.qr(x * np.sqrt(weight)[:, None], mode="r"))
    return float(np.linalg.eigvalsh(root.T @ (x.T @ (x * working[:, None])) @ root)[0])


def _fit(
    terms: Sequence[str], coefficients: Floats, x: Floats, error: Floats, inverse: Floats, weighting: Weighting,
    inside: Mask, iterations: int,
) -> Fit:  # fmt: skip
    influence = np.zeros((len(inside), len(terms)))
    influence[inside] = (x * error[:, None]) @ inverse
    df = weighting.df(inside) + 1 - len(terms)
    return Fit(tuple(terms), coefficients, weighting.covariance(influence), influence, df, iterations)


def _checked(
    x: Floats, y: Floats, terms: Sequence[str], weighting: Weighting, inside: Mask | None
) -> tuple[Floats, Floats, Floats, Any]:
    """Rows inside the domain that carry weight: x, y, weight, and which rows they are."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 2 or x.shape != (len(weighting.weight), len(terms)) or len(y) != len(x):
        raise AnalysisError("analysis.regression_needs_rows_terms", n=len(weighting.weight), n_=len(terms))
    used = weighting.weight > 0 if inside is None else np.asarray(inside, dtype=bool) & (weighting.weight > 0)
    if used.sum() == 0:
        raise AnalysisError("analysis.regression_no_answers_domain")
    if not np.isfinite(x[used]).all() or not np.isfinite(y[used]).all():
        raise AnalysisError("analysis.regression_missing_values_leave")
    return x[used], y[used], weighting.weight[used], used


def _inverse(x: Floats, weight: Floats, terms: Sequence[str]) -> Floats:
    """(X'WX)^-1, solved on columns of one scale; names the terms that depend on others."""
    scale = np.sqrt(weight @ x**2)
    flat = np.where(scale > 0, scale, 1.0)
    upper = np.linalg.qr(x * np.sqrt(weight)[:, None] / flat, mode="r")
    own = np.zeros(len(terms))
    own[: len(upper)] = np.abs(np.diag(upper))
    dependent = [term for term, left in zip(terms, own, strict=True) if left < 1e-9]
    if dependent:
        raise AnalysisError("analysis.terms_follow_from_other", dependent=dependent)
    root = np.linalg.inv(upper)
    inverse: Floats = (root @ root.T) / np.outer(flat, flat)
    return inverse


def _deviance(x: Floats, y: Floats, weight: Floats, coefficients: Floats) -> float:
    """Minus the weighted log likelihood, up to a constant."""
    predictor = x @ coefficients
    return float(weight @ (np.logaddexp(0.0, predictor) - y * predictor))
