"""What citizens feel beside what the rulebook counts: satisfaction by field next to the share of points attained.

The two have no common scale: 70 % satisfied and 70 % of the points are different things, so no function here
tests whether they are equal. Within a city only ranks are compared; across counties, how satisfaction departs
from what the points would lead one to expect. Satisfaction carries sampling error; points are taken as known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.services import CityGapDocument, CountyFieldRow, CountyGapsDocument, FieldRankRow
from analysis.errors import AnalysisError
from analysis.methods import CURRENT, Method
from wording import Message

Floats = NDArray[np.float64]
LEAST_COUNTIES = 8
DECIMALS = 9  # of a share of points; what differs beyond is rounding of its sum


def within_city(
    fields: Sequence[str], satisfaction: Floats, covariance: Floats, points_share: Floats, seed: int,
    draws: int = 20_000, confidence: float = 0.95, df: float | None = None, method: Method = CURRENT,
) -> CityGapDocument:  # fmt: skip
    """Ranks of a city's fields by satisfaction, with simultaneous intervals, beside their ranks by points.

    satisfaction (f,) with its covariance (f, f), or standard errors (f,) where fields are independent;
    points_share (f,).  Draws from the joint normal (Student's t with df, where given) give the largest
    standardised difference over all pairs that chance makes; a field's rank is at least 1 + the number of fields
    above it by more than that, and at most f less those below it.  Mogstad, Romano, Shaikh and Wilhelm (2024),
    section 3; intervals of percentiles of drawn ranks would be too short where fields are nearly tied.  Fields of the
    same share of points are tied: they share all their ranks, and a field differs where no rank is in both intervals.
    This is no test that satisfaction equals the share of points: the two have no common scale.
    Raises AnalysisError under two fields, or for figures of different length.
    """
    mean, joint, share = _checked(satisfaction, covariance, points_share, len(fields))
    number = len(mean)
    if number < 2:
        raise AnalysisError("analysis.ranks_need_least_two")
    variance = np.diag(joint)[:, None] + np.diag(joint)[None, :] - 2 * joint
    spread = np.sqrt(np.maximum(variance, 0.0))
    error = _errors(joint, draws, seed, df)
    critical = _pairwise_critical(error, spread, confidence)
    ahead = mean[None, :] - mean[:, None] > critical * spread + 1e-12  # [i, j]: j is above i
    own, level = stats.rankdata(-mean), -share.round(DECIMALS) if method.equal_points_tie else -share
    by_points = first = last = stats.rankdata(level)
    if method.equal_points_tie:
        first, last = stats.rankdata(level, "min"), stats.rankdata(level, "max")
    rows: list[FieldRankRow] = []
    for i, field in enumerate(fields):
        lower, upper = 1 + int(ahead[i].sum()), number - int(ahead[:, i].sum())
        low, high = float(first[i]) - upper, float(last[i]) - lower
        rows.append(
            {
                "field": field, "satisfaction": float(mean[i]), "se": float(np.sqrt(joint[i, i])),
                "points_share": float(share[i]), "satisfaction_rank": float(own[i]), "rank_lower": lower,
                "rank_upper": upper, "points_rank": float(by_points[i]), "rank_gap": float(by_points[i] - own[i]),
                "gap_lower": low, "gap_upper": high, "differs": low > 0 or high < 0,
            }
        )  # fmt: skip
    told = Message("analysis.gap_simultaneous", draws=draws, seed=seed).text("en")
    return {"fields": rows, "critical": critical, "confidence": confidence, "method": told}


def across_counties(
    counties: Sequence[str], fields: Sequence[str], satisfaction: Floats, covariance: Floats, points_share: Floats,
    seed: int, draws: int = 20_000, confidence: float = 0.95, df: float | None = None,
) -> CountyGapsDocument:  # fmt: skip
    """Residuals of satisfaction on the share of points with field and county effects, for eight counties or more.

    satisfaction, points_share (c, f), NaN where a county lacks a field; covariance (c, f, f) of each county's
    fields, or standard errors (c, f); counties are independent samples.  r = M y by least squares with M = I - H on
    field effects, county effects and the share of points: what the same fit on the true values would leave.  Its
    covariance is M V M' with no model behind it; intervals are r +- q se, q the quantile of the largest
    |t| over seeded draws (Hothorn, Bretz and Westfall 2008).  Under eight counties: descriptive only, no residuals.
    A residual says 'felt better than the points lead one to expect', never 'satisfaction above points'.
    Raises AnalysisError for shapes that do not fit, or where points vary only by field and county.
    """
    y, share = np.asarray(satisfaction, dtype=float), np.asarray(points_share, dtype=float)
    shape = (len(counties), len(fields))
    joint = np.asarray(covariance, dtype=float)
    if joint.shape == shape:
        joint = joint[:, :, None] ** 2 * np.eye(shape[1])[None, :, :]
    if y.shape != shape or share.shape != shape or joint.shape != (*shape, shape[1]):
        raise AnalysisError("analysis.satisfaction_its_uncertainty_points")
    present = np.isfinite(y) & np.isfinite(share)
    se = np.sqrt(np.diagonal(joint, axis1=1, axis2=2))
    described: list[CountyFieldRow] = [
        {
            "county": counties[c], "field": fields[f], "satisfaction": float(y[c, f]), "se": float(se[c, f]),
            "points_share": float(share[c, f]), "residual": None, "residual_se": None, "lower": None, "upper": None,
            "stands_out": False,
        }
        for c, f in np.argwhere(present)
    ]  # fmt: skip
    if shape[0] < LEAST_COUNTIES:
        method = Message("analysis.fewer_than_counties_shown", least_counties=LEAST_COUNTIES).text("en")
        return {
            "rows": described, "kind": "descriptive", "slope": None, "slope_se": None, "critical": None,
            "confidence": confidence, "method": method,
        }  # fmt: skip
    left, slope_row = _projection(present, share)
    whole = np.zeros((shape[0] * shape[1],) * 2)
    for c in range(shape[0]):
        place = slice(c * shape[1], (c + 1) * shape[1])
        whole[place, place] = joint[c]
    kept = np.flatnonzero(present.reshape(-1))
    sampling = whole[np.ix_(kept, kept)]
    residual, residual_se = left @ y[present], np.sqrt(np.maximum(np.diag(left @ sampling @ left.T), 0.0))
    comparable = residual_se > 1e-9 * max(float(residual_se.max()), 1e-300)
    error = _errors(sampling, draws, seed, df) @ left.T
    largest = np.abs(error[:, comparable] / residual_se[comparable]).max(axis=1)
    critical = float(np.quantile(largest, confidence))
    rows = [
        _with_residual(row, float(residual[i]), float(residual_se[i]), critical if comparable[i] else None)
        for i, row in enumerate(described)
    ]
    slope, slope_se = float(slope_row @ y[present]), float(np.sqrt(slope_row @ sampling @ slope_row))
    method = Message("analysis.gap_simultaneous", draws=draws, seed=seed).text("en")
    return {
        "rows": rows, "kind": "residuals", "slope": slope, "slope_se": slope_se, "critical": critical,
        "confidence": confidence, "method": method,
    }  # fmt: skip


def _with_residual(row: CountyFieldRow, residual: float, se: float, critical: float | None) -> CountyFieldRow:
    if critical is None:
        return {**row, "residual": residual, "residual_se": se}
    lower, upper = residual - critical * se, residual + critical * se
    outside = lower > 0 or upper < 0
    return {**row, "residual": residual, "residual_se": se, "lower": lower, "upper": upper, "stands_out": outside}


def _projection(present: NDArray[np.bool_], share: Floats) -> tuple[Floats, Floats]:
    """M = I - H over the present entries (k, k), and the row (k,) that gives the slope."""
    county, field = np.nonzero(present)
    effects = np.column_stack(
        [county[:, None] == np.arange(present.shape[0]), field[:, None] == np.arange(1, present.shape[1])]
    ).astype(float)
    basis, singular, _ = np.linalg.svd(effects, full_matrices=False)
    basis = basis[:, singular > 1e-10 * singular[0]]
    within = share[present] - basis @ (basis.T @ share[present])
    size = float(within @ within)
    if size <= 1e-12 * max(float(share[present] @ share[present]), 1e-300):
        raise AnalysisError("analysis.share_points_does_not")
    left = np.eye(len(county)) - basis @ basis.T - np.outer(within, within) / size
    return left, within / size


def _checked(
    satisfaction: Floats, covariance: Floats, points_share: Floats, number: int
) -> tuple[Floats, Floats, Floats]:
    mean, share = np.asarray(satisfaction, dtype=float), np.asarray(points_share, dtype=float)
    joint = np.asarray(covariance, dtype=float)
    joint = np.diag(joint**2) if joint.ndim == 1 else joint
    if mean.shape != (number,) or share.shape != (number,) or joint.shape != (number, number):
        raise AnalysisError("analysis.each_fields_needs_satisfaction", number=number)
    if not (np.isfinite(mean).all() and np.isfinite(share).all() and np.isfinite(joint).all()):
        raise AnalysisError("analysis.leave_out_fields_lack")
    return mean, joint, share


def _errors(joint: Floats, draws: int, seed: int, df: float | None) -> Floats:
    """(draws, k) of the joint distribution of the errors, centred at 0."""
    generator = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(joint)
    error = generator.standard_normal((draws, len(joint))) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    if df is not None:
        error = error / np.sqrt(generator.chisquare(df, draws) / df)[:, None]
    return np.asarray(error)


def _pairwise_critical(error: Floats, spread: Floats, confidence: float) -> float:
    largest = np.zeros(len(error))
    for i in range(len(spread)):
        for j in range(i):
            if spread[i, j] > 0:
                largest = np.maximum(largest, np.abs(error[:, i] - error[:, j]) / spread[i, j])
    return float(np.quantile(largest, confidence))
