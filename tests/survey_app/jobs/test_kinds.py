"""Every kind of job that a page asks for is declared by its subject, and every declared kind is asked for somewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import survey_app
from survey_app.jobs.queue import kinds


def asked_for() -> set[str]:
    """The kinds that stand in a call of `enqueue`, as written in it."""
    found = set()
    for path in Path(survey_app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "enqueue":
                found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_kind_that_is_queued_is_declared_and_every_declared_one_is_queued(app):
    assert asked_for() == {kind for kind in kinds() if not kind.startswith("test_")}


def test_the_work_of_a_kind_stands_in_its_subjects_jobs(app):
    ours = [kind.work.__module__ for name, kind in kinds().items() if not name.startswith("test_")]
    assert all(module.startswith("survey_app.") and module.endswith(".jobs") for module in ours), ours
