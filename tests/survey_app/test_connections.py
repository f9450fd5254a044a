"""Connections to a server that has only so many, which nodes, jobs and other programs share."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from survey_app import database
from survey_app.answering import together
from survey_app.answering.pages import questionnaire
from tests.support.city import small_city
from tests.support.stored import POSTGRES


@contextmanager
def of_a_role_with(number: int):
    """An engine whose role is given so many connections at a time."""
    name, admin = f"minyi_{secrets.token_hex(4)}", create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    engine = create_engine(make_url(POSTGRES).set(username=name, password=name), poolclass=database.SharingPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{name}' CONNECTION LIMIT {number}"))
        try:
            yield engine
        finally:
            engine.dispose()
            connection.execute(text(f"DROP ROLE {name}"))
    admin.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("ours", [True, False], ids=["ours", "another program's"])
def test_who_gets_no_connection_waits_for_one_that_comes_back(ours):
    with of_a_role_with(2) as engine:
        engine.connect().close()
        first, other = engine.connect(), create_engine(engine.url, poolclass=NullPool).connect()
        threading.Timer(0.4, first.close if ours else other.close).start()
        began = time.monotonic()
        with engine.connect() as second:
            assert second.execute(text("SELECT 1")).scalar() == 1
        assert time.monotonic() - began > 0.3
        first.close()
        other.close()


@pytest.mark.postgres
def test_nobody_waits_longer_than_the_server_is_silent(monkeypatch):
    monkeypatch.setattr(database, "SILENT", 0.3)
    with of_a_role_with(1) as engine:
        engine.connect().close()
        with engine.connect():
            began = time.monotonic()
            with pytest.raises(OperationalError):
                engine.connect()
        assert 0.2 < time.monotonic() - began < 5


def test_a_server_that_was_never_reached_is_not_waited_for():
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", poolclass=database.SharingPool)
    began = time.monotonic()
    with pytest.raises(OperationalError):
        engine.connect()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("error", [PoolTimeout(), OperationalError(None, None, Exception("too many clients"))])
def test_a_request_that_gets_no_connection_is_told_to_come_again(sqlite_app, monkeypatch, error):
    def refused(_code: str) -> None:
        raise error

    monkeypatch.setattr(questionnaire, "find_address", refused)
    reply = sqlite_app.test_client().get("/s/aaa2222")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")


@pytest.mark.postgres
def test_a_worker_that_was_quiet_waits_too_and_one_that_was_lost_is_made_anew(monkeypatch):
    monkeypatch.setattr(database, "SILENT", 0.2)
    with of_a_role_with(2) as engine:
        lost, first = engine.connect(), engine.connect()
        lost.invalidate()
        lost.close()  # its record is in the pool, and has no connection
        other = create_engine(engine.url, poolclass=NullPool).connect()
        time.sleep(0.3)  # longer than a server may be silent
        threading.Timer(0.1, first.close).start()
        with engine.connect() as second:
            assert second.execute(text("SELECT 1")).scalar() == 1
        other.close()
        assert engine.pool.checkedout() == 0


@pytest.mark.postgres
def test_a_connection_that_may_not_be_made_anew_leaves_its_place():
    def refused(*_given: object) -> None:
        raise database.NotDurableError("ground.postgresql_not_durable")

    with of_a_role_with(2) as engine:
        lost = engine.connect()
        lost.invalidate()
        lost.close()
        event.listen(engine, "connect", refused)
        for _ in range(40):
            with pytest.raises(database.NotDurableError):
                engine.connect()
        event.remove(engine, "connect", refused)
        with engine.connect() as again:
            assert again.execute(text("SELECT 1")).scalar() == 1


def test_of_a_batch_that_gets_no_connection_each_is_told_to_come_again(sqlite_app, monkeypatch):
    small_city()
    one = together.writer()
    batch = [together._Waiting(None, lambda: None) for _ in range(3)]
    tried = []

    def none_left(*_given: object) -> None:
        tried.append(1)
        raise PoolTimeout

    monkeypatch.setattr(one, "_together", none_left)
    one._write(batch)
    for each in batch:
        with pytest.raises(together.BusyError):
            each.outcome()
    assert tried == [1]
