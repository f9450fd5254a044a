"""Stored answers copied by SQL under every index, with keys, receipts and times of their own: large tables for benchmarks."""

from __future__ import annotations

from sqlalchemy import text

from survey_app import rollup
from survey_app.models import Response, db

STEP = 250_000  # rows of one transaction
# unique and in no order, as real receipts and the ends of keys are: n times an odd number, modulo a power of two
SCATTERED = "n * 652835028721 % 1099511627776"
MADE = {
    "sqlite": {
        "beforehand": "PRAGMA cache_size = -2000000",
        "numbers": "WITH RECURSIVE counted(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM counted WHERE n < {last})",
        "submission_key": f"printf('%08x%016x', 1600000000 + n / 10, {SCATTERED})",
        "receipt": f"printf('%010X', {SCATTERED})",
        "started_at": "strftime('%Y-%m-%d %H:%M:%f000', started_at, '-' || (n % 900000) || ' seconds')",
        "finished_at": "strftime('%Y-%m-%d %H:%M:%f000', finished_at, '-' || (n % 900000) || ' seconds')",
    },
    "postgresql": {
        "beforehand": "SET LOCAL session_replication_role = replica",  # what it points to is there: it is copied
        "numbers": "WITH counted AS (SELECT n FROM generate_series({first}::bigint, {last}) n)",
        "submission_key": f"to_hex(1600000000 + n / 10) || lpad(to_hex({SCATTERED}), 16, '0')",
        "receipt": f"lpad(to_hex({SCATTERED}), 10, '0')",
        "started_at": "started_at - (n % 900000) * interval '1 second'",
        "finished_at": "finished_at - (n % 900000) * interval '1 second'",
    },
}


def copy_answers(rows: int) -> None:
    """Add `rows` copies in the running application; the counts are made at the end."""
    made, columns = MADE[db.engine.dialect.name], [column.name for column in Response.__table__.columns]
    copied = ", ".join(name for name in columns if name != "id")
    values = ", ".join(made.get(name, name) for name in columns if name != "id")
    with db.engine.begin() as connection:
        rollup.remove(connection)
        least, number = connection.execute(text("SELECT min(id), count(*) FROM response")).one()
    for first in range(1, rows + 1, STEP):
        with db.engine.begin() as connection:
            connection.execute(text(made["beforehand"]))
            numbers = made["numbers"].format(first=first, last=min(first + STEP - 1, rows))
            joined = f"counted JOIN response ON response.id = {least} + n % {number}"
            connection.execute(text(f"{numbers} INSERT INTO response ({copied}) SELECT {values} FROM {joined}"))
    rollup.install(db.engine)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE response"))
            connection.execute(text("CHECKPOINT"))
