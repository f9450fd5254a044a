"""Do queued jobs: claim one atomically, keep its lease while it runs, store its result and its end in one commit.

Any number of threads, processes and machines may work at once. A job whose worker died is taken up again when its
lease ends, and given up after ATTEMPTS; a worker that only seemed dead finds its claim gone and stores nothing.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, or_, select, update
from sqlalchemy.exc import OperationalError, TimeoutError

from survey_app.ground import audit
from survey_app.jobs.queue import FOLLOW_UPS, WITH_THE_CLOCK, Cancelled, kinds
from survey_app.models import Job, db
from wording import Message, said_of, to_column

log = logging.getLogger("minyi.jobs")
LEASE = timedelta(seconds=60)
BEAT = 15.0  # seconds between two prolongations of the lease
POLL = 3.0  # seconds an idle worker sleeps
ATTEMPTS = 3
TELL_EVERY = 0.25  # seconds between two notes of progress within one step
BACK_OFF = 5.0  # seconds without notes after one that another writer, mostly the work itself, kept out
GIVEN_UP = Message("jobs.worker_broke_off_times", attempts=ATTEMPTS)


def wake(app: Flask, job_id: int) -> None:
    """See that a queued job is done, by the setting JOBS: inline | thread | external."""
    setting = app.config["MINYI"].jobs
    if setting == "inline":
        token = _claim(job_id)
        if token:
            _run(job_id, token)
    elif setting == "thread":
        worker(app).wake.set()


def worker(app: Flask) -> _Worker:
    """The thread of this process, started when first asked for (so after gunicorn has forked)."""
    with _starting:
        found: _Worker | None = app.extensions.get("minyi_worker")
        if found is None or found.process != os.getpid():
            found = app.extensions["minyi_worker"] = _Worker(app)
            found.start()
        return found


def run_next() -> bool:
    """Do the oldest job that waits; False where none does. In an application context."""
    recover()
    for by_the_clock in WITH_THE_CLOCK:
        by_the_clock()
    db.session.commit()
    waiting = select(Job.id).where(Job.state == "queued", Job.kind.in_(list(kinds()))).order_by(Job.id).limit(20)
    for job_id in db.session.scalars(waiting).all():
        token = _claim(job_id)
        if token:
            _run(job_id, token)
            _follow_up(job_id)
            return True
    db.session.rollback()
    return False


def recover() -> None:
    """Queue again what dead workers left, or give it up."""
    moment = datetime.now(UTC)
    lost = (Job.state == "running", or_(Job.lease_until.is_(None), Job.lease_until < moment))
    ended = {"claim": None, "lease_until": None}
    final = {**ended, "once": None, "finished_at": moment}
    stopped = update(Job).where(*lost, Job.cancel_requested).values(state="cancelled", **final)
    given_up = (
        update(Job).where(*lost, Job.attempts >= ATTEMPTS).values(state="failed", error=to_column(GIVEN_UP), **final)
    )
    again = update(Job).where(*lost).values(state="queued", **ended)
    if db.session.scalar(select(Job.id).where(*lost).limit(1)) is None:
        return
    for statement in (stopped, given_up, again):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


class _Worker(threading.Thread):
    """Works until the process ends."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="minyi-jobs", daemon=True)
        self.app, self.wake, self.process = app, threading.Event(), os.getpid()
        self.stopped = False

    def stop(self) -> None:
        """End after the present job."""
        self.stopped = True
        self.wake.set()
        self.join()

    def run(self) -> None:
        while not self.stopped:
            self.wake.clear()
            try:
                with self.app.app_context():
                    busy = run_next()
            except Exception:
                log.exception("the worker could not look for jobs")
                busy = False
            if not busy and not self.stopped:
                self.wake.wait(POLL)


_starting = threading.Lock()


