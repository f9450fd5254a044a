"""Whole answers a second of the served survey, beside a bare Flask application of the same requests and bytes.

GET the form, POST an answer to all 23 questions, GET the receipt: the library's questionnaire as shipped, every check, flag,
limit and mask on (the limits' numbers raised, since all phones here share one address). Both stand behind the same
server (gunicorn, 2 workers) on the same machine as the phones, and are measured in turn; a row shows medians of the rounds and, below,
the survey's figure divided by the bare one's. 'plain' are phones without script, which send each of the five pages. Every receipt is
then looked up in the database.

    python -m benchmarks.submissions [--seconds 10] [--rounds 5] [--phones 16 64] [--sites 1 160] [--only sqlite] [--no-plain]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from benchmarks.full_answer import asked as questionnaire
from benchmarks.full_answer import full_answer
from benchmarks.phones import Round, Talk, answer, below, cpu, free_port, load, medians, memory, wait_for

POSTGRES = os.environ.get("TEST_MINYI_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
NO_LIMITS = {"MINYI_RATE_ADDRESS": "10000000 per minute", "MINYI_RATE_SITE": "10000000 per minute"}
MINYI = [sys.executable, "-m", "survey_app"]
COLLECTING = [*MINYI, "serve", "--collect-only"]
WATCHMAN = secrets.token_hex(8)
TOGETHER = re.compile(r'^minyi_answers_together_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)
ANSWERS = re.compile(r"^minyi_answers_together_sum (\S+)$", re.MULTILINE)


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--seconds", type=float, default=10)
    wanted.add_argument("--rounds", type=int, default=5)
    wanted.add_argument("--phones", type=int, nargs="+", default=[16, 64])
    wanted.add_argument("--sites", type=int, nargs="+", default=[1, 160])
    wanted.add_argument("--only", choices=["sqlite", "postgresql"])
    wanted.add_argument("--no-plain", action="store_true", help="leave out phones without script")
    asked = wanted.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"{'':<11}{'sites':>6}{'phones':>7}{'':>8}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}{'p99/p50':>9}{'CPU ms':>8}"
    )
    for name, database in (("SQLite", None), ("PostgreSQL", "")):
        if asked.only and asked.only != name.lower():
            continue
        with ExitStack() as stack:
            if database == "":
                database = stack.enter_context(postgres())
                if database is None:
                    print("PostgreSQL  no server was found (TEST_MINYI_POSTGRES)")
                    continue
            measure(name, Path(stack.enter_context(tempfile.TemporaryDirectory())), database, asked)


def measured(folder: Path, database: str | None) -> dict[str, str]:
    """What the measured server is told: limits have other numbers, and all else is as an office has it."""
    return place(folder, database) | NO_LIMITS | {"MINYI_METRICS_TOKEN": WATCHMAN}


def measure(name: str, folder: Path, database: str | None, asked: argparse.Namespace) -> None:
    paths = city(folder, database)[1]
    environment = measured(folder, database)
    form, kept, turns = full_answer("曲阜市"), [], questionnaire().page_starts[:-1]
    with ExitStack() as stack:
        ours = stack.enter_context(served(COLLECTING, environment))
        environment["BARE_PAGES"] = pages_of(ours[1], paths[0], form, folder)
        bare = stack.enter_context(served([sys.executable, "-m", "benchmarks.bare"], environment))
        for sites in asked.sites:
            for phones in asked.phones:
                taken: dict[str, list[Round]] = {}
                before = together(ours[1])
                for number in range(asked.rounds + 1):
                    kinds = [("bare", bare, ["/"], None), ("Minyi", ours, paths[:sites], None)]
                    if not asked.no_plain:
                        kinds.append(("plain", ours, paths[:sites], turns))
                    for kind, (process, port), where, pages in kinds:
                        found = load(port, where, form, phones, asked.seconds, [process], pages)
                        kept += [(kind, cookie) for cookie in found.cookies]
                        if number:  # the first warms up
                            taken.setdefault(kind, []).append(found)
                row(name, min(sites, len(paths)), phones, taken)
                print(f"{'':<24}answers in a transaction {said(before, together(ours[1]))}\n", flush=True)
        print(f"{'':<11}memory of a worker {max(memory(found) for found in below(ours[0])):.0f} MB")
    check(database or f"sqlite:///{folder / 'minyi.sqlite3'}", [cookie for kind, cookie in kept if kind != "bare"])


def place(folder: Path, database: str | None) -> dict[str, str]:
    """An environment in which `minyi` works in `folder`, on SQLite where no database is named."""
    environment = {**os.environ, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    return environment | ({"DATABASE_URL": database} if database else {})


def city(folder: Path, database: str | None) -> tuple[dict[str, str], list[str]]:
    """The demonstration city with 400 answers, in SQLite where no database is named: its environment, its sites' addresses."""
    environment = place(folder, database)
    subprocess.run(
        [*MINYI, "demo", "--no-serve", "--responses", "400"], env=environment, check=True, capture_output=True
    )
    listed = subprocess.run([*MINYI, "sites", "--json"], env=environment, check=True, capture_output=True, text=True)
    return environment, [f"/s/{site['code']}" for site in json.loads(listed.stdout)]


