"""Calibration of weights to population margins and totals, and the residuals its variance needs.

Cells that agree in every auxiliary form one group: they share the g-weight and the fitted value, so the
equations are solved on groups, however many cells there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.cells import EVERYWHERE, Cells, Codes, crossing, spread_out, total_by
from analysis.errors import CalibrationError
from analysis.notices import Notice
from analysis.plan import Plan
from analysis.plan_parts import Trim
from analysis.weights import trim_evenly, weighted_median

Floats = NDArray[np.float64]
TOLERANCE = 1e-12  # largest relative miss of a margin
MAX_ITERATIONS = 200
FEW_ITERATIONS = 15  # of many replicates in one go
SAME_SPACE = 1e-10
LARGEST_MARGIN_GAP = 0.001
ROUNDING = 1e-9  # a gap of totals below it is of their decimals


@dataclass(frozen=True)
class Auxiliaries:
    """What is calibrated on. group (cells,): code of each cell; matrix (groups, k); totals (k,) to be met.

    labels (k,): the margin level or column behind each total, for the reader of an error.
    """

    group: Codes
    matrix: Floats
    totals: Floats
    scale: Floats  # (k,) what a miss is measured against
    labels: tuple[str, ...]

    def weights(self, weight: Floats) -> Floats:
        """Sum of `weight` (cells,) by group."""
        return total_by(self.group, weight, size=len(self.matrix))

    def miss(self, group_weight: Floats) -> Floats:
        return np.asarray(self.totals - self.matrix.T @ group_weight)


@dataclass(frozen=True)
class Calibrated:
    """Weights after calibration. All arrays run over cells.

    base: the cells' weights before calibration, which weight the regression behind the variance. factor: the
    g-weight of each row of the cell, so a cell's calibrated sum is design_weight * factor, with design_weight
    the sum before calibration but after trimming. squared: sum of squares of those. after_trim: what trimming
    without a further calibration did to a weight, else None.
    """

    design_weight: Floats
    factor: Floats
    squared: Floats
    auxiliaries: Auxiliaries | None
    iterations: int
    largest_miss: float
    trimmed: int
    notes: tuple[Notice, ...]
    after_trim: Floats | None = None

    @property
    def weight(self) -> Floats:
        return self.design_weight * self.factor

    @cached_property
    def by_group(self) -> tuple[Floats, Floats]:
        """(groups,) weights before calibration, and (groups, k) the auxiliaries times their square roots."""
        assert self.auxiliaries is not None
        weight = self.auxiliaries.weights(self.design_weight)
        return weight, self.auxiliaries.matrix * np.sqrt(weight)[:, None]


def calibrate(cells: Cells, plan: Plan) -> Calibrated:
    """Bring the weights to the plan's margins and totals.  Deville and Särndal (1992).

    Solves sum(d F(x'l) x) = T by Newton's method, F linear, exponential (raking) or logit; post-stratification
    is the linear case on one margin.  Raises CalibrationError naming the margin and level at fault.

    >>> from analysis import Cells, parse_plan
    >>> plan = parse_plan("{measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}, calibration: {margins: {sex: {f: 60, m: 40}}}}")
    >>> cells = Cells.from_rows({"overall": [5, 4, 2, 5], "sex": ["f", "m", "m", "m"]}, plan)
    >>> calibrated = calibrate(cells, plan)
    >>> dict(zip(cells.columns["sex"].codes.tolist(), calibrated.factor.round(2).tolist()))
    {1: 13.33, 0: 60.0}
    """
    if plan.calibration is None:
        ones = np.ones(len(cells))
        return Calibrated(cells.weight, ones, cells.weight_squared, None, 0, 0.0, 0, ())
    auxiliaries, notes = auxiliaries_of(cells, plan)
    bounds = plan.calibration.bounds
    limits = (float(bounds[0]), float(bounds[1])) if bounds else None
    solver = Solver(auxiliaries, plan.calibration.method, limits)
    factor, iterations = solver.factors(cells.weight)
    plain = Calibrated(
        cells.weight, factor, cells.weight_squared, auxiliaries, iterations,
        solver.largest_miss(cells.weight * factor), 0, notes,
    )  # fmt: skip
    if plan.calibration.trim is None:
        return plain
    counts = cells.count.astype(float)
    if plan.method.weights_follow_sites:
        counts = np.where(cells.weight > 0, counts, 0.0)  # a blank has no weight that could be cut
    if plan.calibration.trim.margins == "release":
        return _trim_and_release(cells, counts, plain, plan.calibration.trim)
    return _trim_and_keep(cells, counts, plain, plan.calibration.trim, solver)


def residuals(values: Floats, calibrated: Calibrated, at: slice | Codes = EVERYWHERE) -> Floats:
    """What is left of `values` (cells,) or (cells, k) after regression on the auxiliaries, weighted by the
    weights before calibration: the variables whose weighted totals carry the variance of a calibrated
    estimate.  Deville and Särndal (1992), section 3.  at: where the cells stand that `values` has, 0 of all others."""
    auxiliaries = calibrated.auxiliaries
    if auxiliaries is None:
        return spread_out(values, at, len(calibrated.factor))
    after = None if calibrated.after_trim is None else calibrated.after_trim.reshape(-1, *[1] * (values.ndim - 1))
    if after is not None:  # the regression speaks of weights before they were cut
        values = values * after[at]
    weight, matrix = calibrated.by_group
    group, base = auxiliaries.group[at], calibrated.design_weight[at]
    columns = values.T if values.ndim == 2 else [values]
    sums = np.column_stack([total_by(group, base * column, size=len(weight)) for column in columns])
    means = np.divide(sums, weight[:, None], out=np.zeros_like(sums), where=weight[:, None] > 0)
    coefficients = np.linalg.lstsq(matrix, means * np.sqrt(weight)[:, None], rcond=None)[0]
    fitted = auxiliaries.matrix @ coefficients
    left: Floats = (0.0 - (fitted if values.ndim == 2 else fitted[:, 0]))[auxiliaries.group]
    left[at] += values
    return left if after is None else left / after


def auxiliaries_of(cells: Cells, plan: Plan) -> tuple[Auxiliaries, tuple[Notice, ...]]:
    """The plan's margins and numeric totals over these cells, and notes on what was scaled."""
    assert plan.calibration is not None
    margins, population, notes = _consistent(plan)
    names = [*margins, *plan.total_names]
    if not names:
        raise CalibrationError("analysis.calibration_needs_least_one")
    group, unique = crossing([cells.columns[name] for name in names])
    blocks, totals, labels = [], [], []
    if not margins and population is not None:
        blocks.append(np.ones((len(unique), 1)))
        totals.append(population)
        labels.append("population")
    for position, (name, levels) in enumerate(margins.items()):
        column = cells.columns[name]
        _require_levels(cells, name, levels)
        used = list(levels)[1 if position else 0 :]  # the first level of later margins follows from the others
        place = np.array([column.levels.index(level) for level in used], dtype=np.int64)
        blocks.append((unique[:, position][:, None] == place[None, :]).astype(float))
        totals += [levels[level] for level in used]
        labels += [f"{name}={level}" for level in used]
    for position, (name, total) in enumerate(plan.calibration.totals.items(), start=len(margins)):
        column = cells.columns[name]
        values, _ = cells.numbers(name)
        by_code = np.zeros(len(column.levels))
        by_code[column.codes] = values
        blocks.append(by_code[unique[:, position]][:, None])
        totals.append(float(total))
        labels.append(f"total of {name}")
    matrix, target = np.hstack(blocks), np.array(totals)
    scale = np.maximum(np.abs(target), 1e-300)
    return Auxiliaries(group, matrix, target, scale, tuple(labels)), notes


def _consistent(plan: Plan) -> tuple[dict[str, dict[str, float]], float | None, tuple[Notice, ...]]:
    """Margins scaled to the first one's total, with a note; a gap over 0.1 % is an error."""
    assert plan.calibration is not None
    margins = plan.margins()
    stated = plan.calibration.population
    population = float(stated) if stated is not None else None
    if not margins:
        return {}, population, ()
    names = list(margins)
    first, reference = (names[0], sum(margins[names[0]].values()))
    gaps = {name: sum(levels.values()) for name, levels in margins.items()}
    if population is not None:
        gaps["population"] = population
    notes = []
    for name, total in gaps.items():
        if name in margins and any(count <= 0 or not np.isfinite(count) for count in margins[name].values()):
            raise CalibrationError("analysis.margin_every_population_must", name=name)
        gap = abs(total - reference) / reference
        if gap > LARGEST_MARGIN_GAP:
            raise CalibrationError(
                "analysis.margins_differ_both_must", first=first, reference=reference, name=name, total=total, gap=gap
            )
        if gap > (ROUNDING if plan.method.rounding_is_no_error else 0):
            scaling: dict[str, str | int | float] = {"margin": name, "factor": reference / total, "first": first}
            notes.append(Notice("margin_scaled", scaling))
    scaled = {
        name: {level: count * reference / gaps[name] for level, count in levels.items()}
        for name, levels in margins.items()
    }
    return scaled, reference, tuple(notes)


def level_weights(cells: Cells, name: str) -> dict[str, float]:
    """The sum of weights of each level of a column in which nothing is missing."""
    column = cells.columns[name]
    return dict(zip(column.levels, total_by(column.codes, cells.weight, size=len(column.levels)).tolist(), strict=True))


def _require_levels(cells: Cells, name: str, levels: dict[str, float]) -> None:
    present = [level for level, total in level_weights(cells, name).items() if total > 0]
    for level in levels:
        if level not in present:
            raise CalibrationError("analysis.margin_level_unanswered", name=name, level=level)
    for level in present:
        if level not in levels:
            raise CalibrationError("analysis.margin_level_absent", name=name, level=level)


@dataclass(frozen=True)
class Solver:
    """Finds g-weights for one set of auxiliaries; the weights may change from call to call (replicates)."""

    auxiliaries: Auxiliaries
    method: str
    limits: tuple[float, float] | None

    def largest_miss(self, weight: Floats) -> float:
        """Largest relative miss of a margin or total under `weight` (cells,)."""
        return self._size(self.auxiliaries.miss(self.auxiliaries.weights(weight)))

    def factors(self, weight: Floats) -> tuple[Floats, int]:
        """g-weight of each cell for the design weights (cells,), and the number of Newton steps."""
        group_factor, iterations = self.group_factors(self.auxiliaries.weights(weight))
        return group_factor[self.auxiliaries.group], iterations

    def _size(self, miss: Floats) -> float:
        return float(np.max(np.abs(miss) / self.auxiliaries.scale))

    def many_group_factors(self, designs: Floats) -> Floats:
        """What `group_factors` gives for each row of summed design weights (replicates, groups), to a relative 1e-11.

        Newton steps of all rows in one go, in the space that the auxiliaries span. A row that they do not settle is
        solved by itself.
        """
        x = self.auxiliaries.matrix
        spread = np.sqrt(np.mean(x**2, axis=0))
        _, size, axes = np.linalg.svd(x / spread, full_matrices=False)
        onto = axes[size > SAME_SPACE * size[0]].T / spread[:, None]  # of auxiliaries that say the same one is left
        z, solution, left = x @ onto, np.zeros((len(designs), onto.shape[1])), np.arange(len(designs))
        factors = np.ones_like(designs)
        with np.errstate(all="ignore"):
            for _ in range(FEW_ITERATIONS):
                factor, slope = _distance(solution @ z.T, self.method, self.limits)
                miss = self.auxiliaries.totals - (designs[left] * factor) @ x
                factors[left] = factor
                open_ = ~(np.max(np.abs(miss) / self.auxiliaries.scale, axis=1) <= TOLERANCE)
                left, solution = left[open_], solution[open_]
                if not len(left):
                    return factors
                curvature = (z.T * (designs[left] * slope[open_])[:, None, :]) @ z
                try:
                    solution = solution + np.linalg.solve(curvature, (miss[open_] @ onto)[:, :, None])[:, :, 0]
                except np.linalg.LinAlgError:
                    break
        for row in left:
            factors[row] = self.group_factors(designs[row])[0]
        return factors

    def group_factors(self, design: Floats) -> tuple[Floats, int]:
        """g-weight of each group for the summed design weights (groups,), by damped Newton steps."""
        x = self.auxiliaries.matrix
        spread = np.sqrt(np.mean(x**2, axis=0))  # totals of any size are solved for on one scale
        scaled = x / spread
        solution = np.zeros(x.shape[1])
        factor, slope = _distance(np.zeros(len(design)), self.method, self.limits)
        miss = self.auxiliaries.miss(design * factor)
        size = self._size(miss)
        iteration = 0
        for iteration in range(1, MAX_ITERATIONS + 1):
            jacobian = scaled.T @ (scaled * (design * slope)[:, None])
            step = np.linalg.lstsq(jacobian, miss / spread, rcond=None)[0]
            size = self._size(miss)
            for _ in range(30):
                trial, trial_slope = _distance(scaled @ (solution + step), self.method, self.limits)
                trial_miss = self.auxiliaries.miss(design * trial)
                trial_size = self._size(trial_miss)
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
        worst = np.argsort(-np.abs(miss) / self.auxiliaries.scale)[:3]
        named = [
            f"{self.auxiliaries.labels[place]} ({abs(miss[place]) / self.auxiliaries.scale[place]:.2g})"
            for place in worst
        ]
        if self.limits:
            raise CalibrationError(
                "analysis.margins_not_reached_within",
                method=self.method,
                iteration=iteration,
                named=named,
                low=self.limits[0],
                high=self.limits[1],
            )
        raise CalibrationError("analysis.margins_not_reached", method=self.method, iteration=iteration, named=named)


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
        factor, slope = 1 + u, np.ones_like(u)
    if limits and method != "logit":
        outside = (factor < limits[0]) | (factor > limits[1])
        factor, slope = np.clip(factor, *limits), np.where(outside, 0.0, slope)
    return factor, slope


def _trim_and_keep(cells: Cells, counts: Floats, plain: Calibrated, trim: Trim, solver: Solver) -> Calibrated:
    """Cut row weights above `ratio` times their median and calibrate again, until none is above."""
    ratio = float(trim.max_ratio)
    ever = np.zeros(len(cells), dtype=bool)
    design, factor = cells.weight, plain.factor
    for _ in range(50):
        row = design * factor / cells.count
        ceiling = ratio * weighted_median(row, counts)
        over = row > ceiling * (1 + 1e-9)
        if not over.any():
            squared = design**2 / cells.count  # rows of a cell weigh the same where the plan trims
            return replace(
                plain,
                design_weight=design,
                factor=factor,
                squared=squared,
                largest_miss=solver.largest_miss(design * factor),
                trimmed=int(cells.count[ever].sum()),
            )
        ever |= over
        design = np.where(over, ceiling * cells.count, design * factor)
        factor, _ = solver.factors(design)
    raise CalibrationError("analysis.trimming_times_median_cannot", ratio=ratio)


def _trim_and_release(cells: Cells, counts: Floats, plain: Calibrated, trim: Trim) -> Calibrated:
    """Cut once and spread what was cut evenly over the others; the margins are then met only nearly."""
    row = plain.weight / cells.count
    ceiling = float(trim.max_ratio) * weighted_median(row, counts)
    cut = np.where(row > 0, trim_evenly(row, counts, ceiling), row)
    assert plain.auxiliaries is not None
    after = np.divide(cut, row, out=np.ones_like(row), where=row > 0)
    miss = np.abs(plain.auxiliaries.miss(plain.auxiliaries.weights(cut * cells.count))) / plain.auxiliaries.scale
    return replace(
        plain,
        factor=plain.factor * after,
        after_trim=after,
        largest_miss=float(miss.max()),
        trimmed=int(cells.count[row > ceiling].sum()),
    )
