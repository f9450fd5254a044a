"""Is the stated probability of each outcome true, and do the intervals cover?

Each sample comes from a population of its own, with a true share drawn evenly from 0.50 to 0.80: ten counties of
unequal satisfaction, sites of unequal size and an intra-site correlation, eight sites a county drawn with
probability to size, twenty people at each, with unequal weights for the adults of a household. The estimate is the
product's own, raked to counties and sex. Prints the tables of docs/method/statistics.md.

    python benchmarks/decision_calibration.py --samples 5000 --seed 20231
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.cells import Cells
from analysis.decision import outcome_probabilities, predictive
from analysis.estimation import estimate
from analysis.intervals import share_interval
from analysis.plan import parse_plan
from tests.support.zones import RULES, ZONES

COUNTIES, FRAME, SITES, TAKE, ICC = 10, 60, 8, 20, 0.05
OFFICIAL_SE = 0.02
METHODS = ("korn_graubard", "logit", "wilson", "wald")
PLAN = """
measure: {question: satisfied, satisfied: [1], scale: [0, 1]}
design: {strata: county, psu: site, weight: weight}
calibration: {method: raking, margins: {county: {"0": 1}, sex: {"0": 1}}}
"""


@dataclass(frozen=True)
class Trial:
    truth: float
    stated: dict[str, float]
    foreseen: dict[str, float]
    official: str
    covered: dict[str, bool]


def trial(generator: np.random.Generator) -> Trial:
    """One population, one sample of it, one independent official survey."""
    truth = generator.uniform(0.50, 0.80)
    size = generator.lognormal(8, 0.6, (COUNTIES, FRAME))
    county = np.clip(truth + generator.normal(0, 0.05, COUNTIES), 0.05, 0.95)
    site = generator.beta(county[:, None] * (1 / ICC - 1), (1 - county[:, None]) * (1 / ICC - 1), (COUNTIES, FRAME))
    site = np.clip(site + truth - (size * site).sum() / size.sum(), 0.005, 0.995)
    truth = float((size * site).sum() / size.sum())
    rows = list(_sampled(size, site, generator))
    margins = {
        "county": {str(h): float(total) for h, total in enumerate(size.sum(axis=1))},
        "sex": {"0": float(size.sum() / 2), "1": float(size.sum() / 2)},
    }
    plan = parse_plan(PLAN).with_margins(margins)
    result = estimate(Cells.from_groups(rows, plan), plan, RULES).overall
    share, se, df, n = result.satisfied.estimate, result.satisfied.se, result.df, result.n
    spread = OFFICIAL_SE / (truth * (1 - truth))
    log_odds = np.log(truth / (1 - truth)) + generator.normal(0, spread)
    covered = {}
    for method in METHODS:
        limits = share_interval(share, se, df, n, method, 0.95)
        covered[method] = limits.lower <= truth <= limits.upper
    return Trial(
        truth, outcome_probabilities(share, se, df, ZONES, n), predictive(share, se, df, OFFICIAL_SE, ZONES, n),
        ZONES.of(float(1 / (1 + np.exp(-log_odds)))).key, covered,
    )  # fmt: skip


def _sampled(size: np.ndarray, site: np.ndarray, generator: np.random.Generator) -> Iterator[tuple[object, ...]]:
    """Rows (measure, county, site, sex, count, weight, its square): sites by size, people evenly, adults weighted."""
    for h in range(COUNTIES):
        share_of_size = size[h] / size[h].sum()
        drawn = generator.choice(FRAME, SITES, p=share_of_size)
        for number, place in enumerate(drawn):
            adults = generator.choice([1, 2, 3, 4], TAKE, p=[0.25, 0.5, 0.15, 0.1])
            answers = generator.random(TAKE) < site[h, place]
            sexes = generator.integers(0, 2, TAKE)
            weight = size[h].sum() / (SITES * TAKE) * adults / 2
            for answer, sex, own in zip(answers, sexes, weight, strict=True):
                yield (int(answer), h, f"{h}-{number}", int(sex), 1, own, own * own)


def table(pairs: list[tuple[float, bool]]) -> Iterator[str]:
    """Stated probability in bins against how often the outcome came true."""
    stated, came = np.array([p for p, _ in pairs]), np.array([float(true) for _, true in pairs])
    edges = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0000001]
    yield "| stated | statements | mean stated | came true | Monte Carlo error | distance in errors |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for low, high in pairwise(edges):
        inside = (stated >= low) & (stated < high)
        if not inside.any():
            continue
        mean, rate, number = stated[inside].mean(), came[inside].mean(), int(inside.sum())
        error = np.sqrt((stated[inside] * (1 - stated[inside])).sum()) / number
        yield (
            f"| {low:.2f} – {min(high, 1):.2f} | {number} | {mean:.4f} | {rate:.4f} | {error:.4f} "
            f"| {(rate - mean) / error:+.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20231)
    arguments = parser.parse_args()
    start = time.perf_counter()
    streams = np.random.SeedSequence(arguments.seed).spawn(arguments.samples)
    trials = [trial(np.random.default_rng(stream)) for stream in streams]
    print(f"{arguments.samples} samples, seed {arguments.seed}, {time.perf_counter() - start:.0f} s\n")
    print("Where the true share lies (all three outcomes together):\n")
    print("\n".join(table([(p, name == ZONES.of(t.truth).key) for t in trials for name, p in t.stated.items()])))
    print(f"\nAn independent official survey with a standard error of {OFFICIAL_SE}:\n")
    print("\n".join(table([(p, name == t.official) for t in trials for name, p in t.foreseen.items()])))
    print("\n| interval | covers | Monte Carlo error |\n| --- | ---: | ---: |")
    for method in METHODS:
        rate = float(np.mean([t.covered[method] for t in trials]))
        print(f"| {method} | {rate:.4f} | {np.sqrt(0.95 * 0.05 / len(trials)):.4f} |")


if __name__ == "__main__":
    main()