def _claim(job_id: int) -> str:
    """The token of the claim, '' where somebody else was faster. One atomic UPDATE decides."""
    token, moment = secrets.token_hex(16), datetime.now(UTC)
    taken = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "queued")
        .values(
            state="running", claim=token, lease_until=moment + LEASE, attempts=Job.attempts + 1, started_at=moment,
            done=0, of=0, step_zh="", step_en="",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    db.session.commit()
    return token if taken.rowcount == 1 else ""  # type: ignore[attr-defined]


def _run(job_id: int, token: str) -> None:
    found = db.session.get_one(Job, job_id)
    db.session.refresh(found)
    kind, arguments, by = kinds()[found.kind], dict(found.arguments), found.by
    with _heartbeat(job_id, token) as progress:
        try:
            with audit.acting_for(by):
                result = kind.work(arguments, progress)
            if not _end(job_id, token, "done", result=result[:120]):
                raise Cancelled
        except Cancelled:
            db.session.rollback()
            _end(job_id, token, "cancelled")
        except kind.refusals as refusal:
            db.session.rollback()
            _end(job_id, token, "failed", error=to_column(said_of(refusal)))
        except Exception:
            log.exception("job %s (%s) failed", job_id, kind.name)
            db.session.rollback()
            _end(job_id, token, "failed", error=to_column(Message("jobs.something_went_wrong_on", id=job_id)))


def _follow_up(job_id: int) -> None:
    found = db.session.get(Job, job_id, populate_existing=True)
    result = found.result if found is not None and found.state == "done" else ""
    for follow_up in FOLLOW_UPS.get(result.partition(":")[0], ()):
        try:
            follow_up(result)
        except Exception:
            log.exception("what follows job %s (%s) failed", job_id, result)
            db.session.rollback()


def _end(job_id: int, token: str, state: str, **values: Any) -> bool:
    """Commit the job's end with all that its function has pending. False: it is no longer ours, or shall stop."""
    mine = [Job.id == job_id, Job.claim == token, Job.state == "running"]
    if state == "done":
        mine.append(Job.cancel_requested.is_(False))
    ended = {"state": state, "claim": None, "lease_until": None, "once": None, "finished_at": datetime.now(UTC)}
    statement = update(Job).where(*mine).values(**ended, **values).execution_options(synchronize_session=False)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        db.session.rollback()
        return False
    db.session.commit()
    return True


class _Told:
    """Progress of one running job, written through a connection of its own so that the work's transaction is left be."""

    def __init__(self, job_id: int, token: str) -> None:
        self.engine, self.job_id, self.token = db.engine, job_id, token
        self.last, self.step, self.silent_until = 0.0, "", 0.0

    def tell(self, done: int, of: int, zh: str, en: str) -> None:
        moment = time.monotonic()
        if moment < self.silent_until or (zh == self.step and moment - self.last < TELL_EVERY):
            return
        mine = self.note(done=done, of=of, step_zh=zh, step_en=en)
        self.last, self.step = time.monotonic(), zh
        if not mine:
            raise Cancelled

    def note(self, **values: Any) -> bool:
        """Write `values` and prolong the lease. False: stopped, or no longer ours."""
        mine = (Job.id == self.job_id, Job.claim == self.token)
        statement = update(Job).where(*mine).values(lease_until=datetime.now(UTC) + LEASE, **values)
        try:
            with _impatient(self.engine) as connection:
                held = connection.execute(statement).rowcount == 1
                stop = connection.scalar(select(Job.cancel_requested).where(*mine))
                connection.commit()
        except (OperationalError, TimeoutError):  # SQLite has one writer, the pool no connection; a later note will do
            self.silent_until = time.monotonic() + BACK_OFF
            return True
        return held and not stop


@contextmanager
def _heartbeat(job_id: int, token: str) -> Iterator[_Told]:
    """Prolong the lease from a thread beside the work until it ends."""
    told, over = _Told(job_id, token), threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            try:
                told.note()
            except Exception:
                log.exception("the lease of job %s could not be prolonged", job_id)

    thread = threading.Thread(target=beat, name=f"minyi-job-{job_id}", daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


@contextmanager
def _impatient(engine: Engine) -> Iterator[Connection]:
    """A connection that does not wait long for SQLite's one writer, which may be the work itself."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=250")
        try:
            yield connection
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA busy_timeout=30000")
