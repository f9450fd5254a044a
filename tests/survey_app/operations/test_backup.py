"""An archive holds all that was there at one moment, on either engine; one that does not do changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.exc import OperationalError

from survey_app.database import alembic_config, revision, standing
from survey_app.ground.settings import Settings
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun, Kept, Survey, db, every_table
from survey_app.operations import backup, sealed
from survey_app.operations.restore import checked, restore
from survey_app.operations.sealed import ArchiveError
from survey_app.operations.soundness import faults
from tests.support.application import application
from tests.support.city import FORM, scored_city
from tests.support.killing import answering, stored_receipts
from tests.support.stored import begins_with, this_run
from tests.test_migrations import put

PASSPHRASE = "七月流火 九月授衣 一之日觱发"
OURS = {"backup_passphrase": PASSPHRASE, "secret_key": "k" * 32, "password_salt": "s" * 32, "totp_key": "t" * 32}
MADE_ANEW = ("response_count",)


@pytest.fixture(autouse=True)
def _quick_to_guess(monkeypatch):
    monkeypatch.setitem(sealed.COST, "n", 2**4)


@contextmanager
def empty_place(engine: str, folder: Path) -> Iterator[str]:
    """The address of a place without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'elsewhere.sqlite3'}"
        return
    with this_run().on_postgres(_nothing) as url:
        yield url


def _nothing() -> None:
    """A database as a city's IT department makes one."""
    db.session.execute(text("DROP SCHEMA public CASCADE"))
    db.session.execute(text("CREATE SCHEMA public"))


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(**{**OURS, "text_key": "x" * 32, "instance": folder, **changes})


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, as the models read them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in every_table().sorted_tables
            if table.name not in MADE_ANEW
        }
    engine.dispose()
    return found


def bring_back(archive: Path, url: str, folder: Path, passphrase: str = PASSPHRASE, **changes: object) -> list[str]:
    engine = create_engine(url, hide_parameters=True)
    try:
        return restore(checked(archive, passphrase, Silent()), settings(folder, **changes), engine, Silent())
    finally:
        engine.dispose()


@begins_with(scored_city)
@pytest.mark.parametrize("other", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_every_row_file_and_secret_comes_back_on_either_engine(app, tmp_path, other):
    db.session.execute(update(EstimateRun).values(detail=text("NULL")))  # SQL's null, which is not JSON's
    db.session.commit()
    before = rows_of(app.config["SQLALCHEMY_DATABASE_URI"])
    assert before["stored_file"]
    assert before["response"]
    made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent())
    db.session.commit()
    with empty_place(other, tmp_path) as url:
        bring_back(made.path, url, tmp_path / "new", secret_key="", text_key="")
        assert rows_of(url) == before
        assert (tmp_path / "new" / "secret_key").read_text().strip() == "k" * 32
        with application(url).app_context():
            of_tests = ("operations.secrets_not_of_database", "operations.disk_not_waited_for")  # which have their own
            assert [fault.key for fault in faults(db.engine) if fault.key not in of_tests] == []
            assert db.session.execute(text("SELECT count(*) FROM estimate_run WHERE detail IS NULL")).scalar() == 1
            db.session.add(Survey(code="next", title="x", questionnaire_id=1, city_id=1, plan="", plan_digest=""))
            db.session.commit()  # numbers go on behind those that are there
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("other", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_an_archive_of_an_earlier_release_is_brought_to_the_present_revision(app, tmp_path, other):
    db.session.remove()
    command.downgrade(alembic_config(db.engine), "0057")
    with db.engine.begin() as connection:
        put(connection, "area", id=1)
        put(connection, "user_account", id=1)
        put(connection, "questionnaire_version", id=1)
        put(connection, "survey", id=1, city_id=1, questionnaire_id=1)
        put(connection, "kept", token="t" * 64, purpose="form", content="sealed form")
        connection.execute(text("CREATE TABLE stranger (id INTEGER PRIMARY KEY)"))  # which is known of no older release
        connection.execute(text("INSERT INTO stranger VALUES (1)"))
    with transaction():
        made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent())
    assert checked(made.path, PASSPHRASE, Silent()).revision == "0057"
    with empty_place(other, tmp_path) as url:
        assert bring_back(made.path, url, tmp_path / "there") == ["stranger"]
        found = rows_of(url)
        assert [len(found[table]) for table in ("area", "survey", Kept.__tablename__)] == [1, 1, 1]
        engine = create_engine(url)
        assert standing(engine) == "current"
        engine.dispose()


