"""Migrations and models agree, and going up twice changes nothing."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, text

from survey_app.database import alembic_config, upgrade
from survey_app.models import db


def test_the_migrated_tables_are_those_of_the_models(app):
    upgrade(db.engine)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_a_database_with_data_goes_up_from_the_first_release_and_keeps_its_rows(tmp_path):
    """SQLite makes changed tables anew; rows that refer to them must be there afterwards."""
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys=ON"))
    command.upgrade(alembic_config(engine), "0013")
    with engine.begin() as connection:
        put(connection, "area", id=1)
        put(connection, "user_account", id=1, username="anna")
        put(connection, "access_grant", id=1, user_id=1, area_id=1)
        put(connection, "questionnaire_version", id=1)
        put(connection, "survey", id=1, city_id=1, questionnaire_id=1)
        put(connection, "site", id=1, survey_id=1, area_id=1)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT username FROM user_account")).scalar() == "anna"
        for table in ("access_grant", "survey", "site"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def put(connection, table: str, **values: object) -> None:
    """A row with something in every column that needs a value."""
    fillers = {"INTEGER": 1, "BOOLEAN": 0, "DATETIME": "2026-01-01 00:00:00", "JSON": "{}", "FLOAT": 1.0, "DOUBLE": 1.0}
    for column in inspect(connection).get_columns(table):
        if not column["nullable"]:
            values.setdefault(column["name"], fillers.get(str(column["type"]).split("(")[0], "x"))
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
