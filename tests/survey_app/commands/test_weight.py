"""What a command costs to start: counted in modules, which do not depend on the machine; and how it fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from survey_app.cli import cli
from tests.support.city import scored_city
from tests.support.stored import begins_with

LISTS = (
    ("sites",), ("survey", "list"), ("jobs", "list"), ("codes", "list", "wave1"), ("invitations", "list", "wave1"),
    ("user", "list"), ("audit", "list"), ("rulebook", "list"), ("tickets", "list"), ("values", "status"),
    ("assignments", "list"),
)  # fmt: skip
HEAVY = (
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "duckdb",
    "altair",
    "flask_security",
    "survey_app.console",
    "openpyxl",
)
COUNT = """
import json, sys
if len(sys.argv) > 1:
    from survey_app.cli import cli
    for words in json.loads(sys.argv[1]):
        try:
            cli([*words, "--json"], standalone_mode=False)
        except SystemExit as end:
            assert not end.code, (words, end.code)
else:
    import flask, sqlalchemy
print("MODULES", json.dumps(sorted(sys.modules)))
"""

pytestmark = begins_with(scored_city)


def modules(*words: str, **environment: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *words], env={"PATH": "", "PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.rpartition("MODULES ")[2]))


def test_lists_start_with_about_what_flask_and_sqlalchemy_take(sqlite_app):
    """All lists one after the other in one process: what none of them loads, no single one does."""
    loaded = modules(json.dumps(LISTS), DATABASE_URL=sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    assert not loaded & set(HEAVY)
    assert len(loaded) < 2 * len(modules())


def fails(*words, **environment):
    done = CliRunner().invoke(cli, list(words), env=environment)
    assert done.exit_code == 2
    return done


@pytest.mark.parametrize("words", [*LISTS, ("final", "list"), ("rectification", "list")])
def test_every_list_has_json(sqlite_app, words):
    done = CliRunner().invoke(
        cli, [*words, "--json"], env={"DATABASE_URL": sqlite_app.config["SQLALCHEMY_DATABASE_URI"]}
    )
    assert done.exit_code == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list | dict)


def test_with_json_an_error_is_one_object_on_standard_error(sqlite_app):
    there = {"DATABASE_URL": sqlite_app.config["SQLALCHEMY_DATABASE_URI"]}
    told = fails("--lang", "zh", "codes", "list", "no", "--json", **there)
    assert told.stdout == ""
    assert json.loads(told.stderr)["error"] == {
        "key": "commands.no_survey", "params": {"code": "no"}, "text": "没有调查“no”。", "status": 2, "lines": [],
    }  # fmt: skip
    wrong = json.loads(fails("--lang", "zh", "jobs", "list", "--limit", "x", "--json", **there).stderr)["error"]
    assert (wrong["key"], wrong["status"]) == ("click.invalid", 2)
    assert wrong["text"] == "'--limit' 的值不对：'x' 不是有效的数（integer range）。"


def test_what_is_said_before_a_failure_stands_in_its_object(tmp_path):
    (tmp_path / "甲县.json").write_text("{}", "utf-8")
    done = fails("--lang", "en", "score-all", str(tmp_path), "--json")
    error = json.loads(done.stderr)["error"]
    assert error["text"].startswith("PROVISIONAL") or error["lines"]
    assert all(set(line) == {"key", "params", "text"} for line in error["lines"])


def test_a_command_line_that_is_wrong_is_refused_in_its_language():
    for words, zh, en in (
        (("jobs", "lst"), "没有命令 'lst'。是不是 'list'？", "No such command 'lst'. Did you mean 'list'?"),
        (("plan", "sample"), "缺少选项 '--frame'。", "Missing option '--frame'."),
        (("jobs", "list", "--limits"), "没有选项 '--limits'。是不是 '--limit'？", "No such option '--limits'. Did you mean '--limit'?"),
        (("audit", "head", "x"), "多出一个参数（x）", "Got unexpected extra argument (x)"),
    ):  # fmt: skip
        assert zh in fails("--lang", "zh", *words).stderr
        assert en in fails("--lang", "en", *words).stderr


def test_completion_is_printed_and_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for shell, place in (("bash", ".local/share/bash-completion/completions/minyi"), ("zsh", ".zfunc/_minyi")):
        printed = CliRunner().invoke(cli, ["completion", shell]).stdout
        assert "_MINYI_COMPLETE" in printed
        assert CliRunner().invoke(cli, ["completion", shell, "--install"]).exit_code == 0
        assert (tmp_path / place).read_text() in printed
