"""Definitions: faults are named with their line; rules are walked by one evaluator."""

from __future__ import annotations

from importlib.resources import files

import pytest

from definitions import DefinitionError
from questionnaires import load_definition, parse_definition
from questionnaires.logic import holds, parse_rule
from questionnaires.review import review

TEXT = files("questionnaires").joinpath("library/citizen-experience.yaml").read_text(encoding="utf-8")


def test_the_shipped_questionnaire_loads_and_links_services_to_indicators():
    definition = load_definition("citizen-experience")
    rows = definition.question("services").rows
    assert len(rows) >= 15
    assert all(1 <= number <= 42 for row in rows for number in row.indicators)
    assert all(row.text.zh and row.text.en for row in rows)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: dropdown", "type: dropdwn", "dropdwn|dropdown"),
        ("required: true", "requird: true", "did you mean 'required'"),
        ("{in: [overall", "{in: [overal", "not a question asked before"),
        ("{in: [overall", "{within: [overall", "unknown rule"),
        ("measure: overall", "measure: overal", "no question 'overal'"),
        ("key: age\n", "key: home\n", "used twice"),
        ("screen_out: [under16]", "screen_out: [under15]", "no option"),
        ("consent:", "consent: [", "not valid YAML"),
    ],
)
def test_a_faulty_definition_is_refused_with_its_line(old, new, message):
    assert old in TEXT
    with pytest.raises(DefinitionError, match=message) as caught:
        parse_definition(TEXT.replace(old, new, 1), "q.yaml")
    wanted = TEXT[: TEXT.index(old)].count("\n") + 1
    assert any(abs(problem.line - wanted) <= 2 for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"equals": ["a", 3]}, True), ({"in": ["a", ["1", "2"]]}, False), ({"at_least": ["a", 3]}, True),
        ({"at_most": ["a", 2]}, False), ({"contains": ["b", "x"]}, True), ({"answered": "c"}, False),
        ({"not": [{"answered": "c"}]}, True), ({"and": [{"answered": "a"}, {"equals": ["a", 4]}]}, False),
        ({"or": [{"answered": "c"}, {"equals": ["a", 3]}]}, True), ({"at_least": ["c", 0]}, False),
    ],
)  # fmt: skip
def test_rules_hold_as_they_say(rule, expected):
    assert holds(parse_rule(rule), {"a": 3, "b": ["x", "y"]}) is expected


PAIR = """
contradictions:
  - when: {and: [{in: [age, ["16-29"]]}, {at_most: [overall, 2]}]}
    text: {zh: "不合", en: "does not fit"}
"""


def test_a_declared_contradiction_is_checked_as_any_rule_is():
    [pair] = parse_definition(TEXT + PAIR, "q.yaml").contradictions
    assert holds(pair.rule, {"age": "16-29", "overall": 1})
    assert not holds(pair.rule, {"age": "16-29"})
    with pytest.raises(DefinitionError, match="'agee' is not a question"):
        parse_definition(TEXT + PAIR.replace("[age,", "[agee,"), "q.yaml")
    never = parse_definition(TEXT + PAIR.replace("2]", "0]"), "q.yaml")
    assert [str(finding.place) for finding in review(never) if finding.kind == "unreachable"] == ["contradiction 1"]


CHOSEN = "pages: sections\n"
FEWER = [line for line in TEXT.splitlines(keepends=True) if "- {key: " not in line or "key: bus" in line]
LAST = '  - title: {zh: "最后两个问题"'


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (TEXT, ("home", "overall", "services", "service_app", "sex")),
        (
            TEXT.replace(CHOSEN, ""),
            ("home", "overall", "services", "service_app", "sex"),
        ),  # over twelve things to answer
        ("".join(FEWER).replace(CHOSEN, ""), ("home",)),
        (TEXT.replace(CHOSEN, "pages: one\n"), ("home",)),
        (TEXT.replace(CHOSEN, "").replace(LAST, "  - page: true\n" + LAST.replace("- ", "  ")), ("home", "sex")),
        (
            TEXT.replace(CHOSEN, "pages: questions\n"),
            ("home", "age", "overall", "improve", "services", "service_app", "recommend", "comment", "sex", "years"),
        ),
    ],
)
def test_pages_begin_where_the_author_says_and_else_by_sections_where_there_is_much_to_answer(text, starts):
    assert parse_definition(text).page_starts == starts


def test_a_statement_shares_the_page_of_the_question_after_it_and_pages_are_said_once():
    note = '      - {key: note, type: statement, text: {zh: "请看。", en: "Please look."}}\n      - key: overall\n'
    text = TEXT.replace(CHOSEN, "pages: questions\n").replace("      - key: overall\n", note)
    assert parse_definition(text).page_starts[2:4] == ("note", "improve")
    with pytest.raises(DefinitionError, match="no section says page"):
        parse_definition(TEXT.replace(LAST, "  - page: true\n" + LAST.replace("- ", "  ")))
