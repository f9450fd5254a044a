"""Satisfaction over waves: changes with their tests, the trend, and moving combinations of waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.waves import TrendDocument, WavePointRow
from analysis.errors import AnalysisError
from analysis.intervals import mean_interval
from analysis.wave_composite import composite
from analysis.wave_covariance import PsuTotals

Floats = NDArray[np.float64]
Combine = Literal["equal", "precision"]


def trend(
    names: Sequence[str], estimates: Floats, covariance: Floats, df: Sequence[float], window: int = 3,
    combine: Combine = "equal", confidence: float = 0.95, totals: Sequence[PsuTotals] = (),
) -> TrendDocument:  # fmt: skip
    """Waves in their order, with their covariance, so waves that share sites are compared as sharply as they are.

    estimates (k,) and covariance (k, k) in one unit; df (k,): of each wave. A change has the smaller df of its two
    waves; a combination weighs the last `window` waves equally or by the inverse of their variances, as declared
    beforehand.  totals: of each wave by site, for the composite with the wave before.  slope = (X'V^-1 X)^-1 X'V^-1 y, X = (1, wave number).  Kish (1965), chapter 12.
    Raises AnalysisError for fewer than two waves or a covariance of another size.

    >>> found = trend(["2022", "2023", "2024"], [0.66, 0.69, 0.73], np.diag([0.0002] * 3), df=[60, 60, 60])
    >>> round(found["slope"], 3), round(found["slope_p"], 4), round(found["points"][2]["change"], 2)
    (0.035, 0.0009, 0.04)
    """
    value, joint = np.asarray(estimates, dtype=float), np.asarray(covariance, dtype=float)
    number = len(names)
    if number < 2:
        raise AnalysisError("analysis.trend_needs_least_two")
    if value.shape != (number,) or joint.shape != (number, number) or len(df) != number:
        raise AnalysisError("analysis.every_wave_needs_one")
    if window < 1:
        raise AnalysisError("analysis.window_combination_least_one")
    points = [_point(place, names, value, joint, df, window, combine, confidence) for place in range(number)]
    for place in range(1, len(totals)):
        pair = slice(place - 1, place + 1)
        found = composite(value[pair], np.diag(joint)[pair], float(joint[place, place - 1]), totals[pair])
        if found is not None:
            points[place]["composite"], points[place]["composite_se"] = found.estimate, found.se
            points[place]["composite_change"], points[place]["composite_change_se"] = found.change, found.change_se
    slope, slope_se, slope_p = _slope(value, joint, df) if number > 2 else (None, None, None)
    return {
        "points": points, "slope": slope, "slope_se": slope_se, "slope_p": slope_p, "combine": combine, "window": window,
    }  # fmt: skip


def _point(
    place: int, names: Sequence[str], value: Floats, joint: Floats, df: Sequence[float], window: int,
    combine: Combine, confidence: float,
) -> WavePointRow:  # fmt: skip
    se = float(np.sqrt(joint[place, place]))
    own = mean_interval(float(value[place]), se, df[place], confidence) if df[place] >= 1 else None
    point: WavePointRow = {
        "wave": names[place], "estimate": float(value[place]), "se": se,
        "lower": own.lower if own else None, "upper": own.upper if own else None,
        "change": None, "change_se": None, "change_lower": None, "change_upper": None, "change_p": None,
        "moving": None, "moving_se": None,
        "composite": None, "composite_se": None, "composite_change": None, "composite_change_se": None,
    }  # fmt: skip
    if place:
        change = float(value[place] - value[place - 1])
        spread = joint[place, place] + joint[place - 1, place - 1] - 2 * joint[place, place - 1]
        change_se, change_df = float(np.sqrt(max(spread, 0.0))), min(df[place], df[place - 1])
        point["change"], point["change_se"] = change, change_se
        if change_df >= 1 and change_se > 0:
            limits = mean_interval(change, change_se, change_df, confidence)
            point["change_lower"], point["change_upper"] = limits.lower, limits.upper
            point["change_p"] = float(2 * stats.t.sf(abs(change / change_se), change_df))
    if place + 1 >= window > 1:
        part = slice(place + 1 - window, place + 1)
        weight = np.ones(window) if combine == "equal" else 1 / np.diag(joint)[part]
        weight = weight / weight.sum()
        point["moving"] = float(weight @ value[part])
        point["moving_se"] = float(np.sqrt(weight @ joint[part, part] @ weight))
    return point


def _slope(value: Floats, joint: Floats, df: Sequence[float]) -> tuple[float, float, float]:
    x = np.column_stack([np.ones(len(value)), np.arange(len(value))])
    inverse = np.linalg.pinv(joint)
    spread = np.linalg.inv(x.T @ inverse @ x)
    slope, se = float((spread @ x.T @ inverse @ value)[1]), float(np.sqrt(spread[1, 1]))
    return slope, se, float(2 * stats.t.sf(abs(slope / se), min(df)))
