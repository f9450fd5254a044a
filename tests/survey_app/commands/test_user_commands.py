"""`minyi user import` and the first start of `minyi serve`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from survey_app.cli import cli
from survey_app.commands import serve
from survey_app.models import AuditEntry, db
from survey_app.people import accounts

GOOD = "用户名,姓名,角色,地区,部门\nwang,王芳,评估员,,\nwang,王芳,评分员,,\nli,,部门,,市交通运输局\n"


@pytest.fixture
def run(sqlite_app, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, list(arguments))


def test_accounts_are_imported_and_their_passwords_written_once_for_the_owner_alone(run, tmp_path):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    looked = run("user", "import", "a.csv", "--check")
    assert (looked.exit_code, "add\twang" in looked.output, accounts.find("wang")) == (0, True, None)
    done = run("user", "import", "a.csv", "--passwords", "once.csv")
    assert done.exit_code == 0, done.output
    written = tmp_path / "once.csv"
    assert oct(written.stat().st_mode)[-3:] == "600"
    assert [line.split(",")[0] for line in written.read_text().splitlines()] == ["username", "wang", "li"]
    again = run("user", "import", "a.csv", "--passwords", "once.csv")
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    assert run("user", "import", "a.csv").stdout == ""  # nothing new, nothing to hand over


def test_a_file_with_mistakes_ends_with_2_and_every_mistake(run, tmp_path):
    (tmp_path / "a.csv").write_text("用户名,角色,地区\na b,国王,丙县\n", encoding="utf-8")
    result = run("user", "import", "a.csv")
    assert result.exit_code == 2
    assert "row 2 A 用户名" in result.output
    (tmp_path / "a.csv").write_text("用户名,角色,地区\nab,国王,丙县\n", encoding="utf-8")
    assert run("user", "import", "a.csv").output.count("row 2 ") == 2
    assert run("user", "import", "absent.csv").exit_code == 2
    assert run("user", "template", "t.doc").exit_code == 2
    assert run("user", "template", "t.csv").exit_code == 0
    assert run("user", "import", "t.csv", "--check").exit_code == 2  # 甲县 is only an example


def test_an_account_is_switched_off_and_on_from_the_command_line(run):
    accounts.create_account("anna", "administrator")
    accounts.create_account("wang", "evaluator")
    db.session.commit()
    assert run("user", "deactivate", "anna", "--reason", "x").exit_code == 2
    assert run("user", "deactivate", "wang", "--reason", "离职").exit_code == 0
    assert "deactivated" in run("user", "list").output
    assert run("user", "reactivate", "wang", "--reason", "返聘").exit_code == 0
    assert run("user", "reset-second-factor", "wang", "--reason", "x").exit_code == 2
    assert run("user", "deactivate", "nobody", "--reason", "x").exit_code == 2


def test_the_first_start_on_an_empty_database_prints_a_password_and_a_later_one_none(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr(serve, "serve", lambda *_: None)
    assert CliRunner().invoke(cli, ["serve", "--collect-only"]).exit_code == 2
    first = CliRunner().invoke(cli, ["serve"])
    assert (first.exit_code, "one-time password" in first.output) == (0, True)
    later = CliRunner().invoke(cli, ["serve"])
    assert (later.exit_code, "password" in later.output) == (0, False)


def test_a_first_start_never_takes_over_an_account_called_admin(run, sqlite_app, monkeypatch):
    accounts.create_account("admin", "auditor")
    db.session.commit()
    monkeypatch.setattr(serve, "serve", lambda *_: None)
    result = run("serve")
    assert (result.exit_code, "Nobody may administer" in result.output) == (2, True)
    assert db.session.query(AuditEntry).filter_by(action="account.create").count() == 1


def test_a_near_miss_of_a_department_is_offered_the_right_one(run):
    near = run("user", "create", "dept", "--role", "department", "--department", "市交通局")
    assert near.exit_code == 2
    assert "did you mean '市交通运输局'" in near.stderr
    assert accounts.find("dept") is None
    assert run("user", "create", "dept", "--role", "department", "--department", "市交通运输局\u200b").exit_code == 0
    assert [grant.department for grant in accounts.find("dept").grants] == ["市交通运输局"]
    other = run("user", "create", "roads", "--role", "department", "--department", "市交通局", "--new-department")
    assert other.exit_code == 0
    assert "no indicator names '市交通局' there" in other.stderr
    assert run("user", "revoke", "roads", "--role", "department", "--department", "市交通局").exit_code == 0
