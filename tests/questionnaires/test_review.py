"""What the review finds in a questionnaire, what a comparison calls a break, and the commands that say so."""

from __future__ import annotations

import json
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from questionnaires import parse_definition
from questionnaires.comparison import compare
from questionnaires.review import review
from questionnaires.sizes import size_of
from survey_app.cli import cli
from tests.questionnaires.test_answers import EVERY, TEXT

SHIPPED = files("questionnaires").joinpath("library/citizen-experience.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str):
    assert old in TEXT
    return parse_definition(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('{not_equals: [overall, "5"]}', '{equals: [overall, "4"]}', "services"),  # no such option
        ("{at_least: [people, 2]}}", "{at_least: [people, 41]}}", "district"),  # above the question's maximum
        ('{equals: [services.health, "1"]}', '{equals: [services.health, "2"]}', "why"),
        ("{count_at_least: [travel, 2]}", "{count_at_least: [travel, 4]}", "many"),  # three may be chosen at most
        ("{before: [since, 2020-01-01]}", "{before: [since, 1950-01-01]}", None),  # the other branch still leads there
        ("{contains: [travel, bus]}\n    limit", "{and: [{contains: [travel, bus]}, {contains: [travel, none]}]}\n    limit", "bus_riders"),
        ("when: {and: [{at_least: [people, 20]}", "when: {and: [{at_least: [people, 20]}, {at_most: [people, 19]}", "too_old"),
    ],
)  # fmt: skip
def test_what_no_answers_lead_to_is_an_error(old, new, place):
    found = {finding.place for finding in review(changed(old, new)) if finding.kind == "unreachable"}
    assert found >= {place} if place else not found


def test_nothing_in_the_fixture_or_the_shipped_questionnaire_is_out_of_reach_or_untranslated():
    for definition in (EVERY, parse_definition(SHIPPED)):
        assert [finding for finding in review(definition) if finding.level == "error"] == []


def test_missing_translations_and_pushing_words_are_found():
    found = {(f.kind, str(f.place)) for f in review(changed('en: "Travel"', 'en: "出行"'))}
    assert ("translation", "section 2") in found
    found = {(f.kind, str(f.place)) for f in review(changed("各项服务？", "众所周知，各项服务如何？"))}
    assert ("loaded", "services") in found


@pytest.mark.parametrize(
    ("old", "new", "weight", "place"),
    [
        ("type: recommend", "type: number", "breaks", "recommend"),
        ('          - {code: walk, text: {zh: "步行", en: "On foot"}}\n', "", "breaks", "travel"),
        ('zh: "总体满意吗？"', 'zh: "总的来说满意吗？"', "careful", "overall"),
        ('{not_equals: [overall, "5"]}', '{not_equals: [overall, "3"]}', "breaks", "services"),
        ("columns: {measure: overall}", "columns: {measure: check}", "breaks", "columns.measure"),
        ("max_length: 20", "max_length: 30", "harmless", "name"),
        ("maximum: 40", "maximum: 50", "careful", "people"),
        ("各种题型", "题型", "harmless", "title"),
    ],
)
def test_a_comparison_weighs_each_change(old, new, weight, place):
    assert any((change.weight, change.place) == (weight, place) for change in compare(EVERY, changed(old, new)))
    assert compare(EVERY, EVERY) == []


def test_other_contradictions_are_a_harmless_change():
    pair = '\ncontradictions:\n  - {when: {equals: [overall, "5"]}, text: {zh: "不合", en: "does not fit"}}\n'
    [change] = compare(EVERY, parse_definition(TEXT + pair, "q.yaml"))
    assert (change.weight, change.place) == ("harmless", "contradictions")


def test_the_size_counts_what_is_asked():
    size = size_of(EVERY)
    assert (size.questions, size.required, size.by_type["statement"]) == (13, 2, 1)
    assert size.minutes["zh"][0] < size.minutes["zh"][1] < 6


def run(*arguments: str):
    return CliRunner().invoke(cli, ["questionnaire", *arguments])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "every.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(TEXT.replace("services.health", "services.helth"), encoding="utf-8")
    return tmp_path


def test_the_commands_answer_a_stranger(folder):
    every = str(folder / "every.yaml")
    assert run("check", every).exit_code == 0
    wrong = run("check", str(folder / "bad.yaml"))
    assert (wrong.exit_code, "no row 'helth'" in wrong.output, "Traceback" in wrong.output) == (2, True, False)
    assert run("check", "nosuch").exit_code == 2
    assert json.loads(run("stats", every, "--json").output)["questions"] == 13
    assert json.loads(run("diff", every, every, "--json").output) == []
    assert "every.yaml" not in run("diff", every, "citizen-experience").output
    out = folder / "page.html"
    assert run("preview", every, "--lang", "en", "--out", str(out)).exit_code == 0
    assert "What shall we call you?" in out.read_text(encoding="utf-8")


def test_a_questionnaire_goes_round_by_command_and_its_losses_are_told(folder):
    first = run("convert", str(folder / "every.yaml"), "--to", str(folder / "a.xlsx"))
    assert first.exit_code == 0
    assert "not carried: bus_riders: a quota" in first.output
    assert run("convert", str(folder / "a.xlsx"), "--to", str(folder / "b.json")).exit_code == 0
    assert run("convert", str(folder / "b.json"), "--to", str(folder / "c.yaml")).exit_code == 0
    again = parse_definition((folder / "c.yaml").read_text(encoding="utf-8"))
    assert [q.key for q in again.questions] == [q.key for q in EVERY.questions]
    assert run("convert", str(folder / "every.yaml"), "--to", str(folder / "x.pdf")).exit_code == 2
    (folder / "broken.json").write_text("{", encoding="utf-8")
    assert run("convert", str(folder / "broken.json"), "--to", str(folder / "y.yaml")).exit_code == 2


def test_the_codebook_names_every_column_with_its_codes(folder):
    for ending in ("html", "xml"):
        assert run("codebook", str(folder / "every.yaml"), "--to", str(folder / f"book.{ending}")).exit_code == 0
    page = (folder / "book.html").read_text(encoding="utf-8")
    assert "travel_bus" in page
    assert "3 = 一般 / Neither" in page
    space = {"d": "ddi:codebook:2_5"}
    book = ET.parse(folder / "book.xml")
    names = [variable.get("name") for variable in book.findall(".//d:var", space)]
    assert {"overall", "services_health", "order_bus", "travel__other"} <= set(names)
    assert len(names) == len(set(names))
    overall = book.find(".//d:var[@name='overall']", space)
    codes = {c.findtext("d:catValu", namespaces=space): c.get("missing") for c in overall.findall("d:catgry", space)}
    assert codes == dict.fromkeys(["5", "3", "1"]) | dict.fromkeys(["-91", "-92", "-93", "-94", "-95"], "Y")
    assert "overall" in book.findtext(".//d:var[@name='services_health']/d:universe", namespaces=space)
