"""Work by the clock: each due run once, however many servers look; missed runs once; off where nothing is set."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from survey_app.jobs.queue import Silent
from survey_app.jobs.schedule import KIND, REGULAR, forget_old_jobs, queue_due, queue_now
from survey_app.jobs.worker import run_next
from survey_app.models import Job, RegularWork, Response, ResponseFlag, db
from survey_app.operations import sealed
from survey_app.operations.restore import checked
from tests.support.application import application, change
from tests.support.city import scored_city, simulated_city, the_survey
from tests.support.stored import begins_with

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)  # 16:00 of the office's clock


def runs(work: str = "") -> int:
    db.session.rollback()
    found = db.session.scalars(select(Job).where(Job.kind == KIND)).all()
    return sum(not work or job.arguments["work"] == work for job in found)


def due(work: str) -> datetime:
    return db.session.scalars(select(RegularWork.due_at).where(RegularWork.name == work)).one()


def test_servers_that_look_at_the_same_moment_run_what_is_due_once(app, database_url):
    queue_due(NOW)
    assert runs() == 0, "what has just been declared is not due"
    hours, together = 6, Barrier(4)

    def node() -> None:
        other = application(database_url)
        change(other, jobs="external")
        with other.app_context():
            for hour in range(1, hours + 1):
                together.wait()
                queue_due(NOW + timedelta(hours=hour))
                db.session.execute(update(Job).where(Job.kind == KIND).values(state="done", once=None))
                db.session.commit()
            db.session.remove()
            db.engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(node) for _ in range(4)]:
            done.result()
    assert runs("routing") == hours
    assert runs("flags") == hours
    assert due("routing") == NOW + timedelta(hours=hours, minutes=5)


def test_a_daily_work_keeps_its_hour_of_the_offices_clock_and_is_made_up_for_once(sqlite_app):
    queue_due(NOW)
    first = due("leftovers")
    assert first == datetime(2026, 11, 29, 18, 10, tzinfo=UTC)  # 02:10 of the next day
    queue_due(first + timedelta(days=9))
    queue_due(first + timedelta(days=9, seconds=1))
    assert runs("leftovers") == 1
    assert due("leftovers") == datetime(2026, 12, 9, 18, 10, tzinfo=UTC)


@begins_with(simulated_city)
def test_a_worker_flags_new_answers_when_they_are_due_and_no_sooner(sqlite_app):
    change(sqlite_app, jobs="external")
    queue_due(datetime.now(UTC))
    assert not run_next()
    db.session.execute(update(RegularWork).where(RegularWork.name == "flags").values(due_at=NOW - timedelta(days=900)))
    db.session.commit()
    assert run_next()
    made = db.session.scalars(select(Job).where(Job.kind == KIND)).one()
    assert (made.state, made.by) == ("done", "clock")
    flags = db.session.scalar(select(func.count()).select_from(ResponseFlag))
    assert flags
    assert made.result == f"regular:{flags}"


@begins_with(simulated_city)
@pytest.mark.parametrize(("days", "left"), [(0, 42), (400, 42), (30, 0)])
def test_answers_go_by_the_clock_only_where_days_are_set_and_over(sqlite_app, days, left):
    survey = the_survey()
    survey.state, survey.closes_at = "closed", datetime.now(UTC) - timedelta(days=100)
    db.session.commit()
    change(sqlite_app, keep_answers=days)
    for moment in (NOW, NOW + timedelta(days=2)):
        queue_due(moment)
    assert db.session.scalar(select(func.count()).select_from(Response)) == left
    assert runs("retention") == (1 if days else 0)


@begins_with(scored_city)
def test_the_nightly_backup_opens_with_its_passphrase_and_the_oldest_go(app, tmp_path, monkeypatch):
    monkeypatch.setitem(sealed.COST, "n", 2**4)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "minutes.txt").write_text("not ours")
    cut = folder / "minyi-20200104-030000.backup.part"
    cut.write_text("a server was killed")
    os.utime(cut, (0, 0))
    for day in (1, 2, 3):
        (folder / f"minyi-2020010{day}-030000.backup").write_text("old")
    change(app, backup_folder=str(folder), backup_passphrase="a long enough passphrase", backup_keep=2)
    queue_due(NOW)
    queue_due(NOW + timedelta(days=1))
    job = db.session.scalars(select(Job).where(Job.kind == KIND, Job.result != "")).all()[-1]
    assert {found.state for found in db.session.scalars(select(Job).where(Job.kind == KIND))} == {"done"}, job.error
    kept = sorted(path.name for path in folder.glob("*"))
    assert kept[:2] == ["minutes.txt", "minyi-20200103-030000.backup"]
    assert len(kept) == 3
    assert checked(folder / kept[2], "a long enough passphrase", Silent()).rows["response"] == 42
    assert app.test_client().get("/readyz").json["last_backup"] != "none"


def test_a_backup_that_cannot_be_written_is_told_where_the_jobs_are(sqlite_app, tmp_path):
    change(sqlite_app, backup_folder=str(tmp_path / "gone"), backup_passphrase="a long enough passphrase")
    made = queue_now(REGULAR["backup"])
    assert made.state == "failed"
    assert "backup_not_written" in made.error


def test_rows_of_the_clocks_jobs_go_after_a_month_but_the_last_of_each_stays(sqlite_app):
    queue_due(NOW)
    for _ in range(3):
        queue_now(REGULAR["routing"])
    db.session.execute(update(Job).values(finished_at=NOW - timedelta(days=31)))
    assert forget_old_jobs(NOW) == 2
    db.session.commit()
    assert runs("routing") == 1
