"""Do all looks at a growing survey together err as seldom as they say?

Sites enter week by week, one in every stratum, with an intra-site correlation; each week somebody looks. Counted is the share of
surveys of which any look's interval misses the truth, with each look's ordinary 95 % interval and with the intervals of
`analysis.monitoring`. A look without a degree of freedom has no interval. Prints the table of docs/method/steering.md.

    python -m benchmarks.monitoring --surveys 4000 --seed 1919
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.intervals import share_interval
from analysis.monitoring import nominal_levels
from benchmarks.lines import printed

SHARE, ICC, TAKE = 0.68, 0.05, 20


def looks(strata: int, weeks: int, generator: np.random.Generator) -> Iterator[tuple[float, float, int, int]]:
    """Share, its standard error, degrees of freedom and answers after each week, from the second one on."""
    level = np.clip(SHARE + generator.normal(0, 0.06, strata), 0.1, 0.95)
    level += SHARE - level.mean()
    site = generator.beta(level[:, None] * (1 / ICC - 1), (1 - level[:, None]) * (1 / ICC - 1), (strata, weeks))
    answered = generator.binomial(TAKE, site) / TAKE
    for week in range(2, weeks + 1):
        so_far = answered[:, :week]
        variance = so_far.var(axis=1, ddof=1).sum() / week / strata**2
        yield float(so_far.mean()), float(np.sqrt(variance)), strata * (week - 1), strata * week * TAKE


def missed(strata: int, weeks: int, generator: np.random.Generator) -> tuple[bool, bool]:
    """Whether any look of one survey missed the truth: by the ordinary interval, and by the one for several looks."""
    found = list(looks(strata, weeks, generator))
    times = [(place + 2) / weeks for place in range(len(found))]
    levels = nominal_levels(times, [n for *_, n in found])
    out = [False, False]
    for (share, se, df, n), level in zip(found, levels, strict=True):
        for place, confidence in enumerate((0.95, 1 - level)):
            limits = share_interval(share, se, df, n, "korn_graubard", confidence)
            out[place] |= not limits.lower <= SHARE <= limits.upper
    return out[0], out[1]


def table(surveys: int, seed: int) -> Iterator[str]:
    yield "| strata | weeks | df at the first look | any look misses: ordinary 95 % | for several looks | Monte Carlo error |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for strata, weeks in ((11, 8), (11, 4), (3, 8), (1, 12)):
        streams = np.random.SeedSequence([seed, strata, weeks]).spawn(surveys)
        rates = np.mean([missed(strata, weeks, np.random.default_rng(stream)) for stream in streams], axis=0)
        error = np.sqrt(0.05 * 0.95 / surveys)
        yield f"| {strata} | {weeks} | {strata} | {rates[0]:.3f} | {rates[1]:.3f} | {error:.3f} |"


if __name__ == "__main__":
    printed(table, __doc__, surveys=4000, seed=1919)
