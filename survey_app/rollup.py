"""The triggers that keep `response_count` equal to a GROUP BY over the responses, and the rebuilding of it.

A trigger is the one place no writer can pass by: a submission, a voided answer, an erased one, a flag, an import.
On PostgreSQL those who write at the same moment hold a slot each, the lowest that is free, and have counter rows of their own
under it, so that two responses to one site in one hour never wait for each other; the rows add up when they are read.
Its SQL is put together from names that stand here, never from what was sent (hence `nosec B608`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, text

from survey_app.models.response_count import DURATIONS, MINUTES

KEY = ("survey_id", "site_id", "hour", "state", "mode", "sampled")
VALUES = ("number", "flagged", "seconds", *DURATIONS)
EVENTS = ("insert", "update", "delete")
SLOTS = 0x6D696E79  # the name of PostgreSQL's locks on slots
WATCHED = ("survey_id", "site_id", "finished_at", "started_at", "state", "mode", "probability", "flagged")


@dataclass(frozen=True)
class Difference:
    """A key of the rollup whose stored values are not those of the responses."""

    key: tuple[object, ...]
    stored: tuple[int, ...]
    counted: tuple[int, ...]


def install(engine: Engine) -> bool:
    """See that the triggers are there as they should be; where they were not, count everything anew. True: they were not."""
    with engine.begin() as connection:
        if _is_installed(connection):
            return False
        install_on(connection)
    return True


def install_on(connection: Connection) -> None:
    """Set the triggers and count everything anew, in the present transaction."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    _rebuild(connection)


def remove(connection: Connection) -> None:
    """Take the triggers away, for a load that counts at its end."""
    table = " ON response" if connection.dialect.name == "postgresql" else ""
    for name in EVENTS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS response_counted_{name}{table}")


