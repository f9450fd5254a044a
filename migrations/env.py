"""Alembic's entry: runs the revisions on the engine the application hands over.

On SQLite a table is changed by making it anew, and a table that others refer to cannot be dropped while foreign
keys are enforced: they are off meanwhile, and every reference is checked before the change is kept. All is one transaction,
so what fails half way leaves the database as it was, and a new one waits for its disk once.
"""

from alembic import context
from sqlalchemy import Connection, Engine, text

from survey_app.models import every_table

given: Engine | Connection = context.config.attributes["engine"]  # a connection: within its present transaction


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.commit()  # the switch does nothing inside a transaction
    context.configure(
        connection=connection,
        target_metadata=every_table(),
        render_as_batch=sqlite,
        compare_type=True,
        transactional_ddl=True,
    )
    try:
        with context.begin_transaction():
            if sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # its driver would only begin with the first row
            context.run_migrations()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all() if sqlite else []
            if broken:
                raise RuntimeError(
                    f"after the migration {len(broken)} rows refer to nothing, first in '{broken[0][0]}'"
                )
    finally:
        if sqlite:
            connection.rollback()
            connection.execute(text("PRAGMA foreign_keys=ON"))
            connection.commit()


if isinstance(given, Connection):
    run(given)
else:
    with given.connect() as connection:
        run(connection)
