"""A simulation's table, line by line as it comes, with its size, seed and time under it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator


def printed(table: Callable[[int, int], Iterator[str]], about: str, surveys: int, seed: int) -> None:
    """Print `table(surveys, seed)`; both may be given on the command line. about: what --help says."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--surveys", type=int, default=surveys)
    parser.add_argument("--seed", type=int, default=seed)
    asked = parser.parse_args()
    start = time.perf_counter()
    for line in table(asked.surveys, asked.seed):
        print(line, flush=True)
    print(f"\n{asked.surveys} surveys a line, seed {asked.seed}, {time.perf_counter() - start:.0f} s")
