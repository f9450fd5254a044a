"""Does a next survey settle as often as this one says? Prints the table of docs/method/statistics.md.

python -m benchmarks.next_survey --surveys 3000 --seed 461
"""

from __future__ import annotations

import argparse
from itertools import pairwise

import numpy as np

from tests.support.next_surveys import pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=461)
    arguments = parser.parse_args()
    found = list(pairs(arguments.surveys, arguments.seed))
    print("| next survey | stated | surveys | mean stated | settled | Monte Carlo error |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for size in ("1", "2", "4", "named"):
        for low, high in pairwise((0, 0.2, 0.4, 0.6, 0.8, 1.0001)):
            rows = [(pair.stated, pair.settled) for pair in found if pair.size == size and low <= pair.stated < high]
            if rows:
                stated, came = np.array(rows).T
                error = np.sqrt((stated * (1 - stated)).sum()) / len(rows)
                print(
                    f"| {size} | {low:.1f} – {min(high, 1):.1f} | {len(rows)} | {stated.mean():.3f} | {came.mean():.3f} "
                    f"| {error:.3f} |"
                )


if __name__ == "__main__":
    main()
