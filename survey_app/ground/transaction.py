"""Who commits: a page or a command, around the use cases it calls; they themselves only flush."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

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


def unreached(error: BaseException) -> bool:
    """Whether it says that there was no connection to be had, now."""
    if isinstance(error, OperationalError):
        return error.statement is None and not isinstance(error.orig, sqlite3.Error)
    return isinstance(error, PoolTimeout)
