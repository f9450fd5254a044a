"""The five kinds of missing, told from a questionnaire and the answers to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from definitions import DefinitionError
from questionnaires import missing_kind, parse_definition

TEXT = (Path(__file__).parent / "every_type.yaml").read_text(encoding="utf-8")
EVERY = parse_definition(TEXT)
SAID = {"name": "王芳", "people": 1, "travel": ["bike"], "overall": 3, "services": {"health": 5}, "order": ["bus"]}


def changed(before: str, after: str):
    assert before in TEXT
    return parse_definition(TEXT.replace(before, after))


@pytest.mark.parametrize(
    ("key", "part", "kind"),
    [
        ("name", "", None),
        ("since", "", "skipped"),
        ("why", "", "not_shown"),  # its rule asks for another answer
        ("services", "", None),
        ("services", "health", None),
        ("services", "school", "skipped"),
        ("services", "bus", "not_shown"),  # its row stands only before who takes the bus
        ("travel", "bus", None),  # answered without it
        ("order", "health", None),  # answered without a rank for it
        ("district", "d12", "not_shown"),  # an option for larger households
        ("many", "", "not_shown"),
        ("no_such_question", "", "not_shown"),
        ("services", "no_such_row", "not_shown"),
    ],
)
def test_each_kind_is_told_from_the_rules_and_the_answers(key, part, kind):
    assert missing_kind(EVERY, key, SAID, part) == kind


def test_a_section_hides_its_questions():
    assert missing_kind(EVERY, "order", {**SAID, "overall": 5, "order": None}) == "not_shown"


def test_what_follows_the_answer_that_ended_the_questionnaire_was_not_shown():
    ended = {"name": "王芳", "people": 30}
    assert [missing_kind(EVERY, key, ended) for key in ("people", "since", "recommend")] == [
        None,
        "not_shown",
        "not_shown",
    ]


def test_an_option_says_that_it_is_no_answer():
    asked = changed('code: none, text: {zh: "不出门", en: "I stay at home"}, exclusive: true',
                    'code: none, text: {zh: "不想说", en: "Rather not say"}, exclusive: true, missing: refused')  # fmt: skip
    assert missing_kind(asked, "travel", {**SAID, "travel": ["none"]}) == "refused"
    assert missing_kind(asked, "travel", {**SAID, "travel": ["none"]}, "bus") == "refused"
    asked = changed(
        '{code: "no", text: {zh: "不是", en: "No"}}', '{code: "no", text: {zh: "不清楚", en: "?"}, missing: dont_know}'
    )
    assert missing_kind(asked, "many", {**SAID, "many": "no"}) == "dont_know"


def test_code_0_of_a_scale_or_a_matrix_is_not_used_and_that_of_a_recommendation_is_an_answer():
    asked = changed('{code: "1", text: {zh: "差", en: "Bad"}}', '{code: "0", text: {zh: "没用过", en: "Not used"}}')
    assert missing_kind(asked, "services", {**SAID, "services": {"health": 0}}, "health") == "not_used"
    assert missing_kind(EVERY, "recommend", {**SAID, "recommend": 0}) is None
    assert missing_kind(EVERY, "people", {**SAID, "people": 0}) is None


def test_an_option_that_is_no_answer_stands_alone_and_is_not_ranked():
    multiple = TEXT.replace(
        '{code: bus, text: {zh: "公交", en: "Bus"}}', '{code: bus, text: {zh: "公交", en: "Bus"}, missing: refused}'
    )
    with pytest.raises(DefinitionError) as refused:
        parse_definition(multiple)
    assert "'missing' must be exclusive" in str(refused.value)  # the multiple choice
    assert "ranking cannot be 'missing'" in str(refused.value)
