"""A wave's figure steadied by the wave before: bias, error and coverage beside the plain figure's.

    python -m benchmarks.waves --surveys 4000 --seed 19

Six strata of eight sites a wave; the later wave keeps some of them. Truths are 0, so an estimate is its own error.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy import stats

from analysis.wave_composite import composite
from tests.support.two_waves import SITES, STRATA, two_waves


def row(correlation: float, shared: int, surveys: int, generator: np.random.Generator) -> str:
    found = []
    for _ in range(surveys):
        values, variances, covariance, totals = two_waves(generator, correlation, shared)
        made = composite(values, variances, covariance, totals)
        assert made is not None
        found.append((values[1], made.estimate, made.se, values[1] - values[0], made.change, made.change_se))
    plain, steadied, se, moved, change, change_se = np.array(found).T
    reach, several = stats.t.isf(0.025, STRATA * (SITES - 1)), surveys**0.5
    return (
        f"| {correlation:g} | {shared} of {SITES} | {steadied.mean():+.4f} ± {steadied.std() / several:.4f} "
        f"| {(steadied**2).mean() / (plain**2).mean():.3f} | {(np.abs(steadied) < reach * se).mean():.3f} "
        f"| {(change**2).mean() / (moved**2).mean():.3f} | {(np.abs(change) < reach * change_se).mean():.3f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=19)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    print(
        f"{arguments.surveys} pairs of waves, seed {arguments.seed}; errors are mean squares over the plain figure's\n"
    )
    print("| sites' correlation | kept | bias | error | covers | error of the change | covers |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for correlation in (0.0, 0.5, 0.8, 0.95):
        for shared in (4, 6):
            print(row(correlation, shared, arguments.surveys, generator), flush=True)


if __name__ == "__main__":
    main()
