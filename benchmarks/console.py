"""Server time of every page of the console over a million responses, with the slowest page's slowest query explained.

The demonstration city is loaded with a few answers, which are then multiplied in the database (other times, other
people's receipts, flags, voided and screened-out ones among them); its sampled sites get invitations with outcomes. The
pages are those of the application's own address map, so a new page is measured without a line here; its arguments are
filled from the database. Each page is opened once to warm up and then ROUNDS times as an administrator and as a survey
manager (who sees small cells hidden); the median counts against LIMIT, beside the processor time it took, which is what
remains on an idle machine. Files that are sent are listed, not limited.

  python benchmarks/console.py [--responses 1000000] [--postgresql] [--only TEXT] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, text

LIMIT, ROUNDS = 300.0, 5  # ms
NOT_PAGES = {"console.static", "console.switch_language"}


@dataclass
class Page:
    """One measured page: what it answered, its median server time in ms, its slowest statement."""

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

    @property
    def counts(self) -> bool:
        return self.mimetype == "text/html"


def main() -> None:
    print(__doc__)
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--responses", type=int, default=1_000_000)
    arguments.add_argument("--postgresql", action="store_true", help="a database of its own on TEST_MINYI_POSTGRES")
    arguments.add_argument("--only", default="", help="only addresses that contain this")
    arguments.add_argument("--keep", help="make the database in this folder, or use the one that is there")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(asked.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{(folder / 'console.sqlite3').resolve()}"
        postgres = None
        if asked.postgresql:
            sys.path.insert(0, str(Path(__file__).parent))
            import submissions

            url = postgres = submissions.postgres() or sys.exit("no PostgreSQL server was found (TEST_MINYI_POSTGRES)")
        os.environ["MINYI_INSTANCE"] = str(folder)
        try:
            ready = asked.keep and not postgres and (folder / "console.sqlite3").exists()
            app = application(url)
            if ready:
                bring_up(app)
            else:
                fill(app, asked.responses)
            report(app, measured(app, asked.only))
        finally:
            if postgres:
                submissions.drop(postgres)


def application(url: str) -> Flask:
    from survey_app.app import create_app

    logging.getLogger("minyi").setLevel(logging.CRITICAL)
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": url,
            "PUBLIC_URL": "https://survey.example",
            "WTF_CSRF_METHODS": [],
            "WTF_CSRF_ENABLED": False,
        }
    )
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


def bring_up(app: Flask) -> None:
    from survey_app.database import upgrade
    from survey_app.models import db

    with app.app_context():
        upgrade(db.engine)


def fill(app: Flask, wanted: int) -> None:
    """The city, `wanted` responses, invitations with outcomes, flags, one estimate with its scorecards."""
    from survey_app import demo, rollup
    from survey_app.database import upgrade
    from survey_app.fieldwork import invitations
    from survey_app.models import Survey, db

    with app.app_context():
        upgrade(db.engine)
        began = time.perf_counter()
        seeds = min(2000, wanted)
        demo.load(seeds, lambda *_: None)
        survey = db.session.query(Survey).one()
        invitations.make_all(survey, 2)
        db.session.commit()
        multiply(db, seeds, wanted)
        outcomes(db)
        rollup.rebuild(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        seconds = time.perf_counter() - began
        number = db.session.execute(text("SELECT COUNT(*) FROM response")).scalar()
        counts = db.session.execute(text("SELECT COUNT(*) FROM response_count")).scalar()
        print(f"{db.engine.dialect.name}: {number:,} responses, {counts:,} counts, made in {seconds:.0f} s\n")


def multiply(db: Any, seeds: int, wanted: int) -> None:
    """Copy the seeds until `wanted` stand: each copy shifted in time, with keys and receipts of its own."""
    columns = [c.name for c in db.metadata.tables["response"].columns if c.name != "id"]
    postgres = db.engine.dialect.name == "postgresql"
    shift = "make_interval(mins => :minutes)" if postgres else None
    with db.engine.begin() as connection:
        if postgres:
            connection.execute(text("ALTER TABLE response DISABLE TRIGGER response_counted"))
        else:
            for name in ("insert", "update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS response_counted_{name}"))
        first = connection.execute(text("SELECT MIN(id) FROM response")).scalar()
        for copy in range(1, wanted // seeds):
            values = {
                "submission_key": "'c' || :copy || '-' || id",
                "receipt": "'c' || :copy || '-' || id",
                "state": "CASE WHEN (id + :copy) % 50 = 0 THEN 'screened_out' WHEN (id + :copy) % 99 = 0 THEN 'voided' "
                "ELSE 'complete' END",
                "flagged": "(id + :copy) % 20 = 0",
            }
            for name in ("started_at", "finished_at"):
                values[name] = f"{name} - {shift}" if postgres else (
                    f"strftime('%Y-%m-%d %H:%M:%f000', {name}, '-' || :minutes || ' minutes')"
                )  # fmt: skip
            chosen = ", ".join(values.get(name, name) for name in columns)
            connection.execute(
                text(
                    f"INSERT INTO response ({', '.join(columns)}) SELECT {chosen} FROM response "
                    "WHERE id >= :first AND id < :last"
                ),
                {"copy": copy, "minutes": random.randrange(0, 20_000), "first": first, "last": first + seeds},
            )
        connection.execute(
            text(
                "INSERT INTO response_flag (response_id, kind, score, zh, en, made_at, made_by) "
                "SELECT id, CASE WHEN id % 3 = 0 THEN 'too_fast' ELSE 'straight_lining' END, 1, '例', 'example', "
                "finished_at, 'batch' FROM response WHERE flagged"
            )
        )
        if postgres:
            connection.execute(text("ALTER TABLE response ENABLE TRIGGER response_counted"))
    from survey_app import rollup

    rollup.install(db.engine)


def outcomes(db: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE invitation SET attempts = 1 + id % 3, disposition = CASE id % 5 WHEN 0 THEN '1.1' WHEN 1 THEN "
                "'2.11' WHEN 2 THEN '2.24' WHEN 3 THEN '4.10' ELSE '' END, "
                "state = CASE WHEN id % 5 = 0 THEN 'spent' ELSE 'open' END"
            )
        )


def measured(app: Flask, only: str) -> list[Page]:
    pages: list[Page] = []
    for role in ("administrator", "manager"):
        client = signed_in(app, role)
        for address in addresses(app):
            if only in address:
                pages += measure(app, client, role, address)
    return pages


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


def addresses(app: Flask) -> Iterator[str]:
    """One address for every page of the console; those whose arguments cannot be filled are named."""
    with app.app_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if (
                not rule.endpoint.startswith("console.")
                or rule.endpoint in NOT_PAGES
                or "GET" not in (rule.methods or ())
            ):
                continue
            found = rule.rule
            for name in rule.arguments:
                value = argument(rule.rule, name)
                if value is None:
                    print(f"not measured, nothing to fill {name} with: {rule.rule}")
                    break
                found = re.sub(rf"<(\w+(\([^)]*\))?:)?{name}>", str(value), found)
            else:
                yield found


def argument(rule: str, name: str) -> Any:
    """A value for an argument: a known one, else the first id of the table the address is named after."""
    from survey_app.models import db
    from survey_app.responses.labels import label_of

    def first(query: str) -> Any:
        return db.session.execute(text(query)).scalar()

    known: dict[tuple[str, str], Callable[[], Any]] = {
        ("/console/surveys", "code"): lambda: first("SELECT code FROM survey ORDER BY id"),
        ("/console/sites", "code"): lambda: first("SELECT code FROM site ORDER BY id"),
        ("/console/assessment", "code"): lambda: first("SELECT code FROM area WHERE kind = 'city'"),
        ("/console/values", "period"): lambda: first("SELECT code FROM period ORDER BY code"),
        ("/console", "area"): lambda: first("SELECT code FROM area WHERE kind = 'city'"),
        ("/console/values", "indicator"): lambda: 1,
        ("/console/estimates", "run_id"): lambda: first("SELECT id FROM estimate_run ORDER BY id"),
        ("/console/scores", "run_id"): lambda: first("SELECT id FROM scoring_run ORDER BY id"),
        ("/console/scores", "batch"): lambda: first("SELECT batch FROM scoring_run ORDER BY id"),
        ("/console/process", "number"): lambda: first("SELECT id FROM response ORDER BY id"),
        ("/console/responses", "label"): lambda: label_of(first("SELECT id FROM response ORDER BY id")),
        ("/console", "number"): listed,
        ("/console", "ending"): lambda: "svg" if "poster" in rule or "qr" in rule else "xlsx",
        ("/console", "area_id"): lambda: first("SELECT id FROM area ORDER BY id"),
        ("/console", "response_id"): lambda: first("SELECT id FROM response ORDER BY id"),
        ("/console", "kind"): lambda: "sites",
    }
    for (beginning, argument_name), find in known.items():
        if rule.startswith(beginning) and name == argument_name:
            return find()
    stem, column = name.removesuffix("_id"), "code" if name == "code" else "id"
    tables = [table for table in inspect(db.engine).get_table_names() if table == stem or table.endswith(f"_{stem}")]
    part = rule.split("/")[2].rstrip("s")
    for table in sorted(tables, key=lambda table: not table.startswith(part)):
        if column in {c["name"] for c in inspect(db.engine).get_columns(table)}:
            found = first(f"SELECT {column} FROM {table} ORDER BY {column}")
            if found is not None:
                return found
    return None


def listed() -> str | None:
    from survey_app.answering.invitation_codes import written_serial
    from survey_app.models import db

    query = text("SELECT serial FROM invitation WHERE state = 'open' ORDER BY serial")
    serial = db.session.execute(query).scalar()
    return written_serial(serial) if serial else None


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


def report(app: Flask, pages: list[Page]) -> None:
    print(f"{'ms':>7} {'processor':>10} {'slowest query':>14} {'queries':>8}  page")
    for page in sorted(pages, key=lambda page: -page.median):
        note = "" if page.status == 200 else f"  [{page.status}]"
        note += "" if page.counts else f"  ({page.mimetype}, to its first bytes)"
        over = "  OVER" if page.counts and page.status == 200 and page.median > LIMIT else ""
        print(
            f"{page.median:>7.0f} {page.processor:>10.0f} {page.slowest:>14.1f} {page.queries:>8}  {page.role[:5]} {page.address}{note}{over}"
        )
    shown = [page for page in pages if page.counts and page.status == 200]
    if not shown:
        return
    worst = max(shown, key=lambda page: page.median)
    print(f"\nThe slowest page is {worst.address} ({worst.median:.0f} ms). Its slowest query ({worst.slowest:.1f} ms):")
    print(f"\n{worst.statement}\n")
    print("\n".join(plan(app, worst)))
    over = sum(page.median > LIMIT for page in shown)
    print(
        f"\n{len(shown)} pages, {over} over {LIMIT:.0f} ms; median of all {statistics.median(p.median for p in shown):.0f} ms"
    )


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