def test_an_archive_of_a_later_release_is_refused(sqlite_app, tmp_path):
    made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent())
    later = replace(checked(made.path, PASSPHRASE, Silent()), revision="9999")
    with pytest.raises(ArchiveError, match="later release"):
        restore(later, settings(tmp_path), create_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}"), Silent())
    assert not (tmp_path / "x.sqlite3").exists()


@begins_with(scored_city)
@pytest.mark.parametrize("other", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_tables_of_somebody_else_are_not_backed_up_and_no_place_to_restore_into(app, tmp_path, other):
    stranger = text("CREATE TABLE stranger (id INTEGER PRIMARY KEY)")
    db.session.execute(stranger)
    db.session.execute(text("INSERT INTO stranger VALUES (1)"))
    db.session.commit()
    made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent())
    assert "stranger" not in checked(made.path, PASSPHRASE, Silent()).columns
    with empty_place(other, tmp_path) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(stranger)
        with pytest.raises(ArchiveError, match="not empty"):
            bring_back(made.path, url, tmp_path / "there")
        assert inspect(engine).get_table_names() == ["stranger"]
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE stranger"))
        bring_back(made.path, url, tmp_path / "there")
        engine.dispose()


def broken(body: bytes, how: str) -> bytes:
    middle = len(body) // 2
    return {
        "cut off": body[:-1],
        "cut off between two blocks": body[: body.index(b"}\n") + 2],
        "a bit turned": body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :],
        "something behind it": body + b"x",
        "its header changed": body.replace(b'"p": 1', b'"p":  1', 1),
        "another kind of file": b"PK\x03\x04" + body,
        "empty": b"",
    }[how]


@begins_with(scored_city)
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut off", "damaged or cut off"),
        ("cut off between two blocks", "damaged or cut off"),
        ("a bit turned", "damaged or cut off"),
        ("something behind it", "damaged or cut off"),
        ("its header changed", "damaged or cut off"),
        ("another kind of file", "not a file that 'minyi backup' wrote"),
        ("empty", "not a file that 'minyi backup' wrote"),
    ],
)
def test_a_broken_cut_or_foreign_archive_is_told_in_a_sentence_and_changes_nothing(sqlite_app, tmp_path, how, said):
    whole = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent()).path
    damaged = tmp_path / "damaged.minyi"
    damaged.write_bytes(broken(whole.read_bytes(), how))
    with pytest.raises(ArchiveError, match=said):
        bring_back(damaged, f"sqlite:///{tmp_path / 'new' / 'x.sqlite3'}", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@begins_with(scored_city)
def test_another_passphrase_a_place_that_is_not_empty_and_other_secrets_are_refused(app, tmp_path):
    whole = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), Silent()).path
    db.session.commit()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    before = rows_of(url)
    with pytest.raises(ArchiveError, match="passphrase is not that of this archive"):
        bring_back(whole, url, tmp_path, passphrase=PASSPHRASE + "?")
    with pytest.raises(ArchiveError, match="database is not empty"):
        bring_back(whole, url, tmp_path)
    assert rows_of(url) == before
    (tmp_path / "secret_key").write_text("of another installation")
    with pytest.raises(ArchiveError, match="another installation's secret_key"):
        bring_back(whole, f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, secret_key="")
    assert not (tmp_path / "x.sqlite3").exists()
    assert not (tmp_path / "text_key").exists()


@begins_with(scored_city)
def test_a_disk_that_fills_up_leaves_no_archive_and_no_half_a_database(app, tmp_path, monkeypatch):
    place = settings(tmp_path)
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(sealed.SealedWriter, "_seal", lambda *_, **__: (_ for _ in ()).throw(full))
    with pytest.raises(OSError, match="No space left"):
        backup.back_up(tmp_path / "city.minyi", PASSPHRASE, place, Silent())
    assert not list(tmp_path.glob("city.minyi*"))
    monkeypatch.undo()
    monkeypatch.setitem(sealed.COST, "n", 2**4)
    whole = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, place, Silent()).path
    db.session.commit()
    engine = app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0].partition("+")[0]
    with empty_place(engine, tmp_path) as url:
        target = create_engine(url, hide_parameters=True)
        event.listen(Engine, "do_executemany", _full_at_the_responses)
        try:
            with pytest.raises(ArchiveError, match="database or disk is full"):
                restore(checked(whole, PASSPHRASE, Silent()), settings(tmp_path / "new"), target, Silent())
        finally:
            event.remove(Engine, "do_executemany", _full_at_the_responses)
        if engine == "sqlite":
            assert not Path(str(target.url.database)).exists()
        assert revision(target) == ""
        assert inspect(target).get_table_names() == []
        target.dispose()
        assert not list((tmp_path / "new").glob("*_key"))
        bring_back(whole, url, tmp_path / "new")  # once there is room


