"""A command speaks the language that --lang says, else that of its locale."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from flask import has_app_context
from flask_babel import refresh

from survey_app.cli import cli
from survey_app.jobs.queue import enqueue
from survey_app.models import db
from tests.support.city import scored_city, the_survey
from tests.support.demonstration import instance
from tests.support.languages import foreign
from tests.support.stored import begins_with
from wording import speak

pytestmark = begins_with(scored_city)

HAN = re.compile("[\u3400-\u9fff]")
SENTENCE = re.compile("[a-z]{2,} [a-z]{2,} [a-z]{2,}")
BROKEN = "measure: {question: q, satisfid: [1]}\ndesign: {}\ninterval: {confidence: 2}\n"


@pytest.fixture(autouse=True)
def _as_before():
    yield
    speak(None)


def said(*words, language=None, **environment):
    lang = ("--lang", language) if language else ()
    done = CliRunner().invoke(cli, [*lang, *map(str, words)], env=environment)
    assert done.exit_code == 2
    return done.stderr


def refusals(tmp_path):
    """Commands that refuse what they are given, none of which needs a database."""
    plan, rulebook, table = tmp_path / "plan.yaml", tmp_path / "r.yaml", tmp_path / "t.csv"
    plan.write_text(BROKEN, "utf-8")
    rulebook.write_text("id: [x", "utf-8")
    table.write_text("a,b\n1,2\n", "utf-8")
    good = tmp_path / "good.yaml"
    good.write_text("measure: {question: q, satisfied: [1], scale: [1, 2]}\ndesign: {weight: w}\n", "utf-8")
    return [
        ("plan", "check", plan), ("rulebook", "check", rulebook), ("questionnaire", "check", rulebook),
        ("estimate", table, "--plan", good), ("estimate", table, "--plan", plan),
        ("score", tmp_path / "no.csv", "--rulebook", "jining-2023-county"),
        ("questionnaire", "convert", "citizen-experience", "--to", tmp_path / "x.odt"),
    ]  # fmt: skip


def test_a_refusal_is_chinese_with_zh_and_english_with_en(tmp_path):
    for words in refusals(tmp_path):
        chinese, english = said(*words, language="zh"), said(*words, language="en")
        assert HAN.search(chinese), (words, chinese)
        assert not SENTENCE.search(chinese.replace(str(tmp_path), "")), (words, chinese)
        assert not HAN.search(english), (words, english)


def outputs(tmp_path):
    """Commands that print what they found, none of which needs a database; data and names are Latin letters."""
    table, plan, frame, values = (tmp_path / name for name in ("t.csv", "p.yaml", "frame.csv", "v.json"))
    rows = [f"{'ab'[n % 2]},s{n % 8},{n % 5 + 1 if n % 7 else ''},1" for n in range(80)]
    table.write_text("\n".join(["county,site,q,w", *rows]), "utf-8")
    plan.write_text(
        "measure: {question: q, satisfied: [4, 5], scale: [1, 2, 3, 4, 5], points: [0, 25, 50, 75, 100]}\n"
        "design: {strata: county, psu: site, weight: w}\ndomains: [county]\n",
        "utf-8",
    )
    frame.write_text("\n".join(["site,county,size", *(f"s{n},{'ab'[n % 2]},{900 + n}" for n in range(80))]), "utf-8")
    values.write_text("{}", "utf-8")
    scoring = ("score", values, "--rulebook", "jining-2023-municipal", "--satisfaction", "0.55", "--se", "0.03")
    (tmp_path / "areas").mkdir()
    (tmp_path / "areas" / "a.json").write_text("{}", "utf-8")
    gap = tmp_path / "gap.csv"
    gap.write_text(
        "area,field,satisfaction,se,points_share,complaints\na,x,0.7,0.02,0.5,9\na,y,0.5,0.02,0.8,40\n", "utf-8"
    )
    book = ("--rulebook", "jining-2023-municipal")
    return [
        ("estimate", table, "--plan", plan, "--sensitivity"), ("plan", "check", plan),
        ("plan", "sample", "--frame", frame, "--assume", "0.74", "--margin", "0.05"),
        (*scoring, "--df", "40"), ("gap", gap), ("waves", table, table, "--plan", plan),
        ("outlook", values, *book, "--satisfaction", "0.66", "--se", "0.02", "--df", "90", "--draws", "64"),
        ("upgrades", values, *book, "--target", "三星级", "--satisfaction", "0.8"),
        ("score-all", tmp_path / "areas", "--city", "a", "--counties", "1"), ("rulebook", "show", book[1]),
        ("questionnaire", "stats", "citizen-experience"), ("config", "check"),
    ]  # fmt: skip


def test_what_a_command_prints_is_chinese_with_zh_and_english_with_en(tmp_path):
    for words in outputs(tmp_path):
        assert list(follows(words, {}, tmp_path)) == []


def follows(words, environment, folder):
    """What a command prints and says besides is in the language that it is asked for, quotations apart."""
    for language in ("zh", "en"):
        if has_app_context():
            refresh()  # the test's own context has kept a language
        done = CliRunner().invoke(cli, ["--lang", language, *map(str, words)], env=environment)
        assert done.exit_code in (0, 2), (words, done.output, done.exception)
        lines = (done.stdout + done.stderr).replace(str(folder), "").splitlines()
        if wrong := foreign(lines, language):
            yield words, language, wrong[:3]


def databases():
    """Commands on a city with answers, values, scores and a trial; `{out}` is a folder."""
    return [
        "survey list", "survey show wave1", "codes list wave1", "jobs list", "user list", "audit verify", "audit list",
        "invitations list wave1", "values status", "assignments list", "rectification list", "rectification snapshot",
        "final check", "final run", "final list", "verify run 1", "verify final 1", "verify scenario 9",
        "flags wave1", "rollup check", "rollup rebuild", "tickets list", "tickets counts", "tickets purge --days 9 --dry-run",
        "retention --days 1 --dry-run", "db upgrade", "run", "erase X --reason r", "unseal X --reason r",
        "export wave1 --to {out}/a.csv", "values export --out {out}/v.xlsx", "report estimate 1 --to {out}/e.xlsx",
        "posters wave1 --out {out}/no/p.zip --base https://x", "codes hours wave1 9 --reason r", "survey close wave9",
        "import responses wave1 {out}/r.csv --mode phone --preview", "demo --json",
    ]  # fmt: skip


def test_commands_with_a_database_speak_one_language(sqlite_app, tmp_path):
    enqueue("flags", {"survey": the_survey().id}, "admin")
    db.session.commit()
    (tmp_path / "r.csv").write_text("site,date\naaa,1\n", "utf-8")
    there = {"DATABASE_URL": sqlite_app.config["SQLALCHEMY_DATABASE_URI"]}
    asked = [words.format(out=tmp_path).split() for words in databases()]
    assert [wrong for words in asked for wrong in follows(words, there, tmp_path)] == []


@pytest.mark.checks
def test_the_demonstration_speaks_one_language(tmp_path):
    environment, _printed = instance(tmp_path)
    asked = ("demo --no-serve", "sites", "tickets list", "values status", "final check", "demo --clear")
    for (
        words
    ) in asked:  # its places and departments are Chinese in every language: only the Chinese lines are held here
        assert [wrong for wrong in follows(words.split(), environment, tmp_path) if wrong[1] == "zh"] == []
