"""What a survey's archive costs: its answers moved out, counted, verified, estimated, one erased by its receipt, and brought back.

The demonstration city on SQLite, its answers copied until there are --rows, then closed and estimated. Each step once, in one warm
process: seconds, and the most memory the process had meanwhile. 'from the database' is the same step before the move.

    python -m benchmarks.archive [--rows 1000000]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from benchmarks.alone import alone

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with alone() as folder:
        _measure(asked.rows, folder)


def _measure(rows: int, folder: Path) -> None:
    from sqlalchemy import func, select, update

    from benchmarks.copies import copy_answers
    from survey_app import demo
    from survey_app.answering.erasure import erase
    from survey_app.archives.at_hand import at_hand
    from survey_app.archives.places import archive_of
    from survey_app.estimates.archived_cells import cells_on, compared
    from survey_app.estimates.runs import make_run, verify_run
    from survey_app.ground.plans import plan_of
    from survey_app.ground.transaction import transaction
    from survey_app.jobs.queue import Silent
    from survey_app.models import EstimateRun, Response, Site, Survey, db
    from survey_app.operations import archiving
    from survey_app.surveys.columns import stored_plan
    from survey_app.surveys.drawn_sites import with_drawn_sites
    from survey_app.surveys.life import change_state

    demo.load(4000, lambda *_told: None)
    copy_answers(rows - 4000)
    survey = db.session.get_one(Survey, db.session.scalars(select(Response.survey_id).limit(1)).one())
    db.session.execute(update(Site).values(eligible=Site.eligible * 1000))  # nobody answers twice
    change_state(survey, "closed")
    db.session.commit()

    def counted() -> int:
        with at_hand(survey.id):
            return db.session.scalar(select(func.count()).where(Response.survey_id == survey.id)) or 0

    def both(name: str) -> tuple[int, EstimateRun]:
        number = _timed(f"count all answers {name}", counted)
        db.session.rollback()
        made = _timed(f"an estimate {name}", lambda: make_run(survey, Silent()))
        db.session.commit()
        return number, made

    before, run = both("from the database")
    _timed("verify a run from the database", lambda: verify_run(run))
    receipt = db.session.scalars(select(Response.receipt).where(Response.survey_id == survey.id).limit(1)).one()
    print(f"{before:,} answers; the database's file {_size(folder / 'minyi.sqlite3')}")

    def moved() -> archiving.Moved:
        with transaction():
            written = archiving.write_files(survey, None, Silent())
        with transaction():
            return archiving.move(survey, written, Silent())

    made = _timed("move them out, every row read back", moved)
    print(f"{made.files} files, {made.size / 1e6:,.0f} MB")
    _timed("hold every file to its digest", lambda: archiving.intact(survey))
    assert both("from the files")[0] == before
    db.session.rollback()
    assert _timed("verify a run from the files", lambda: verify_run(run))["same"]
    db.session.rollback()
    archive, plan = archive_of(survey.id), stored_plan(with_drawn_sites(survey, plan_of(survey)))
    assert archive is not None
    _timed("the cells of an estimate in DuckDB", lambda: cells_on(survey, archive, plan, "duckdb"))
    same = compared(survey, archive, "duckdb")
    print(f"{same.cells:,} cells, {same.differing} differing, sums at most {same.furthest:.0e} apart")
    db.session.rollback()

    def erased() -> None:
        with transaction():
            erase(receipt, "benchmark")

    _timed("erase one answer by its receipt", erased)

    def back() -> archiving.Moved:
        with transaction():
            return archiving.bring_back(survey, Silent())

    assert _timed("bring them back", back).responses == before - 1
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {datetime.now(UTC):%Y-%m-%d}")


def _timed(what: str, work: Callable[[], T]) -> T:
    Path("/proc/self/clear_refs").write_text("5")  # the most memory begins anew
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    took, worked = time.perf_counter() - began, time.process_time() - cpu
    status = Path("/proc/self/status").read_text()
    memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(f"{what:45} {took:8.1f} s {worked:8.1f} s of CPU {memory:8,.0f} MB", flush=True)
    return found


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
