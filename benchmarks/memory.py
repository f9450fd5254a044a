"""Memory of a collecting worker's application over many answers: each a form fetched, sent and receipted, asked through WSGI.

In process and one after the other, so that nothing but the application is in it; prints what the process takes after every
tenth, and how much it grew by 100,000 answers since the first tenth, in which caches fill.

    python -m benchmarks.memory [--answers 100000] [--sites 160]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

from flask.testing import FlaskClient

from benchmarks.full_answer import full_answer
from benchmarks.phones import TOKEN, memory
from benchmarks.submissions import MINYI, NO_LIMITS


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--answers", type=int, default=100_000)
    wanted.add_argument("--sites", type=int, default=160)
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(NO_LIMITS, MINYI_INSTANCE=folder)
        os.environ.pop("DATABASE_URL", None)
        subprocess.run([*MINYI, "demo", "--no-serve", "--responses", "400"], check=True, capture_output=True)
        listed = subprocess.run([*MINYI, "sites", "--json"], check=True, capture_output=True, text=True)
        paths = [f"/s/{site['code']}" for site in json.loads(listed.stdout)][: asked.sites]
        print(f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}, {len(paths)} sites, SQLite")
        measure(paths, asked.answers)


def measure(paths: list[str], answers: int) -> None:
    from survey_app.app import create_app

    app, form = create_app({"COLLECT_ONLY": True}), full_answer("曲阜市")
    taken: list[tuple[int, float]] = []
    for number in range(1, answers + 1):
        answer(FlaskClient(app), paths[number % len(paths)], form)
        if number % max(answers // 10, 1) == 0:
            taken.append((number, memory(os.getpid())))
            print(f"{number:>8} answers {taken[-1][1]:7.1f} MB", flush=True)
    if len(taken) > 2:
        slope = statistics.linear_regression(*zip(*taken[1:], strict=True)).slope
        print(f"{slope * 100_000:+.1f} MB by 100,000 answers")


def answer(phone: FlaskClient, path: str, form: str) -> None:
    token = TOKEN.search(phone.get(path).data)
    if token is None:
        sys.exit("the survey shows no form")
    stored = phone.post(
        path, data=f"{form}&token={token[1].decode()}", content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    if stored.status_code != 200 or phone.get(stored.json["receipt"]).status_code != 200:
        sys.exit(f"an answer was not stored: {stored.status_code}")


if __name__ == "__main__":
    main()
