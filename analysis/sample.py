"""The object every estimator takes: weighted cells with their calibration and their design, put together once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Calibrated, calibrate
from analysis.cells import Cells
from analysis.errors import CellsError
from analysis.methods import Method
from analysis.missing import Kinds, told_apart
from analysis.notices import Notice
from analysis.plan import MODE, Plan
from analysis.plan_parts import Flagged
from analysis.site_weights import SiteWeighting, design_weighted, follow_the_sites
from analysis.variance import SampleDesign, sample_design
from analysis.weights import ClassAdjustment, adjust_for_nonresponse

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
NOT_FLAGGED = ("", "0", "no", "false", "否")


@dataclass(frozen=True)
class Sample:
    """cells: after exclusions and nonresponse adjustment. base: the cells that went in, less exclusions.

    excluded: flagged responses left out; flagged: all that carry a flag. notes: what the reader must know.
    other_modes: responses taken in a way the plan does not count. kinds (cells,): why the measure has no answer, as
    `missing.told_apart` gives it. sites: what became of the drawn sites, where weights follow them; then an answer to
    the measured question carries a weight and a blank none.
    """

    cells: Cells
    base: Cells
    calibrated: Calibrated
    design: SampleDesign
    classes: tuple[ClassAdjustment, ...]
    flagged: int
    excluded: int
    notes: tuple[Notice, ...]
    kinds: Kinds
    method: Method
    other_modes: int = 0
    sites: SiteWeighting | None = None

    @cached_property
    def weight(self) -> Floats:
        """(cells,) calibrated weights, summed over the rows of each cell."""
        return self.calibrated.weight

    @cached_property
    def squared(self) -> Floats:
        """(cells,) squares of the calibrated row weights, summed."""
        return self.calibrated.factor**2 * self.calibrated.squared

    @property
    def asked(self) -> Floats:
        """(cells,) weights under which everybody who was asked counts, blanks too: those of the bounds of blanks."""
        return self.weight if self.sites is None else self.sites.asked * self.calibrated.factor

    @property
    def with_replacement(self) -> Sample:
        """As if sites had been drawn with replacement: for figures of which the totals of sites alone are known."""
        return replace(self, design=replace(self.design, unequal=None))

    def sites_in(self, inside: Mask) -> int:
        """How many PSUs have a row in `inside` (cells,): the rows themselves where these are drawn directly."""
        if self.design.direct:
            return int(self.cells.count[inside].sum())
        return len(self.design.held(inside))

    @property
    def everyone(self) -> Mask:
        return np.ones(len(self.cells), dtype=bool)


def weighted_sample(cells: Cells, plan: Plan) -> Sample:
    """Leave out what the plan excludes, adjust, calibrate, and read the design. Raises AnalysisError."""
    chosen = counted(cells, plan)
    cells, kinds = told_apart(chosen.cells, plan)
    classes: tuple[ClassAdjustment, ...] = ()
    notes: tuple[Notice, ...] = ()
    sites = None
    if plan.follows_sites:
        cells = design_weighted(cells, plan)
    base = cells
    if plan.nonresponse is not None:  # one factor: these classes stand in place of the sites'
        cells, classes, notes = adjust_for_nonresponse(cells, plan.nonresponse)
    elif plan.follows_sites:
        respondents = (kinds < 0) | (plan.weights.respondents == "all")
        cells, sites, notes = follow_the_sites(cells, respondents, plan)
        base = base.scaled(respondents.astype(float))
    calibrated = calibrate(cells, plan)
    design = sample_design(cells, plan)
    said = (*notes, *calibrated.notes)
    return Sample(
        cells,
        base,
        calibrated,
        design,
        classes,
        chosen.flagged,
        chosen.excluded,
        said,
        kinds,
        plan.method,
        chosen.other_modes,
        sites,
    )


@dataclass(frozen=True)
class Counted:
    """The cells that a plan counts, and how many responses it marks and leaves out, as in Sample."""

    cells: Cells
    flagged: int
    excluded: int
    other_modes: int


def counted(cells: Cells, plan: Plan) -> Counted:
    """Without flagged responses, where the plan excludes them, and those of modes that it does not count."""
    flagged = excluded = other_modes = 0
    if plan.flagged is not None:
        marked = is_flagged(cells, plan.flagged)
        flagged = int(cells.count[marked].sum())
        if plan.flagged.exclude:
            cells, excluded = cells.where(~marked), flagged
    if plan.modes:
        counting = in_modes(cells, plan)
        other_modes = int(cells.count[~counting].sum())
        cells = cells.where(counting)
    return Counted(cells, flagged, excluded, other_modes)


def in_modes(cells: Cells, plan: Plan) -> Mask:
    """Whether each cell's responses were taken in a way that counts under the plan. Raises CellsError for none."""
    if not plan.modes:
        return np.ones(len(cells), dtype=bool)
    column = cells.columns[MODE]
    counted = np.isin(column.codes, [place for place, level in enumerate(column.levels) if level in plan.modes])
    if not counted.any():
        raise CellsError("analysis.no_response_taken_which", modes=plan.modes, column_levels=column.levels)
    return np.asarray(counted)


def is_flagged(cells: Cells, rule: Flagged) -> Mask:
    """Whether each cell's responses carry a flag: anything but empty, NA, 0, no or false."""
    column = cells.columns[rule.column]
    marks = np.array([*(level.lower() not in NOT_FLAGGED for level in column.levels), False])
    return np.asarray(marks[column.codes])
