"""Who wants no more messages: kept as a keyed hash, which says so of a number that is asked about and names none."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.ground.clock import today
from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key
from survey_app.jobs.queue import INSERT
from survey_app.models import OptOut, db


def opt_out(to: str) -> bool:
    """Send nothing more there; False where that was known. The caller commits."""
    insert = INSERT[db.session.get_bind().dialect.name]
    made = insert(OptOut).values(mark=_mark(to), on=today()).on_conflict_do_nothing(index_elements=["mark"])
    return db.session.scalar(made.returning(OptOut.mark)) is not None


def opted_out(to: str) -> bool:
    return db.session.scalar(select(OptOut.on).where(OptOut.mark == _mark(to))) is not None


def _mark(to: str) -> str:
    return mac(naming_key(), f"minyi opt out {to.lower()}").hex()
