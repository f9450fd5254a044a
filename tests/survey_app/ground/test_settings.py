"""Settings: one order, nothing wrong or unknown at the start, every variable read, the table as the class says."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey_app.answering.privacy_texts import HEADINGS
from survey_app.app import create_app
from survey_app.cli import cli
from survey_app.database import upgrade
from survey_app.ground import settings as module
from survey_app.ground.settings import VARIABLES, Settings, SettingsError, read
from survey_app.ground.settings_shown import HIDDEN
from survey_app.ground.settings_unsafe import warnings
from survey_app.ground.working_days import Calendar
from survey_app.models import Survey, db
from tests.support.city import small_city
from tools import settings_table

ROOT = Path(__file__).parents[3]
SAFE = Settings(
    backup_folder="/tmp",
    backup_passphrase="p" * 40,
    public_url="https://survey.example", trusted_proxies=1, require_totp=frozenset({"administrator"}), workers=1,
    instance=Path("/nowhere"), organiser="某市人民政府", handler="某市统计局", contact="12345", icp="鲁ICP备0号", police="鲁公网安备0号",
)  # fmt: skip


@pytest.fixture(autouse=True)
def known_years(monkeypatch):
    """The days off of all years are known, whenever the tests run."""
    monkeypatch.setattr(Calendar, "unknown_years", lambda *_: [])


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """No variable of ours is set, and the working folder is empty."""
    for name in (*(variable.name for variable in VARIABLES), *(variable.about.formerly for variable in VARIABLES)):
        monkeypatch.delenv(name or "MINYI_NONE", raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def minyi(*words):
    return CliRunner().invoke(cli, list(words))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MINYI_REQUIRE_TOTP", "administrators", "did you mean administrator?"),
        ("MINYI_JOBS", "threads", "did you mean thread?"),
        ("MINYI_RATE_SITE", "lots", "'300 per minute; 3000 per hour'"),
        ("MINYI_RATE_ADDRESS", "0 per minute", "'300 per minute; 3000 per hour'"),
        ("MINYI_LEAST_CELLS", "50", "did you mean MINYI_LEAST_CELL?"),
        ("MINYI_LEAST_CELL", "ten", "whole number from 1 to 1000"),
        ("MINYI_SESSION_HOURS", "abc", "whole number from 1 to 168"),
        ("MINYI_KEEP_TEXT", "plain", "masked, encrypted, none"),
        ("MINYI_TIME_ZONE", "Asia/Shangai", "did you mean Asia/Shanghai?"),
        ("MINYI_LIMITS", "reddis://somewhere", "did you mean redis?"),
        ("MINYI_PUBLIC_URL", "survey.example", "did you mean https://survey.example?"),
        ("DATABASE_URL", "postgresq://somewhere", "did you mean postgresql?"),
        ("MINYI_DEBUG", "maybe", "1 (on) or 0 (off)"),
        ("MINYI_HOLIDAYS", "nowhere.txt", "cannot be read"),
        ("TRUSTED_PROXIES", "one", "whole number from 0 to 10"),
    ],
)
def test_a_wrong_value_or_an_unknown_name_stops_every_start_with_the_nearest_right_one(bare, name, value, said):
    bare.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as stopped:
        create_app()
    assert said in str(stopped.value)
    for command in (["serve"], ["demo"], ["rulebook", "list"], ["config", "check"]):
        refused = minyi(*command)
        assert refused.exit_code == 2
        assert name in refused.stderr
        assert said in refused.stderr
    assert not Path("instance").exists()


def test_all_that_is_wrong_is_told_together_and_a_secret_is_not_repeated(bare):
    bare.setenv("MINYI_JOBS", "threads")
    bare.setenv("MINYI_RATE_SITE", "lots")
    bare.setenv("MINYI_SECRET_KEY", "so-secret")
    told = minyi("config", "check", "--json")
    assert told.exit_code == 2
    document = json.loads(told.stdout)
    assert [sentence.split()[0] for sentence in document["wrong"]] == ["MINYI_RATE_SITE", "MINYI_JOBS"]
    assert "so-secret" not in told.output


def test_an_unknown_name_passes_with_a_warning_where_that_is_asked_for(bare, caplog):
    bare.setenv("MINYI_OF_A_LATER_RELEASE", "1")
    bare.setenv("MINYI_ALLOW_UNKNOWN", "1")
    bare.setattr(module, "_said", set())
    for _ in range(2):
        assert minyi("rulebook", "list").exit_code == 0
    assert [record.message for record in caplog.records] == ["MINYI_OF_A_LATER_RELEASE is not a setting"]


def test_the_command_line_comes_before_the_environment_and_that_before_the_default(bare):
    bare.setenv("MINYI_PORT", "9000")
    bare.setenv("MINYI_WORKERS", "")
    rows = {row["name"]: row for row in json.loads(minyi("config", "check", "--json").stdout)["settings"]}
    assert (rows["MINYI_PORT"]["value"], rows["MINYI_PORT"]["from"]) == ("9000", "environment")
    assert (rows["MINYI_WORKERS"]["value"], rows["MINYI_WORKERS"]["from"]) == ("2", "default")
    told = minyi("config", "check", "--json", "--port", "9001", "--collect-only")
    rows = {row["name"]: row for row in json.loads(told.stdout)["settings"]}
    assert (rows["MINYI_PORT"]["value"], rows["MINYI_PORT"]["from"]) == ("9001", "command line")
    assert rows["MINYI_COLLECT_ONLY"]["value"] == "1"


def test_the_former_name_of_a_variable_is_read_and_said_to_be_former(bare):
    bare.setenv("TRUSTED_PROXIES", "1")
    reading = read()
    assert reading.settings.trusted_proxies == 1
    assert tuple(map(str, reading.doubts)) == (
        "TRUSTED_PROXIES is called MINYI_TRUSTED_PROXIES now; the former name is still read",
    )
    bare.setenv("MINYI_TRUSTED_PROXIES", "2")
    assert read().settings.trusted_proxies == 2


@pytest.mark.parametrize(("proxies", "address"), [("0", "127.0.0.1"), ("1", "198.51.100.7"), ("2", "203.0.113.9")])
def test_as_many_forwarded_addresses_are_believed_as_there_are_proxies(bare, proxies, address):
    bare.setenv("MINYI_TRUSTED_PROXIES", proxies)
    app = create_app()
    app.add_url_rule("/who", view_func=lambda: __import__("flask").request.remote_addr)
    reply = app.test_client().get("/who", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert reply.get_data(as_text=True) == address


def test_a_secret_is_made_once_for_its_owner_alone_and_is_never_shown(bare):
    bare.setenv("MINYI_TOTP_KEY", "given-by-the-operator-0123456789abcdef")
    create_app()
    made = Path("instance/secret_key")
    assert made.stat().st_mode & 0o777 == 0o600
    assert create_app().config["SECRET_KEY"] == made.read_text()
    told = minyi("config", "check", "--json")
    rows = {row["name"]: row for row in json.loads(told.stdout)["settings"]}
    assert rows["MINYI_SECRET_KEY"]["value"] == rows["MINYI_TOTP_KEY"]["value"] == HIDDEN
    assert rows["MINYI_SECRET_KEY"]["from"] == f"file {made.resolve()}, made at first start"
    assert rows["MINYI_TOTP_KEY"]["from"] == "environment"
    assert made.read_text() not in told.output
    assert "given-by-the-operator" not in told.output + repr(read())


def test_the_password_of_the_database_is_not_shown(bare):
    bare.setenv("DATABASE_URL", "postgres://anna:so-secret@127.0.0.1:1/minyi")
    told = minyi("config", "check")
    assert told.exit_code == 0
    assert f"postgresql+psycopg://anna:{HIDDEN}@127.0.0.1:1/minyi" in told.stdout
    assert "so-secret" not in told.output


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "mysql://anna:so-secret@127.0.0.1:1/minyi"),
        ("DATABASE_URL", "postgresql://anna:so@so-secret@127.0.0.1:1/minyi"),
        ("DATABASE_URL", "postgresql://anna:so/so-secret@127.0.0.1:1/minyi"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/minyi?user=anna&password=so-secret"),
        ("MINYI_LIMITS", "redsi://:so-secret@127.0.0.1:1/0"),
    ],
)
def test_a_password_in_an_address_is_shown_neither_in_force_nor_as_wrong(bare, name, address):
    bare.setenv(name, address)
    for arguments in (("config", "check"), ("config", "check", "--json"), ("sites",)):
        assert "so-secret" not in minyi(*arguments).output


def test_an_instance_folder_that_cannot_be_made_stops_a_command_with_a_sentence(bare):
    Path("taken").write_text("a file")
    bare.setenv("MINYI_INSTANCE", "taken")
    told = minyi("sites")
    assert told.exit_code == 2
    assert "MINYI_INSTANCE" in told.stderr
    assert "cannot be made" in told.stderr


def test_an_empty_file_is_never_taken_for_a_secret(bare):
    """A full disk or a process that died between making and writing leaves one; what it sealed would open to anybody."""
    create_app()
    Path("instance/secret_key").write_text("")
    bare.setattr(module, "LOOKS", 1)
    told = minyi("run")
    assert told.exit_code == 2
    assert "secret_key is empty" in told.stderr


def test_looking_at_settings_makes_nothing(bare):
    assert minyi("config", "check").exit_code == 0
    assert list(Path().iterdir()) == []


def test_a_surveys_own_number_is_shown_as_from_the_database(bare):
    bare.setenv("DATABASE_URL", "sqlite:///survey.sqlite3")
    bare.setenv("DATABASE_URL", f"sqlite:///{Path('survey.sqlite3').resolve()}")
    with create_app().app_context():
        upgrade(db.engine)
        survey: Survey = small_city()
        survey.least_cell = 25
        db.session.commit()
        code = survey.code
        db.session.remove()
        db.engine.dispose()
    rows = json.loads(minyi("config", "check", "--json").stdout)["settings"]
    assert rows[-1] == {"name": f"MINYI_LEAST_CELL ({code})", "value": "25", "from": "database"}


def test_what_is_safe_is_not_warned_of():
    assert warnings(SAFE) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"public_url": ""}, "MINYI_PUBLIC_URL is not set"),
        ({"public_url": "http://survey.example"}, "not https"),
        ({"trusted_proxies": 0}, "X-Forwarded headers are not believed"),
        ({"host": "0.0.0.0"}, "close the port"),
        ({"require_totp": frozenset({"scorer"})}, "does not name administrator"),
        ({"workers": 4}, "each of 4 workers"),
        ({"limits": "redis://127.0.0.1:1/0", "database_url": "postgresql+psycopg://h/x"}, "does not answer"),
        ({"secret_key": "short"}, "MINYI_SECRET_KEY has 5 characters"),
        ({"jobs": "external"}, "minyi jobs run"),
        ({"backup_passphrase": ""}, "There is no nightly backup"),
        ({"backup_folder": "/nowhere"}, "no backup can be written there"),
        ({"least_cell": 1}, "smallest groups"),
        ({"debug": True}, "MINYI_DEBUG is on"),
        ({"allow_unknown": True}, "MINYI_ALLOW_UNKNOWN is on"),
    ],
)
def test_what_is_unsafe_is_warned_of(changed, said):
    (told,) = warnings(replace(SAFE, **changed))
    assert said in told


def test_a_year_whose_days_off_are_unknown_is_warned_of(monkeypatch):
    monkeypatch.setattr(Calendar, "unknown_years", lambda *_: [2099])
    (told,) = warnings(SAFE)
    assert "the days off of 2099" in told


def test_a_secret_that_others_of_the_machine_can_read_is_warned_of(tmp_path):
    path = tmp_path / "text_key"
    path.write_text("x" * 64)
    path.chmod(0o644)
    (told,) = warnings(replace(SAFE, instance=tmp_path))
    assert str(path) in told


def test_the_operators_table_is_what_the_class_says():
    document = settings_table.FILE.read_text(encoding="utf-8")
    assert document == settings_table.with_table(document), "the table of settings is behind: run `make docs`"


def test_only_the_settings_read_the_environment():
    found = [
        str(path)
        for path in _sources()
        for node in _nodes(path)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and _names(node) & {"environ", "getenv"})
    ]
    assert found == []


def test_every_setting_is_put_to_use_beyond_being_shown_and_warned_of():
    used = set()
    for path in [*_sources(), Path(module.__file__)]:
        if path.name in ("settings_shown.py", "settings_unsafe.py"):
            continue
        for node in _nodes(path):
            if isinstance(node, ast.Attribute) and _is_settings(ast.unparse(node.value), path):
                used.add(node.attr)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("secret", "secrets"):
                used.add(ast.unparse(node.args[0]).strip("'"))
            elif isinstance(node, ast.keyword) and node.arg == "setting":  # of a bucket of limits
                used.add(ast.unparse(node.value).strip("'"))
    for place in ("answering/templates/answering/footer.html", "ground/imprint.py"):  # what the console may keep
        used |= set(re.findall(r"(?:own|self)\.(\w+)", (ROOT / "survey_app" / place).read_text(encoding="utf-8")))
    assert {variable.field for variable in VARIABLES} - used - {*HEADINGS["zh"]} == set()


def _is_settings(source: str, path: Path) -> bool:
    known = (
        "settings",
        "in_force()",
        "load()",
        "read().settings",
        "app.config['MINYI']",
        "current_app.config['MINYI']",
    )
    return source in known or (source == "self" and path == Path(module.__file__))


def _sources():
    folders = ("survey_app", "questionnaires", "analysis", "definitions", "migrations")
    every = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return [path for path in every if path != Path(module.__file__)]


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}
