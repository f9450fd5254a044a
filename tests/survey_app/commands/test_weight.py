"""What a command costs to start: counted in modules, which do not depend on the machine; and how it fails."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

import survey_app.commands
from survey_app.cli import cli
from survey_app.ground.clock import today
from survey_app.models import EstimateRun, RectificationItem, db, every_table
from survey_app.scoring.final_runs import make_run
from survey_app.values.periods import current_period
from tests.support.city import scored_city
from tests.support.stored import begins_with

LISTING = ("list", "sites", "counts", "overdue", "status", "current")  # the last word of a command that lists
GIVEN = {"survey_code": "wave1"}  # what one of them must be told


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from leaves(found, (*before, name))
        else:
            yield (*before, name), found


LISTS = [
    (*words, *(GIVEN[option.name] for option in found.params if option.required))
    for words, found in leaves(cli)
    if words[-1] in LISTING or words == ("readings", "show")
]
HEAVY = (
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "duckdb",
    "ibis",
    "pyarrow",
    "altair",
    "vl_convert",
    "typst",
    "docx",
    "openpyxl",
    "flask_security",
    "authlib",
    "spectree",
    "flask_wtf",
    "wtforms",
    "alembic",
    "survey_app.console",
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


def listed_city() -> None:
    """A row in every list."""
    scored_city()
    estimate = db.session.scalars(select(EstimateRun)).first()
    make_run("trial", estimate.survey.city, estimate, current_period())
    row = {
        "area": estimate.survey.city,
        "rulebook_id": "jining-2023-municipal",
        "indicator": 1,
        "name": "一",
        "gain": 0.5,
    }
    row |= {"department": "某局", "to_stars": 4, "requirement": "x", "gap": "x", "due": today(), "created_by": "anna"}
    db.session.add(RectificationItem(**row))
    db.session.commit()


pytestmark = begins_with(listed_city)


def modules(*words: str, **environment: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *words], env={"PATH": "", "PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.rpartition("MODULES ")[2]))


def test_every_command_that_opens_the_tables_alone_to_print_them_is_among_the_lists():
    commands = Path(survey_app.commands.__file__).parent
    light = {path.stem for path in commands.glob("*.py") if "with tables()" in path.read_text(encoding="utf-8")}
    assert light - {"backup", "programme_support"} <= {words[0] for words in LISTS}


def test_lists_start_with_about_what_flask_and_sqlalchemy_take(sqlite_app):
    """All lists one after the other in one process: what none of them loads, no single one does."""
    loaded = modules(json.dumps(LISTS), DATABASE_URL=sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    assert loaded & set(HEAVY) == set()
    assert len(loaded) < 2 * len(modules())


def test_a_noun_of_the_database_brings_what_its_keys_and_relations_refer_to_and_a_list_few_tables(sqlite_app):
    """So that one file can be imported without all the others."""
    loaded = modules(json.dumps([["jobs", "list"]]), DATABASE_URL=sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    assert len([name for name in loaded if name.startswith("survey_app.models.")]) < 10
    every_table()
    mappers = list(db.Model.registry.mappers)
    home = {mapper.local_table: mapper.class_.__module__ for mapper in mappers}
    imports = {
        name: set(
            re.findall(r"^from (survey_app\.models\.\w+)", Path(sys.modules[name].__file__).read_text("utf-8"), re.M)
        )
        for name in home.values()
    }
    for mapper in mappers:
        brought, todo = set(), [home[mapper.local_table]]
        while todo:
            brought.add(name := todo.pop())
            todo += imports.get(name, set()) - brought
        keys = {home[key.column.table] for key in mapper.local_table.foreign_keys}
        assert keys | {one.mapper.class_.__module__ for one in mapper.relationships} <= brought, mapper


def fails(*words, **environment):
    done = CliRunner().invoke(cli, list(words), env=environment)
    assert done.exit_code == 2
    return done


@pytest.mark.parametrize("words", LISTS)
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
