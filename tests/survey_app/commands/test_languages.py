"""A command speaks the language that --lang says, else that of its locale."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from survey_app.cli import cli
from wording import speak

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
        ("questionnaire", "convert", "citizen-experience-2023", "--to", tmp_path / "x.odt"),
    ]  # fmt: skip


def test_a_refusal_is_chinese_with_zh_and_english_with_en(tmp_path):
    for words in refusals(tmp_path):
        chinese, english = said(*words, language="zh"), said(*words, language="en")
        assert HAN.search(chinese), (words, chinese)
        assert not SENTENCE.search(chinese.replace(str(tmp_path), "")), (words, chinese)
        assert not HAN.search(english), (words, english)


def test_without_the_option_the_locale_decides(tmp_path):
    (words, *_others) = refusals(tmp_path)
    assert HAN.search(said(*words, LC_ALL="zh_CN.UTF-8"))
    assert not HAN.search(said(*words, LC_ALL="en_GB.UTF-8"))


def test_a_finding_in_json_is_key_parameters_and_text(tmp_path):
    done = CliRunner().invoke(cli, ["--lang", "zh", "questionnaire", "check", "citizen-experience-2023", "--json"])
    for finding in json.loads(done.stdout):
        assert {"level", "kind", "place", "message", "key", "params"} <= set(finding)
        assert HAN.search(finding["message"])
