"""A logit with random area and site effects on binomial counts, its two spreads integrated over: the arithmetic behind
small areas.

    Units (who answered where) --posterior--> areas' shares over Targets (who lives where)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.interpolate import make_interp_spline
from scipy.special import expit, logit, ndtr

from analysis.cells import total_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
SLOPE_SD = 2.5  # of the prior of each fixed effect but the constant, on the logit scale
_SMALLEST, _LARGEST = 0.02, 2.0  # standard deviations of effects that are looked at, on the logit scale
_LEFT_OUT = 1e-3  # of the highest density: spreads below it are not looked at more closely
_SETTLED = 1e-6  # of the largest change of a logit in a step; the next one would change some 1e-12
_FINE = 41  # spreads of each kind in the mixture
_MIXED = 16 * 3**0.5 / (15 * np.pi)  # a normal mixture of logits is a logit of eta / sqrt(1 + (_MIXED sd)^2)


@dataclass(frozen=True)
class Units:
    """successes, trials (g,): may be fractions. fixed (g, k): a column of ones first. area, site (g,): codes from 0, each
    of which occurs; site None: no site effects. slope_sd: of the prior of all fixed effects but the first."""

    successes: Floats
    trials: Floats
    fixed: Floats
    area: Codes
    site: Codes | None
    slope_sd: float = SLOPE_SD

    @cached_property
    def dense(self) -> Floats:
        """(g, k + areas): fixed columns, then an indicator of each area."""
        return np.hstack([self.fixed, np.eye(int(self.area.max()) + 1)[self.area]])

    @cached_property
    def by_site(self) -> sparse.csr_array:
        """(sites, g): adds rows up by site; no rows where there are no sites."""
        g = len(self.trials)
        if self.site is None:
            return sparse.csr_array((0, g))
        return sparse.csr_array((np.ones(g), (self.site, np.arange(g))))


@dataclass(frozen=True)
class Targets:
    """Groups of the population: fixed (r, k) as in Units, area (r,), population (r,), of which each area has some."""

    fixed: Floats
    area: Codes
    population: Floats


@dataclass(frozen=True)
class Mode:
    """The fit at given spreads. effects (k + areas,): fixed, then area effects, with their covariance given the spreads;
    site_effects (sites,). log_marginal: Laplace's log of the likelihood of the spreads, fixed effects integrated out, up
    to a constant."""

    effects: Floats
    covariance: Floats
    site_effects: Floats
    log_marginal: float


@dataclass(frozen=True)
class Posterior:
    """Of each area's share (areas,): mean, sd and limits of the equal-tailed interval; of both spreads: means."""

    mean: Floats
    sd: Floats
    lower: Floats
    upper: Floats
    area_sd: float
    site_sd: float | None


def mode(units: Units, area_sd: float, site_sd: float, start: Mode | None = None) -> Mode:
    """Maximise likelihood times normal densities of the effects, by Newton's method with halved steps.

    logit p = x'b + u[area] + v[site], u ~ N(0, area_sd^2), v ~ N(0, site_sd^2).  log marginal = l - penalty/2 +
    (log|P| - log|H|)/2, H the Hessian of all effects, P the prior precision of u and v: Laplace's approximation
    (Breslow and Clayton 1993); sites are eliminated first, so only fixed and area effects make a full matrix.
    """
    dense, by_site = units.dense, units.by_site
    k, sites = units.fixed.shape[1], by_site.shape[0]
    areas = dense.shape[1] - k
    prior = np.concatenate([[0.0], np.full(k - 1, units.slope_sd**-2.0), np.full(areas, area_sd**-2.0)])
    effects = start.effects if start else _begun(units, k + areas)
    own = start.site_effects if start else np.zeros(sites)

    def predictor(b: Floats, v: Floats) -> Floats:
        eta: Floats = dense @ b + by_site.T @ v
        return eta

    def height(eta: Floats, b: Floats, v: Floats) -> float:
        likelihood = units.successes @ eta - units.trials @ np.logaddexp(0, eta)
        return float(likelihood - (prior @ b**2 + v @ v / site_sd**2) / 2)

    eta = predictor(effects, own)
    best = height(eta, effects, own)
    while True:
        p = expit(eta)
        weight, left = units.trials * p * (1 - p), units.successes - units.trials * p
        weighted = weight[:, None] * dense
        hessian = dense.T @ weighted + np.diag(prior)
        gradient = dense.T @ left - prior * effects
        inside, crossed = by_site @ weight + site_sd**-2.0, by_site @ weighted
        site_gradient = by_site @ left - own / site_sd**2
        schur = hessian - crossed.T @ (crossed / inside[:, None])
        step = np.linalg.solve(schur, gradient - crossed.T @ (site_gradient / inside))
        site_step = (site_gradient - crossed @ step) / inside
        size = 1.0
        while True:
            moved = predictor(effects + size * step, own + size * site_step)
            reached = height(moved, effects + size * step, own + size * site_step)
            if reached >= best - 1e-9 * abs(best) or size < 1e-4:
                break
            size /= 2
        change = float(np.abs(moved - eta).max())
        effects, own, eta, best = effects + size * step, own + size * site_step, moved, max(reached, best)
        if change < _SETTLED or size < 1e-4:
            break
    scale = -areas * np.log(area_sd) - sites * np.log(site_sd)
    determinants = float(np.linalg.slogdet(schur)[1] + np.log(inside).sum())
    marginal = height(eta, effects, own) + scale - determinants / 2
    return Mode(effects, np.linalg.inv(schur), own, float(marginal))


