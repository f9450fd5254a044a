"""Response of a known sample by site or class and by margin, how far groups differ in it, and the bounds it leaves.

Beside the figure, never in it.  Persons are known by frame variables alone: those of the classes of dispositions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cells import total_by
from analysis.documents.response import IndicatorDocument, ResponseDocument, ResponseLevel
from analysis.documents.rows import BoundsDocument
from analysis.plan import Plan
from analysis.sample import Sample
from analysis.unknown_bias import bounds

Floats = NDArray[np.float64]
LARGEST = 50.0  # exponent, beyond which a limit is at its end anyhow
NORMAL = 1_000_000  # degrees of freedom of an error that is known


@dataclass(frozen=True)
class Group:
    """A site, or a class of persons by what the frame knows of them. people: whom it stands for; cases: persons drawn."""

    level: str
    stratum: str
    people: float
    cases: float
    respondents: float


def response_of(sample: Sample, plan: Plan, figure: float | None) -> ResponseDocument | None:
    """None where no sample is known: answers of whoever came, or weights that say nothing of the persons drawn.

    figure: the official one, None where it may not be said; share in [0, 1] or index points.
    """
    groups, basis = _by_class(sample), "classes"
    if not groups:
        groups, basis = _by_site(sample, plan), "sites"
    if not groups:
        return None
    people = np.array([group.people for group in groups])
    rates = np.array([group.respondents / group.cases for group in groups])
    rate = float(people @ rates / people.sum())
    return {
        "basis": "sites" if basis == "sites" else "classes",
        "cases": sum(group.cases for group in groups),
        "respondents": sum(group.respondents for group in groups),
        "rate": rate,
        "bounds": None if figure is None else _bounds(figure, min(rate, 1.0), plan),
        "groups": [
            {
                "level": group.level, "stratum": group.stratum, "cases": group.cases, "respondents": group.respondents,
                "rate": group.respondents / group.cases,
            }
            for group in groups
        ],
        "margins": dict(_by_margin(sample, plan)) if basis == "sites" else {},
        "indicator": r_indicator(groups, float(plan.interval.confidence), drawn=basis == "sites"),
    }  # fmt: skip


def r_indicator(groups: list[Group], confidence: float, drawn: bool) -> IndicatorDocument | None:
    """R = 1 - 2 S(rho), rho the response rate of each group, S weighted by people; None with fewer than two groups.

    S^2 is that of the rates less what chance within groups adds, sum W (1-W) r(1-r)/(n-1), over 1 - sum W^2 where the
    groups are drawn themselves (sites).  Its error leaves out one site after the other (JKn) where they are drawn,
    else comes of the binomial chance within classes; R's limits are those of S^2, with drawn sites from Student's t on the
    log of S^2 before chance is taken off, which few sites leave skew.  Schouten, Cobben and Bethlehem (2009); the
    correction as in Shlomo, Skinner and Schouten (2012).

    >>> alike = [Group(str(k), "", 100, 50, 25) for k in range(4)]
    >>> found = r_indicator(alike, 0.95, drawn=True)
    >>> found["value"], found["groups"]
    (1.0, 4)
    """
    if len(groups) < 2:
        return None
    people, cases, answered = (
        np.array([float(getattr(group, name)) for group in groups]) for name in ("people", "cases", "respondents")
    )
    strata = np.unique([group.stratum for group in groups], return_inverse=True)[1]
    whole, chance = _spread(people, cases, answered, drawn)
    spread = whole - chance
    if drawn:
        variance, df = _jackknife(people, cases, answered, strata)
    else:
        variance, df = _binomial(people, cases, answered), NORMAL
    found: IndicatorDocument = {
        "value": 1 - 2 * sqrt(max(spread, 0.0)), "se": None, "lower": None, "upper": None, "groups": len(groups),
        "by_chance": chance,
    }  # fmt: skip
    if df < 1:
        return found
    se = sqrt(variance)
    reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * se
    limits = [spread - reach, spread + reach]
    if drawn and whole > 0:
        limits = [whole * exp(min(side * reach / whole, LARGEST)) - chance for side in (-1, 1)]
    high, low = (1 - 2 * sqrt(min(max(limit, 0.0), 0.25)) for limit in limits)  # no rates differ by more
    return found | {"se": se / sqrt(spread) if spread > 0 else None, "lower": low, "upper": high}


def _spread(people: Floats, cases: Floats, answered: Floats, drawn: bool) -> tuple[float, float]:
    """S^2 of the response rates, and what of it chance explains, which may be more."""
    share, rate = people / people.sum(), answered / cases
    chance = float((share * (1 - share)) @ _chance(cases, rate, share))
    naive = float(share @ (rate - share @ rate) ** 2)
    between = 1 - float(share @ share) if drawn else 1.0
    return (naive / between, chance / between) if between > 0 else (0.0, 0.0)  # one group alone differs from none


def _chance(cases: Floats, rate: Floats, share: Floats) -> Floats:
    """Variance of each rate from chance within its group; a group of one person has that of all together."""
    pooled = float(share @ rate)
    alone = cases <= 1
    own = np.clip(rate * (1 - rate), 0.0, None) / np.where(alone, 1.0, cases - 1)
    return np.where(alone, max(pooled * (1 - pooled), 0.0), own)


def _jackknife(people: Floats, cases: Floats, answered: Floats, strata: NDArray[np.int64]) -> tuple[float, int]:
    """Variance of S^2 over sites drawn in strata, and its degrees of freedom; strata of one site say nothing."""
    variance, df = 0.0, 0
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        number = len(members)
        if number < 2:
            continue
        left = []
        for gone in members:
            others = people.copy()
            others[members] *= number / (number - 1)
            kept = np.arange(len(people)) != gone
            whole, chance = _spread(others[kept], cases[kept], answered[kept], True)
            left.append(whole - chance)
        variance += (number - 1) / number * float(((np.array(left) - np.mean(left)) ** 2).sum())
        df += number - 1
    return variance, df


def _binomial(people: Floats, cases: Floats, answered: Floats) -> float:
    share, rate = people / people.sum(), answered / cases
    chance = _chance(cases, rate, share)
    slope = 2 * share * (rate - share @ rate)
    return float(slope**2 @ chance + 2 * (share * (1 - share)) ** 2 @ chance**2)


def _by_class(sample: Sample) -> list[Group]:
    return [Group(", ".join(one.levels), "", one.eligible, one.eligible, one.respondents) for one in sample.classes]


def _by_site(sample: Sample, plan: Plan) -> list[Group]:
    """The drawn sites with their respondents, silent ones too; none where the persons drawn at one of them are not known."""
    if sample.sites is None or not all(row.persons_known for row in plan.weights.rows):
        return []
    return [
        Group(row.site, row.stratum, row.people, row.cases, float(number))
        for row, number in zip(plan.weights.rows, sample.sites.respondents, strict=True)
    ]


def _by_margin(sample: Sample, plan: Plan) -> Iterator[tuple[str, list[ResponseLevel]]]:
    for name, levels in plan.margins().items():
        column = sample.base.columns[name]
        held = total_by(column.codes, sample.base.weight, size=len(column.levels))
        found = dict(zip(column.levels, map(float, held), strict=True))
        yield (
            name,
            [
                {"level": level, "population": people, "rate": found.get(level, 0.0) / people}
                for level, people in levels.items()
                if people > 0
            ],
        )


def _bounds(figure: float, rate: float, plan: Plan) -> BoundsDocument:
    """In the figure's own unit.  Manski (1989)."""
    low, high = 0.0, 1.0
    if plan.measure.official == "index":
        low, high = (choose(plan.measure.index_points().values()) for choose in (min, max))
    lower, upper = bounds(min(max((figure - low) / (high - low), 0.0), 1.0), rate)
    return {"lower": low + (high - low) * lower, "upper": low + (high - low) * upper}
