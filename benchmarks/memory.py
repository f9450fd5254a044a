"""Memory of the served workers over many answers: phones with script, and a round in five of phones without.

Two workers of `minyi serve --collect-only`, as an office runs them, asked by 16 phones at all sites. Prints what the larger one takes after
every tenth of the answers, what it shares counted in part, and how much it grew by 100,000 answers of a worker since the first tenth, in which
caches fill.

    python -m benchmarks.memory [--answers 200000] [--sites 160] [--only sqlite]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.full_answer import asked as questionnaire
from benchmarks.full_answer import full_answer
from benchmarks.phones import below, load, memory
from benchmarks.submissions import COLLECTING, city, measured, postgres, served

PHONES, SECONDS, WORKERS = 16, 5.0, 2


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--answers", type=int, default=200_000, help="of both workers")
    wanted.add_argument("--sites", type=int, default=160)
    wanted.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = wanted.parse_args()
    print(f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}, {asked.sites} sites")
    for name in ("sqlite", "postgresql"):
        if asked.only and asked.only != name:
            continue
        with ExitStack() as stack:
            database = stack.enter_context(postgres()) if name == "postgresql" else None
            if name == "postgresql" and database is None:
                print("postgresql: no server was found (TEST_MINYI_POSTGRES)")
                continue
            print(name)
            measure(Path(stack.enter_context(tempfile.TemporaryDirectory())), database, asked.answers, asked.sites)


def measure(folder: Path, database: str | None, answers: int, sites: int) -> None:
    paths, form, turns = city(folder, database)[1][:sites], full_answer("曲阜市"), questionnaire().page_starts[:-1]
    taken: list[tuple[int, float]] = []
    with served(COLLECTING, measured(folder, database)) as (server, port):
        done = rounds = 0
        while done < answers:
            rounds += 1
            found = load(port, paths, form, PHONES, SECONDS, [server], turns if rounds % 5 == 0 else None)
            done += len(found.times)
            if done >= answers * (len(taken) + 1) / 10:
                taken.append((done, max(memory(process) for process in below(server)[1:])))
                print(f"{done:>8} answers {taken[-1][1]:7.1f} MB", flush=True)
    if len(taken) > 2:
        slope = statistics.linear_regression(*zip(*taken[1:], strict=True)).slope
        print(f"{slope * 100_000 * WORKERS:+.1f} MB by 100,000 answers of a worker")


if __name__ == "__main__":
    main()
