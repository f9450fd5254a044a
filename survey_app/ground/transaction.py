"""Who commits: a page or a command, around the use cases it calls; they themselves only flush."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from survey_app.models import db


@contextmanager
def transaction() -> Iterator[None]:
    """What is done inside is stored together at its end, or not at all where anything is raised."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
