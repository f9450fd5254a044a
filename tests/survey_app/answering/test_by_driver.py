"""The two statements of every answer go by the driver, and what they give is what the usual way gives."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from survey_app.answering import by_driver, together
from survey_app.answering.open_sites import find_site
from survey_app.answering.submission import answered_on, finish
from survey_app.models import Response, db
from tests.support.city import small_city

FORM = {"home": ["甲县"], "age": ["30-44"], "overall": ["4"], "sex": ["female"], "recommend": ["8"]}
BEGAN = datetime(2023, 8, 1, 8, tzinfo=UTC)
DONE = datetime(2023, 8, 1, 16, 30, 5, 123456, tzinfo=UTC)  # the next day in Shanghai


def row(key: str) -> together.Row:
    return {**finish(find_site("aaa2222"), FORM, key, "zh", BEGAN).row, "finished_at": DONE}


def test_an_answer_and_its_receipt_make_no_statement_of_sqlalchemy(app):
    small_city()
    rows = [row("k0"), row("k1")]
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert together.insert_row(rows[0])
    assert by_driver.by_driver().insert(rows[1:]) == {rows[1]["receipt"]}
    assert answered_on(find_site("aaa2222"), str(rows[0]["receipt"])).isoformat() == "2023-08-02"
    assert asked == []
    assert answered_on(find_site("aaa2222"), "NOBODYS") is None


def test_what_is_read_is_what_was_written(app):
    small_city()
    one = row("k0")
    assert together.insert_row(one)
    assert (
        by_driver.by_driver().finished_at(str(one["receipt"]))
        == DONE
        == db.session.scalar(select(Response.finished_at))
    )


def test_where_the_driver_fails_the_usual_way_stores_and_reads(app, monkeypatch):
    small_city()
    one = row("k0")

    def broken(*_given: object) -> None:
        raise by_driver.DriverError("no statement of this name")

    for kind in (by_driver.Sqlite, by_driver.Postgresql):
        monkeypatch.setattr(kind, "insert", broken)
        monkeypatch.setattr(kind, "finished_at", broken)
    assert together.insert_row(one)
    assert answered_on(find_site("aaa2222"), str(one["receipt"])) is not None


def test_a_refused_statement_costs_a_connection_and_nothing_else(app):
    small_city()
    with pytest.raises((by_driver.DriverError, sqlite3.IntegrityError)):
        by_driver.by_driver().insert([{**row("k0"), "site_id": 4711}])
    assert by_driver.by_driver().insert([row("k1")])
    assert db.session.scalars(select(Response.submission_key)).all() == ["k1"]


def test_what_was_prepared_outlives_what_is_read_often_and_rolled_back(app):
    small_city()
    rows = [row("k0"), row("k1")]
    db.session.rollback()  # from here on there is one connection
    assert by_driver.by_driver().insert(rows[:1])
    for _ in range(8):
        db.session.scalar(select(Response.finished_at))
    db.session.rollback()
    assert by_driver.by_driver().insert(rows[1:])
