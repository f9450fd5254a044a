"""Whom do the flags on answers hit among honest people: the satisfied, or the others?

Made cities of 1,920 honest answers with a halo (tests/support/honest.py). Prints, for each kind, the share of the
satisfied and of the others who are flagged, and whether a gap above 0.5 points bars the kind from the default
exclusions: the table of docs/method/statistics-more.md.

    python -m benchmarks.flags --cities 40
"""

from __future__ import annotations

import argparse
from collections import Counter

from analysis.plan_parts import PROCESS_KINDS
from tests.support.honest import honest_city

LARGEST_GAP = 0.5  # points
KINDS = ("repeat", "under_floor", "arrivals", "too_fast", "straight_lining", "duplicate", "burst")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cities", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    hit: Counter[tuple[str, bool]] = Counter()
    people: Counter[bool] = Counter()
    for seed in range(chosen.seed, chosen.seed + chosen.cities):
        city = honest_city(seed)
        people[True] += int(city.satisfied.sum())
        people[False] += int((~city.satisfied).sum())
        for kind, (satisfied, others) in city.false_alarms().items():
            hit[kind, True] += satisfied
            hit[kind, False] += others
    for kind in KINDS:
        satisfied, others = (100 * hit[kind, side] / people[side] for side in (True, False))
        barred = abs(satisfied - others) > LARGEST_GAP
        said = "barred" if barred else "yes" if kind in PROCESS_KINDS else "no"
        print(f"| `{kind}` | {satisfied:.2f} | {others:.2f} | {satisfied - others:+.2f} | {said} |")


if __name__ == "__main__":
    main()
