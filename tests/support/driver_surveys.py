"""Surveys whose drivers are known, with services that people skip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.drivers import drivers
from analysis.methods import CURRENT, Method
from analysis.regression import Weighting
from analysis.variance import SampleDesign

COMPLETE_ROWS = Method(3)  # the last method that leaves a row out for one service it skips
SKIPPING = ("by chance", "by the other ratings", "by satisfaction")


@dataclass(frozen=True)
class Skipped:
    """What a number of surveys gave, by method: bias and spread of the slopes in points, stated errors, coverage of 95 %
    intervals, each the average over services; rows the regression is of, and surveys that pairs could not do."""

    bias: float
    spread: float
    stated: float
    covers: float
    rows: float
    fallbacks: int


def weighting(weight: np.ndarray, psu: np.ndarray, strata: int = 4) -> Weighting:
    """PSUs dealt over strata in turn; no calibration, no fpc."""
    number = int(psu.max()) + 1
    stratum_of_psu = np.arange(number) % strata
    rows = np.bincount(psu, minlength=number).astype(float)
    design = SampleDesign(
        stratum_of_psu[psu], psu, stratum_of_psu, np.bincount(stratum_of_psu).astype(float), rows,
        np.zeros(strata), np.zeros(number), None, False, "adjust",
    )  # fmt: skip
    return Weighting(np.ones(len(psu), dtype=np.int64), weight, weight**2, design)


def one(
    rng: np.random.Generator, services: int = 6, n: int = 1200, psus: int = 80, incomplete: float = 0.65, by: str = "by chance"
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Weighting, np.ndarray]:  # fmt: skip
    """(overall, ratings, not used, weighting, slopes): ratings alike by person and site, a fifth do not use the last
    service; `incomplete`: the share of rows that skip one or more, evenly over services."""
    slopes = np.linspace(0.5, 0.1, services) / services * 3
    psu = np.arange(n) % psus
    mood, site = rng.normal(0, 12, (n, 1)), rng.normal(0, 6, (psus, 1))[psu]
    rating = 70 + mood + site + rng.normal(0, 18, (n, services))
    not_used = np.zeros((n, services), dtype=bool)
    not_used[:, -1] = rng.uniform(size=n) < 0.2
    used = np.where(not_used, 0.0, rating - 70)
    noise = rng.normal(0, 12, n) + rng.normal(0, 4, psus)[psu]
    overall = 65 + used @ slopes + 4 * not_used[:, -1] + noise
    each = 1 - (1 - incomplete) ** (1 / services)
    pull = {
        SKIPPING[0]: np.zeros((n, 1)),
        SKIPPING[1]: np.roll(rating, 1, axis=1) - 70,
        SKIPPING[2]: overall[:, None] - 65,
    }
    chance = np.clip(each * np.exp(-pull[by] / 25), 0, 0.9)
    skipped = rng.uniform(size=(n, services)) < np.clip(chance * each / chance.mean(), 0, 0.95)
    ratings = np.where(not_used | skipped, np.nan, rating)
    return overall, ratings, not_used & ~skipped, weighting(rng.uniform(1, 4, n), psu), slopes


def contradicting(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three services of which most rate two, alike or the opposite way by which two: no people have such correlations.
    (overall, ratings, not used)."""
    r = np.random.default_rng(seed)
    base = r.normal(0, 15, n)
    ratings = 60 + base[:, None] + r.normal(0, 4, (n, 3))
    group = np.arange(n) // 10 % 10  # one of ten rates all
    ratings[group == 9] = 60 + r.normal(0, 15, ((group == 9).sum(), 3))
    ratings[np.isin(group, (0, 1, 2)), 2] = np.nan
    ratings[np.isin(group, (3, 4, 5)), 0] = np.nan
    ratings[np.isin(group, (6, 7, 8)), 1] = np.nan
    ratings[np.isin(group, (6, 7, 8)), 2] = 120 - ratings[np.isin(group, (6, 7, 8)), 0]
    overall = 60 + 0.3 * np.nansum(ratings - 60, axis=1) + r.normal(0, 5, n)
    return overall, ratings, np.zeros((n, 3), dtype=bool)


def repeated(number: int, seed: int, method: Method = CURRENT, **how: object) -> Skipped:
    """The same surveys for the same seed, whatever the method."""
    rng = np.random.default_rng(seed)
    error, stated, covered, rows, fallbacks = [], [], [], [], 0
    for _ in range(number):
        overall, ratings, not_used, design, slopes = one(rng, **how)  # type: ignore[arg-type]
        found = drivers(overall, ratings, not_used, [f"s{at}" for at in range(len(slopes))], design, method=method)
        fallbacks += found.get("based_on") == "complete"
        values = np.array(
            [[row[f"importance{end}"] for end in ("", "_se", "_lower", "_upper")] for row in found["services"]]
        )
        error.append(values[:, 0] - slopes)
        stated.append(values[:, 1])
        covered.append((values[:, 2] <= slopes) & (slopes <= values[:, 3]))
        rows.append(found["n"])
    errors = np.array(error)
    return Skipped(
        float(np.abs(errors.mean(axis=0)).mean()), float(errors.std(axis=0).mean()), float(np.mean(stated)),
        float(np.mean(covered)), float(np.mean(rows)), fallbacks,
    )  # fmt: skip
