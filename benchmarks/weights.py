"""What base weights do to the figure where sites are not filled as they were planned.

A population of ten counties with sixty sites each, unequal in size and satisfaction; eight sites a county are drawn with
probability to size, twenty people are to answer at each. Stories of what happens, four ways to weigh: for the target, as
it was before; by the answers that came (`weights`, the product's own); the same with no site put together with another
(`fewest: 1`); and both at once, the last times target over take, which counts the same thing twice. Each estimate is raked to the counties. Prints bias, root
mean squared error and how often the interval covers, in points, for docs/method/weights.md.

    python benchmarks/weights.py --samples 200 --seed 20231
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.plan import Plan, parse_plan
from analysis.sampled_sites import SampledSite

Floats = NDArray[np.float64]
COUNTIES, FRAME, SITES, TARGET, ICC = 10, 60, 8, 20, 0.05
BASE = """
measure: {question: y, satisfied: [1], scale: [0, 1]}
design: {strata: county, psu: site, weight: weight}
calibration: {method: raking, margins: {county: {"0": 1}}}
singleton: adjust
"""
Take = Callable[[Floats, np.random.Generator], NDArray[np.int64]]


@dataclass(frozen=True)
class Story:
    """take: answers at each drawn site, from the shares satisfied there. willing: how much readier the satisfied are."""

    name: str
    take: Take
    willing: float = 1.0


def as_planned(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    return np.full(share.shape, TARGET)


def plain(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """Between a quarter of the target and thrice it, whatever people think."""
    return np.asarray(np.maximum(1, TARGET * generator.lognormal(-0.2, 0.6, share.shape)), dtype=np.int64)


def informative(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """A site a tenth more satisfied than the rest takes some 1.65 times as many."""
    ready = np.exp(5.0 * (share - share.mean()) + generator.normal(-0.2, 0.3, share.shape))
    return np.asarray(np.maximum(1, TARGET * ready), dtype=np.int64)


def one_overfull(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """In each county the most satisfied of its sites takes ten times its target."""
    take = np.full(share.shape, TARGET)
    take[np.arange(len(share)), share.argmax(axis=1)] = 10 * TARGET
    return take


def tiny(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """Three answers a site on average, none at some."""
    return np.asarray(generator.poisson(3.0, share.shape), dtype=np.int64)


def silent(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """One site in six gives no answer, whatever people there think."""
    return np.where(generator.uniform(size=share.shape) < 1 / 6, 0, TARGET)


def silent_for_a_reason(share: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """The least satisfied site of each county gives no answer."""
    take = np.full(share.shape, TARGET)
    take[np.arange(len(share)), share.argmin(axis=1)] = 0
    return take


STORIES = (
    Story("as planned", as_planned), Story("plain takes", plain), Story("informative takes", informative),
    Story("one overfull site a county", one_overfull), Story("tiny takes", tiny), Story("silent sites", silent),
    Story("the least satisfied silent", silent_for_a_reason), Story("the satisfied answer 5.3 % more readily", as_planned, 1.053),
)  # fmt: skip
WAYS = ("for the target", "by the answers", "never put together", "both at once")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20231)
    asked = parser.parse_args()
    print(f"| what happens | {' | '.join(f'{way}: bias, rmse, covered' for way in WAYS)} |")
    print("| --- | " + "--- | " * len(WAYS))
    for number, story in enumerate(STORIES):
        generator = np.random.default_rng((asked.seed, number))
        found = np.array([_sample(story, generator) for _ in range(asked.samples)])  # samples, ways, error and covered
        error, covered = 100 * found[:, :, 0], 100 * found[:, :, 1]
        cells = [
            f"{error[:, way].mean():+.2f}, {np.sqrt((error[:, way] ** 2).mean()):.2f}, {covered[:, way].mean():.0f} %"
            for way in range(len(WAYS))
        ]
        print(f"| {story.name} | {' | '.join(cells)} |", flush=True)


def _sample(story: Story, generator: np.random.Generator) -> list[tuple[float, float]]:
    """Error of the share and whether its interval covers, each way, for one population and one sample of it."""
    size = np.round(generator.lognormal(7.5, 0.6, (COUNTIES, FRAME))) + 10 * TARGET
    county = np.clip(0.70 + generator.normal(0, 0.05, COUNTIES), 0.05, 0.95)[:, None]
    site = generator.beta(county * (1 / ICC - 1), (1 - county) * (1 / ICC - 1), (COUNTIES, FRAME))
    truth = float((size * site).sum() / size.sum())
    probability = SITES * size / size.sum(axis=1, keepdims=True)
    drawn = np.array([_systematic(row, generator) for row in probability])
    places = (np.arange(COUNTIES)[:, None], drawn)
    share, people = site[places], size[places]
    within = np.minimum(probability[places], 1.0)
    take = story.take(share, generator)
    answering = story.willing * share / (story.willing * share + 1 - share)
    satisfied = generator.binomial(take, answering)
    margins = {"county": {str(h): float(total) for h, total in enumerate(size.sum(axis=1))}}
    rows = [
        (answer, str(h), f"{h}-{i}", int(count), people[h, i] / (within[h, i] * TARGET))
        for h in range(COUNTIES) for i in range(SITES)
        for answer, count in ((1, satisfied[h, i]), (0, take[h, i] - satisfied[h, i])) if count
    ]  # fmt: skip
    sites = tuple(
        SampledSite(f"{h}-{i}", str(h), float(within[h, i]), float(people[h, i]), float(TARGET))
        for h in range(COUNTIES) for i in range(SITES)
    )  # fmt: skip
    plan = parse_plan(BASE).with_margins(margins)
    counted = {(str(h), f"{h}-{i}"): TARGET / take[h, i] for h in range(COUNTIES) for i in range(SITES) if take[h, i]}
    ways = (
        (plan, dict.fromkeys(counted, 1.0)),
        (plan.with_sites(sites), None),
        (replace(plan, weights=replace(plan.weights, fewest=1)).with_sites(sites), None),
        (plan, {key: value**2 for key, value in counted.items()}),
    )
    return [_judged(rows, way, factors, truth) for way, factors in ways]


def _judged(
    rows: list[tuple[int, str, str, int, float]], plan: Plan, factors: dict[tuple[str, str], float] | None, truth: float
) -> tuple[float, float]:
    groups = []
    for answer, h, i, count, weight in rows:
        own = 1.0 if factors is None else weight * factors[h, i]
        groups.append((answer, h, i, count, count * own, count * own**2))
    try:
        found = estimate(Cells.from_groups(groups, plan), plan).overall.satisfied
    except AnalysisError:
        return float("nan"), float("nan")
    assert found is not None
    assert found.interval is not None
    return found.estimate - truth, float(found.interval.lower <= truth <= found.interval.upper)


def _systematic(probability: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    """Systematic sampling with probability to size after shuffling; nobody is drawn twice."""
    order = generator.permutation(len(probability))
    reached = np.cumsum(np.minimum(probability[order], 1.0))
    points = (generator.uniform() + np.arange(SITES)) * reached[-1] / SITES
    return order[np.searchsorted(reached, points)]


if __name__ == "__main__":
    main()
