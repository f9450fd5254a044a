"""How long listing commands take to start, against importing Flask and SQLAlchemy: python -m benchmarks.lists [--rounds 7]

A process each time, in turns, on an empty database of its own; the median of the rounds after one that warms the disk's cache.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

LISTS = (
    "sites --json", "survey list", "tickets counts", "values status", "assignments list", "rectification list", "final list",
    "readings show", "audit list", "user list", "jobs list", "rulebook list", "db current",
)  # fmt: skip
BARE = [sys.executable, "-c", "import flask, sqlalchemy"]


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    minyi = [sys.executable, "-m", "survey_app"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'minyi.sqlite3'}"
        os.environ["MINYI_INSTANCE"] = folder
        subprocess.run([*minyi, "db", "upgrade"], check=True, capture_output=True)
        commands = {"import flask, sqlalchemy": BARE} | {words: [*minyi, *words.split()] for words in LISTS}
        took: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                spent = seconds(command)
                if turn:
                    took[name].append(spent)
    bare = statistics.median(took["import flask, sqlalchemy"])
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, {rounds} rounds")
    for name, each in took.items():
        print(f"{name:<26} {statistics.median(each):6.2f} s  {statistics.median(each) / bare:4.1f} times")


if __name__ == "__main__":
    main()