def posterior(units: Units, targets: Targets, confidence: float = 0.95) -> Posterior:
    """Shares of the areas' populations, the spreads integrated over on a grid under a flat prior of both (Gelman 2006).

    At each pair of spreads an area's share is the mean over its targets, averaged over sites that were not drawn, with the
    delta method's variance on the logit scale; the likelihoods of the pairs mix them (Rue, Martino and Chopin 2009). Between
    the pairs that are fitted everything is interpolated by cubic splines.
    """
    coarse = np.geomspace(_SMALLEST, _LARGEST, 7)
    one = coarse[:1]  # no sites, no spread of theirs
    density = _grid(units, targets, coarse, one if units.site is None else coarse)[:, :, 0]
    spreads = [_around(coarse, density.max(axis=1), 9), one]
    if units.site is not None:
        spreads[1] = _around(coarse, density.max(axis=0), 6)
    grid = _grid(units, targets, *spreads)
    for axis, points in enumerate(spreads):
        if len(points) > 1:
            spreads[axis] = np.linspace(points[0], points[-1], _FINE)
            grid = make_interp_spline(points, grid, axis=axis)(spreads[axis])
    weight = np.exp(grid[:, :, 0] - grid[:, :, 0].max())
    weight /= weight.sum()
    centre, spread = np.split(grid[:, :, 1:].reshape(weight.size, -1), 2, axis=1)
    mixed, spread = weight.ravel(), np.exp(spread)
    share = expit(centre)
    mean = mixed @ share
    sd = np.sqrt(mixed @ ((share * (1 - share) * spread) ** 2 + (share - mean) ** 2))
    tail = (1 - confidence) / 2
    return Posterior(
        mean,
        sd,
        _quantile(tail, mixed, centre, spread),
        _quantile(1 - tail, mixed, centre, spread),
        float(weight.sum(axis=1) @ spreads[0]),
        None if units.site is None else float(weight.sum(axis=0) @ spreads[1]),
    )


def _begun(units: Units, number: int) -> Floats:
    effects = np.zeros(number)
    effects[0] = logit(units.successes.sum() / units.trials.sum())
    return effects


def _grid(units: Units, targets: Targets, area: Floats, site: Floats) -> Floats:
    """(areas' spreads, sites' spreads, 1 + 2 areas): at each pair the log of its likelihood, then each area's logit and the
    log of its standard deviation."""
    rows, at = [], None
    for one in area:
        for other in site:
            at = mode(units, float(one), float(other), at)
            rows.append([at.log_marginal, *_logits(at, targets, float(other) if units.site is not None else 0.0)])
    return np.array(rows).reshape(len(area), len(site), -1)


def _around(points: Floats, density: Floats, number: int) -> Floats:
    """Evenly spaced spreads over the range where they are at all likely, from the log density at a few of them."""
    every = np.geomspace(points[0], points[-1], 400)
    between = make_interp_spline(np.log(points), density)(np.log(every))
    held = np.flatnonzero(between > between.max() + np.log(_LEFT_OUT))
    return np.linspace(every[held[0]], every[held[-1]], number)


def _logits(at: Mode, targets: Targets, site_sd: float) -> Floats:
    """(2 areas,): the logit of each area's share at a mode, then the log of its standard deviation."""
    k = targets.fixed.shape[1]
    areas = len(at.effects) - k
    flatter = (1 + (_MIXED * site_sd) ** 2) ** -0.5
    p = expit(flatter * (targets.fixed @ at.effects[:k] + at.effects[k:][targets.area]))
    part = targets.population / total_by(targets.area, targets.population, areas)[targets.area]
    share = total_by(targets.area, part * p, areas)
    slope = part * flatter * p * (1 - p) / (share * (1 - share))[targets.area]
    rows = np.column_stack([total_by(targets.area, slope * column, areas) for column in targets.fixed.T])
    moved = np.hstack([rows, np.diag(total_by(targets.area, slope, areas))])
    spread = np.einsum("ij,jk,ik->i", moved, at.covariance, moved)
    return np.concatenate([logit(share), np.log(spread) / 2])


def _quantile(level: float, weight: Floats, centre: Floats, spread: Floats) -> Floats:
    """Of a mixture of normals on the logit scale, by halving; weight (grid,), centre and spread (grid, areas)."""
    low, high = (centre - 12 * spread).min(axis=0), (centre + 12 * spread).max(axis=0)
    for _ in range(60):
        middle = (low + high) / 2
        below = weight @ ndtr((middle - centre) / spread) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(expit((low + high) / 2))
