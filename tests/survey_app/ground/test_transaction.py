"""Who commits: pages, commands and the worker of jobs; a use case leaves it to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import survey_app
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.models import AuditEntry, db

ROOT = Path(survey_app.__file__).parent
COMMITS = re.compile(r"\bdb\.session\.(commit|rollback)\(|\bwith transaction\(\)")
ALLOWED = {
    "ground/transaction.py": "it is the way to commit",
    "jobs/worker.py": "a job and what came of it are stored together",
    "jobs/queue.py": "a job is durable before a worker is woken for it",
    "jobs/schedule.py": "a due run is taken by one server of several before its job is made",
    "console/forms.py": "a page's form stores what it asks for: the frame of pages",
    "console/frame.py": "a refusal is written down before any page is reached",
    "console/jobs.py": "the page of a job",
    "people/sessions.py": "a form that meets an ended session is kept before any page is reached",
    "people/limits.py": "a wrong password is told to its owner, and the view that refused it stores nothing",
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


def test_a_page_that_writes_and_does_not_commit_is_noticed_by_the_tests_client(app):
    app.get("/forgets")(lambda: audit.record("lost", "x") and "done")
    with pytest.raises(AssertionError, match="did not commit"):
        app.test_client().get("/forgets")
