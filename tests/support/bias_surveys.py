"""Simulated surveys in which who answers hangs on who one is, or on how satisfied: of benchmarks/bias.py and the suite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis import Cells, estimate, parse_plan
from analysis.pseudo_weights import open_beside, open_plan
from analysis.response import Group, r_indicator
from analysis.sample import weighted_sample
from tests.support.zones import RULES

AGES, SEXES = ("18-29", "30-44", "45-59", "60+"), ("f", "m")
SITES, PEOPLE = 300, 400
TAKEN, ASKED = 60, 40  # sites drawn, persons drawn at each
BY_AGE = np.array([3.0, 1.5, 0.7, 0.3])  # how eagerly the ages volunteer
LESS = 0.6  # the dissatisfied volunteer, against the satisfied
PLAN = parse_plan(f"""
measure: {{question: overall, satisfied: [1], scale: [0, 1]}}
design: {{psu: site, weight: weight}}
calibration: {{margins: {{
  age: {{{", ".join(f"{age}: {SITES * PEOPLE // 4}" for age in AGES)}}},
  sex: {{f: {SITES * PEOPLE // 2}, m: {SITES * PEOPLE // 2}}}}}}}
""")


@dataclass(frozen=True)
class Indicator:
    truth: float
    mean: float
    mean_se: float
    spread: float
    covered: float


def indicator(surveys: int, sites: int, persons: int, seed: int) -> Indicator:
    """Sites whose response is 0.45 with a standard deviation of 0.10 (a beta law), so that R is 0.80."""
    rng = np.random.default_rng(seed)
    mean, spread = 0.45, 0.10
    size = mean * (1 - mean) / spread**2 - 1
    truth, found = 1 - 2 * spread, []
    for _ in range(surveys):
        rates = rng.beta(mean * size, (1 - mean) * size, sites)
        answered = rng.binomial(persons, rates)
        groups = [Group(str(at), "", 500, persons, float(number)) for at, number in enumerate(answered)]
        found.append(r_indicator(groups, 0.95, drawn=True))
    values, errors = np.array([row["value"] for row in found]), [row["se"] for row in found if row["se"]]
    covered = np.mean([row["lower"] <= truth <= row["upper"] for row in found])
    return Indicator(truth, float(values.mean()), float(np.mean(errors)), float(values.std()), float(covered))


@dataclass(frozen=True)
class City:
    """People (sites, people): who is satisfied, age and sex as places."""

    satisfied: np.ndarray
    age: np.ndarray
    sex: np.ndarray

    @property
    def truth(self) -> float:
        return float(self.satisfied.mean())


def city(rng: np.random.Generator) -> City:
    """Two thirds are satisfied: more with age, and more at some sites than at others."""
    age = np.tile(np.arange(PEOPLE) % 4, (SITES, 1))
    sex = np.tile(np.arange(PEOPLE) // 4 % 2, (SITES, 1))
    logit = 0.65 + np.array([-0.5, -0.2, 0.2, 0.5])[age] + 0.1 * sex + rng.normal(0, 0.35, (SITES, 1))
    return City(rng.random(age.shape) < 1 / (1 + np.exp(-logit)), age, sex)


def sampled(people: City, rng: np.random.Generator, kappa: float = 1.0) -> dict[str, list[object]]:
    """Rows of a two-stage sample; the satisfied answer with 0.5, the others with 0.5 kappa."""
    rows: list[tuple[int, int]] = []
    for site in rng.choice(SITES, TAKEN, replace=False):
        asked = rng.choice(PEOPLE, ASKED, replace=False)
        chance = np.where(people.satisfied[site, asked], 0.5, 0.5 * kappa)
        rows += [(int(site), int(person)) for person in asked[rng.random(ASKED) < chance]]
    return _rows(people, rows)


def volunteers(people: City, rng: np.random.Generator, by: str) -> dict[str, list[object]]:
    """Rows of open answers, some 2 % of the people: who volunteers hangs on age alone, or on being satisfied."""
    eager = BY_AGE[people.age] if by == "age" else np.where(people.satisfied, 1.0, LESS)
    chance = 0.02 * eager / eager.mean()
    return _rows(people, list(zip(*map(np.ndarray.tolist, np.nonzero(rng.random(chance.shape) < chance)), strict=True)))


def _rows(people: City, rows: list[tuple[int, int]]) -> dict[str, list[object]]:
    return {
        "overall": [int(people.satisfied[place]) for place in rows], "site": [f"s{site}" for site, _ in rows],
        "age": [AGES[people.age[place]] for place in rows], "sex": [SEXES[people.sex[place]] for place in rows],
        "weight": [1.0] * len(rows),
    }  # fmt: skip


def beside(people: City, rng: np.random.Generator, by: str) -> tuple[float, float, bool]:
    """Bias of the open answers, that of the pseudo-weighted ones, and whether the gap's interval held the pseudo-weighted
    bias that this city has on average (0 by age)."""
    own, other = sampled(people, rng), volunteers(people, rng, by)
    sample = weighted_sample(Cells.from_rows(own, PLAN), PLAN)
    found = open_beside(sample, PLAN, Cells.from_rows(other, open_plan(PLAN)))
    assert found is not None
    assert found["weighted"]
    gap, truth = found["weighted"], people.truth
    expected = 0.0 if by == "age" else truth / (truth + LESS * (1 - truth)) - truth
    held = gap["lower"] <= expected <= gap["upper"]
    return found["raw"]["estimate"] - truth, gap["estimate"] - truth, held


def unequal(people: City, rng: np.random.Generator, kappa: float) -> tuple[float, bool, float]:
    """Bias of the sampled figure, whether its interval covers, and the error of what is said of a quarter less."""
    document = estimate(Cells.from_rows(sampled(people, rng, kappa), PLAN), PLAN, RULES).as_dict()
    share, truth = document["satisfied"], people.truth
    covers = share["lower"] <= truth <= share["upper"]
    return share["estimate"] - truth, covers, document["tipping"]["quarter"] - truth
