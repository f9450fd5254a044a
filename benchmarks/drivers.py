"""Drivers where most people skip a service: pairs of answers beside complete rows, in bias, spread and coverage.

python -m benchmarks.drivers --surveys 400 --seed 19
"""

from __future__ import annotations

import argparse

from analysis.methods import CURRENT
from tests.support.driver_surveys import COMPLETE_ROWS, SKIPPING, repeated

SHAPES = (
    {"services": 6, "n": 1200, "psus": 80, "incomplete": 0.65},
    {"services": 17, "n": 2000, "psus": 100, "incomplete": 0.71},
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=400)
    parser.add_argument("--seed", type=int, default=19)
    arguments = parser.parse_args()
    print(f"{arguments.surveys} surveys, seed {arguments.seed}; slopes of 0.02 to 0.25, averages over services\n")
    print("| services | skipped | method | rows | bias | spread | mean error | covers | fell back |")
    print("| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for shape in SHAPES:
        for by in SKIPPING:
            for name, method in (("pairs", CURRENT), ("complete rows", COMPLETE_ROWS)):
                found = repeated(arguments.surveys, arguments.seed, method, by=by, **shape)
                print(
                    f"| {shape['services']} | {by} | {name} | {found.rows:.0f} | {found.bias:.4f} | {found.spread:.4f} "
                    f"| {found.stated:.4f} | {found.covers:.3f} | {found.fallbacks} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
