"""Who commits: pages, commands and the worker of jobs; a use case leaves it to them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.engine.default import DefaultDialect

import survey_app
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.models import AuditEntry, FormCount, db
from tests.support.city import small_city
from tests.support.stored import begins_with

ROOT = Path(survey_app.__file__).parent
COMMITS = re.compile(r"\bdb\.session\.(commit|rollback)\(|\bwith transaction\(\)")
ALLOWED = {
    "api/frame.py": "a refusal and the use of a key stand before any operation is reached",
    "ground/transaction.py": "it is the way to commit",
    "jobs/worker.py": "a job and what came of it are stored together",
    "jobs/queue.py": "a job is durable before a worker is woken for it",
    "jobs/schedule.py": "a due run is taken by one server of several before its job is made",
    "console/forms.py": "a page's form stores what it asks for: the frame of pages",
    "console/frame.py": "a refusal is written down before any page is reached",
    "console/jobs.py": "the page of a job",
    "people/elsewhere/sign_in.py": "a sign-in that comes back is used up, and nothing is held while the provider is asked",
    "people/sessions.py": "a form that meets an ended session is kept before any page is reached",
    "people/limits.py": "a wrong password is told to its owner, and the view that refused it stores nothing",
    "outbox/sending.py": "what became of a message is stored before the next one goes out",
    "surveys/closing.py": "what the clock has done stands before any page or operation is reached",
    "tickets/routing.py": "tickets that wait are given out before any page or operation shows them",
    "scoring/jobs.py": "the flags that a run finds stand by themselves, and the one writer of SQLite is free meanwhile",
    "demo/load.py": "a million answers in batches, so that the one writer of SQLite is never held for minutes",
}


def test_a_use_case_never_commits():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if not {"pages", "commands"} & set(path.relative_to(ROOT).parts[:-1])
        and path.relative_to(ROOT).as_posix() != "tickets/citizen/pages.py"
        and COMMITS.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


def test_what_raises_inside_stores_nothing_and_what_ends_well_stores_all(app):
    def half() -> None:
        with transaction():
            audit.record("first", "x")
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        half()
    assert db.session.query(AuditEntry).count() == 0
    with transaction():
        audit.record("first", "x")
        audit.record("second", "x")
    db.session.rollback()
    assert db.session.query(AuditEntry).count() == 2


def by_the_session() -> None:
    audit.record("first", "x")
    db.session.commit()


def by_a_connection() -> None:
    with db.engine.connect() as connection:
        connection.execute(insert(FormCount).values(site_id=1, day=date(2031, 1, 1), event="x", question="", number=1))
        connection.commit()


@pytest.mark.parametrize("write", [by_the_session, by_a_connection])
@begins_with(small_city)
def test_of_a_commit_that_failed_nothing_waits_in_the_pool_for_the_next_ones_commit(app, monkeypatch, write):
    def fails(*_given: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(DefaultDialect, "do_commit", fails)
        with pytest.raises(OSError, match="full"):
            write()
        db.session.close()  # as at the end of a request
    with db.engine.connect() as connection:
        connection.commit()
        raw = connection.connection.dbapi_connection
        assert not (raw.in_transaction if hasattr(raw, "in_transaction") else raw.info.transaction_status)
    for table in (AuditEntry, FormCount):
        assert db.session.query(table).count() == 0


def test_a_page_that_writes_and_does_not_commit_is_noticed_by_the_tests_client(app):
    app.get("/forgets")(lambda: audit.record("lost", "x") and "done")
    with pytest.raises(AssertionError, match="did not commit"):
        app.test_client().get("/forgets")
