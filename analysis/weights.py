"""Weights before and around calibration: nonresponse classes, trimming, diagnostics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, crossing
from analysis.documents.weights import WeightSummary
from analysis.errors import CellsError
from analysis.notices import Notice
from analysis.plan_parts import Nonresponse, Number

Floats = NDArray[np.float64]
FEWEST_RESPONDENTS = 20  # a smaller class is named in a note


@dataclass(frozen=True)
class ClassAdjustment:
    """One nonresponse class: its levels, counts, response rate and the factor its respondents' weights take."""

    levels: tuple[str, ...]
    eligible: float
    respondents: float
    factor: float

    @property
    def response_rate(self) -> float:
        return self.respondents / self.eligible


def adjust_for_nonresponse(
    cells: Cells, rule: Nonresponse
) -> tuple[Cells, tuple[ClassAdjustment, ...], tuple[Notice, ...]]:
    """Weights times eligible / respondents of their class; classes that share all levels share the factor.

    Cases of unknown eligibility count as eligible at the rate of their class (AAPOR 2023, e).  The factors are
    taken as fixed in the variance.  Raises CellsError naming a class that is missing or has no respondents.
    """
    table = _classes(rule)
    columns = [cells.columns[name] for name in rule.classes]
    place, unique = crossing(columns)
    factors, used, notes = np.ones(len(unique)), [], []
    for row, codes in enumerate(unique):
        levels = tuple(column.levels[code] for column, code in zip(columns, codes, strict=True))
        if levels not in table:
            raise CellsError("analysis.dispositions_no_class_responses", rule_classes=_named(rule.classes, levels))
        adjustment = table[levels]
        if adjustment.factor > float(rule.largest_factor):
            raise CellsError(
                "analysis.class_one_respondent_would",
                rule_classes=_named(rule.classes, levels),
                adjustment_factor=adjustment.factor,
                rule_largest_factor=float(rule.largest_factor),
            )
        if adjustment.respondents < FEWEST_RESPONDENTS:
            few: dict[str, str | int | float] = {
                "named": _named(rule.classes, levels),
                "respondents": adjustment.respondents,
            }
            notes.append(Notice("few_respondents", few))
        factors[row] = adjustment.factor
        used.append(adjustment)
    return cells.scaled(factors[place]), tuple(used), tuple(notes)


def trim_evenly(weight: Floats, counts: Floats, ceiling: float) -> Floats:
    """Row weights cut at `ceiling`; what was cut is added evenly to the rows below, until none is above.

    weight, counts (cells,): weight of each row of a cell and how many rows. The sum of weights stays.
    Raises CellsError where the ceiling is below the mean weight.
    """
    if ceiling * counts.sum() < (weight * counts).sum():
        raise CellsError("analysis.ceiling_weights_lies_below")
    cut = weight.copy()
    above = ceiling * (1 + 1e-12)
    while (over := cut > above).any():
        excess = float(((cut - ceiling) * counts)[over].sum())
        cut = np.where(over, ceiling, cut + excess / counts[~over].sum())
    return cut


def weighted_median(values: Floats, counts: Floats) -> float:
    """The median of values repeated counts times; the mean of the two middle ones where they differ."""
    return _middle(*_in_order(values, counts))


def _middle(values: Floats, cumulated: Floats) -> float:
    half = cumulated[-1] / 2
    at = int(np.searchsorted(cumulated, half, side="left"))
    low = values[at]
    high = values[at + 1] if cumulated[at] == half else low
    return float((low + high) / 2)


def _in_order(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """The values (cells,) in order, and of how many responses (cells,) none is larger."""
    if (counts == 1).all():
        return np.sort(values), np.arange(1.0, len(values) + 1)
    order = np.argsort(values, kind="stable")
    return values[order], np.cumsum(counts[order])


def described(cells: Cells, weight: Floats, squared: Floats) -> tuple[WeightSummary, list[float]]:
    """Minimum, median and maximum row weight, Kish's design effect n sum(w^2)/sum(w)^2 and effective n; and what a chart
    draws, the row weights at 0, 5, … 100 % of the responses, each over the mean weight.

    weight, squared (cells,): sum and sum of squares over the rows of a cell. Where rows of a cell differ in
    weight, the order statistics are of cell means.  Kish (1965), section 11.7.
    """
    row, reached = _in_order(weight / cells.count, cells.count.astype(float))
    n, whole = float(reached[-1]), float(weight.sum())
    kish = n * float(squared.sum()) / whole**2
    found: WeightSummary = {
        "minimum": float(row[0]),
        "median": _middle(row, reached),
        "maximum": float(row[-1]),
        "kish_deff": kish,
        "effective_n": n / kish,
    }
    places = np.searchsorted(reached, np.linspace(0, 1, 21) * n, side="left")
    return found, [float(value) / (whole / n) for value in row[np.minimum(places, len(row) - 1)]]


def _classes(rule: Nonresponse) -> dict[tuple[str, ...], ClassAdjustment]:
    if isinstance(rule.dispositions, str):
        raise CellsError("analysis.dispositions_file_which_not", rule_dispositions=rule.dispositions)
    table = {}
    for row in rule.dispositions:
        missing = [name for name in (*rule.classes, "eligible", "respondents") if name not in row]
        if missing:
            raise CellsError("analysis.dispositions_lack_column", missing=missing)
        levels = tuple(str(row[name]) for name in rule.classes)
        eligible, respondents = _count(row, "eligible"), _count(row, "respondents")
        ineligible, unknown = _count(row, "ineligible"), _count(row, "unknown")
        if not 0 < respondents <= eligible:
            raise CellsError(
                "analysis.class_respondents_must_above",
                rule_classes=_named(rule.classes, levels),
                respondents=respondents,
                eligible=eligible,
            )
        if levels in table:
            raise CellsError("analysis.class_stands_twice_dispositions", rule_classes=_named(rule.classes, levels))
        sampled = eligible + unknown * eligible / (eligible + ineligible)
        table[levels] = ClassAdjustment(levels, sampled, respondents, sampled / respondents)
    return table


def _count(row: Mapping[str, str | Number], name: str) -> float:
    try:
        value = float(row.get(name) or 0)
    except (TypeError, ValueError) as error:
        raise CellsError("analysis.dispositions_must_number_not", name=name, name_=row.get(name)) from error
    if value < 0:
        raise CellsError("analysis.dispositions_cannot_negative", name=name)
    return value


def _named(names: Sequence[str], levels: Sequence[str]) -> str:
    return ", ".join(f"{name}={level}" for name, level in zip(names, levels, strict=True))
