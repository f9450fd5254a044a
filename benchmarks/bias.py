"""What bias does and what is said of it: unequal answering, the R-indicator's error, pseudo-weights of open answers.

python -m benchmarks.bias --surveys 400 --seed 19
"""

from __future__ import annotations

import argparse

import numpy as np

from tests.support import bias_surveys as made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=400)
    parser.add_argument("--seed", type=int, default=19)
    arguments = parser.parse_args()
    number, rng = arguments.surveys, np.random.default_rng(arguments.seed)
    print(f"{number} surveys, seed {arguments.seed}; points are percentage points, ± Monte Carlo error\n")
    print("| the dissatisfied answer | bias | interval covers | error of the figure at a quarter less |")
    print("| --- | ---: | ---: | ---: |")
    for kappa in (1.0, 0.9, 0.75):
        bias, covers, quarter = np.array([made.unequal(made.city(rng), rng, kappa) for _ in range(number)]).T
        print(f"| {kappa:.2f} times | {_points(bias)} | {covers.mean():.3f} | {_points(quarter)} |")
    print("\n| volunteering hangs on | bias of open answers | after pseudo-weights | gap's interval holds it |")
    print("| --- | ---: | ---: | ---: |")
    for by in ("age", "satisfaction"):
        raw, weighted, held = np.array([made.beside(made.city(rng), rng, by) for _ in range(number)]).T
        print(f"| {by} | {_points(raw)} | {_points(weighted)} | {held.mean():.3f} |")
    print("\n| R-indicator, sites × persons | truth | mean | mean error | spread | interval covers |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for sites, persons in ((160, 20), (40, 25), (12, 40), (8, 40)):
        found = made.indicator(5 * number, sites, persons, arguments.seed)
        print(
            f"| {sites} × {persons} | {found.truth:.3f} | {found.mean:.3f} | {found.mean_se:.4f} | {found.spread:.4f} "
            f"| {found.covered:.3f} |"
        )


def _points(values: np.ndarray) -> str:
    return f"{100 * values.mean():+.1f} ± {100 * values.std() / len(values) ** 0.5:.1f}"


if __name__ == "__main__":
    main()
