"""To another tool's format and back: what both can say comes back as it was; what they cannot is named."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import load_definition, parse_definition
from questionnaires.interchange import from_surveyjs, from_xlsform, surveyjs_out, to_surveyjs, to_xlsform
from questionnaires.interchange.assembling import KINDS
from questionnaires.interchange.comparisons import Asked, UnreadableError
from questionnaires.interchange.conditions_in import read
from questionnaires.interchange.conditions_out import surveyjs, xpath
from questionnaires.interchange.losses import OWN_TYPE, InterchangeError
from questionnaires.logic import Rule, holds, parse_rule
from questionnaires.plain import as_yaml, definition_yaml
from survey_app.files.said import FileRefusedError
from survey_app.files.xlsforms import form_sheets, from_form
from tests.questionnaires.test_answers import EVERY

SHIPPED = load_definition("citizen-experience")


@pytest.mark.parametrize("definition", [EVERY, SHIPPED], ids=["every type", "shipped"])
def test_a_definition_written_as_yaml_reads_the_same(definition):
    again = parse_definition(definition_yaml(definition))
    assert replace(again, digest="").__dict__["sections"] == definition.sections
    assert (again.screens, again.quotas, again.columns) == (definition.screens, definition.quotas, definition.columns)


@pytest.mark.parametrize("definition", [EVERY, SHIPPED], ids=["every type", "shipped"])
def test_pyxform_takes_the_workbook_without_an_error(definition, tmp_path):
    from pyxform.xls2xform import convert

    workbook = to_xlsform(definition).result
    form = convert(io.BytesIO(workbook), file_type=".xlsx", validate=False).xform
    assert all(f"/{question.key}" in form for question in definition.questions)


def carried(question):
    """What both formats keep of a question."""
    return replace(
        question, screen_out=(), attention=(), soft_required=False, faces=False, random_rows=False, options_from=None,
        options=tuple(replace(choice, fixed=False, show_if=None) for choice in question.options),
        rows=tuple(replace(row, indicators=()) for row in question.rows),
    )  # fmt: skip


@pytest.mark.parametrize("definition", [EVERY, SHIPPED], ids=["every type", "shipped"])
def test_an_xlsform_comes_back_with_everything_it_can_carry(definition):
    away = to_xlsform(definition)
    again = parse_definition(as_yaml(from_xlsform(form_sheets("form.xlsx", away.result)).result))
    for question in definition.questions:
        assert again.question(question.key) == carried(question), question.key
    assert [section.page for section in again.sections] == [section.page for section in definition.sections]
    assert [section.rule for section in again.sections] == [section.rule for section in definition.sections]
    named = {str(loss.place).split(" ")[0].split(".")[0] for loss in away.losses}
    changed = {q.key for q in definition.questions if again.question(q.key) != q}
    assert changed <= named  # nothing is lost in silence


def test_surveyjs_comes_back_with_everything_it_can_carry():
    away = to_surveyjs(EVERY)
    assert json.loads(json.dumps(away.result)) == away.result
    again = parse_definition(as_yaml(from_surveyjs(away.result).result))
    for question in EVERY.questions:
        wanted = replace(question, screen_out=(), attention=(), soft_required=False, options_from=None)
        if question.type == "statement":
            wanted = replace(wanted, help=None)
        found = again.question(question.key)
        ordered = tuple(sorted(found.options, key=lambda c: [o.code for o in question.options].index(c.code)))
        assert replace(found, options=ordered) == wanted, question.key
    assert [section.rule for section in again.sections] == [section.rule for section in EVERY.sections]
    assert {"quota", "bus_riders"} & {loss.place for loss in away.losses}


def test_what_another_tool_says_and_minyi_cannot_is_listed():
    survey = {
        "title": "Visit",
        "logo": "x.png",
        "elements": [
            {"type": "radiogroup", "name": "a", "title": {"default": "A?", "zh-cn": "甲？"}, "choices": ["x", "y"]},
            {"type": "signaturepad", "name": "sign"},
            {"type": "text", "name": "b", "title": "B?", "visibleIf": "iif({a} = 'x', 1, 2) = 1"},
        ],
    }
    carried_over = from_surveyjs(survey)
    told = {(str(loss.place), str(loss.what).split(";")[0]) for loss in carried_over.losses}
    assert ("survey", "the property 'logo'") in told
    assert ("sign", "a question of type 'signaturepad'") in told
    assert any(place == "b" and "iif" in what for place, what in told)
    assert parse_definition(as_yaml(carried_over.result)).question("a").text.zh == "甲？"


@pytest.mark.parametrize("wrong", [None, [], {}, {"pages": 3}])
def test_what_is_no_survey_is_refused(wrong):
    with pytest.raises(InterchangeError):
        from_surveyjs(wrong)
    with pytest.raises(FileRefusedError):
        form_sheets("form.xlsx", json.dumps(wrong).encode())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "rating", "rateMin": "low", "rateMax": 5}, "q: 'rateMin' must be a whole number"),
        ({"type": "rating", "rateStep": 0.5}, "q: 'rateStep' must be a whole number"),
        ({"type": "radiogroup", "choices": ["a", None]}, "q: an option has no value"),
        ({"type": "radiogroup", "choices": [{"text": "a"}]}, "q: an option has no value"),
        ({"type": "matrix", "columns": ["1"], "rows": [{"value": ["a"]}]}, "q: an option has no value"),
        ({"type": "text", "title": ["Why?"]}, "q: its words must be a text, or texts by language"),
    ],
)
def test_a_value_of_another_kind_is_named_with_its_question(wrong, said):
    with pytest.raises(InterchangeError) as error:
        from_surveyjs({"elements": [{"name": "q", **wrong}]})
    assert str(error.value) == said


@pytest.mark.parametrize(("low", "high"), [("1", "3"), (None, "3")])
def test_ends_of_a_scale_may_be_written_as_text_or_left_open(low, high):
    read = from_surveyjs({"elements": [{"type": "rating", "name": "q", "rateMin": low, "rateMax": high}]}).result
    assert [option["code"] for option in read["sections"][0]["questions"][0]["options"]] == ["1", "2", "3"]


def test_what_stands_three_times_is_told_apart_three_times():
    same = [{"value": "a", "text": "A"}] * 3
    read = from_surveyjs(
        {
            "elements": [
                {"type": "matrix", "name": "q", "columns": ["1"], "rows": same},
                {"type": "checkbox", "name": "c", "choices": ["1", "1", "1"]},
                *[{"type": "text", "name": "t"}] * 3,
            ]
        }
    ).result
    asked = read["sections"][0]["questions"]
    assert [question["key"] for question in asked] == ["q", "c", "t", "t_2", "t_3"]
    assert [row["key"] for row in asked[0]["rows"]] == ["a", "a_2", "a_3"]
    assert [option["code"] for option in asked[1]["options"]] == ["1", "1_2", "1_3"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not readable JSON: line 1"), (b'{\n"pages": [', "not readable JSON: line 2"), (b"\xff", "the file is not UTF-8 text"),
        (b"[" * 100_000, "the JSON cannot be read: it is nested too deeply, or a number is too long"),
        (b"9" * 5000, "the JSON cannot be read: it is nested too deeply, or a number is too long"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_read_is_told_in_words_of_ours(body, said):
    with pytest.raises(InterchangeError) as error:
        from_form("survey.json", body)
    assert str(error.value) == said


def test_the_survey_sheet_alone_may_be_a_csv():
    read = from_form("form.csv", "type,name,label\ntext,why,为什么？\n".encode()).result
    assert read["sections"][0]["questions"][0]["key"] == "why"


def test_a_choice_without_a_name_is_named_by_its_row():
    book = {
        "survey": [["type", "name", "label"], ["select_one a", "q", "Q"]],
        "choices": [["list_name", "label"], ["a", "x"]],
    }
    with pytest.raises(InterchangeError, match="sheet choices, row 2: an option has no value"):
        from_xlsform(book)


def test_a_workbook_without_a_survey_sheet_is_no_xlsform():
    with pytest.raises(InterchangeError):
        from_xlsform({})


LEAVES = st.sampled_from(
    [
        {"equals": ["overall", "3"]}, {"not_equals": ["overall", "5"]}, {"in": ["overall", ["1", "3"]]},
        {"at_least": ["people", 2]}, {"at_most": ["people", 4]}, {"answered": "name"}, {"contains": ["travel", "bus"]},
        {"count_at_least": ["travel", 2]}, {"count_at_most": ["travel", 1]}, {"before": ["since", "2020-01-01"]},
        {"after": ["since", "2010-01-01"]}, {"equals": ["services.health", "1"]},
    ]
)  # fmt: skip
RULES = st.recursive(
    LEAVES,
    lambda inner: (
        st.fixed_dictionaries({"not": st.lists(inner, min_size=1, max_size=1)})
        | st.fixed_dictionaries({"and": st.lists(inner, min_size=2, max_size=3)})
        | st.fixed_dictionaries({"or": st.lists(inner, min_size=2, max_size=3)})
    ),
    max_leaves=6,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "overall": st.sampled_from([1, 3, 5]), "people": st.integers(1, 6), "name": st.just("王芳"),
        "travel": st.lists(st.sampled_from(["bus", "bike", "car"]), min_size=1, max_size=3, unique=True),
        "since": st.sampled_from(["2005-01-01", "2015-01-01", "2024-01-01"]),
        "services": st.fixed_dictionaries({}, optional={"health": st.sampled_from([1, 5])}).filter(bool),
    },
)  # fmt: skip


def asked_in_every(name):
    """What a name in a condition of either format means in the questionnaire with every type."""
    key, _, row = name.replace("__", ".", 1).partition(".")
    question = EVERY.question(key)
    if question is None:
        return None
    kind = "choice" if row else KINDS.get(question.type, "text")
    return Asked(f"{key}.{row}" if row else key, kind, {code: code for code in question.codes})


@given(source=RULES, answers=ANSWERS)
def test_a_condition_means_the_same_after_the_way_there_and_back(source, answers):
    rule = parse_rule(source)
    for dialect, there in (("xlsform", xpath), ("surveyjs", surveyjs)):
        again = read(there(rule, EVERY), dialect, asked_in_every)
        assert (again if isinstance(again, bool) else holds(again, answers)) == holds(rule, answers)


@pytest.mark.parametrize(
    "source", ["", "1 +", "${a} = ${b}", "pulldata('x')", "${overall} = ${people}", "((", "' ", "${people} div 2 = 1", "${people} + 1 > 3"]
)  # fmt: skip
def test_a_condition_that_no_rule_can_say_is_refused_and_never_guessed(source):
    with pytest.raises(UnreadableError):
        read(source, "xlsform", asked_in_every)


@given(st.text(max_size=30), st.sampled_from(["xlsform", "surveyjs"]))
def test_any_text_is_read_or_refused(source, dialect):
    with suppress(UnreadableError):
        assert isinstance(read(source, dialect, asked_in_every), Rule | bool)


def test_a_type_the_format_knows_nothing_of_goes_out_as_text_and_is_said(monkeypatch):
    monkeypatch.delitem(surveyjs_out._TYPES, "date")
    carried = to_surveyjs(EVERY)
    assert [loss.place for loss in carried.losses if loss.what == OWN_TYPE] == ["since"]
