"""A made survey of eighty sites by posters or by invitations, and the programs that would move its figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from analysis.quality_arrivals import arrivals
from analysis.quality_flags import under_floor
from analysis.sampled_sites import SampledSite
from survey_app.answering.ripeness import Handed, busy

COUNTIES, SITES, PEOPLE, TAKE, DAYS = 10, 8, 2600, 27, 14
LONGEST_DELAY, HOURS = 60.0, 8 * 3600.0
PLAN = """
measure: {question: y, satisfied: [1], scale: [0, 1]}
design: {strata: county, psu: site}
singleton: adjust
"""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """One entry per answer. opened: when its form was handed out, in seconds; seconds: until it was sent."""

    site: NDArray[np.int64]
    opened: Floats
    seconds: Floats
    satisfied: NDArray[np.bool_]
    honest: NDArray[np.bool_]

    def plus(self, other: Answers) -> Answers:
        names = ("site", "opened", "seconds", "satisfied", "honest")
        return Answers(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))

    def flagged(self) -> NDArray[np.bool_]:
        """What a new plan leaves out: below the floor, machine arrivals, not ripe. Each comes from a browser of its own."""
        found = self.seconds < self.delays()
        finished = self.opened + self.seconds
        for flag in (
            *under_floor(self.seconds),
            *arrivals(self.site, finished, self.seconds, np.ones(len(found), dtype=bool)),
        ):
            found[flag.position] = True
        return found

    def delays(self) -> Floats:
        """What the server sets as it hands out the forms."""
        rates, found = {name: Handed() for name in np.unique(self.site).tolist()}, np.zeros(len(self.site))
        for place in np.argsort(self.opened, kind="stable").tolist():
            found[place] = int(busy(rates[int(self.site[place])].one(self.opened[place])) * LONGEST_DELAY)
        return found


def honest_answers(r: np.random.Generator) -> Answers:
    """Some 27 a site within two weeks; about seven in ten are satisfied, sites differ."""
    share = np.clip(0.7 + r.normal(0, 0.1, COUNTIES * SITES), 0.05, 0.95)
    take = r.poisson(TAKE, COUNTIES * SITES) + 5
    site = np.repeat(np.arange(COUNTIES * SITES), take)
    n = len(site)
    satisfied = r.uniform(size=n) < share[site]
    opened = r.integers(0, DAYS, n) * 86_400.0 + 9 * 3600 + r.uniform(0, HOURS, n)
    seconds = np.exp(r.normal(np.log(180), 0.35, n)) * np.where(satisfied, 0.9, 1.0)
    return Answers(site, opened, seconds, satisfied, np.ones(n, dtype=bool))


def naive(r: np.random.Generator) -> Answers:
    """500 answers through one site's code in 13 seconds, each form sent as soon as it is there."""
    return _program(np.full(500, 7), 86_400 * 3 + 10 * 3600 + np.sort(r.uniform(0, 13, 500)), np.full(500, 0.02))


def patient(r: np.random.Generator) -> Answers:
    """304 answers through one site's code over a working day, unevenly, each after some 100 seconds."""
    begins = 86_400 * 3 + 9 * 3600 + np.sort(r.uniform(0, HOURS, 304))
    return _program(np.full(304, 7), begins, r.uniform(90, 140, 304))


def over_fifty_addresses(r: np.random.Generator) -> Answers:
    """The patient one from fifty addresses at twenty-five sites, 304 answers at each."""
    parts = [patient(r) for _ in range(25)]
    sites = np.repeat(r.choice(COUNTIES * SITES, 25, replace=False), 304)
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.plus(part)
    return Answers(sites, joined.opened, joined.seconds, joined.satisfied, joined.honest)


def estimated(answers: Answers, kept: NDArray[np.bool_]) -> float:
    """The share by the product's own weights: a site speaks for its people, whatever its answers."""
    rows = []
    for name in np.unique(answers.site[kept]).tolist():
        here = kept & (answers.site == name)
        for answer in (1, 0):
            count = int((answers.satisfied[here] == bool(answer)).sum())
            rows += [(answer, str(name // SITES), str(name), count, float(count), float(count))] * (count > 0)
    sites = tuple(SampledSite(str(name), str(name // SITES), 0.1, float(PEOPLE)) for name in range(COUNTIES * SITES))
    plan = parse_plan(PLAN).with_sites(sites)
    found = estimate(Cells.from_groups(rows, plan), plan).overall.satisfied
    assert found is not None
    return found.estimate


def _program(site: NDArray[np.int64], opened: Floats, seconds: Floats) -> Answers:
    nobody = np.zeros(len(site), dtype=bool)
    return Answers(site.astype(np.int64), opened, seconds, ~nobody, nobody)
