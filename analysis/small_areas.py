"""Small counties: a unit-level model beside the direct estimates, and the rule for what may be published.

After the estimates by county are made; before the report. Nothing here replaces the official figure, of city or county.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Codes, total_by
from analysis.documents.further import AreaCells, PublicationDocument, SmallAreaRow, SmallAreasDocument
from analysis.errors import AnalysisError, CellsError
from analysis.figures import domains
from analysis.plan import CROSS, Plan
from analysis.plan_parts import SmallAreas
from analysis.sample import Mask, Sample
from analysis.unit_model import Posterior, Targets, Units, posterior
from definitions.names import key
from wording import english

Floats = NDArray[np.float64]
LEAST_AREAS = 5
METHOD = "logit with random area and site effects, poststratified, spreads integrated over"
NAMES_AREAS = 0.5  # of the errors in guessing the area: a column that takes away more is no trait of persons


@dataclass(frozen=True)
class DirectArea:
    """A domain's direct estimate: share and standard error in [0, 1]."""

    name: str
    n: int
    share: float
    se: float | None

    @property
    def variation(self) -> float | None:
        """The coefficient of variation, None where there is none."""
        return self.se / self.share if self.se is not None and self.share > 0 else None


def area_table(
    direct: Sequence[DirectArea], sample: Sample, plan: Plan, satisfied: Floats, answered: Mask
) -> SmallAreasDocument:
    """The model beside the direct estimates, with whether each may be published. Never part of the decision.

    satisfied, answered (cells,). What the covariate or the cross table does not name is an error; where the model cannot
    be fitted, the reason stands instead.
    """
    rule = plan.small_areas
    assert rule is not None
    publication = [publishable(area.n, area.variation, rule.least_n, float(rule.largest_cv)) for area in direct]
    people = _People.of(direct, sample, plan, answered)
    found: SmallAreasDocument = {"domain": rule.domain, "reason": None, "areas": [], "cells": people.as_dict()}
    try:
        shares = _fitted(people, sample, plan, satisfied)
    except AnalysisError as error:
        return found | {"reason": english(error), "publication": publication}
    found["areas"] = [
        _row(area, place, shares, said) for place, (area, said) in enumerate(zip(direct, publication, strict=True))
    ]
    return found | {"method": METHOD, "area_sd": shares.area_sd, "site_sd": shares.site_sd}


def _row(area: DirectArea, place: int, found: Posterior, publication: PublicationDocument) -> SmallAreaRow:
    mean, sd = float(found.mean[place]), float(found.sd[place])
    return {
        "name": area.name,
        "n": area.n,
        "direct": area.share,
        "direct_se": area.se,
        "direct_cv": area.variation,
        "model": mean,
        "model_rmse": sd,
        "model_cv": sd / mean,
        "model_lower": float(found.lower[place]),
        "model_upper": float(found.upper[place]),
        "publication": publication,
    }


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


@dataclass(frozen=True)
class _People:
    """Who enters the model. names (areas,); inside (cells,): those with an area's figure and all traits; area (cells,): code
    of each, -1 for none. columns: the traits; fixed (cells, k): a constant, then what stands for them. targets: who lives
    where. left_out: answers without one of the traits."""

    names: tuple[str, ...]
    inside: Mask
    area: Codes
    columns: tuple[str, ...]
    fixed: Floats
    targets: Targets
    left_out: int
    cross_table: bool

    @classmethod
    def of(cls, direct: Sequence[DirectArea], sample: Sample, plan: Plan, answered: Mask) -> _People:
        rule = plan.small_areas
        assert rule is not None
        names = tuple(area.name for area in direct)
        parts = plan.crossings[rule.domain]
        area = np.full(len(sample.cells), -1, dtype=np.int64)
        for level, members in domains(sample, parts):
            area[members] = names.index(level) if level in names else -1
        known = answered & (sample.weight > 0) & (area >= 0)
        table = _cross_table(rule, parts)
        columns = tuple(table[0][1]) if table else _traits(sample, plan, parts, known, area)
        codes = np.column_stack([area, *(sample.cells.columns[name].codes for name in columns)])
        inside = known & (codes >= 0).all(axis=1)
        covariate = _covariate(rule, names)
        if table:
            groups, population = _coded(table, sample, names, columns, codes[inside])
        else:
            groups, place = np.unique(codes[inside], axis=0, return_inverse=True)
            population = total_by(place.ravel(), sample.weight[inside])
        levels = codes[inside].max(axis=0, initial=0)[1:]
        targets = Targets(_fixed(groups, levels, covariate), groups[:, 0], population)
        left_out = int(sample.cells.count[known & ~inside].sum())
        return cls(names, inside, area, columns, _fixed(codes, levels, covariate), targets, left_out, bool(table))

    def units(self, sample: Sample, satisfied: Floats) -> Units:
        """Counts by area, site and traits. Weights stay as they are within a site, or an area where there are no sites, and
        add up to Kish's effective number of its answers (Rabe-Hesketh and Skrondal 2006, section 3)."""
        inside, cells = self.inside, sample.cells
        site = self.area if sample.design.direct else sample.design.psu
        place = np.unique(site[inside], return_inverse=True)[1]
        weight, squares = cells.weight[inside], cells.weight_squared[inside]
        weight = weight * (total_by(place, weight) / total_by(place, squares))[place]
        alike = np.column_stack([self.area[inside], place, self.fixed[inside]])
        groups, group = np.unique(alike, axis=0, return_inverse=True)
        group = group.ravel()
        return Units(
            total_by(group, weight * satisfied[inside]),
            total_by(group, weight),
            groups[:, 2:],
            groups[:, 0].astype(np.int64),
            None if sample.design.direct else groups[:, 1].astype(np.int64),
        )

    def as_dict(self) -> AreaCells:
        return {
            "source": "cross_table" if self.cross_table else "margins",
            "columns": list(self.columns),
            "left_out": self.left_out,
        }


