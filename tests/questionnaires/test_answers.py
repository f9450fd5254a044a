"""Every question type: what is taken, what is refused, what is hidden."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions import DefinitionError
from questionnaires import arranged, check_answers, order_of, parse_definition
from questionnaires.checks import cleaned

TEXT = (Path(__file__).parent / "every_type.yaml").read_text(encoding="utf-8")
EVERY = parse_definition(TEXT)
TODAY = date(2026, 3, 5)
WHOLE = {
    "name": ["王芳"], "people": ["3"], "since": ["2019-04-01"], "plate": ["AB123"], "travel": ["bus", "else"],
    "travel__other": ["骑马"], "overall": ["3"], "check": ["3"], "services__bus": ["5"], "services__health": ["1"],
    "why": ["排队"], "order__health": ["1"], "order__bus": ["2"], "district": ["d12"], "recommend": ["9"], "many": ["yes"],
}  # fmt: skip


def check(**changes: list[str]):
    return check_answers(EVERY, {**WHOLE, **changes}, TODAY)


def test_every_type_becomes_a_typed_answer():
    assert check().answers == {
        "name": "王芳", "people": 3, "since": "2019-04-01", "plate": "AB123", "travel": ["bus", "else"],
        "travel__other": "骑马", "overall": 3, "check": 3, "services": {"bus": 5, "health": 1}, "why": "排队",
        "order": ["health", "bus"], "district": "d12", "recommend": 9, "many": "yes",
    }  # fmt: skip
    assert not check().errors
    assert not check().left_open
    assert not check().inattentive


@pytest.mark.parametrize(
    ("field", "values", "error"),
    [
        ("name", [""], "required"), ("name", ["王"], "too_short"), ("name", ["王" * 21], "too_long"),
        ("people", ["三"], "not_a_number"), ("people", ["1e3"], "not_a_number"), ("people", ["NaN"], "not_a_number"),
        ("people", ["1,5"], "not_a_number"), ("people", ["３，５"], "not_a_number"), ("people", ["2²"], "not_a_number"),
        ("people", ["2.5"], "not_whole"), ("people", ["0"], "out_of_range"), ("people", ["41"], "out_of_range"),
        ("since", ["2026-02-30"], "not_a_date"), ("since", ["soon"], "not_a_date"),
        ("since", ["1949-12-31"], "out_of_range"), ("since", ["2026-03-06"], "out_of_range"),
        ("plate", ["ab123"], "pattern"), ("travel", ["bus", "none"], "exclusive"),
        ("travel", ["bus", "bike", "car", "walk"], "too_many"), ("travel", ["ship"], "not_an_option"),
        ("order__bus", ["1"], "rank_twice"), ("order__school", ["3"], "too_many"), ("district", ["d99"], "not_an_option"),
        ("recommend", ["11"], "not_an_option"), ("travel__other", ["长" * 201], "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_refused_by_name(field, values, error):
    errors = check(**{"district": ["d1"], field: values}).errors
    assert error in errors.values()
    assert all(name.partition("__")[0] == field.partition("__")[0] for name in errors)


def test_ranks_without_the_first_are_refused():
    assert check(order__health=[""], order__bus=["2"]).errors == {"order": "rank_gap"}


@pytest.mark.parametrize(("written", "stored"), [("３", 3), (" 12 ", 12), ("4.0", 4), ("１２", 12)])
def test_numbers_are_read_as_people_write_them(written, stored):
    assert check(people=[written]).answers["people"] == stored


@pytest.mark.parametrize("written", ["2019/4/1", "2019年4月1日", "2019.04.01", "２０１９-04-01"])
def test_dates_are_read_as_people_write_them(written):
    assert check(since=[written]).answers["since"] == "2019-04-01"


def test_hidden_questions_rows_and_options_are_never_stored():
    happy = check(overall=["5"])
    assert not {"services", "why", "order"} & set(happy.answers)
    assert check(travel=["bike"]).answers["services"] == {"health": 1}
    assert check(people=["1"]).errors == {"district": "not_an_option"}
    assert "why" not in check(services__health=["5"]).answers
    assert "travel__other" not in check(travel=["bus"]).answers


def test_a_soft_question_is_asked_for_once_more_and_then_left():
    assert check(people=[""], district=["d1"]).left_open == ("people",)
    again = check(people=[""], district=["d1"], _skip=["people"])
    assert again.left_open == ()
    assert not again.errors
    assert "people" not in again.answers


def test_a_screen_ends_the_questionnaire_with_its_own_words():
    ended = check(people=["25"])
    assert ended.screened_out
    assert ended.ended == "too_old"
    assert "overall" not in ended.answers
    assert EVERY.ending("too_old").en == "Too many people, thank you!"
    assert EVERY.ending("").en == "Thank you!"


def test_a_missed_attention_check_is_noted():
    assert check(check=["5"]).inattentive == ("check",)


def test_a_ranking_may_come_as_a_list_from_a_file():
    form = {key: value for key, value in WHOLE.items() if not key.startswith("order")} | {"order": ["school", "bus"]}
    assert check_answers(EVERY, form, TODAY).answers["order"] == ["school", "bus"]


@given(st.text(min_size=1, max_size=24))
def test_an_order_is_drawn_again_from_its_seed_and_loses_nothing(seed):
    shown, again = arranged(EVERY, seed), arranged(EVERY, seed)
    assert order_of(EVERY, seed) == order_of(EVERY, seed)
    assert [q.key for q in shown.questions] == [q.key for q in again.questions]
    assert sorted(q.key for q in shown.questions) == sorted(q.key for q in EVERY.questions)
    travel = [choice.code for choice in shown.question("travel").options]
    assert sorted(travel[:4]) == ["bike", "bus", "car", "walk"]
    assert travel[4:] == ["else", "none"]  # 'other' and 'none' keep their places
    assert shown.sections[1].page
    assert not shown.sections[2].page


def test_every_order_comes_up_about_equally_often():
    firsts = [arranged(EVERY, f"key {number}").question("travel").options[0].code for number in range(4000)]
    counts = [firsts.count(code) for code in ("bus", "bike", "car", "walk")]
    assert sum((count - 1000) ** 2 / 1000 for count in counts) < 16.3  # chi-squared, 3 df, 0.1 %


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{at_least: [people, 2]}", "{at_least: [people, two]}", "needs a number"),
        ("services.health", "services.helth", "no row 'helth'"),
        ("{name}，您家", "{nam}，您家", "not a question asked before"),
        ("{contains: [travel, bus]}\n    limit", "{contains: [travl, bus]}\n    limit", "not a question"),
        ("type: number", "type: short_text", "has no 'minimum'"),
        ("[A-Z]{2}", "[A-Z{2}", "regular expression"),
        ("maximum: 40", "maximum: 0", "below the minimum"),
        ("page: true\n    random: block", "page: true\n    random: blocks", None),
        ("faces: true", "faces: true\n        show_if: {contains: [travel, bus]}", "not a question asked before"),
        ("min_choices: 1", "min_choices: 4", "min_choices"),
        ('attention: ["3"]', 'attention: ["2"]', "no option"),
        ("earliest: 1950-01-01", "earliest: yesterday", "earliest"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(old, new, message):
    assert old in TEXT
    if message is None:
        parse_definition(TEXT.replace(old, new, 1))
        return
    with pytest.raises(DefinitionError, match=message):
        parse_definition(TEXT.replace(old, new, 1))


GATE = """
id: gate
version: "1"
title: {zh: "题", en: "T"}
organiser: {zh: "办", en: "O"}
consent: {version: "1", text: {zh: "同意", en: "Yes"}}
columns: {}
screened_out: {zh: "谢谢", en: "Thanks"}
thanks: {zh: "谢谢", en: "Thanks"}
minors: {question: QUESTION, under: UNDER, message: {zh: "太小了", en: "Too young"}}
sections:
  - title: {zh: "节", en: "S"}
    questions:
      - {key: name, type: short_text, text: {zh: "名", en: "N"}}
      - {key: years, type: number, whole: true, text: {zh: "几岁", en: "Years"}}
      - {key: born, type: date, text: {zh: "生日", en: "Born"}}
      - {key: band, type: single, text: {zh: "年龄段", en: "Band"}, options: [{code: low, text: {zh: "低", en: "L"}}, {code: high, text: {zh: "高", en: "H"}}]}