def row(name: str, sites: int, phones: int, taken: dict[str, list[Round]]) -> None:
    found = {kind: medians(rounds) for kind, rounds in taken.items()}
    for kind, one in found.items():
        failed = sum(each.failed for each in taken[kind])
        print(
            f"{name:<11}{sites:>6}{phones:>7}{kind:>8}{one['rate']:>10.0f}{one['p50']:>8.0f}{one['p99']:>8.0f}"
            f"{one['p99'] / one['p50']:>9.1f}{one['cpu']:>8.2f}" + (f"  {failed} failed" if failed else ""),
            flush=True,
        )
    ours, bare = found["Minyi"], found["bare"]
    print(
        f"{'':<24}{'ratio':>8}{ours['rate'] / bare['rate']:>10.2f}{'':>25}{ours['cpu'] / bare['cpu']:>8.2f}", flush=True
    )


def together(port: int) -> dict[float, float]:
    """Transactions that stored at most so many answers, as the server's counts have them; under 0 the answers in all."""
    page = Talk(port).ask("GET", "/metrics", more=f"Authorization: Bearer {WATCHMAN}\r\n").text.decode()
    found = {float(most): float(number) for most, number in TOGETHER.findall(page)}
    answers = ANSWERS.search(page)
    return found | {0.0: float(answers[1]) if answers else 0.0}


def said(before: dict[float, float], after: dict[float, float]) -> str:
    """'3.1 at the mean, at most 8 in 99 of 100' of what was stored between two looks."""
    more = {most: number - before.get(most, 0.0) for most, number in sorted(after.items())}
    answers, transactions = more.pop(0.0), more.get(float("inf"), 0.0)
    most = next((most for most, number in more.items() if number >= 0.99 * transactions), 0.0)
    return f"{answers / max(transactions, 1):.1f} at the mean, at most {most:.0f} in 99 of 100"


@contextmanager
def served(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A running server: its process and port."""
    port = free_port()
    server = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(30)


def pages_of(port: int, path: str, form: str, folder: Path) -> str:
    """Where form and receipt lie, as a phone is sent them."""
    bodies = []

    class Noting(Talk):
        def ask(self, *asked: object, **more: object):  # type: ignore[no-untyped-def]
            reply = super().ask(*asked, **more)  # type: ignore[arg-type]
            bodies.append(reply.body)
            return reply

    if answer(Noting(port), path, form) is None:
        raise RuntimeError("the survey took no answer")
    for name, body in zip(("form", "receipt"), bodies[::2], strict=True):
        (folder / name).write_bytes(body)
    return str(folder)


def check(database: str, cookies: list[str]) -> None:
    """Every acknowledged receipt is stored exactly once."""
    numbers = receipts(cookies)
    engine = create_engine(database)
    with engine.connect() as connection:
        stored = {row[0] for row in connection.execute(text("SELECT receipt FROM response"))}
    engine.dispose()
    missing = set(numbers) - stored
    if missing or len(numbers) != len(set(numbers)):
        sys.exit(f"{len(missing)} receipts are not in the database")
    print(f"{'':<11}{len(numbers)} receipts, each in the database once\n")


def receipts(cookies: list[str]) -> list[str]:
    """The numbers in phones' signed cookies."""
    from itsdangerous import URLSafeSerializer

    reader = URLSafeSerializer("only the payload is read")
    return [reader.loads_unsafe(signed)[1][0] for signed in cookies]


def database_cpu(connection: Connection) -> float:
    """Seconds of CPU so far of all processes of a PostgreSQL on this machine, those among them that have ended."""
    serving = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    server = int(_stat(serving)[1])
    ended = sum(map(int, _stat(server)[11:15])) / os.sysconf("SC_CLK_TCK")
    return ended + cpu(below(server)[1:])


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def postgres() -> Iterator[str | None]:
    """A database of its own, gone afterwards; None where there is no server."""
    name = f"minyi_bench_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception:  # no server: the row says so
        yield None
        return
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
