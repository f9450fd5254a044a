"""No page of the console asks the database more often the more there is to show: a list is read at once, not row by row."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Table, UniqueConstraint, event, insert, select, text

from survey_app.models import db, every_table
from tests.support.city import scored_city
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.console.test_permissions import NOTHING_THERE, routes

pytestmark = [begins_with(scored_city), pytest.mark.longer]
MOST = 60  # queries of any page; the overview, which gathers from every subject, comes next to it
COPIES = 8
FAR = 100_000  # between the numbers of a row and of its copies
FILES = re.compile(r"\.(xlsx|docx|pdf|zip|csv|svg|yaml)(\?|$)")
LEFT = {"audit_entry", "audit_head", "official_survey", "response_count", "sign_in"}  # of which no second is true


def test_no_page_reads_row_by_row_and_none_asks_much(sqlite_app):
    """With nine of every row: what is read nine times is read for each of them. What a page stores the first time counts once."""
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    asked: Counter[str] = Counter()
    addresses, found = _addresses(), {}
    _grow()
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.update([given[2]]))
    for address in addresses:
        db.session.remove()
        asked.clear()
        assert client.get(address).status_code < 400, address
        again = [statement for statement, times in asked.items() if times > COPIES and statement.startswith("SELECT")]
        if again or asked.total() > MOST:
            found[address] = asked.total(), again
    assert found == {}


def _addresses() -> list[str]:
    made = [
        address() if callable(address) else address
        for endpoint, (method, address, *_owner) in routes().items()
        if method == "GET" and endpoint not in NOTHING_THERE
    ]
    return [address for address in made if not FILES.search(address)]


def _grow() -> None:
    """Copies of every row of every table; a copy belongs to a copy of its county and batch, and to the same survey."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        counties = set(connection.execute(text("SELECT id FROM area WHERE kind <> 'city'")).scalars())
        for table in every_table().sorted_tables:
            if table.name in LEFT:
                continue
            other = _unique(table) | {"batch"}
            for row in connection.execute(select(table)).mappings().all():
                if table.name == "area" and row["id"] not in counties:
                    continue
                for copy in range(1, COPIES + 1):
                    values = {name: _other(value, copy) if name in other else value for name, value in row.items()}
                    if "area_id" in table.c and row["area_id"] in counties:
                        values["area_id"] = row["area_id"] + copy * FAR
                    connection.execute(insert(table).prefix_with("OR IGNORE").values(values))


def _unique(table: Table) -> set[str]:
    """Columns that no two rows share."""
    alone = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
    alone += [one.columns for one in table.indexes if one.unique] + [table.primary_key.columns]
    return {column.name for columns in alone for column in columns if len(columns) == 1}


def _other(value: Any, copy: int) -> Any:
    if isinstance(value, int):
        return value + copy * FAR
    return f"0{copy}{value}" if isinstance(value, str) else value  # a period so called is an old one
