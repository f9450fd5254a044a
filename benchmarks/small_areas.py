"""Is the small-area model closer to the truth than the direct estimates, and do its intervals cover?

Each survey comes from a population of its own: counties whose shares of satisfied people spread by `sd`, sites of unequal size
with an intra-site correlation, a trait of persons that moves the share and whose composition differs by county. Sites are drawn
with probability to size, the same number in every county. The estimates are the product's own, raked to counties and the
trait. Prints the table of docs/method/statistics-more.md.

    python -m benchmarks.small_areas --surveys 400 --seed 1903
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from benchmarks.lines import printed

SHARE, ICC, FRAME = 0.68, 0.05, 60
PLAN = """
measure: {question: satisfied, satisfied: [1], scale: [0, 1]}
design: {strata: county, psu: site, weight: weight}
calibration: {method: raking, margins: {county: {"0": 1}, old: {"0": 1}}}
domains: [county]
small_areas: {domain: county}
"""


@dataclass(frozen=True)
class Layout:
    counties: int
    sites: int
    take: int


SPREADS = (0.03, 0.06, 0.10)
LAYOUTS = (Layout(11, 4, 12), Layout(11, 8, 20), Layout(20, 4, 12))


@dataclass(frozen=True)
class Trial:
    """By county: the truth, the direct and the model's estimate, and whether each one's interval holds the truth."""

    truth: np.ndarray
    direct: np.ndarray
    model: np.ndarray
    direct_covers: np.ndarray
    model_covers: np.ndarray


def trial(layout: Layout, sd: float, generator: np.random.Generator) -> Trial:
    """One population and one sample of it. sd: of the counties' shares."""
    counties, shape = layout.counties, (layout.counties, FRAME)
    size = generator.lognormal(8, 0.6, shape)
    slope = 1 / (SHARE * (1 - SHARE))  # from shares to logits
    county = generator.normal(0, sd * slope, counties)
    site = logit(SHARE) + county[:, None] + generator.normal(0, np.sqrt(ICC * slope), shape)
    old = generator.beta(8, 12, counties)  # share of old people, at each of a county's sites
    groups = np.array([-0.15, 0.25])
    by_group = (size[:, :, None] * expit(site[:, :, None] + groups)).sum(axis=1) / size.sum(axis=1)[:, None]
    truth = (1 - old) * by_group[:, 0] + old * by_group[:, 1]
    people = size.sum(axis=1)
    margins = {
        "county": {str(h): float(total) for h, total in enumerate(people)},
        "old": {"0": float(people @ (1 - old)), "1": float(people @ old)},
    }
    plan = parse_plan(PLAN).with_margins(margins)
    rows = _sampled(layout, size, site, old, groups, generator)
    found = estimate(Cells.from_groups(rows, plan), plan).as_dict()
    direct = {row["level"]: row for row in found["domains"]["county"]}
    model = {row["name"]: row for row in found["small_areas"]["areas"]}
    names = [str(h) for h in range(counties)]
    return Trial(
        truth,
        np.array([direct[name]["estimate"] for name in names]),
        np.array([model[name]["model"] for name in names]),
        np.array([direct[n]["lower"] <= t <= direct[n]["upper"] for n, t in zip(names, truth, strict=True)]),
        np.array([model[n]["model_lower"] <= t <= model[n]["model_upper"] for n, t in zip(names, truth, strict=True)]),
    )


def _sampled(
    layout: Layout,
    size: np.ndarray,
    site: np.ndarray,
    old: np.ndarray,
    groups: np.ndarray,
    generator: np.random.Generator,
) -> Iterator[tuple[object, ...]]:
    """Rows (satisfied, county, site, trait, count, weight, its square): adults of a household unequally weighted."""
    for h in range(layout.counties):
        drawn = generator.choice(FRAME, layout.sites, p=size[h] / size[h].sum())
        for number, place in enumerate(drawn):
            adults = generator.choice([1, 2, 3, 4], layout.take, p=[0.25, 0.5, 0.15, 0.1])
            traits = (generator.random(layout.take) < old[h]).astype(int)
            answers = generator.random(layout.take) < expit(site[h, place] + groups[traits])
            weight = size[h].sum() / (layout.sites * layout.take) * adults / 2
            for answer, trait, own in zip(answers, traits, weight, strict=True):
                yield (int(answer), h, f"{h}-{number}", int(trait), 1, own, own * own)


def table(
    surveys: int, seed: int, layouts: Sequence[Layout] = LAYOUTS, spreads: Sequence[float] = SPREADS
) -> Iterator[str]:
    yield "| counties × sites × answers | sd of counties | mse: model over direct | coverage: direct | model | worst county |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for layout in layouts:
        for sd in spreads:
            streams = np.random.SeedSequence([seed, layout.counties, layout.sites, round(sd * 100)]).spawn(surveys)
            trials = [trial(layout, sd, np.random.default_rng(stream)) for stream in streams]
            truth = np.array([one.truth for one in trials])
            direct, model = (
                float(((np.array([getattr(one, name) for one in trials]) - truth) ** 2).mean())
                for name in ("direct", "model")
            )
            covers = np.array([one.model_covers for one in trials])
            order = np.take_along_axis(covers, truth.argsort(axis=1), axis=1).mean(axis=0)  # from the lowest county up
            yield (
                f"| {layout.counties} × {layout.sites} × {layout.take} | {sd:.2f} | {model / direct:.2f} "
                f"| {np.mean([one.direct_covers for one in trials]):.3f} | {covers.mean():.3f} | {order.min():.3f} |"
            )


if __name__ == "__main__":
    printed(table, __doc__, surveys=400, seed=1903)
