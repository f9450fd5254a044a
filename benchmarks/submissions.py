"""Completed responses per second of the served survey, beside a bare Flask page with one durable INSERT.

Both run under the same server settings (gunicorn, 2 workers of 8 threads) on the same machine as the load:
16 phones in 2 processes, each with a connection of its own, GET the form and POST a whole answer. A round
lasts SECONDS; the table shows the median of ROUNDS. Every receipt is then looked up in the database. The limits of
answers by site and address are raised: all phones here share one address, and a few sites take a city's answers.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from sqlalchemy import create_engine, text

PHONES, PROCESSES, SECONDS, ROUNDS = 16, 2, 5.0, 3
POSTGRES = os.environ.get("TEST_MINYI_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
FORM = "home=%E6%9B%B2%E9%98%9C%E5%B8%82&age=30-44&overall=4&sex=female&services__bus=4&services__parking=2&recommend=8"
NO_LIMITS = {"MINYI_RATE_ADDRESS": "1000000 per minute", "MINYI_RATE_SITE": "1000000 per minute"}
Round = tuple[int, list[float], list[str]]


def main() -> None:
    print(__doc__)
    print(f"{'database':<12}{'page':<10}{'completed/s':>12}{'p95 ms':>9}")
    for name, database in (("SQLite", None), ("PostgreSQL", postgres())):
        if name == "PostgreSQL" and database is None:
            print("PostgreSQL  no server was found (TEST_MINYI_POSTGRES)")
            continue
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder), database)
        if database:
            drop(database)


def measure(name: str, folder: Path, database: str | None) -> None:
    environment = {**os.environ, "MINYI_INSTANCE": str(folder), **NO_LIMITS}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    minyi = [sys.executable, "-m", "survey_app"]
    subprocess.run(
        [*minyi, "demo", "--no-serve", "--responses", "400"], env=environment, check=True, capture_output=True
    )
    listed = subprocess.run([*minyi, "sites", "--json"], env=environment, check=True, capture_output=True, text=True)
    codes = [site["code"] for site in json.loads(listed.stdout)]
    rates = {}
    for page, command in (
        ("bare", [sys.executable, str(Path(__file__).with_name("bare.py"))]),
        ("Minyi", [*minyi, "serve"]),
    ):
        port = free_port()
        server = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(port)
            rounds = [load(port, codes, page) for _ in range(ROUNDS + 1)][1:]  # the first warms up
        finally:
            server.terminate()
            server.wait(30)
        rates[page] = statistics.median(done / SECONDS for done, _, _ in rounds)
        times = sorted(seconds for _, taken, _ in rounds for seconds in taken)
        print(f"{name:<12}{page:<10}{rates[page]:>12.0f}{times[int(len(times) * 0.95)] * 1000:>9.1f}")
        if page == "Minyi":
            check(database or f"sqlite:///{folder / 'minyi.sqlite3'}", [r for _, _, found in rounds for r in found])
    print(f"{'':<12}Minyi / bare = {rates['Minyi'] / rates['bare']:.2f}\n")


def load(port: int, codes: list[str], page: str) -> Round:
    with multiprocessing.Pool(PROCESSES) as pool:
        parts = pool.starmap(phones, [(port, codes, page)] * PROCESSES)
    return sum(p[0] for p in parts), [t for p in parts for t in p[1]], [r for p in parts for r in p[2]]


def phones(port: int, codes: list[str], page: str) -> Round:
    found: list[Round] = []
    threads = [
        threading.Thread(target=lambda: found.append(phone(port, codes, page))) for _ in range(PHONES // PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(f[0] for f in found), [t for f in found for t in f[1]], [r for f in found for r in f[2]]


def phone(port: int, codes: list[str], page: str) -> Round:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    until, times, receipts = time.perf_counter() + SECONDS, [], []
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    while time.perf_counter() < until:
        began = time.perf_counter()
        path = f"/s/{secrets.choice(codes)}" if page == "Minyi" else "/"
        connection.request("GET", path)
        body = connection.getresponse().read().decode()
        token = re.search(r'name="token" value="([^"]+)"', body)[1]
        connection.request("POST", path, f"{FORM}&token={urllib.parse.quote(token)}", headers)
        reply = connection.getresponse()
        reply.read()
        if reply.status not in (200, 303):
            raise RuntimeError(f"{path} answered {reply.status}")
        times.append(time.perf_counter() - began)
        if page == "Minyi":
            receipts.append(reply.headers["Set-Cookie"].split("minyi_answered=")[1].split(";")[0])
    return len(times), times, receipts


def check(database: str, cookies: list[str]) -> None:
    """Every acknowledged receipt is stored exactly once."""
    from itsdangerous import URLSafeSerializer

    reader = URLSafeSerializer("only the payload is read")
    numbers = [reader.loads_unsafe(signed)[1][0] for signed in cookies]
    engine = create_engine(database)
    with engine.connect() as connection:
        stored = {row[0] for row in connection.execute(text("SELECT receipt FROM response"))}
    engine.dispose()
    missing = set(numbers) - stored
    if missing or len(numbers) != len(set(numbers)):
        sys.exit(f"{len(missing)} receipts are not in the database")
    print(f"{'':<12}{len(numbers)} receipts, each in the database once")


def postgres() -> str | None:
    name = f"minyi_bench_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception:  # no server: the row says so
        return None
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def drop(database: str) -> None:
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {database.rsplit('/', 1)[1]} WITH (FORCE)"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            time.sleep(1)
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


if __name__ == "__main__":
    main()
