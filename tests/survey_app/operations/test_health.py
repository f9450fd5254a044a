"""Servers that start at once, on tables of another release, and what they say of themselves."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from survey_app.commands.serve import Server, first_start
from survey_app.jobs.worker import worker
from survey_app.models import Job, User, db
from survey_app.operations import health, soundness
from tests.support.application import application
from tests.support.city import small_city
from tests.support.stored import this_run
from tests.support.waiting import until
from wording import in_words


def at_revision(name: str) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = :name"), {"name": name})
    db.session.commit()


def state_of(job: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Job.state).where(Job.id == job))


def without_tables(url: str) -> None:
    with application(url).app_context():
        if url.startswith("postgresql"):
            db.session.execute(text("DROP SCHEMA public CASCADE"))
            db.session.execute(text("CREATE SCHEMA public"))
            db.session.commit()
        db.engine.dispose()


def test_two_servers_starting_at_once_on_an_empty_database_make_it_ready_once(database_url, tmp_path):
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}" if database_url.startswith("sqlite") else database_url
    without_tables(url)
    together = Barrier(2)

    def start() -> str | None:
        with application(url).app_context():
            together.wait()
            try:
                return first_start()
            finally:
                db.session.remove()
                db.engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        said = [future.result() for future in [pool.submit(start) for _ in range(2)]]
    assert sum(password is not None for password in said) == 1
    with application(url).app_context():
        assert db.session.scalars(select(User.username)).all() == ["admin"]
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("revision", "status"), [("0058", 503), ("9999", 200)])
def test_a_server_on_other_tables_says_whether_it_can_take_answers(sqlite_app, revision, status):
    client = sqlite_app.test_client()
    well = {"database": "ok", "revision": "ok", "secrets": "ok", "disk": "ok", "archives": "ok", "last_backup": "none"}
    assert client.get("/readyz").json == well
    at_revision(revision)
    for address in ("/readyz", "/healthz"):
        assert client.get(address).status_code == status, address
    assert client.get("/livez").status_code == 200


def test_a_server_that_cannot_reach_its_database_or_has_no_room_is_not_ready(sqlite_app, monkeypatch):
    client = sqlite_app.test_client()
    monkeypatch.setattr(health, "LEAST_FREE", 2**62)
    assert "MB free" in client.get("/readyz").json["disk"]
    monkeypatch.undo()
    monkeypatch.setattr(health, "standing", lambda _engine: db.session.execute(text("SELECT 1 FROM nowhere")))
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json["database"]) == (503, "does not answer")


@pytest.mark.parametrize("collect_only", [[], ["--collect-only"]])
def test_a_server_does_not_start_on_tables_older_than_it(tmp_path, sqlite_app, collect_only):
    at_revision("0058")
    address = sqlite_app.config["SQLALCHEMY_DATABASE_URI"]
    program = [sys.executable, "-m", "survey_app", "serve", "--port", "1", *collect_only]
    said = subprocess.run(
        program, env={"DATABASE_URL": address, "MINYI_INSTANCE": str(tmp_path), "LC_ALL": "zh_CN.UTF-8"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "minyi db upgrade" in said.stderr
    assert "数据库的结构比程序旧" in said.stderr


def test_what_a_killed_server_left_running_is_taken_up_when_the_next_one_starts(sqlite_app):
    survey = small_city()
    left = Job(
        kind="estimate", arguments={"survey": survey.id}, state="running", claim="gone", attempts=1, by="eva",
        lease_until=datetime.now(UTC) - timedelta(minutes=1),
    )  # fmt: skip
    db.session.add(left)
    db.session.commit()
    settings = {
        "SECRET_KEY": "only-for-tests", "SECURITY_PASSWORD_SALT": "only-for-tests", "TOTP_KEY": "only-for-tests",
        "JOBS": "thread", "SQLALCHEMY_DATABASE_URI": sqlite_app.config["SQLALCHEMY_DATABASE_URI"],
    }  # fmt: skip
    app = Server({}, settings).load()  # nobody opens a page
    try:
        until(lambda: state_of(left.id) != "running", "the job taken up again")
    finally:
        worker(app).stop()


@pytest.mark.postgres
def test_a_postgresql_that_does_not_wait_for_the_disk_is_a_fault(monkeypatch):
    with this_run().on_postgres(small_city) as url, application(url).app_context():
        quick = str(soundness.WITHOUT_DISK).replace("AND setting = 'off'", "")  # as if it were off
        monkeypatch.setattr(soundness, "WITHOUT_DISK", text(quick))
        said = [in_words(fault, "en") for fault in soundness.faults(db.engine)]
        assert (
            "PostgreSQL runs with fsync=off: a loss of power may take acknowledged answers, or the whole database."
            in said
        )
        db.session.remove()
        db.engine.dispose()
