"""Calibration of weights to population margins, on cells, and the residuals its variance needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, total_by
from analysis.errors import CalibrationError
from analysis.plan import Plan

Floats = NDArray[np.float64]
TOLERANCE = 1e-12  # largest relative miss of a margin
MAX_ITERATIONS = 200
LARGEST_MARGIN_GAP = 0.001


@dataclass(frozen=True)
class Calibrated:
    """Weights after calibration. All arrays run over cells.

    design_weight: sum of the weights before calibration (after trimming). factor: the g-weight of each row of
    the cell, so a cell's calibrated sum is design_weight * factor. squared: sum of squared weights before
    calibration. auxiliaries: (cells, k) 0/1 matrix, None without calibration.
    """

    design_weight: Floats
    factor: Floats
    squared: Floats
    auxiliaries: Floats | None
    iterations: int
    largest_miss: float
    trimmed: int
    notes: tuple[str, ...]

    @property
    def weight(self) -> Floats:
        return self.design_weight * self.factor


def calibrate(cells: Cells, plan: Plan) -> Calibrated:
    """Bring the weights to the plan's margins.  Deville and Särndal (1992).

    Solves sum(d F(x'l) x) = T by Newton's method, F linear, exponential (raking) or logit; post-stratification
    is the linear case on one margin.  Raises CalibrationError naming the margin and level at fault.
    """
    if plan.calibration is None:
        ones = np.ones(len(cells))
        return Calibrated(cells.weight, ones, cells.weight_squared, None, 0, 0.0, 0, ())
    margins, notes = _consistent(plan.margins())
    auxiliaries, totals = _auxiliaries(cells, margins)
    bounds = plan.calibration.bounds
    limits = (float(bounds[0]), float(bounds[1])) if bounds else None
    method = plan.calibration.method
    factor, iterations = _solve(cells.weight, auxiliaries, totals, method, limits)
    design, squared, trimmed = cells.weight, cells.weight_squared, 0
    if plan.calibration.trim is not None:
        ratio = float(plan.calibration.trim.max_ratio)
        design, factor, trimmed = _trim(cells, design * factor, auxiliaries, totals, method, limits, ratio)
        squared = design**2 / cells.count  # rows of a cell weigh the same where the plan trims
    miss = float(np.max(np.abs(auxiliaries.T @ (design * factor) - totals) / totals))
    return Calibrated(design, factor, squared, auxiliaries, iterations, miss, trimmed, notes)


def residuals(values: Floats, calibrated: Calibrated) -> Floats:
    """What is left of `values` (cells, or cells x variables) after regression on the auxiliaries, weighted
    by the design weights: the variables whose weighted totals carry the variance of a calibrated estimate."""
    x = calibrated.auxiliaries
    if x is None:
        return values
    root = np.sqrt(calibrated.design_weight)
    weighted = values * (root if values.ndim == 1 else root[:, None])
    coefficients = np.linalg.lstsq(x * root[:, None], weighted, rcond=None)[0]
    left: Floats = values - x @ coefficients
    return left


def _consistent(margins: dict[str, dict[str, float]]) -> tuple[dict[str, dict[str, float]], tuple[str, ...]]:
    """Margins scaled to the first one's total, with a note; a gap over 0.1 % is an error."""
    names = list(margins)
    reference = sum(margins[names[0]].values())
    scaled, notes = {}, []
    for name in names:
        levels = margins[name]
        if any(count <= 0 or not np.isfinite(count) for count in levels.values()):
            raise CalibrationError(f"margin '{name}': every population must be above 0")
        total = sum(levels.values())
        gap = abs(total - reference) / reference
        if gap > LARGEST_MARGIN_GAP:
            raise CalibrationError(
                f"margins '{names[0]}' ({reference:.15g}) and '{name}' ({total:.15g}) differ by {gap:.2%}; "
                "both must describe the same population (at most 0.1 % apart)"
            )
        if gap > 0:
            notes.append(f"margin '{name}' was scaled by {reference / total:.9g} to the total of '{names[0]}'")
        scaled[name] = {level: count * reference / total for level, count in levels.items()}
    return scaled, tuple(notes)


def _auxiliaries(cells: Cells, margins: dict[str, dict[str, float]]) -> tuple[Floats, Floats]:
    """The 0/1 matrix of margin levels and their totals; the first level of later margins is left out."""
    blocks, totals = [], []
    for position, (name, levels) in enumerate(margins.items()):
        column = cells.columns[name]
        weight = total_by(column.codes, cells.weight, size=len(column.levels))
        present = {level for level, total in zip(column.levels, weight, strict=True) if total > 0}
        remedy = "collapse it with a neighbouring level or drop the margin"
        for level in levels:
            if level not in present:
                raise CalibrationError(f"margin '{name}': no response has the level '{level}'; {remedy}")
        for level in present - set(levels):
            raise CalibrationError(
                f"margin '{name}': responses have the level '{level}', the margin does not; {remedy}"
            )
        used = list(levels)[1 if position else 0 :]
        place = np.array([column.levels.index(level) for level in used])
        blocks.append((column.codes[:, None] == place[None, :]).astype(float))
        totals += [levels[level] for level in used]
    return np.hstack(blocks), np.array(totals)


def _solve(
    design: Floats, x: Floats, totals: Floats, method: str, limits: tuple[float, float] | None
) -> tuple[Floats, int]:
    """g-weights by damped Newton steps. Returns them and the number of iterations."""
    solution = np.zeros(x.shape[1])
    factor, slope = _distance(np.zeros(len(design)), method, limits)
    miss = totals - x.T @ (design * factor)
    for iteration in range(1, MAX_ITERATIONS + 1):
        jacobian = x.T @ (x * (design * slope)[:, None])
        step = np.linalg.lstsq(jacobian, miss, rcond=None)[0]
        size = float(np.max(np.abs(miss) / totals))
        for _ in range(30):
            trial, trial_slope = _distance(x @ (solution + step), method, limits)
            trial_miss = totals - x.T @ (design * trial)
            trial_size = float(np.max(np.abs(trial_miss) / totals))
            if np.isfinite(trial_size) and (trial_size < size or trial_size <= TOLERANCE):
                break
            step = step / 2
        else:
            break
        solution, factor, slope, miss = solution + step, trial, trial_slope, trial_miss
        if trial_size <= TOLERANCE:
            return factor, iteration
    if size <= 1e-9:  # as near as floating point comes for these totals
        return factor, iteration
    within = f" within the bounds {limits}" if limits else ""
    raise CalibrationError(
        f"{method} did not reach the margins{within}: still {size:.2g} off after {iteration} iterations; "
        "collapse small levels, widen the bounds or drop a margin"
    )


def _distance(u: Floats, method: str, limits: tuple[float, float] | None) -> tuple[Floats, Floats]:
    """F(u) and its derivative for the distance named by `method`."""
    if method == "raking":
        factor = np.exp(np.minimum(u, 500.0))
        slope = factor
    elif method == "logit" and limits:
        low, high = limits
        scale = (high - low) / ((1 - low) * (high - 1))
        grown = np.exp(np.clip(scale * u, -500.0, 500.0))
        below = (high - 1) + (1 - low) * grown
        factor = (low * (high - 1) + high * (1 - low) * grown) / below
        slope = scale * grown * (high - 1) * (1 - low) * (high - low) / below**2
    else:
        factor, slope = 1 + u, np.ones(len(u))
    if limits and method != "logit":
        outside = (factor < limits[0]) | (factor > limits[1])
        factor, slope = np.clip(factor, *limits), np.where(outside, 0.0, slope)
    return factor, slope


def _trim(
    cells: Cells, weight: Floats, x: Floats, totals: Floats, method: str, limits: tuple[float, float] | None,
    ratio: float,
) -> tuple[Floats, Floats, int]:  # fmt: skip
    """Cut row weights above `ratio` times their median and calibrate again, until none is above."""
    ever = np.zeros(len(cells), dtype=bool)
    design, factor = weight, np.ones(len(cells))
    for _ in range(50):
        row = design * factor / cells.count
        ceiling = ratio * weighted_median(row, cells.count.astype(float))
        over = row > ceiling * (1 + 1e-9)
        if not over.any():
            return design, factor, int(cells.count[ever].sum())
        ever |= over
        design = np.where(over, ceiling * cells.count, design * factor)
        factor, _ = _solve(design, x, totals, method, limits)
    raise CalibrationError(f"trimming at {ratio:g} times the median cannot be met together with the margins; raise it")


def weighted_median(values: Floats, counts: Floats) -> float:
    """The median of values repeated counts times; the mean of the two middle ones where they differ."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(counts[order])
    half = cumulated[-1] / 2
    low = values[order][np.searchsorted(cumulated, half, side="left")]
    high = values[order][np.searchsorted(cumulated, half, side="right")] if half in cumulated else low
    return float((low + high) / 2)
