"""Few sites: are stated probabilities calibrated, and do ranges of ranks cover? Prints the tables of docs/method/few-sites.md.

    python -m benchmarks.few_sites --surveys 20000 --seed 19

Truths are even from 0.50 to 0.80, the prior under which the product's probabilities are meant. A statement is
over-confident by what its bin came true less often (stated from one half on) or more often (below) than was stated.
Every survey speaks of a truth of its own, so those of one bin are independent; only the county with all counties
considered has several statements a survey, one of each zone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from analysis.counties import County, pooled_chances, rank_ranges
from analysis.intervals import share_interval
from tests.support.few_site_surveys import Design, below, draw, told
from tests.support.zones import ZONES

EVEN = (1.0,) * 10
DESIGNS = (
    Design("county, 8 sites of 20", EVEN, (8,) * 10, 20, between=0.05, county=0),
    Design("county, 16 sites of 20", EVEN, (16,) * 10, 20, between=0.05, county=0),
    Design("county, 16 sites of 20, correlation 0.1", EVEN, (16,) * 10, 20, icc=0.1, between=0.05, county=0),
    Design("county, 12 sites of 40", EVEN, (12,) * 10, 40, between=0.05, county=0),
    Design("city, 4 unequal strata of 2 sites of 20", (1.0, 2.0, 4.0, 8.0), (2,) * 4, 20, between=0.05),
    Design("city, 8 unequal strata of 2 sites of 60", (1.0, 1, 2, 4, 8, 4, 2, 1), (2,) * 8, 60, 0.03, 0.05),
    Design("city, 10 strata of 2 sites of 20", EVEN, (2,) * 10, 20, between=0.05),
    Design("city, 20 sites of 20", (1.0,), (20,), 20),
    Design("city, 10 strata of 8 sites of 20", EVEN, (8,) * 10, 20, between=0.05),
)
# where the rule begins to state: each by a generator of its own, of another seed
NEAR_THE_RULE = tuple(
    Design(f"county, {sites} sites of 20, correlation 0.1", EVEN, (sites,) * 10, 20, icc=0.1, between=0.05, county=0)
    for sites in (16, 18, 20)
)
OTHER_SEED = 77
EDGES = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0001)
Pairs = list[tuple[float, bool]]


def overconfident(pairs: Pairs) -> tuple[float, float, str, int]:
    """Of the bin that is worst beside what is allowed (0.02, or 2.5 Monte Carlo errors): how much it is over-confident,
    what is allowed, its ends, its statements; and bins of fewer than 2,500 are passed over."""
    stated, came = np.array(pairs, dtype=float).T
    worst = (-1.0, 0.0, "–", 0)
    for low, high in pairwise(EDGES):
        inside = (stated >= low) & (stated < high)
        number = int(inside.sum())
        if number < 2_500:
            continue
        mean, rate = float(stated[inside].mean()), float(came[inside].mean())
        allowed = max(0.02, 2.5 * float(np.sqrt((stated[inside] * (1 - stated[inside])).sum())) / number)
        over = mean - rate if mean >= 0.5 else rate - mean
        if over - allowed > worst[0] - worst[1] or worst[3] == 0:
            worst = (over, allowed, f"{low:.2f} – {min(high, 1):.2f}", number)
    return worst


def kolmogorov(chances: Iterable[float]) -> float:
    """The largest distance of these from an even distribution."""
    ordered = np.sort(np.array(list(chances)))
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))


def design_row(design: Design, surveys: int, generator: np.random.Generator) -> str:
    pairs: Pairs = []
    withheld, freedom = 0, []
    for truth, figure, found in told(design, draw(design, generator.uniform(0.5, 0.8, surveys), generator)):
        chances = ZONES.split(lambda line, figure=figure, found=found: below(line, figure, found))
        pairs += [(chance, zone == ZONES.of(truth).key) for zone, chance in chances.items()]
        withheld += found.withheld is not None
        freedom.append(found.df)
    distances = []
    for truth in (0.6, 0.7):
        found_ = told(design, draw(design, np.full(surveys // 2, truth), generator))
        distances.append(kolmogorov(below(truth, figure, law) for _, figure, law in found_))
    over, allowed, ends, number = overconfident(pairs)
    fine = over <= allowed and max(distances) <= 0.03
    said = "withheld" if withheld == surveys else "stated" if not withheld else f"withheld in {withheld / surveys:.0%}"
    return (
        f"| {design.name} | {np.median(freedom):.0f} | {ends} | {number} | {over:+.3f} | {allowed:.3f} | {distances[0]:.3f} | "
        f"{distances[1]:.3f} | {'yes' if fine else 'no'} | {said} |"
    )


def pooled_row(sites: int, spread: float, surveys: int, generator: np.random.Generator) -> str:
    pairs: Pairs = []
    for at in range(surveys):
        design = Design("", (1.0,) * 11, (sites,) * 11, 20, between=spread, county=None)
        drawn = draw(design, generator.uniform(0.5, 0.8, 1), generator)
        counties = []
        for county in range(11):
            one = Design("", design.sizes, design.sites, 20, between=spread, county=county)
            _, figure, found = next(told(one, drawn))
            counties.append(County(str(county), figure, found.se, sites - 1, sites * 20, found))
        chances = pooled_chances(counties, ZONES)[str(at % 11)]
        truth = float(drawn.truths[0, at % 11])
        pairs += [(chance, zone == ZONES.of(truth).key) for zone, chance in chances.items()]
    over, allowed, ends, number = overconfident(pairs)
    return f"| {sites} | {spread:.2f} | {ends} | {number} | {over:+.3f} | {allowed:.3f} |"


def rank_row(df: int | str, uneven: bool, surveys: int, generator: np.random.Generator) -> str:
    """Eleven counties of one true share: do all ranges hold all eleven ranks?"""
    sizes = np.linspace(0.02, 0.06, 11) if uneven else np.full(11, 0.04)
    freedom = np.arange(3, 14) if df == "3–13" else np.full(11, int(df))
    held = 0
    for _ in range(surveys):
        figures = 0.7 + generator.normal(0, sizes)
        errors = sizes * np.sqrt(generator.chisquare(freedom) / freedom)
        counties = [
            County(str(at), figure, error, int(own), 160, None)
            for at, (figure, error, own) in enumerate(zip(figures, errors, freedom, strict=True))
        ]
        held += all((row["lower"], row["upper"]) == (1, 11) for row in rank_ranges(counties).values())
    rate = held / surveys
    return f"| {df} | {'uneven' if uneven else 'even'} | {rate:.3f} | {np.sqrt(0.95 * 0.05 / surveys):.3f} |"


def weights_row(variation: float, surveys: int, generator: np.random.Generator) -> str:
    """Ten strata of eight sites of eight people, weights lognormal by site with this coefficient of variation: covered?"""
    log_sd, shape = np.sqrt(np.log1p(variation**2)), (10, 8, 8)
    held = 0
    for truth in generator.uniform(0.5, 0.8, surveys):
        site = generator.beta(truth * 19, (1 - truth) * 19, shape[:2])
        answers, weight = (
            generator.random(shape) < site[..., None],
            generator.lognormal(0, log_sd, shape[:2])[..., None] * np.ones(8),
        )
        figure = float((weight * answers).sum() / weight.sum())
        total = (weight * (answers - figure)).sum(axis=2) / weight.sum()
        se = float(np.sqrt(8 / 7 * ((total - total.mean(axis=1, keepdims=True)) ** 2).sum()))
        limits = share_interval(figure, se, 70, 640, "korn_graubard", 0.95)
        held += limits.lower <= truth <= limits.upper
    return f"| {variation} | {1 + variation**2:.2f} | {held / surveys:.3f} | {np.sqrt(0.95 * 0.05 / surveys):.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=19)
    arguments = parser.parse_args()
    generator, start = np.random.default_rng(arguments.seed), time.perf_counter()
    print(
        "| design | df | worst bin | statements | over-confident | allowed | K. at 0.60 | K. at 0.70 | calibrated | product |"
    )
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")
    for design in DESIGNS:
        print(design_row(design, arguments.surveys, generator), flush=True)
    print("\n| sites a county | spread | worst bin | statements | over-confident | allowed |")
    print("| ---: | ---: | --- | ---: | ---: | ---: |")
    for sites, spread in ((4, 0.05), (8, 0.03), (8, 0.08)):
        print(pooled_row(sites, spread, arguments.surveys // 4, generator), flush=True)
    print("\n| df | errors | all ranges hold | Monte Carlo error |\n| ---: | --- | ---: | ---: |")
    for df in (3, 5, 10, 40, "3–13"):
        for uneven in (False, True):
            print(rank_row(df, uneven, arguments.surveys // 20, generator), flush=True)
    print("\n| coefficient of variation | Kish | covers | Monte Carlo error |\n| ---: | ---: | ---: | ---: |")
    for variation in (0.5, 1.0, 1.5, 2.0):
        print(weights_row(variation, arguments.surveys // 2, generator), flush=True)
    print()
    for design in NEAR_THE_RULE:
        print(design_row(design, arguments.surveys, np.random.default_rng(OTHER_SEED)), flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s, seed {arguments.seed}")


if __name__ == "__main__":
    main()
