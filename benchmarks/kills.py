"""Twenty SIGKILLs of the server under load from 16 phones, on SQLite and PostgreSQL: receipts held, receipts lost."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.submissions import drop, postgres
from tests.support.killing import kill_under_load

KILLS = 20


def main() -> None:
    print(__doc__)
    for name, database in (("SQLite", None), ("PostgreSQL", postgres())):
        if name == "PostgreSQL" and database is None:
            print("PostgreSQL  no server was found (TEST_MINYI_POSTGRES)")
            continue
        with tempfile.TemporaryDirectory() as folder:
            outcome = kill_under_load(Path(folder), database, KILLS)
        if database:
            drop(database)
        print(
            f"{name:<12}{outcome.kills} kills, {len(outcome.acknowledged)} receipts, {outcome.retried} submissions "
            f"sent again, {len(outcome.lost)} lost or doubled"
        )
        if outcome.lost:
            sys.exit(1)


if __name__ == "__main__":
    main()