def _fitted(people: _People, sample: Sample, plan: Plan, satisfied: Floats) -> Posterior:
    number = len(people.names)
    if number < LEAST_AREAS:
        raise AnalysisError("analysis.area_model_needs_least", least_areas=LEAST_AREAS, n=number)
    if len(np.unique(people.area[people.inside])) < number:
        raise AnalysisError("analysis.area_without_traits")
    units = people.units(sample, satisfied)
    if not 0 < units.successes.sum() < units.trials.sum():
        raise AnalysisError("analysis.all_areas_unanimous")
    return posterior(units, people.targets, float(plan.interval.confidence))


def _covariate(rule: SmallAreas, names: Sequence[str]) -> Floats | None:
    """(areas,) in standard deviations from their mean, None where the plan has none."""
    if not rule.covariate:
        return None
    values = {str(name): float(value) for name, value in rule.covariate.items()}
    if absent := [name for name in names if name not in values]:
        raise CellsError("analysis.small_areas_covariate_no", absent=absent[:5])
    found = np.array([values[name] for name in names])
    if not np.isfinite(found).all() or np.ptp(found) == 0:
        raise CellsError("analysis.covariate_needs_one_number")
    return np.asarray((found - found.mean()) / found.std())


def _traits(sample: Sample, plan: Plan, parts: Sequence[str], inside: Mask, area: Codes) -> tuple[str, ...]:
    """The margins that say something of persons: not the area itself, nor what all but names it (Goodman and Kruskal's
    lambda above NAMES_AREAS), as the unit of residence does."""
    found, count = [], sample.cells.count[inside].astype(float)
    errors = count.sum() - total_by(area[inside], count).max(initial=0.0)
    for name in plan.margin_names:
        column = sample.cells.columns[name]
        joint = np.zeros((len(column.levels), int(area.max(initial=0)) + 1))
        np.add.at(joint, (column.codes[inside], area[inside]), count)
        left = count.sum() - joint.max(axis=1).sum()
        if name not in parts and left >= (1 - NAMES_AREAS) * errors:
            found.append(name)
    return tuple(found)


Group = tuple[str, dict[str, str], float]  # area, level by column, population


def _cross_table(rule: SmallAreas, parts: Sequence[str]) -> list[Group]:
    if isinstance(rule.cells, str):
        raise CellsError("analysis.small_areas_cells_file", name=rule.cells)
    return [
        (
            CROSS.join(str(row[part]) for part in parts),
            {name: str(level) for name, level in row.items() if name not in (*parts, "population")},
            float(row["population"]),
        )
        for row in rule.cells
    ]


def _coded(
    table: Sequence[Group], sample: Sample, names: Sequence[str], columns: Sequence[str], codes: Codes
) -> tuple[Codes, Floats]:
    """Codes of area and traits of each group of the table (groups, 1 + traits), and its population; of those areas alone that
    have a figure. A trait that nobody answered with has no effect of its own: it counts as the first level."""
    places: list[Mapping[str, int]] = [{key(name): place for place, name in enumerate(names)}]
    places += [{key(level): place for place, level in enumerate(sample.cells.columns[name].levels)} for name in columns]
    rows = [
        (
            [
                places[0][key(area)],
                *(known.get(key(levels[name]), 0) for name, known in zip(columns, places[1:], strict=True)),
            ],
            number,
        )
        for area, levels, number in table
        if key(area) in places[0] and number > 0
    ]
    found = np.array([row for row, _ in rows], dtype=np.int64).reshape(len(rows), 1 + len(columns))
    if absent := [name for place, name in enumerate(names) if place not in found[:, 0]]:
        raise CellsError("analysis.small_areas_cells_no", absent=absent[:5])
    return found, np.array([number for _, number in rows])


def _fixed(codes: Codes, levels: Codes, covariate: Floats | None) -> Floats:
    """A constant, an indicator of each trait's levels but the first, and the covariate; codes (rows, 1 + traits)."""
    columns = [np.ones(len(codes))]
    columns += [
        (codes[:, 1 + t] == level).astype(float) for t in range(len(levels)) for level in range(1, levels[t] + 1)
    ]
    if covariate is not None:
        columns.append(covariate[codes[:, 0]])
    return np.column_stack(columns)