"""


def gate(question: str, under: str):
    return parse_definition(GATE.replace("QUESTION", question).replace("UNDER", under), "gate")


@pytest.mark.parametrize(
    ("question", "under", "young", "old"),
    [("years", "14", "13", "14"), ("born", "14", "2012-11-25", "2012-11-24"), ("band", "[low]", "low", "high")],
)
def test_the_age_gate_keeps_nothing_of_the_young_and_lets_the_others_on(question, under, young, old):
    today = date(2026, 11, 24)
    turned_away = check_answers(gate(question, under), {"name": ["小明"], question: [young]}, today)
    assert (turned_away.answers, turned_away.screened_out, turned_away.ended) == ({}, True, "minor")
    assert gate(question, under).ending("minor").zh == "太小了"
    let_on = check_answers(gate(question, under), {"name": ["小明"], question: [old]}, today)
    assert not let_on.screened_out
    assert let_on.answers["name"] == "小明"


@pytest.mark.parametrize(
    ("question", "under", "said"),
    [
        ("nobody", "14", "no question 'nobody'"),
        ("band", "14", "list codes here"),
        ("years", "[low]", "write an age in years"),
        ("band", "[lower]", "no option 'lower'"),
    ],
)
def test_an_age_gate_that_cannot_tell_an_age_is_refused(question, under, said):
    with pytest.raises(DefinitionError, match=said):
        gate(question, under)


def test_characters_newer_than_the_tables_stay_and_what_nobody_can_read_goes():
    newest, rare = "\U0001fae8", "\U00031350"  # a face of Unicode 15, CJK Extension H
    assert cleaned([f" {newest}{rare}\t路\x00\ue000\ud800 "]) == f"{newest}{rare} 路"
    assert cleaned(["一\r\n二\t三"], lines=False) == "一 二 三"


def test_a_code_that_ends_the_questionnaire_leads_nobody_into_the_sample_whichever_rule_says_so():
    ends = {
        "screen_out": GATE.replace("minors: {question: QUESTION, under: UNDER", "#").replace("type: single,", "type: single, screen_out: [low],"),
        "gate": GATE.replace("QUESTION", "band").replace("UNDER", "[low]"),
        "screen": GATE.replace("minors: {question: QUESTION, under: UNDER, message: {zh: \"太小了\", en: \"Too young\"}}", "screens: [{key: young, when: {not: [{in: [band, [high]]}]}, message: {zh: 太小, en: Young}}]"),
    }  # fmt: skip
    for way, text in ends.items():
        definition = parse_definition(text, "gate")
        assert [choice.code for choice in definition.leading(definition.question("band"))] == ["high"], way


def test_texts_that_would_not_fit_into_one_form_are_refused_when_the_questionnaire_is_checked():
    text = GATE.replace("minors: {question: QUESTION, under: UNDER", "#")
    long = text.replace("type: short_text,", "type: long_text, max_length: {},")
    fitting, over = (long.replace("max_length: {}", f"max_length: {most}") for most in (20_000, 20_001))
    assert parse_definition(fitting, "gate").questions[0].max_length == 20_000
    with pytest.raises(DefinitionError, match="20001 characters may be written in all"):
        parse_definition(over, "gate")
