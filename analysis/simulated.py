"""What many simulated surveys of one scenario show: how estimate, outcome and cost are distributed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.simulation import AreaFigure, OneSurvey
from analysis.zones import Rules, Zones
from wording import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Over the surveys: mean, standard deviation, and the values below which 5 %, 50 % and 95 % lie."""

    mean: float
    sd: float
    p05: float
    median: float
    p95: float


@dataclass(frozen=True)
class SimulatedArea:
    """area: '' for the whole. truth: mean over the surveys' populations. bias: mean of estimate less truth.

    margin: mean half-width; covered: share of intervals that hold the truth. Both None where there is no interval.
    without_figure: share of surveys that give the area no figure. outcomes: share of surveys with the estimate in each
    zone; right: in the zone of the truth; decided: the interval whole in one zone. Without a rulebook {} and None.
    """

    area: str
    truth: float
    estimate: Spread | None
    bias: float | None
    margin: float | None
    covered: float | None
    without_figure: float
    outcomes: dict[str, float]
    right: float | None
    decided: float | None


@dataclass(frozen=True)
class Simulated:
    """One scenario. not_estimated: surveys whose answers no estimate could be made of; refused: the first one's reason."""

    scenario: str
    surveys: int
    answers: Spread
    cost: Spread
    areas: tuple[SimulatedArea, ...]
    not_estimated: int
    refused: Text | None


def summed(
    scenario: str, found: Sequence[OneSurvey], counties: Sequence[str], domain: str, rules: Rules | None
) -> Simulated:
    """domain: the variable whose levels the counties are, by which their zones are chosen."""
    refused = [one.refused for one in found if one.refused is not None]
    areas = [
        _area(name, [one.figures[at] for one in found], (rules.of(domain) if at else rules.whole) if rules else None)
        for at, name in enumerate(["", *counties])
    ]
    answers, cost = (
        _spread(np.array(each, dtype=float)) for each in zip(*((o.answers, o.cost) for o in found), strict=True)
    )
    return Simulated(scenario, len(found), answers, cost, tuple(areas), len(refused), refused[0] if refused else None)


def _area(name: str, figures: Sequence[AreaFigure], zones: Zones | None) -> SimulatedArea:
    known = [(one.truth, one.estimate) for one in figures if one.estimate is not None]
    limits = [(one.truth, one.lower, one.upper) for one in figures if one.lower is not None and one.upper is not None]
    truth = float(np.mean([one.truth for one in figures]))
    without = 1 - len(known) / len(figures)
    if not known:
        return SimulatedArea(name, truth, None, None, None, None, without, {}, None, None)
    values = np.array([estimate for _, estimate in known])
    margin = float(np.mean([(upper - lower) / 2 for _, lower, upper in limits])) if limits else None
    covered = float(np.mean([lower <= own <= upper for own, lower, upper in limits])) if limits else None
    outcomes: dict[str, float] = {}
    right = decided = None
    if zones is not None:
        at = [zones.of(estimate).key for _, estimate in known]
        outcomes = {key: at.count(key) / len(at) for key in zones.keys}
        right = float(np.mean([zones.of(own).key == key for (own, _), key in zip(known, at, strict=True)]))
        decided = sum(zones.of(lower) == zones.of(upper) for _, lower, upper in limits) / len(known)
    bias = float(np.mean([estimate - own for own, estimate in known]))
    return SimulatedArea(name, truth, _spread(values), bias, margin, covered, without, outcomes, right, decided)


def _spread(values: Floats) -> Spread:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return Spread(float(values.mean()), float(values.std(ddof=1)), float(low), float(middle), float(high))
