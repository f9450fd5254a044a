"""Thousands of surveys of few sites, drawn as whole tables at once; what is said of each is said by the product's own law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.decision import probability_below
from analysis.few_sites import ENOUGH_DF, Law, Strata, law

Floats = NDArray[np.float64]
ADULTS, CHANCE = np.array([0.5, 1.0, 1.5, 2.0]), (0.25, 0.5, 0.15, 0.1)  # weights of adults of a household


@dataclass(frozen=True)
class Design:
    """sizes: of the strata, relative. sites: in each. county: the stratum that is told of, None for all together."""

    name: str
    sizes: tuple[float, ...]
    sites: tuple[int, ...]
    take: int
    icc: float = 0.05
    between: float = 0.0  # standard deviation of the strata's true shares
    county: int | None = None


@dataclass(frozen=True)
class Drawn:
    """truth, figure (surveys,); strata: one object whose columns are (surveys, strata)."""

    truth: Floats
    truths: Floats
    figures: Floats
    strata: Strata
    cells: NDArray[np.int64]  # (surveys, strata, sites, weights): people, and those of them who are satisfied
    satisfied: NDArray[np.int64]


def draw(design: Design, truth: Floats, generator: np.random.Generator) -> Drawn:
    """Surveys of these true shares: sites from a beta of the design's intra-site correlation, people with unequal weights."""
    number, share, most = len(truth), np.array(design.sizes) / sum(design.sizes), max(design.sites)
    apart = generator.normal(0, design.between, (number, len(share)))
    if design.county is None:
        apart -= (apart * share).sum(axis=1, keepdims=True)
    else:
        apart -= apart[:, [design.county]]
    truths = np.clip(truth[:, None] + apart, 0.03, 0.97)
    odds, shape = 1 / design.icc - 1, (number, len(share), most)
    site = generator.beta(
        np.broadcast_to(truths[..., None] * odds, shape), np.broadcast_to((1 - truths[..., None]) * odds, shape)
    )
    there = np.arange(most) < np.array(design.sites)[:, None]
    people = generator.multinomial(design.take, CHANCE, shape) * there[..., None]
    satisfied = generator.binomial(people, site[..., None])
    weight, happy = people @ ADULTS, satisfied @ ADULTS
    total = weight.sum(axis=2)
    figures = happy.sum(axis=2) / total
    left = (happy - figures[..., None] * weight) / total[..., None]
    sites = np.array(design.sites, dtype=float)
    variance = sites / (sites - 1) * (left**2).sum(axis=2)
    strata = Strata(
        np.broadcast_to(share, figures.shape), figures * (1 - figures), total**2 / (people @ ADULTS**2).sum(axis=2),
        np.broadcast_to(sites, figures.shape), variance,
    )  # fmt: skip
    return Drawn(truth, truths, figures, strata, people, satisfied)


def told(design: Design, drawn: Drawn) -> Iterator[tuple[float, float, Law]]:
    """Truth, figure and law of each survey, of the whole or of the county that is told of."""
    held = np.ones(len(design.sizes)) if design.county is None else np.eye(len(design.sizes))[design.county]
    sites = int(held @ np.array(design.sites))
    df = sites - int(held.sum())
    for at, truth in enumerate(drawn.truth):
        every = Strata(*(getattr(drawn.strata, name)[at] for name in Strata.__dataclass_fields__))
        own = replace(every, weight=every.weight * held)
        share = own.weight / own.weight.sum()
        se = float(np.sqrt(share**2 @ every.variance))
        found = law(own, every if df < ENOUGH_DF else None, se, df, sites * design.take, sites)
        yield float(truth), float(share @ drawn.figures[at]), found


def below(line: float, figure: float, found: Law) -> float:
    """As the product's `probability_below`, which is slow where there are thousands."""
    if not 0 < figure < 1 or found.se <= 0:
        return probability_below(line, figure, found.se, found.df, found.n)
    scale = found.se / (figure * (1 - figure))
    return float(special.stdtr(found.df, (special.logit(line) - special.logit(figure)) / scale))
