"""Background jobs: done once whoever races for them, kept through a dead worker, stopped without a trace."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from survey_app.ground import audit
from survey_app.jobs import worker
from survey_app.jobs.queue import JobError, cancel, enqueue, job
from survey_app.jobs.worker import ATTEMPTS, run_next
from survey_app.models import Area, AuditEntry, Job, db
from tests.support.application import change
from tests.support.waiting import until
from wording import of_column

STORE = {"MINYI_SECRET_KEY": "only-for-tests", "MINYI_PASSWORD_SALT": "only-for-tests"}


def in_the_middle() -> None:
    """What else happens while a slow job is at work; a test puts it here."""


@job("test_area", "试验", "A trial", refusals=(LookupError,))
def _store_an_area(arguments, progress):
    progress.tell(1, 3, "第一步", "step one")
    if arguments.get("fails") == "ours":
        raise RuntimeError("a secret of the inside")
    area = Area(code=arguments["code"], name=arguments["code"], kind="county", residents=1)
    db.session.add(area)
    db.session.flush()
    if arguments.get("fails") == "theirs":
        raise JobError("表格有错 (the table is wrong)")
    for row in range(int(arguments.get("rows", 0))):
        progress.tell(2 + row, 22, "逐行", "row by row")
    if arguments.get("slow"):
        in_the_middle()
        progress.tell(2, 3, "第二步", "step two")
    audit.record("test", area.code)
    return f"area:{area.id}"


@pytest.fixture
def external(app):
    change(app, jobs="external")
    return app


def areas() -> list[str]:
    return list(db.session.scalars(select(Area.code).order_by(Area.code)))


def test_a_job_done_inline_stores_its_result_its_end_and_who_asked(sqlite_app):
    found = enqueue("test_area", {"code": "a"}, "anna")
    assert (found.state, found.done, found.of, found.step_en) == ("done", 1, 3, "step one")
    assert found.result == f"area:{db.session.scalar(select(Area.id))}"
    assert db.session.scalars(select(AuditEntry.actor)).all() == ["anna"]
    assert not found.open
    assert found.finished_at >= found.started_at


@pytest.mark.parametrize(
    ("fails", "said"), [("theirs", "表格有错 (the table is wrong)"), ("ours", "nothing was stored")]
)
def test_a_failed_job_stores_nothing_and_tells_the_user_no_secrets(sqlite_app, fails, said):
    found = enqueue("test_area", {"code": "a", "fails": fails}, "anna")
    assert found.state == "failed"
    assert said in str(of_column(found.error))
    assert "secret" not in found.error
    assert areas() == []
    assert run_next() is False  # it is not tried again


def test_an_unknown_kind_is_refused(sqlite_app):
    with pytest.raises(KeyError, match="no kind of job"):
        enqueue("nonsense", {}, "anna")


def test_the_same_job_is_queued_once_while_it_is_open(external):
    first = enqueue("test_area", {"code": "a"}, "anna")
    assert enqueue("test_area", {"code": "a"}, "ben").id == first.id
    assert enqueue("test_area", {"code": "b"}, "ben").id != first.id
    assert run_next()
    assert enqueue("test_area", {"code": "a"}, "ben").id != first.id


def test_threads_racing_for_jobs_do_each_one_once(external):
    for number in range(12):
        enqueue("test_area", {"code": f"{number:02}"}, "anna")
    start = threading.Barrier(4)

    def work():
        start.wait()
        with external.app_context():
            while run_next():
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert areas() == [f"{number:02}" for number in range(12)]
    assert set(db.session.execute(select(Job.state, Job.attempts))) == {("done", 1)}
    assert audit.verify() == []


def test_processes_racing_for_jobs_do_each_one_once(external):
    for number in range(8):
        enqueue("test_area", {"code": f"{number:02}"}, "anna")
    db.session.remove()
    fork = multiprocessing.get_context("fork")
    told = fork.Queue()

    def work():
        with external.app_context():
            db.engine.dispose(close=False)  # the parent's connections are the parent's
            number = 0
            while run_next():
                number += 1
            told.put(number)

    processes = [fork.Process(target=work) for _ in range(3)]
    for process in processes:
        process.start()
    assert sum(told.get(timeout=60) for _ in processes) == 8
    for process in processes:
        process.join()
    assert len(areas()) == 8
    assert set(db.session.execute(select(Job.state, Job.attempts))) == {("done", 1)}


def test_a_dead_workers_job_is_done_again_when_its_lease_has_ended(external):
    found = enqueue("test_area", {"code": "a"}, "anna")
    assert worker._claim(found.id)  # and then the process dies
    assert run_next() is False  # the lease still runs
    _let_the_lease_end(found)
    assert run_next()
    db.session.refresh(found)
    assert (found.state, found.attempts) == ("done", 2)


def test_a_worker_that_only_seemed_dead_stores_nothing(external):
    found = enqueue("test_area", {"code": "a"}, "anna")
    slow = worker._claim(found.id)
    _let_the_lease_end(found)
    assert run_next()
    db.session.add(Area(code="late", name="late", kind="county"))
    assert not worker._end(found.id, slow, "done", result="area:late")
    assert areas() == ["a"]
    db.session.refresh(found)
    assert found.result.startswith("area:")
    assert found.result != "area:late"


def test_a_job_whose_workers_keep_dying_is_given_up_in_words(external):
    found = enqueue("test_area", {"code": "a"}, "anna")
    for _ in range(ATTEMPTS):
        assert worker._claim(found.id)
        _let_the_lease_end(found)
        worker.recover()
    db.session.refresh(found)
    assert (found.state, found.once) == ("failed", None)
    assert "nothing was stored" in str(of_column(found.error))


def test_the_lease_is_prolonged_while_the_work_goes_on(external, monkeypatch):
    lease, begun = timedelta(seconds=0.3), datetime.now(UTC)
    monkeypatch.setattr(worker, "LEASE", lease)
    monkeypatch.setattr(worker, "BEAT", 0.05)

    def past_the_first_lease() -> bool:
        with external.app_context():
            prolonged = db.session.scalars(select(Job.lease_until)).one() > begun + 2 * lease
            if prolonged:
                worker.recover()
        return prolonged

    if db.engine.dialect.name == "postgresql":  # SQLite's one writer is the work itself: no beat gets through
        wait = partial(until, past_the_first_lease, "a lease that was prolonged")
        monkeypatch.setattr(sys.modules[__name__], "in_the_middle", wait)
    found = enqueue("test_area", {"code": "a", "slow": True}, "anna")
    assert run_next()
    db.session.refresh(found)
    assert (found.state, found.attempts) == ("done", 1)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(external):
    waiting = enqueue("test_area", {"code": "a"}, "anna")
    cancel(waiting)
    assert waiting.state == "cancelled"
    running = enqueue("test_area", {"code": "b"}, "anna")
    token = worker._claim(running.id)
    cancel(running)
    db.session.commit()
    assert (running.state, running.cancel_requested) == ("running", True)
    worker._run(running.id, token)
    db.session.refresh(running)
    assert running.state == "cancelled"
    assert areas() == []
    assert enqueue("test_area", {"code": "b"}, "anna").id != running.id


def test_telling_keeps_silent_for_a_while_where_the_work_itself_holds_the_one_writer(sqlite_app, monkeypatch):
    noted = []
    note = worker._Told.note
    monkeypatch.setattr(
        worker._Told, "note", lambda told, **values: noted.append(values["done"]) or note(told, **values)
    )
    monkeypatch.setattr(worker, "TELL_EVERY", 0.0)
    monkeypatch.setattr(worker, "BACK_OFF", 3600.0)
    found = enqueue("test_area", {"code": "a", "rows": 20}, "anna")
    assert (found.state, found.done) == ("done", 1)
    assert noted == [1, 2]  # the second met the job's own writing


def test_the_thread_of_a_server_does_what_is_queued(app):
    change(app, jobs="thread")
    found = enqueue("test_area", {"code": "a"}, "anna")

    def ended() -> bool:
        db.session.rollback()
        return not found.open

    until(ended, "the end of the job")
    app.extensions["minyi_worker"].stop()
    assert found.state == "done"
    assert db.session.scalar(select(func.count()).select_from(Area)) == 1


def test_the_command_lists_jobs(sqlite_app, tmp_path, monkeypatch):
    import json

    from click.testing import CliRunner

    from survey_app.cli import cli

    enqueue("test_area", {"code": "a"}, "anna")
    for name, value in STORE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    told = json.loads(CliRunner().invoke(cli, ["jobs", "list", "--json"]).stdout)
    assert [(row["kind"], row["state"], row["by"]) for row in told] == [("test_area", "done", "anna")]
    assert "test_area\tdone\tanna" in CliRunner().invoke(cli, ["jobs", "list"]).stdout


def _let_the_lease_end(found: Job) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=1)
    db.session.execute(update(Job).where(Job.id == found.id).values(lease_until=ended))
    db.session.commit()
