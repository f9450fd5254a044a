"""Storing an answer beside five million stored ones and beside none: the product's own write path, sixteen at a time.

Two databases of one engine, the demonstration city in both; one is filled by SQL with copies of its 400 answers, other keys,
receipts and times, under every index; the counts are then made anew. Both take the same rows in turn, so a busy machine touches
both alike. A round is 800 rows from 16 threads through `together.insert_row`; the first three warm up. Prints medians, the median
of the ratios of rounds side by side, and what a row takes on disk, in the journal (PostgreSQL: on a server of its own alone) and of CPU.

    python -m benchmarks.many_rows [--rows 5000000] [--rounds 21] [--only sqlite]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

from flask import Flask
from sqlalchemy import text

from benchmarks.copies import copy_answers
from benchmarks.full_answer import full_answer
from benchmarks.submissions import city, database_cpu, postgres
from survey_app.answering import together
from survey_app.answering.form_token import new_key
from survey_app.answering.open_sites import find_site
from survey_app.answering.submission import Finished, finish
from survey_app.app import create_app
from survey_app.models import db

THREADS, EACH, WARMING = 16, 50, 3


@dataclass
class Stored:
    """A database with the city: and of each round the seconds, those of CPU (the database's among them), bytes of PostgreSQL's journal."""

    app: Flask
    code: str
    form: dict[str, list[str]]
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)

    def round(self) -> None:
        """Store THREADS x EACH new answers, checked beforehand."""
        with self.app.app_context():
            site = find_site(self.code)
            assert site is not None
            ready = [
                finish(site, self.form, new_key(int(time.time())), "zh", datetime.now(UTC))
                for _ in range(THREADS * EACH)
            ]
            rows = [one.row for one in ready if isinstance(one, Finished)]
            before, work = self._journal(), self._cpu()
        threads = [threading.Thread(target=self._store, args=(rows[n::THREADS],)) for n in range(THREADS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds.append(time.perf_counter() - began)
        with self.app.app_context():
            self.work.append(self._cpu() - work)
            self.written.append(self._journal() - before)

    def _store(self, rows: list[dict[str, object]]) -> None:
        with self.app.app_context():
            for row in rows:
                assert together.insert_row(row)

    def _journal(self) -> int:
        """Bytes that PostgreSQL has written ahead, 0 on SQLite."""
        if db.engine.dialect.name == "sqlite":
            return 0
        with db.engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one())

    def _cpu(self) -> float:
        """Of this process, and of PostgreSQL, in seconds."""
        if db.engine.dialect.name == "sqlite":
            return time.process_time()
        with db.engine.connect() as connection:
            return time.process_time() + database_cpu(connection)

    def size(self) -> tuple[int, int]:
        """Rows of responses, and bytes of their table with its indexes."""
        with self.app.app_context(), db.engine.connect() as connection:
            number = connection.execute(text("SELECT count(*) FROM response")).scalar_one()
            if db.engine.dialect.name == "sqlite":
                return number, os.path.getsize(str(db.engine.url.database))
            return number, connection.execute(text("SELECT pg_total_relation_size('response')")).scalar_one()


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--rows", type=int, default=5_000_000)
    wanted.add_argument("--rounds", type=int, default=21)
    wanted.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = wanted.parse_args()
    for name in ("sqlite", "postgresql"):
        if asked.only in (None, name):
            with ExitStack() as stack:
                measure(name, asked, stack)


def measure(name: str, asked: argparse.Namespace, stack: ExitStack) -> None:
    empty, full = (
        stored(
            Path(stack.enter_context(tempfile.TemporaryDirectory())),
            stack.enter_context(postgres()) if name == "postgresql" else None,
        )
        for _ in range(2)
    )
    began = time.perf_counter()
    with full.app.app_context():
        copy_answers(asked.rows)
    number, size = full.size()
    print(
        f"{name}: {number:,} rows in {time.perf_counter() - began:,.0f} s, {size / number:,.0f} bytes each", flush=True
    )
    turns: list[Callable[[], None]] = [empty.round, full.round]
    for turn in range(asked.rounds + WARMING):
        for one in turns if turn % 2 else reversed(turns):
            one()
    for what, of, unit in (
        ("ms", lambda one: one.seconds, 1000.0),
        ("ms of CPU", lambda one: one.work, 1000.0),
        ("kB of journal", lambda one: one.written, 0.001),
    ):
        pairs = list(zip(of(empty)[WARMING:], of(full)[WARMING:], strict=True))
        beside_none, beside_all = (
            unit * statistics.median(found) / (THREADS * EACH) for found in zip(*pairs, strict=True)
        )
        if beside_none:
            ratio = statistics.median(there / here for here, there in pairs)
            print(
                f"{name}: {beside_none:.3f} {what} a row beside none, {beside_all:.3f} beside {number:,}: ratio {ratio:.2f}"
            )
    print(f"{name}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    for one in (empty, full):
        with one.app.app_context():
            db.engine.dispose()


def stored(folder: Path, database: str | None) -> Stored:
    """The demonstration city in a database of its own, ready to take answers."""
    _environment, paths = city(folder, database)
    url = database or f"sqlite:///{folder / 'minyi.sqlite3'}"
    app = create_app({"INSTANCE": folder, "DATABASE_URL": url, "COLLECT_ONLY": True})
    return Stored(app, paths[0].rpartition("/")[2], parse_qs(full_answer("曲阜市")))


if __name__ == "__main__":
    main()
