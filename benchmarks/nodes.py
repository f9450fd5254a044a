"""Two collecting nodes on one PostgreSQL and one Redis beside one node alone: CPU of an answer, and whose.

A node is a server of one worker with every check, flag and limit on; each has 16 phones of its own that answer all questions without
pause (GET form, POST, GET receipt). One node and two are measured in turn; medians of the rounds. The database's CPU is that of
all processes of its server on this machine, so let it be one of its own (TEST_MINYI_POSTGRES), as the Redis (TEST_MINYI_REDIS).
Phones, nodes and database share the machine's cores: milliseconds of CPU count, not rates. From them follows what eight nodes ask
of the database.

    python -m benchmarks.nodes [--seconds 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine, create_engine

from benchmarks.full_answer import full_answer
from benchmarks.phones import load
from benchmarks.submissions import MINYI, NO_LIMITS, check, city, database_cpu, postgres, served

REDIS = os.environ.get("TEST_MINYI_REDIS", "redis://127.0.0.1:6379/9")
PHONES, MANY = 16, 8


@dataclass(frozen=True)
class Costs:
    """Answers of a round; milliseconds of CPU that one took of its node, of PostgreSQL and of Redis."""

    answers: float
    node: float
    database: float
    counting: float


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--seconds", type=float, default=10)
    wanted.add_argument("--rounds", type=int, default=5)
    asked = wanted.parse_args()
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        if database is None:
            sys.exit("no PostgreSQL was found (TEST_MINYI_POSTGRES)")
        environment, paths = city(Path(stack.enter_context(tempfile.TemporaryDirectory())), database)
        environment |= NO_LIMITS | {"MINYI_LIMITS": REDIS, "MINYI_WORKERS": "1"}
        nodes = [stack.enter_context(served([*MINYI, "serve", "--collect-only"], environment)) for _ in range(2)]
        engine, cookies = create_engine(database), []
        stack.callback(engine.dispose)
        found: dict[int, list[Costs]] = {1: [], 2: []}
        for number in range(asked.rounds + 1):
            for many in found:
                costs = measured(nodes[:many], paths, asked.seconds, engine, cookies)
                if number:  # the first warms up
                    found[many].append(costs)
        median = {
            many: [statistics.median(part) for part in zip(*map(astuple, all_), strict=True)]
            for many, all_ in found.items()
        }
        for many, (answers, node, base, counting) in median.items():
            print(
                f"{many} node(s): {answers / asked.seconds:.0f} answers a second; CPU of an answer {node:.2f} ms of its node, "
                f"{base:.2f} ms of PostgreSQL ({base / (node + base + counting):.0%}), {counting:.2f} ms of Redis"
            )
        _answers, node, base, counting = median[2]
        rate = MANY * 1000 / node
        print(
            f"{MANY} nodes that each fill a core take {rate:,.0f} answers a second: {rate * base / 1000:.1f} cores of PostgreSQL, "
            f"{rate * counting / 1000:.2f} of Redis (it has one)\n"
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        check(database, cookies)


def measured(
    nodes: list[tuple[int, int]], paths: list[str], seconds: float, engine: Engine, cookies: list[str]
) -> Costs:
    """What one round on these nodes took; adds the phones' receipts to `cookies`."""
    form, before = full_answer("曲阜市"), beside(engine)
    with ThreadPoolExecutor(len(nodes)) as pool:
        rounds = list(pool.map(lambda node: load(node[1], paths, form, PHONES, seconds, [node[0]]), nodes))
    database, counting = (after - then for after, then in zip(beside(engine), before, strict=True))
    cookies += [cookie for one in rounds for cookie in one.cookies]
    answers = sum(len(one.times) for one in rounds)
    if any(one.failed for one in rounds):
        print(f"{sum(one.failed for one in rounds)} failed")
    node = sum(one.cpu for one in rounds)
    return Costs(answers, *(1000 * part / answers for part in (node, database, counting)))


def beside(engine: Engine) -> tuple[float, float]:
    """Seconds of CPU of PostgreSQL and of Redis so far."""
    with engine.connect() as connection:
        told = Redis.from_url(REDIS).info("cpu")
        return database_cpu(connection), told["used_cpu_sys"] + told["used_cpu_user"]


if __name__ == "__main__":
    main()
