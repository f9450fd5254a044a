"""Nothing acknowledged is lost: the server dies under load, the commit fails, the disk is full."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError

from survey_app.models import Response, db
from tests.support.city import FORM, small_city
from tests.support.killing import PHONES, kill_under_load
from tests.support.stored import begins_with


@begins_with(small_city)
@pytest.mark.parametrize("kills", [2, pytest.param(200, marks=pytest.mark.release)])
def test_every_receipt_outlives_kills_in_the_middle_of_a_batch(database_url, tmp_path, proves, kills):
    outcome = kill_under_load(tmp_path, None if database_url.startswith("sqlite") else database_url, kills)
    assert len(outcome.batches) == kills
    assert min(outcome.batches) > 1
    assert len(outcome.acknowledged) >= (kills + 1) * PHONES  # receipts before each kill, and after the last
    assert len(set(outcome.acknowledged)) == len(outcome.acknowledged)
    assert outcome.retried > 0  # the kills did cut submissions short
    assert (outcome.lost, outcome.doubled) == (set(), set())
    proves(
        f"{kills} SIGKILLs in batches of {min(outcome.batches)} to {max(outcome.batches)} answers on "
        f"{database_url.partition(':')[0]}: {len(outcome.acknowledged)} receipts, {outcome.retried} submissions sent again, "
        f"none lost or doubled"
    )


@pytest.mark.parametrize("message", ["database or disk is full", "disk I/O error", "could not fsync file"])
def test_a_commit_that_fails_gives_no_receipt_and_stores_nothing(app, monkeypatch, message):
    small_city()
    client = app.test_client()
    token = client.get("/s/aaa2222").get_data(as_text=True).split('name="token" value="')[1].split('"')[0]

    with failing_commits(monkeypatch, message):
        reply = client.post("/s/aaa2222", data=FORM | {"token": token})
    db.session.rollback()
    assert reply.status_code == 500
    assert "receipt" not in reply.headers.get("Location", "")
    assert db.session.scalar(select(func.count(Response.id))) == 0
    again = client.post("/s/aaa2222", data=FORM | {"token": token})  # the same key, once the disk has room
    assert again.status_code == 303
    assert db.session.scalar(select(func.count(Response.id))) == 1


@contextmanager
def failing_commits(monkeypatch, message):
    """On PostgreSQL the server itself refuses at the commit, which a single statement brings with it."""

    def fail(_dialect: object, _connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception(message))

    if db.engine.dialect.name == "sqlite":
        with monkeypatch.context() as broken:
            broken.setattr(DefaultDialect, "do_commit", fail)
            yield
        return
    body = f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    late = "AFTER INSERT ON response DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(body)
        connection.exec_driver_sql(f"CREATE CONSTRAINT TRIGGER fail {late}")
    yield
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION fail CASCADE")


def test_a_disk_that_fills_up_gives_no_receipt_for_what_it_could_not_take(sqlite_app):
    """SQLite's own limit of pages stands in for the disk: the error comes from the engine, in the middle of a write."""
    small_city()
    pages = db.session.execute(text("PRAGMA page_count")).scalar_one()
    db.session.remove()

    def fill(connection, _record, _proxy) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    event.listen(db.engine, "checkout", fill)
    statuses, form = [], {**FORM, "comment": "长" * 400}
    try:
        for _ in range(60):
            client = sqlite_app.test_client()
            page = client.get("/s/aaa2222").get_data(as_text=True)
            token = page.split('name="token" value="')[1].split('"')[0]
            statuses.append(client.post("/s/aaa2222", data=form | {"token": token}).status_code)
            if statuses[-1] != 303:
                break
    finally:
        event.remove(db.engine, "checkout", fill)
        db.session.remove()
        db.engine.dispose()
    assert statuses[-1] == 500
    assert db.session.scalar(select(func.count(Response.id))) == statuses.count(303)
    again = client.post("/s/aaa2222", data=form | {"token": token})  # the same key, once the disk has room
    assert again.status_code == 303
    assert db.session.scalar(select(func.count(Response.id))) == statuses.count(303) + 1
