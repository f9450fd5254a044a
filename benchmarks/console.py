"""Every page of the console, at the demonstration's size and over a million responses, in a worker that has just come up and in one
that is warm, with the slowest page's slowest query explained.

The demonstration city is loaded with a few answers, which are then multiplied in the database (other times, other people's
receipts, flags, voided and screened-out ones among them); its sampled sites get invitations with outcomes, and there is one
of everything else (console_city.py). The pages are those of the application's own address map, so a new page is measured
without a line here; its arguments are filled from the database, and those that could not be filled or opened are named.

Cold: a worker forked as soon as the application is made, made ready as a server makes it ready, and asked for this page
alone, as an administrator. Warm: opened once and then ROUNDS times, as an administrator and as a survey manager (who sees
small cells hidden); the median. Each figure stands beside the processor time that the worker took, which is what remains on
an idle machine; goals are held against wall time. Files that are sent are listed, not counted.

  python benchmarks/console.py [--responses 4000 1000000] [--postgresql] [--only TEXT] [--keep FOLDER] [--warm]
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from console_addresses import addresses
from console_city import bring_up, fill
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

ROUNDS = 5
DEMONSTRATION = 4_000  # responses
WARM, NEARLY_ALL, COLD, LARGE = 500.0, 200.0, 1000.0, 1000.0  # ms: of any page, of 95 %, cold, of any over a million


@dataclass
class Page:
    """One measured page: what it answered, its server times in ms, its slowest statement."""

    role: str
    address: str
    status: int
    mimetype: str
    median: float
    slowest: float
    statement: str
    parameters: Any
    queries: int
    processor: float
    cold: float = 0.0
    cold_processor: float = 0.0

    @property
    def counts(self) -> bool:
        return self.mimetype == "text/html" and self.status == 200


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--responses", type=int, nargs="+", default=[DEMONSTRATION, 1_000_000])
    arguments.add_argument("--postgresql", action="store_true", help="a database of its own on TEST_MINYI_POSTGRES")
    arguments.add_argument("--only", default="", help="only addresses that contain this")
    arguments.add_argument("--keep", help="make the database in this folder, or use the one that is there")
    arguments.add_argument("--warm", action="store_true", help="no cold workers, which take two seconds a page")
    asked = arguments.parse_args()
    if len(asked.responses) > 1:  # each in a process of its own
        print(__doc__)
        for number in asked.responses:
            rest = [word for word in sys.argv[1:] if not word.isdecimal() and word != "--responses"]
            subprocess.run([sys.executable, __file__, *rest, "--responses", str(number)], check=True)
        return
    with ExitStack() as stack:
        folder = Path(asked.keep or stack.enter_context(tempfile.TemporaryDirectory())) / str(asked.responses[0])
        folder.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{(folder / 'console.sqlite3').resolve()}"
        if asked.postgresql:
            from submissions import postgres

            url = stack.enter_context(postgres()) or sys.exit("no PostgreSQL server was found (TEST_MINYI_POSTGRES)")
        os.environ["MINYI_INSTANCE"] = str(folder)
        ready = not asked.postgresql and (folder / "console.sqlite3").exists()
        if not ready:
            filling = os.fork()  # drawing charts leaves threads behind, with which no cold worker can be forked
            if not filling:
                fill(application(url), asked.responses[0])
                os._exit(0)
            if os.waitpid(filling, 0)[1]:
                sys.exit("the city could not be filled")
        app = application(url)
        if ready:
            bring_up(app)
        report(app, measured(app, asked.only, not asked.warm), asked.responses[0])


def application(url: str) -> Flask:
    from survey_app.app import create_app

    logging.getLogger("minyi").setLevel(logging.CRITICAL)
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": url,
            "PUBLIC_URL": "https://survey.example",
            "WTF_CSRF_METHODS": [],
            "WTF_CSRF_ENABLED": False,
            "JOBS": "inline",
        }
    )
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


def measured(app: Flask, only: str, cold: bool) -> list[Page]:
    from survey_app import pages as console

    clients = {role: signed_in(app, role) for role in ("administrator", "manager")}
    listed = [address for address in addresses(app) if only in address]
    gc.set_threshold(20_000)  # as a server has it (cli.py, commands/serve.py)
    gc.collect()
    gc.freeze()
    first = {address: cold_time(app, clients["administrator"], address) for address in (listed if cold else ())}
    console.make_ready(app)
    found: list[Page] = []
    for role, client in clients.items():
        for address in listed:
            found += measure(app, client, role, address)
    for page in found:
        if page.role == "administrator":
            page.cold, page.cold_processor = first.get(page.address, (0.0, 0.0))
    return found


def cold_time(app: Flask, client: FlaskClient, address: str) -> tuple[float, float]:
    """Wall and processor time in ms of the first page that a worker is asked for."""
    from survey_app import pages as console
    from survey_app.ground.metrics import metrics
    from survey_app.models import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection is shared with the worker
    reading, writing = os.pipe()
    worker = os.fork()
    if not worker:
        with app.app_context():
            metrics()
        console.make_ready(app)
        start, worked = time.perf_counter(), time.process_time()
        _body = client.get(address).data
        taken = (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000
        os.write(writing, f"{taken[0]} {taken[1]}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        wall, processor = said.read().split() or ("inf", "inf")
    os.waitpid(worker, 0)
    return float(wall), float(processor)


def signed_in(app: Flask, role: str) -> FlaskClient:
    """A session of an account of this role, as after signing in."""
    from survey_app.models import Grant, SignIn, User, db
    from survey_app.people.sessions import KEY

    with app.app_context():
        key = secrets.token_hex(8)
        user = User(email=f"{key}@minyi.invalid", username=key, password="!", fs_uniquifier=key)
        db.session.add_all([user, Grant(user=user, role=role)])
        db.session.flush()
        db.session.add(SignIn(key=sha256(key.encode()).hexdigest(), user_id=user.id))
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        moment = int(time.time())
        session.update({"_user_id": key, "_fresh": True, "since": moment, "seen": moment, KEY: key})
    return client


def measure(app: Flask, client: FlaskClient, role: str, address: str) -> list[Page]:
    from survey_app.models import db

    taken: list[tuple[float, str, Any]] = []
    began: dict[int, float] = {}

    def before(_connection: Any, cursor: Any, *_rest: Any) -> None:
        began[id(cursor)] = time.perf_counter()

    def after(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        taken.append((time.perf_counter() - began.pop(id(cursor)), statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        times: list[float] = []
        processor: list[float] = []
        for _ in range(ROUNDS + 1):
            taken.clear()
            start, worked = time.perf_counter(), time.process_time()
            reply = client.get(address, buffered=False)
            html = reply.mimetype == "text/html"
            if html:
                _body = reply.data
            times.append((time.perf_counter() - start) * 1000)
            processor.append((time.process_time() - worked) * 1000)
            reply.close()
            if not html or reply.status_code != 200 or times[-1] > 20_000:
                break
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
    if role != "administrator" and reply.status_code == 403:
        return []
    slowest, statement, parameters = max(taken, key=lambda entry: entry[0], default=(0.0, "", ()))
    median = statistics.median(times[1:] or times)
    return [
        Page(
            role,
            address,
            reply.status_code,
            reply.mimetype,
            median,
            slowest * 1000,
            statement,
            parameters,
            len(taken),
            statistics.median(processor[1:] or processor),
        )
    ]


def report(app: Flask, pages: list[Page], responses: int) -> None:
    print(f"{'ms':>7} {'processor':>9} {'cold':>6} {'processor':>9} {'query':>7} {'queries':>7}  page")
    for page in sorted(pages, key=lambda page: -page.median):
        note = "" if page.status == 200 else f"  not opened: {page.status}"
        note += "" if page.mimetype == "text/html" else f"  ({page.mimetype}, to its first bytes)"
        first = f"{page.cold:>6.0f} {page.cold_processor:>9.0f}" if page.cold else " " * 16
        print(
            f"{page.median:>7.0f} {page.processor:>9.0f} {first} {page.slowest:>7.1f} {page.queries:>7}  {page.role[:5]} {page.address}{note}"
        )
    shown = [page for page in pages if page.counts]
    if not shown:
        return
    worst = max(shown, key=lambda page: page.median)
    print(f"\nThe slowest page is {worst.address} ({worst.median:.0f} ms). Its slowest query ({worst.slowest:.1f} ms):")
    print(f"\n{worst.statement}\n")
    print("\n".join(plan(app, worst)))
    print(
        f"\n{datetime.now(UTC).date()}, {os.cpu_count()} cores, {responses:,} responses, {len(shown)} pages; percentiles 50, 95, 100 in ms"
    )
    large = responses >= 1_000_000
    for name, times, processor, goals in (
        ("warm", "median", "processor", (LARGE, LARGE) if large else (NEARLY_ALL, WARM)),
        ("cold", "cold", "cold_processor", (LARGE, LARGE) if large else (COLD, COLD)),
    ):
        wall = [getattr(page, times) for page in shown if getattr(page, times)]
        if not wall:
            continue
        work = [getattr(page, processor) for page in shown if getattr(page, times)]
        said = ", ".join(f"{percentile(wall, p):.0f} (processor {percentile(work, p):.0f})" for p in (50, 95, 100))
        print(
            f"  {name}: {said}; goal {goals[0]:.0f} of 95 %, {goals[1]:.0f} of all: {sum(t > goals[1] for t in wall)} over"
        )
    print(f"  queries: at most {max(page.queries for page in shown)} a page")


def percentile(values: list[float], share: int) -> float:
    return sorted(values)[max(0, -(-len(values) * share // 100) - 1)]


def plan(app: Flask, page: Page) -> list[str]:
    from survey_app.models import db

    with app.app_context(), db.engine.connect() as connection:
        word = "EXPLAIN (ANALYZE, BUFFERS)" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        if not page.statement.lstrip().upper().startswith(("SELECT", "WITH")):
            return ["(not a query)"]
        rows = connection.exec_driver_sql(f"{word} {page.statement}", page.parameters).all()
        return [str(row[-1]) for row in rows]


if __name__ == "__main__":
    main()
