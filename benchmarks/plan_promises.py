"""Does a planned sample keep its margins and its power, in the city and in each county?

Whole surveys are drawn from two frames (one county a hundred times the others; large sites taken with certainty) by
the plan that `minyi plan sample` makes of them, answered and estimated. Prints the table of docs/method/statistics.md.

    python -m benchmarks.plan_promises --surveys 4000 --seed 31
"""

from __future__ import annotations

import argparse

from analysis.planning import Aim, plan_sample
from tests.support.kept_promises import kept, lumpy_frame, uneven_frame
from tests.support.zones import ZONES

AIMS = {
    "one county a hundred times the others": (uneven_frame(), Aim(0.74, 20, margin=0.02, zones=ZONES)),
    "the same, between both lines": (uneven_frame(), Aim(0.65, 20, power=0.8, zones=ZONES)),
    "large sites with certainty": (lumpy_frame(), Aim(0.74, 20, margin=0.045, zones=ZONES)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=31)
    arguments = parser.parse_args()
    print("| frame | of | sites | margin promised | mean | power promised | came true |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (frame, aim) in AIMS.items():
        plan = plan_sample(frame, aim, arguments.seed)
        found = kept(frame, plan, aim, ZONES, arguments.surveys, arguments.seed)
        rows = [("the city", len(plan.drawn), plan.city, found[""])]
        rows += [(row.stratum, row.sites, row, found[row.stratum]) for row in (plan.strata[0], plan.strata[-1])]
        for of, sites, said, came in rows:
            print(
                f"| {name} | {of} | {sites} | {said.margin:.4f} | {came.margin:.4f} | {said.power:.3f} "
                f"| {came.decided:.3f} |"
            )


if __name__ == "__main__":
    main()