def _full_at_the_responses(_cursor: object, statement: str, _parameters: object, _context: object) -> None:
    if statement.startswith("INSERT INTO response "):
        raise OperationalError(statement, {}, Exception("database or disk is full"))


@begins_with(scored_city)
def test_what_is_stored_while_a_backup_is_written_is_not_half_in_it(app, tmp_path):
    """An answer that comes when the first tables are read and that of the responses is not: of one moment is all."""
    before = rows_of(app.config["SQLALCHEMY_DATABASE_URI"])

    class Answering(Silent):
        came = 0

        def tell(self, *_: object) -> None:
            if not self.came:
                self.came = app.test_client().post("/s/aaa2222", data=FORM | {"token": token}).status_code

    page, watching = app.test_client().get("/s/aaa2222").get_data(as_text=True), Answering()
    token = page.split('name="token" value="')[1].split('"')[0]
    made = backup.back_up(tmp_path / "city.minyi", PASSPHRASE, settings(tmp_path), watching)
    db.session.commit()
    assert watching.came == 303
    assert len(rows_of(app.config["SQLALCHEMY_DATABASE_URI"])["response"]) == len(before["response"]) + 1
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    bring_back(made.path, url, tmp_path)
    there = rows_of(url)
    assert {name: there[name] for name in ("response", "survey", "site")} == {
        name: before[name] for name in ("response", "survey", "site")
    }


def minyi(environment: dict[str, str], *words: str) -> str:
    """What the command says, in a process of its own."""
    told = {**environment, "MINYI_BACKUP_PASSPHRASE": PASSPHRASE, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "survey_app", *words], env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@begins_with(scored_city)
@pytest.mark.release
@pytest.mark.parametrize("backups", [3])
def test_every_receipt_given_before_a_backup_under_load_is_found_where_it_is_restored(
    database_url, tmp_path, proves, backups
):
    """Onto the other engine: back up while phones answer, restore, then the trail, the run and the receipts."""
    sqlite = database_url.startswith("sqlite")
    named = None if sqlite else database_url
    if sqlite:
        (tmp_path / "test.sqlite3").rename(tmp_path / "minyi.sqlite3")
        database_url = f"sqlite:///{tmp_path / 'minyi.sqlite3'}"
    held: list[tuple[Path, list[str]]] = []
    with answering(tmp_path, named, database_url) as served:
        for number in range(backups):
            served.outcome.wait_for(20)
            given, archive = list(served.outcome.acknowledged), tmp_path / f"{number}.minyi"
            minyi(served.environment, "backup", str(archive))
            held.append((archive, given))
        served.outcome.wait_for(20)
        during = len(served.outcome.acknowledged)
    for number, (archive, given) in enumerate(held):
        folder = tmp_path / f"restored{number}"
        folder.mkdir()
        with empty_place("postgresql" if sqlite else "sqlite", folder) as url:
            environment = {**os.environ, "MINYI_INSTANCE": str(folder), "DATABASE_URL": url}
            minyi(environment, "restore", str(archive))
            minyi(environment, "audit", "verify")
            minyi(environment, "secrets", "check")
            assert json.loads(minyi(environment, "verify", "run", "1", "--json"))["same"]
            there = stored_receipts(url)
            assert all(there.get(receipt) == 1 for receipt in given)
            assert len(there) < len(stored_receipts(database_url)), "answers went on coming in"
    proves(
        f"{backups} backups of {database_url.partition(':')[0].partition('+')[0]} under load, restored onto the other "
        f"engine: {during} receipts, each of the {len(held[-1][1])} given before found; trail, run and secrets hold"
    )
