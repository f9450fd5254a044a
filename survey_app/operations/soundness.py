"""`minyi db check`: what is wrong with the database as such, before anybody trusts a figure from it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, text

from survey_app import rollup
from survey_app.database import revision, revisions, standing
from survey_app.ground import audit
from survey_app.ground.settings import in_force
from survey_app.operations.secret_marks import fitting
from wording import Message

WITHOUT_DISK = text("SELECT name FROM pg_settings WHERE name = 'fsync' AND setting = 'off'")


def faults(engine: Engine) -> list[Message]:
    """A sentence for each thing that is wrong; of tables that are not this program's only that is said."""
    stands = standing(engine)
    if stands != "current":
        key = {
            "empty": "operations.tables_missing",
            "older": "operations.tables_older",
            "newer": "operations.tables_newer",
        }
        return [Message(key[stands], found=revision(engine), known=revisions()[-1])]
    return [*_engine_faults(engine), *_own_faults(engine)]


def _engine_faults(engine: Engine) -> Iterator[Message]:
    """What the engine itself finds. PostgreSQL holds references at every commit and has no check of its own here; of a server that
    does not wait for the disk, a loss of power may take acknowledged answers, or all."""
    if engine.dialect.name == "postgresql":
        query = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
        with engine.connect() as connection:
            for name in connection.execute(text(query)).scalars():
                yield Message("operations.constraint_unchecked", name=name)
            for name in connection.execute(WITHOUT_DISK).scalars():
                yield Message("operations.disk_not_waited_for", name=name)
        return
    with engine.connect() as connection:
        for said in connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
            if said != "ok":
                yield Message("operations.database_damaged", said=said)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    for table in sorted({row[0] for row in broken}):
        yield Message("operations.refer_to_nothing", table=table, n=sum(row[0] == table for row in broken))


def _own_faults(engine: Engine) -> Iterator[Message]:
    if not rollup.is_installed(engine):
        yield Message("lines.triggers_missing")
    elif different := len(rollup.check(engine)):
        yield Message("commands.counts_differ_from_responses", n=different)
    breaks = audit.verify(None)
    if breaks:
        yield Message("operations.trail_broken", n=len(breaks), number=breaks[0].number)
    if not fitting(in_force()):
        yield Message("operations.secrets_not_of_database")
