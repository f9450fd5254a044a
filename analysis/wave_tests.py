"""Tests over waves: between any two, of many changes at once, whether anything changed, whether the line bends.

Beside waves.trend, which draws the table; takes the same estimates and covariance, from wave_covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.documents.waves import ChangeDocument, ContrastDocument, ShapeDocument
from analysis.errors import AnalysisError
from analysis.intervals import mean_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Waves:
    """Waves in order of time. estimates (k,); covariance (k, k) in their squared units; df (k,): of each wave.

    times (k,): when each was in the field, in any unit; the line of `shape` runs in it.
    Raises AnalysisError for shapes that do not fit, times that do not rise, a wave without df.
    """

    labels: tuple[str, ...]
    times: Floats
    estimates: Floats
    covariance: Floats
    df: Floats

    def __post_init__(self) -> None:
        k = len(self.labels)
        shapes = (self.times.shape, self.estimates.shape, self.df.shape, self.covariance.shape)
        if shapes != ((k,), (k,), (k,), (k, k)):
            raise AnalysisError("analysis.waves_need_as_many", k=k)
        if (np.diff(self.times) <= 0).any():
            raise AnalysisError("analysis.waves_must_stand_order")
        if (self.df < 1).any():
            raise AnalysisError("analysis.every_wave_needs_least")
        scale = float(np.abs(self.covariance).max(initial=0.0))
        if not np.allclose(self.covariance, self.covariance.T, atol=1e-9 * scale, rtol=0):
            raise AnalysisError("analysis.covariance_waves_must_symmetric")


def shape(waves: Waves) -> ShapeDocument:
    """Whether anything changed, and whether the waves leave a straight line.

    Wald's F on what y leaves beyond its mean, and beyond the line in time; with q dimensions left,
    F = W/q (df - q + 1)/df on q and df - q + 1, df the least of the waves (Korn and Graubard 1990).
    Raises AnalysisError under two waves.
    """
    k = len(waves.labels)
    if k < 2:
        raise AnalysisError("analysis.change_needs_least_two")
    centred = waves.times - waves.times.mean()
    line = np.column_stack([np.ones(k), centred / np.abs(centred).max()])
    return {"any_change_p": _wald(waves, np.ones((k, 1))), "bend_p": _wald(waves, line) if k > 2 else None}


def change(waves: Waves, first: int, second: int, confidence: float = 0.95) -> ChangeDocument:
    """Wave `second` less wave `first`, by position. Var = v1 + v2 - 2 cov: shared sites make it smaller.  Kish
    (1965), section 12.4."""
    row = np.zeros(len(waves.labels))
    row[second], row[first] = 1.0, -1.0
    apart = float(np.sqrt(waves.covariance[first, first] + waves.covariance[second, second]))
    return {
        "first": waves.labels[first],
        "second": waves.labels[second],
        "change": contrast(waves, row, confidence),
        "se_if_independent": apart,
        "p_adjusted": None,
    }


def successive_changes(waves: Waves, confidence: float = 0.95) -> list[ChangeDocument]:
    """The change from each wave to the next, with p values adjusted for their number (Holm 1979)."""
    rows = [change(waves, place, place + 1, confidence) for place in range(len(waves.labels) - 1)]
    tested = [place for place, row in enumerate(rows) if row["change"]["p"] is not None]
    ordered = sorted(tested, key=lambda place: rows[place]["change"]["p"] or 0.0)
    adjusted: dict[int, float] = {}
    largest = 0.0
    for rank, place in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - rank) * (rows[place]["change"]["p"] or 0.0)))
        adjusted[place] = largest
    for place, row in enumerate(rows):
        row["p_adjusted"] = adjusted.get(place)
    return rows


def contrast(waves: Waves, row: Floats, confidence: float = 0.95) -> ContrastDocument:
    """row'y with variance row'S row and a t interval; row (k,).

    df: Satterthwaite's where the waves involved are independent; the least of theirs where they share sites.
    """
    used = row != 0
    estimate = float(row @ waves.estimates)
    se = float(np.sqrt(max(float(row @ waves.covariance @ row), 0.0)))
    df = _df(waves, row, used)
    limits = mean_interval(estimate, se, df, confidence)
    t = estimate / se if se > 0 else None
    p = float(2 * stats.t.sf(abs(t), df)) if t is not None else None
    lower, upper = limits.lower, limits.upper
    return {"estimate": estimate, "se": se, "df": df, "lower": lower, "upper": upper, "t": t, "p": p}


def _df(waves: Waves, row: Floats, used: NDArray[np.bool_]) -> float:
    block = waves.covariance[np.ix_(used, used)]
    parts = row[used] ** 2 * np.diag(block)
    if (block - np.diag(np.diag(block))).any() or not parts.sum() > 0:
        return float(waves.df[used].min())
    return float(parts.sum() ** 2 / (parts**2 / waves.df[used]).sum())


def _wald(waves: Waves, explained: Floats) -> float | None:
    """p of F that nothing is left beyond the columns of `explained` (k, j); None where it cannot be judged."""
    basis = np.linalg.qr(explained, mode="complete")[0][:, explained.shape[1] :]
    covariance = basis.T @ waves.covariance @ basis
    left, number = basis.T @ waves.estimates, basis.shape[1]
    df = float(waves.df.min())
    if df - number + 1 <= 0 or np.linalg.eigvalsh(covariance)[0] <= 1e-9 * float(np.diag(waves.covariance).max()):
        return None
    wald = float(left @ np.linalg.solve(covariance, left))
    return float(stats.f.sf(wald / number * (df - number + 1) / df, number, df - number + 1))
