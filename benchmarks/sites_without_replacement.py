"""What drawing sites without replacement gains, and what the next wave keeps: printed for docs/method/statistics.md.

Whole surveys of a frame whose largest sites are certain, by the method of drawing: margin promised and found, coverage of
the interval; then what waves keep of their sites under permanent random numbers.

    python -m benchmarks.sites_without_replacement --surveys 600 --waves 300 --seed 31
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal

import numpy as np

from analysis.drawing import FrameSite, draw
from analysis.plan import Plan, parse_plan
from analysis.plan_draw import DrawRule, Method, PlannedDraw
from analysis.planning import Aim, plan_sample
from analysis.sampling import inclusion_probabilities
from analysis.scenarios import Cost, Scenario, Scenarios
from analysis.simulated import summed
from analysis.simulation import prepared, surveys
from tests.support.kept_promises import lumpy_frame

METHODS: tuple[tuple[Method, str], ...] = (
    ("systematic", "weight: base_weight"),
    ("sampford", "pps: {}"),
    ("sampford", "pps: {joint: of each draw}"),
    ("pivotal", "pps: {}"),
)
PLAN = (
    "{{measure: {{question: q, satisfied: [1], scale: [0, 1]}}, design: {{strata: county, psu: site, {design}}}, "
    "weights: {{sites: drawn.csv}}, domains: [county], singleton: adjust}}"
)


def placed() -> list[FrameSite]:
    """The frame with places: answers have no pattern on the land here, so that spreading neither helps nor harms."""
    generator = np.random.default_rng(9)
    return [replace(site, place=(116 + generator.uniform(), 35 + generator.uniform())) for site in lumpy_frame()]


def made(method: Method, design: str, frame: list[FrameSite], seed: int) -> tuple[Plan, float, int]:
    """The plan for a margin of 4.5 points, what it promises, and its sites."""
    found = plan_sample(frame, Aim(0.74, 20, margin=0.045, draw=DrawRule(method)), seed)
    plan = parse_plan(PLAN.format(design=design))
    rule = PlannedDraw(method, take=20, sites={row.stratum: row.sites for row in found.strata})
    return replace(plan, draw=rule), found.city.margin or 1.0, len(found.drawn)


def kept_share(rotate: float, grown: bool, waves: int) -> tuple[float, float]:
    """Share of a wave's sites that the next one keeps, mean over seeds, and the most that sizes allow."""
    sizes = np.random.default_rng(4).lognormal(0, 0.5, 60) * 1000
    first = [FrameSite(f"s{at:03}", "c", float(size)) for at, size in enumerate(sizes)]
    second = [
        replace(site, size=site.size * (1.1 if at % 2 else 0.9))
        for at, site in enumerate(first)
        if at % 20 or not grown
    ]
    second = second if grown else first
    chances = [
        dict(
            zip(
                (site.name for site in frame),
                inclusion_probabilities(np.array([s.size for s in frame]), 15),
                strict=True,
            )
        )
        for frame in (first, second)
    ]
    most = sum(min(own, chances[1].get(name, 0.0)) for name, own in chances[0].items()) / 15
    found = []
    for seed in range(waves):
        names = [
            {
                site.name
                for site in draw(frame, 15, 20, DrawRule("sampford", seed, wave, rotate), np.random.default_rng(0))
            }
            for frame, wave in ((first, 1), (second, 2))
        ]
        found.append(len(names[0] & names[1]) / 15)
    return float(np.mean(found)), most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=600)
    parser.add_argument("--waves", type=int, default=300)
    parser.add_argument("--seed", type=int, default=31)
    arguments = parser.parse_args()
    frame, scenario = placed(), Scenario(Decimal("0.74"), Decimal("0.05"))
    print("| method | variance | sites | margin promised | mean | bias | sd | covers |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for method, design in METHODS:
        plan, promised, sites = made(method, design, frame, arguments.seed)
        of = prepared(plan, frame, Scenarios({"": scenario}))
        rows = list(surveys(of, scenario, Cost(), arguments.surveys, np.random.SeedSequence(arguments.seed)))
        city = summed("", rows, list(of.members), "county", None).areas[0]
        errors = [row.figures[0].estimate - row.figures[0].truth for row in rows if row.figures[0].estimate is not None]
        print(
            f"| {method} | {design} | {sites} | {promised:.4f} | {city.margin:.4f} | {city.bias:+.4f} "
            f"| {np.std(errors):.4f} | {city.covered:.3f} |"
        )
    print("\n| rotated | frame | kept | at most |\n| ---: | --- | ---: | ---: |")
    for rotate, grown in ((0.0, False), (0.0, True), (0.25, False), (0.5, False)):
        kept, most = kept_share(rotate, grown, arguments.waves)
        print(f"| {rotate:.2f} | {'sizes ±10 %, sites gone' if grown else 'the same'} | {kept:.3f} | {most:.3f} |")


if __name__ == "__main__":
    main()
