"""Small counties: direct estimates steadied by a Fay-Herriot model, and the rule for what may be published.

After the estimates by county are made; before the report. Nothing here replaces the official city figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.documents.further import AreaFigures, PublicationDocument
from analysis.errors import AnalysisError

Floats = NDArray[np.float64]
LEAST_AREAS = 5
_GRID = np.linspace(-16.0, 16.0, 321)  # log of model variance over mean sampling variance, where the search looks


@dataclass(frozen=True)
class AreaModel:
    """model_variance: of true values around the regression. coefficients (k,): constant, then the covariate."""

    areas: tuple[AreaFigures, ...]
    model_variance: float
    coefficients: tuple[float, ...]
    coefficient_se: tuple[float, ...]
    method: str = "adjusted residual likelihood (Yoshimori and Lahiri 2014)"


def smooth_variances(share: Floats, variance: Floats, n: Floats, df: Floats) -> Floats:
    """Sampling variances of area shares (m,), smoothed by a generalised variance function.

    D_i = deff P (1-P) / n_i with P the share over all areas, weighted by n, and deff the pooled design effect
    sum(df n D) / sum(df p (1-p)): an area's own variance is too rough with few PSUs, and 0 where all agree.
    share in [0, 1]; variance: of each direct estimate; n: responses; df: PSUs - strata, the precision of each
    variance; all (m,).  Wolter (2007), chapter 7.  Raises AnalysisError where no area gives a design effect.
    """
    p, rough, n, df = (np.asarray(values, dtype=float) for values in (share, variance, n, df))
    if not len(p):
        raise AnalysisError("analysis.no_area_answers")
    if (n <= 0).any() or (df < 0).any() or (rough < 0).any() or (p < 0).any() or (p > 1).any():
        raise AnalysisError("analysis.each_area_needs_share")
    simple = float(df @ (p * (1 - p)))
    pooled = float(n @ p) / float(n.sum())
    above = float(df @ (n * rough))
    if simple <= 0 or above <= 0:
        raise AnalysisError("analysis.areas_variances_cannot_smoothed")
    smoothed: Floats = above / simple * pooled * (1 - pooled) / n
    return smoothed


def fay_herriot(direct: Floats, sampling: Floats, names: Sequence[str], covariate: Floats | None = None) -> AreaModel:
    """Empirical best linear unbiased predictors of area values from direct estimates and one covariate at most.

    direct (m,) = theta + e, e ~ N(0, sampling (m,) known); theta = x'b + u, u ~ N(0, A).  Fay and Herriot (1979).
    A maximises residual likelihood times arctan(sum A/(A+D))^(1/m), so it stays above 0 and the weights above 0
    (Yoshimori and Lahiri 2014, section 3).  Its bias is of smaller order than 1/m, so the second-order
    unbiased mean squared error is g1 + g2 + 2 g3 (Prasad and Rao 1990; Datta and Lahiri 2000), always positive.
    Raises AnalysisError under five areas, for a constant covariate, or a sampling variance not above 0.
    """
    y, d = np.asarray(direct, dtype=float), np.asarray(sampling, dtype=float)
    x = _design(y, d, covariate)
    a = _model_variance(y, x, d)
    inverse = 1 / (a + d)
    spread = np.linalg.inv(x.T @ (x * inverse[:, None]))
    coefficients = spread @ (x.T @ (inverse * y))
    synthetic = x @ coefficients
    weight = a * inverse
    model = synthetic + weight * (y - synthetic)
    g1 = weight * d
    g2 = (1 - weight) ** 2 * np.einsum("ij,jk,ik->i", x, spread, x)
    g3 = (1 - weight) ** 2 * inverse * 2 / float((inverse**2).sum())
    rmse = np.sqrt(g1 + g2 + 2 * g3)
    direct_se = np.sqrt(d)
    areas: list[AreaFigures] = [
        {
            "name": name, "direct": float(y[i]), "direct_se": float(direct_se[i]),
            "direct_cv": _cv(float(y[i]), float(direct_se[i])), "model": float(model[i]), "model_rmse": float(rmse[i]),
            "model_cv": _cv(float(model[i]), float(rmse[i])), "weight": float(weight[i]),
            "synthetic": float(synthetic[i]),
        }
        for i, name in enumerate(names)
    ]  # fmt: skip
    return AreaModel(tuple(areas), a, tuple(coefficients.tolist()), tuple(np.sqrt(np.diag(spread)).tolist()))


def adjusted_log_likelihood(variance: Floats, y: Floats, x: Floats, d: Floats) -> Floats:
    """Log of the adjusted residual likelihood, up to a constant, at each model variance (g,).

    y, d (m,); x (m, k).  -1/2 [sum log(A+D) + log det X'V^-1 X + r'V^-1 r] + log(arctan(sum A/(A+D))) / m.
    """
    total = variance[:, None] + d[None, :]
    inverse = 1 / total
    information = np.einsum("gi,ij,ik->gjk", inverse, x, x)
    score = (inverse * y) @ x
    fitted = np.linalg.solve(information, score[:, :, None])[:, :, 0]
    left = y[None, :] - fitted @ x.T
    residual = np.log(total).sum(axis=1) + np.linalg.slogdet(information)[1] + (inverse * left**2).sum(axis=1)
    adjustment = np.log(np.arctan((variance[:, None] * inverse).sum(axis=1))) / len(y)
    return np.asarray(adjustment - residual / 2)


def publishable(n: int, cv: float | None, least_n: int, largest_cv: float) -> PublicationDocument:
    """Whether a figure rests on enough answers (n >= least_n) and is certain enough (cv <= largest_cv).

    cv: coefficient of variation as a fraction of one, None where it cannot be stated, which counts as too uncertain.
    """
    if n < least_n:
        zh, en = f"样本量 {n} 份，少于发布所需的 {least_n} 份", f"{n} answers, fewer than {least_n}"
        return {"allowed": False, "reason": "too_few", "zh": zh, "en": en}
    if cv is None or not cv <= largest_cv:
        said = "—" if cv is None else f"{cv:.1%}"
        zh = f"变异系数 {said}，超过上限 {largest_cv:.1%}"
        en = f"coefficient of variation {said}, above {largest_cv:.1%}"
        return {"allowed": False, "reason": "too_uncertain", "zh": zh, "en": en}
    zh, en = f"可发布：样本量 {n} 份，变异系数 {cv:.1%}", f"{n} answers, coefficient of variation {cv:.1%}"
    return {"allowed": True, "reason": "ok", "zh": zh, "en": en}


def _design(y: Floats, d: Floats, covariate: Floats | None) -> Floats:
    if len(y) < LEAST_AREAS:
        raise AnalysisError("analysis.area_model_needs_least", least_areas=LEAST_AREAS, n=len(y))
    if len(d) != len(y) or not np.isfinite(y).all() or not np.isfinite(d).all() or (d <= 0).any():
        raise AnalysisError("analysis.every_area_needs_estimate")
    if covariate is None:
        return np.ones((len(y), 1))
    values = np.asarray(covariate, dtype=float)
    if len(values) != len(y) or not np.isfinite(values).all() or np.ptp(values) == 0:
        raise AnalysisError("analysis.covariate_needs_one_number")
    return np.column_stack([np.ones(len(y)), values])


def _model_variance(y: Floats, x: Floats, d: Floats) -> float:
    """The maximum: a grid on the log scale finds the highest peak, a bounded search its top."""
    unit = float(d.mean())
    centred = (x - x.mean(axis=0)) / np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)
    centred[:, 0] = 1.0  # the likelihood is the same for any basis of the regression
    best = int(np.argmax(adjusted_log_likelihood(unit * np.exp(_GRID), y, centred, d)))
    low, high = _GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)]

    def lost(point: float) -> float:
        return -float(adjusted_log_likelihood(np.array([unit * np.exp(point)]), y, centred, d)[0])

    found = optimize.minimize_scalar(lost, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    return unit * float(np.exp(found.x))


def _cv(estimate: float, se: float) -> float | None:
    return se / estimate if estimate > 0 else None
