"""Migrations and models agree, and going up twice changes nothing."""

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, text

from survey_app.database import alembic_config, revision, upgrade
from survey_app.ground import keeping
from survey_app.models import Kept, Site, db, every_table


def test_the_migrated_tables_are_those_of_the_models(app):
    upgrade(db.engine)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, every_table()) == []


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


def test_an_upgrade_that_leaves_a_reference_to_nothing_changes_nothing(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    command.upgrade(alembic_config(engine), "0013")
    engine.dispose()  # a new connection does not enforce foreign keys
    with engine.begin() as connection:
        put(connection, "access_grant", id=1, user_id=99)
    before = inspect(engine).get_table_names()
    with pytest.raises(RuntimeError, match="1 rows refer to nothing"):
        upgrade(engine)
    assert (inspect(engine).get_table_names(), revision(engine)) == (before, "0013")


def test_what_is_kept_a_while_survives_the_step_to_one_store_and_back(app):
    """A draft goes on under its key, a form, a waiting file and a preview keep their address; a confirmed one stays."""
    engine, moment = db.engine, datetime.now(UTC).replace(microsecond=0)
    db.session.remove()
    command.downgrade(alembic_config(engine), "0057")
    with engine.begin() as connection:
        for table, values in OPEN.items():
            times = dict.fromkeys(("created_at", "kept_at", "at", "updated_at", "started_at", "stored_at"), moment)
            columns = {column["name"] for column in inspect(connection).get_columns(table)}
            put(connection, table, **values, **{name: at for name, at in times.items() if name in columns})
        put(
            connection,
            "workbook_import",
            id=8,
            kind="assignments",
            period=None,
            digest="d",
            state="stored",
            preview="[]",
            at=moment,
        )
    upgrade(engine)
    site = db.session.get_one(Site, 1)
    assert keeping.look(keeping.DRAFT, "draft-key", site_id=site.id)["answers"] == {"home": ["甲县"]}
    assert keeping.find(keeping.DRAFT, "draft-key").note == {"question": "home"}
    assert keeping.look(keeping.INTERVIEWS, "file-key", survey_id=1, by="anna") == b"rows"
    shown = keeping.numbered(keeping.VALUES, 7)
    assert (keeping.content_of(shown), shown.state, shown.digest) == ([{"a": 1}], "previewed", "d")
    assert keeping.numbered(keeping.ASSIGNMENTS, 8).state == "stored"
    assert db.session.query(Kept).filter_by(purpose="form", token="t" * 64, user_id=1).count() == 1
    key = keeping.keep(keeping.VALUES, [], by="anna", note={"name": "new"}, digest="d")
    assert keeping.find(keeping.VALUES, key).id > 8
    db.session.commit()
    db.session.remove()
    command.downgrade(alembic_config(engine), "0057")
    with engine.connect() as connection:
        numbers = connection.execute(text("SELECT id, state FROM workbook_import ORDER BY id")).all()
        assert [tuple(row) for row in numbers][:2] == [(7, "previewed"), (8, "stored")]
        assert connection.execute(text("SELECT content FROM kept")).scalar() == "sealed form"
    upgrade(engine)


def test_tables_made_anew_so_that_numbers_are_given_once_keep_rows_keys_and_indexes(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys=ON"))
    command.upgrade(alembic_config(engine), "0095")
    with engine.begin() as connection:
        for table, values in OPEN.items():
            if table in ("area", "questionnaire_version", "survey", "site"):
                put(connection, table, **values)
        put(connection, "answers_import", id=3, survey_id=1)
        put(connection, "response", id=7, survey_id=1, site_id=1, questionnaire_id=1, import_id=3)
        put(connection, "response_flag", id=8, response_id=7)
        put(connection, "answer_coding", id=9, survey_id=1, response_id=7)
    before = standing(engine)
    assert "ix_response_import_id" in str(before)
    upgrade(engine)
    assert standing(engine) == before
    with engine.begin() as connection:
        for table in ("response", "response_flag", "answer_coding"):
            made = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
            ).scalar()
            assert "AUTOINCREMENT" in made
        connection.execute(text("DELETE FROM response"))
        assert connection.execute(text("SELECT count(*) FROM response_flag")).scalar() == 0  # with their response
        put(connection, "response", id=None, survey_id=1, site_id=1, questionnaire_id=1)
        assert connection.execute(text("SELECT id FROM response")).scalar() == 8


def standing(engine) -> list[object]:
    """Rows, columns, keys, constraints and indexes of the three tables."""
    found, look = [], inspect(engine)
    for table in ("response", "response_flag", "answer_coding"):
        with engine.connect() as connection:
            found.append(connection.execute(text(f"SELECT * FROM {table}")).all())
            indexes = text(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :t AND sql IS NOT NULL"
            )
            found.append(sorted(tuple(row) for row in connection.execute(indexes, {"t": table})))
        found.append(
            [(one["name"], str(one["type"]), one["nullable"], one["default"]) for one in look.get_columns(table)]
        )
        found.append(sorted(look.get_foreign_keys(table), key=str))
        found.append(sorted(look.get_unique_constraints(table), key=str))
        found.append([look.get_pk_constraint(table)["constrained_columns"], look.get_check_constraints(table)])
    return found


OPEN = {
    "area": {"id": 1},
    "user_account": {"id": 1, "username": "anna"},
    "questionnaire_version": {"id": 1},
    "survey": {"id": 1, "city_id": 1, "questionnaire_id": 1},
    "site": {"id": 1, "survey_id": 1, "area_id": 1},
    "stored_file": {"digest": "d", "body": b"x"},
    "kept": {"token": "t" * 64, "user_id": 1, "purpose": "form", "content": "sealed form"},
    "waiting_file": {"key": "file-key", "survey_id": 1, "owner": "anna", "body": b"rows"},
    "workbook_import": {
        "id": 7,
        "kind": "values",
        "period": None,
        "digest": "d",
        "state": "previewed",
        "preview": '[{"a": 1}]',
    },
    "draft": {"submission_key": "draft-key", "site_id": 1, "answers": '{"home": ["甲县"]}'},
}


def put(connection, table: str, **values: object) -> None:
    """A row with something in every column that needs a value."""
    fillers = {"INTEGER": 1, "BOOLEAN": False, "JSON": "{}", "FLOAT": 1.0, "DOUBLE": 1.0, "DOUBLE PRECISION": 1.0}
    fillers |= dict.fromkeys(("DATETIME", "TIMESTAMP"), "2026-01-01 00:00:00")
    for column in inspect(connection).get_columns(table):
        if not column["nullable"]:
            values.setdefault(column["name"], fillers.get(str(column["type"]).split("(")[0], "x"))
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