def is_installed(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _is_installed(connection)


def rebuild(engine: Engine) -> int:
    """Count all responses anew in one transaction; gives the number of rows. Submissions wait meanwhile, none is lost."""
    with engine.begin() as connection:
        return _rebuild(connection)


def check(engine: Engine) -> list[Difference]:
    """Where the stored counts differ from the responses; empty when all is well."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")  # both sides as of one moment
        else:
            connection.exec_driver_sql("BEGIN")
        counted = _read(connection, _all(connection.dialect.name))
        summed = ", ".join(f"SUM({name})" for name in VALUES)
        stored = _read(connection, f"SELECT {', '.join(KEY)}, {summed} FROM response_count GROUP BY {', '.join(KEY)}")  # nosec B608
        connection.rollback()
    nothing = (0,) * len(VALUES)
    return [
        Difference(key, stored.get(key, nothing), counted.get(key, nothing))
        for key in sorted({*counted, *stored}, key=str)
        if stored.get(key, nothing) != counted.get(key, nothing)
    ]


def _read(connection: Connection, query: str) -> dict[tuple[object, ...], tuple[int, ...]]:
    found = {}
    for row in connection.execute(text(query)):
        key = (*row[: len(KEY) - 1], bool(row[len(KEY) - 1]))
        found[key] = tuple(int(value) for value in row[len(KEY) :])
    return found


def _rebuild(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":  # whoever is storing a response finishes first, the next ones wait
        connection.exec_driver_sql("LOCK TABLE response IN SHARE MODE")
    connection.exec_driver_sql("DELETE FROM response_count")
    return _count_into(connection, "response_count", _all(connection.dialect.name))


def set_aside(connection: Connection, survey_id: int) -> None:
    """Keep the counts of a survey's responses, which are about to leave the database."""
    own = _tally(connection.dialect.name, f"survey_id = {int(survey_id)}")
    _count_into(connection, "archived_count", own)


def take_one_out(connection: Connection, response_id: int) -> None:
    """A response that was set aside stands in the table again, which has counted it once more: the counts of those set aside,
    and what came of them when they were counted, are without it."""
    less = ", ".join(f"{name} = a.{name} - g.{name}" for name in VALUES)
    same = " AND ".join(f"a.{name} = g.{name}" for name in KEY)
    one = _tally(connection.dialect.name, f"id = {int(response_id)}")
    for counts, which in (("archived_count", same), ("response_count", f"{same} AND a.slot = 0")):
        connection.exec_driver_sql(f"UPDATE {counts} AS a SET {less} FROM ({one}) AS g WHERE {which}")  # nosec B608


def recount(connection: Connection, survey_id: int) -> None:
    """Count one survey anew, what was set aside with what stands in the table."""
    own = f"survey_id = {int(survey_id)}"
    connection.exec_driver_sql(f"DELETE FROM response_count WHERE {own}")  # nosec B608
    _count_into(connection, "response_count", _all(connection.dialect.name, own))


def _count_into(connection: Connection, table: str, query: str) -> int:
    slot, zero = (("slot",), "0, ") if table == "response_count" else ((), "")
    done = connection.exec_driver_sql(
        f"INSERT INTO {table} ({', '.join((*KEY, *slot, *VALUES))}) "
        f"SELECT {', '.join(KEY)}, {zero}{', '.join(VALUES)} FROM ({query}) AS tally"  # nosec B608
    )
    return int(done.rowcount)


def _all(dialect: str, where: str = "") -> str:
    """All responses by the rollup's key, with those that lie in archives."""
    columns, summed = ", ".join((*KEY, *VALUES)), ", ".join(f"SUM({name}) AS {name}" for name in VALUES)
    aside = f"SELECT {columns} FROM archived_count" + (f" WHERE {where}" if where else "")  # nosec B608
    both = f"{_tally(dialect, where)} UNION ALL {aside}"
    return (
        f"SELECT {', '.join(KEY)}, {summed} FROM ({both}) AS counted GROUP BY {', '.join(KEY)} HAVING SUM(number) <> 0"  # nosec B608
    )


def _tally(dialect: str, where: str = "") -> str:
    """Responses by the rollup's key; where: which of them."""
    keys, values = _key(dialect, "r"), _values("r", "r.seconds")
    columns = [f"{keys[name]} AS {name}" for name in KEY] + [f"SUM({values[name]}) AS {name}" for name in VALUES]
    rows = _rows(dialect, "response", where)
    return f"SELECT {', '.join(columns)} FROM {rows} GROUP BY {', '.join(keys[name] for name in KEY)}"  # nosec B608


def _key(dialect: str, row: str) -> dict[str, str]:
    """SQL for each key column of the response `row`."""
    return {
        "survey_id": f"{row}.survey_id",
        "site_id": f"{row}.site_id",
        "hour": f"{_epoch(dialect, f'{row}.finished_at')} / 3600",
        "state": f"{row}.state",
        "mode": f"{row}.mode",
        "sampled": f"{row}.probability",
    }


def _values(row: str, took: str) -> dict[str, str]:
    """SQL for what the response `row` adds to each value column. took: SQL for its whole seconds."""
    timed = f"{row}.state = 'complete' AND {row}.mode IN ('web', 'tablet')"

    def when(condition: str, value: str = "1") -> str:
        return f"CASE WHEN {condition} THEN {value} ELSE 0 END"

    values = {"number": "1", "flagged": when(f"{row}.flagged"), "seconds": when(timed, took)}
    edges = [None, *(edge * 60 for edge in MINUTES), None]
    for name, low, high in zip(DURATIONS, edges, edges[1:], strict=False):
        limits = [f"{took} >= {low}"] * (low is not None) + [f"{took} < {high}"] * (high is not None)
        values[name] = when(" AND ".join([timed, *limits]))
    return values


def _seconds(dialect: str, row: str) -> str:
    """SQL for how long a response took, in whole seconds, so that engines agree."""
    return f"{_epoch(dialect, f'{row}.finished_at')} - {_epoch(dialect, f'{row}.started_at')}"


def _rows(dialect: str, table: str, where: str = "") -> str:
    """Responses of a table as `r`, with their seconds, which the limit has worked out once and not at every use."""
    once = "OFFSET 0" if dialect == "postgresql" else "LIMIT -1 OFFSET 0"
    which = f"WHERE {where} " if where else ""
    return f"(SELECT {', '.join(WATCHED)}, {_seconds(dialect, table)} AS seconds FROM {table} {which}{once}) AS r"  # nosec B608


def _epoch(dialect: str, column: str) -> str:
    if dialect == "postgresql":
        return f"CAST(FLOOR(DATE_PART('epoch', {column})) AS BIGINT)"
    return f"CAST(strftime('%s', {column}) AS INTEGER)"


def _is_installed(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT obj_description(t.oid) FROM pg_trigger t "
            "WHERE t.tgname = 'response_counted_insert' AND t.tgrelid = to_regclass('response') AND t.tgenabled = 'O'"
        )
        return connection.execute(text(query)).scalar() == _mark()
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'response_counted%' ORDER BY name"
    return sorted(connection.execute(text(query)).scalars()) == sorted(_sqlite_triggers())


def _statements(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return _postgresql()
    return [f"DROP TRIGGER IF EXISTS response_counted_{name}" for name in EVENTS] + _sqlite_triggers()


def _sqlite_triggers() -> list[str]:
    def add(row: str, sign: str) -> str:
        keys, values = _key("sqlite", row), _values(row, "took.seconds")
        source = [*keys.values(), "0", *(f"{sign}({value})" for value in values.values())]
        change = ", ".join(f"{name} = {name} + excluded.{name}" for name in VALUES)
        return (
            f"INSERT INTO response_count ({', '.join((*KEY, 'slot', *VALUES))}) SELECT {', '.join(source)} "  # nosec B608
            f"FROM (SELECT {_seconds('sqlite', row)} AS seconds LIMIT 1) AS took WHERE true "
            f"ON CONFLICT ({', '.join((*KEY, 'slot'))}) DO UPDATE SET {change};"
        )

    return [
        f"CREATE TRIGGER response_counted_insert AFTER INSERT ON response BEGIN {add('NEW', '')} END",
        f"CREATE TRIGGER response_counted_update AFTER UPDATE OF {', '.join(WATCHED)} ON response "
        f"BEGIN {add('OLD', '-')} {add('NEW', '')} END",
        f"CREATE TRIGGER response_counted_delete AFTER DELETE ON response BEGIN {add('OLD', '-')} END",
    ]


def _mark() -> str:
    """The digest by which installed triggers are known to be these."""
    return sha256("\n".join(_postgresql_bodies()).encode()).hexdigest()


SOURCES = {
    "insert": {"came": ""},
    "update": {"came": "", "gone": "-"},
    "delete": {"gone": "-"},
}  # table of a statement -> sign
TABLES = {"came": "NEW TABLE AS came", "gone": "OLD TABLE AS gone"}


def _postgresql() -> list[str]:
    return [
        "DROP TRIGGER IF EXISTS response_counted ON response",
        "DROP FUNCTION IF EXISTS response_counted()",
        "DROP FUNCTION IF EXISTS response_count_add(response, integer)",
        *(f"DROP TRIGGER IF EXISTS response_counted_{event} ON response" for event in EVENTS),
        *_postgresql_bodies(),
        f"COMMENT ON TRIGGER response_counted_insert ON response IS '{_mark()}'",
    ]


def _postgresql_bodies() -> list[str]:
    """One trigger an event, which adds up what a statement did: rows that come together cost little more than one."""
    key, values = ", ".join((*KEY, "slot")), ", ".join(VALUES)
    change = ", ".join(f"{name} = c.{name} + excluded.{name}" for name in VALUES)
    return [
        body
        for event in EVENTS
        for body in (
            f"""
CREATE OR REPLACE FUNCTION response_counted_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free integer := 0;
BEGIN
  WHILE NOT pg_try_advisory_xact_lock({SLOTS}, free) LOOP free := free + 1; END LOOP;
  INSERT INTO response_count AS c ({key}, {values})
  SELECT {", ".join(KEY)}, free, {values} FROM ({_changes(event)}) AS g
  ON CONFLICT ({key}) DO UPDATE SET {change};
  RETURN NULL;
END $$""",  # nosec B608
            f"CREATE TRIGGER response_counted_{event} AFTER {event.upper()} ON response "
            f"REFERENCING {' '.join(TABLES[table] for table in SOURCES[event])} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION response_counted_{event}()",
        )
    ]


def _changes(event: str) -> str:
    """What a statement adds to each key of the rollup; a key to which it adds nothing is left out."""
    keys, values = _key("postgresql", "r"), _values("r", "r.seconds")
    columns = [f"{keys[name]} AS {name}" for name in KEY]
    parts = [
        f"SELECT {', '.join([*columns, *(f'{sign}({values[name]}) AS {name}' for name in VALUES)])} FROM {_rows('postgresql', table)}"  # nosec B608
        for table, sign in SOURCES[event].items()
    ]
    sums = [f"SUM({name}) AS {name}" for name in VALUES]
    nothing = " OR ".join(f"SUM({name}) <> 0" for name in VALUES)
    return (
        f"SELECT {', '.join([*KEY, *sums])} FROM ({' UNION ALL '.join(parts)}) AS changes "  # nosec B608
        f"GROUP BY {', '.join(KEY)} HAVING {nothing}"
    )
