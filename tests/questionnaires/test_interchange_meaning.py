"""A form of another tool asks here what it asked there: the same questions for the same answers, or the difference is said."""

from __future__ import annotations

import json

import pytest

from questionnaires import parse_definition
from questionnaires.interchange import from_surveyjs, from_xlsform
from questionnaires.interchange.losses import InterchangeError
from questionnaires.logic import holds
from questionnaires.plain import as_yaml
from survey_app.files.xlsforms import form_sheets
from tests.questionnaires import interchange_forms as forms

READERS = {
    "xlsform": lambda said: from_xlsform(form_sheets("form.xlsx", forms.xlsform(said))),
    "surveyjs": lambda said: from_surveyjs(forms.surveyjs(said)),
}


def as_here(given, keys):
    """Answers of the other tool as Minyi types them, by its keys."""
    words = {True: "true", False: "false"}
    return {keys.get(name, name): words[value] if isinstance(value, bool) else value for name, value in given.items()}


@pytest.mark.parametrize("tool", ["xlsform", "surveyjs"])
def test_each_question_is_shown_for_the_same_of_2000_answers_as_by_the_tool_itself_or_it_is_said(tool):
    wanted = forms.shown(tool)
    said = [condition for condition in wanted if condition not in forms.IN_GROUPS]
    carried = READERS[tool](said)
    definition = parse_definition(as_yaml(carried.result))
    told = {str(loss.place) for loss in carried.losses}
    given = [as_here(each, {"own-car": "own_car", "x__y": "x_y"}) for each in forms.answers(tool)]
    differ = []
    for place, condition in enumerate([*said, *forms.IN_GROUPS]):
        key = condition if condition in forms.IN_GROUPS else f"q{place}"
        rule = definition.rules[key]
        shown = [rule is None or holds(rule, answers) for answers in given]
        if shown != wanted[condition] and key not in told:
            differ.append((condition, sum(a != b for a, b in zip(shown, wanted[condition], strict=True))))
    assert not differ
    unsaid = {"xlsform": 2, "surveyjs": 9}[tool]  # of the conditions, those that no rule can say
    assert sum(key.startswith("q") for key in told) <= unsaid


def book(survey, choices=(), settings=()):
    """Sheets of an XLSForm as the reader gets them."""
    return {"survey": survey, "choices": [["list_name", "name", "label"], *choices], "settings": settings}


def read(survey, choices=(), settings=()):
    carried = from_xlsform(book(survey, choices, settings))
    return parse_definition(as_yaml(carried.result)), {str(loss.place): str(loss.what) for loss in carried.losses}


@pytest.mark.parametrize(
    ("columns", "words", "zh", "en"),
    [
        (["label::English (en)", "label::French (fr)", "label::Chinese (zh)"], ["Yes", "Oui", "是"], "是", "Yes"),
        (["label::German (de)"], ["Ja"], "Ja", "Ja"),
        (["LABEL"], ["满意"], "满意", "满意"),
        (["Label : English"], ["Yes"], "Yes", "Yes"),
        (["label::zh-Hant", "label::zh-Hans"], ["滿意", "满意"], "满意", "满意"),
    ],
)
def test_a_text_is_taken_in_the_language_that_its_column_names(columns, words, zh, en):
    definition, _told = read([["TYPE", "Name", *columns], ["text", "q", *words]])
    assert (definition.question("q").text.zh, definition.question("q").text.en) == (zh, en)


def test_names_that_cannot_stand_here_are_changed_and_listed():
    definition, told = read(
        [["type", "name", "label", "relevant"], ["select_one yn", "own-car", "甲", ""], ["text", "a__b", "乙", "${own-car} = 'y'"],
         ["text", "own_car", "丙${own-car}", ""], ["text", "1st", "丁", "selected(${own-car}, 'y')"]],
        [["yn", "y", "是"], ["yn", "y", "否"]],
    )  # fmt: skip
    assert [q.key for q in definition.questions] == ["own_car", "a_b", "own_car_2", "q_1st"]
    assert definition.questions[2].text.zh == "丙{own_car}"
    assert definition.questions[3].rule.question == "own_car"
    assert [option.code for option in definition.questions[0].options] == ["y", "y_2"]
    assert {"own-car", "a__b", "own_car", "1st"} <= told.keys()


def test_a_form_of_very_many_texts_is_taken_with_shorter_ones_and_it_is_said():
    definition, told = read([["type", "name", "label"], *(["text", f"t{n}", "甲"] for n in range(50))])
    assert (definition.questions[49].max_length, "400" in told["texts"]) == (400, True)


def test_or_other_brings_an_option_with_words_of_ones_own():
    definition, _told = read([["type", "name", "label"], ["select_one yn or_other", "q", "甲"]], [["yn", "y", "是"]])
    assert definition.question("q").other_field == "q__other"


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["select_one gone", "q", "甲"]], "row 2"),
        ([["", "", ""], ["text", "", "甲"]], "row 3"),
        ([["end_group", "", ""]], "row 2"),
        ([["begin_group", "g", "甲"], ["text", "q", "乙"]], "row 2"),
    ],
)
def test_what_is_wrong_is_said_with_sheet_and_row(rows, place):
    with pytest.raises(InterchangeError, match=f"sheet survey, {place}"):
        from_xlsform(book([["type", "name", "label"], *rows]))


def test_limits_that_contradict_are_said_at_their_row_and_not_in_a_yaml_that_nobody_saw():
    rows = [["type", "name", "label", "constraint"], ["integer", "age", "岁", ". >= 18 and . <= 5"]]
    with pytest.raises(InterchangeError, match="sheet survey, row 2"):
        from_xlsform(book(rows))


def test_a_condition_on_a_later_question_is_said_not_read():
    _definition, told = read(
        [["type", "name", "label", "relevant"], ["text", "a", "甲", "${b} = 'x'"], ["text", "b", "乙", ""]]
    )
    assert "${b} = 'x'" in told["a"]


def test_a_form_as_one_text_is_read_as_a_workbook(tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        'survey\n,type,name,label\n,select_one yn,q,"满意吗"\nchoices\n,list_name,name,label\n,yn,1,是\n',
        encoding="utf-8",
    )
    assert options_of(path) == ["1"]


def test_a_form_in_an_old_workbook_is_read_as_one_in_a_new():
    assert options_of(forms.REFERENCE / "form.xls") == ["1"]  # by LibreOffice, the code as a number


def options_of(path):
    definition = parse_definition(as_yaml(from_xlsform(form_sheets(path.name, path)).result))
    return [option.code for option in definition.question("q").options]


def test_ratings_booleans_and_checks_of_surveyjs_come_along():
    elements = [
        {"type": "rating", "name": "seven", "title": "七", "rateCount": 7}, {"type": "boolean", "name": "yes", "title": "是否"},
        {"type": "tagbox", "name": "tags", "title": "标签", "choices": ["x", "y"]},
        {"type": "text", "name": "n", "title": "数", "inputType": "number", "validators": [{"type": "numeric", "minValue": 0, "maxValue": 9}]},
        {"type": "radiogroup", "name": "old", "title": "旧", "choices": ["low|太低", "high|太高"]},
        {"type": "rating", "name": "zero", "title": "零", "rateMin": 0, "rateMax": 5},
    ]  # fmt: skip
    definition = parse_definition(as_yaml(from_surveyjs({"elements": elements}).result))
    seven, yes, tags, n, old, zero = definition.questions
    assert (len(seven.options), [c.code for c in yes.options], tags.type) == (7, ["true", "false"], "multiple")
    assert (n.minimum, n.maximum, old.options[0].text.zh) == (0, 9, "太低")
    assert (zero.type, zero.options[0].code) == ("single", "0")  # 0 of a scale would say 'not used'


@pytest.mark.parametrize(
    "wrong", [{"pages": [1]}, {"elements": [{"type": "checkbox", "name": "a", "choices": 3}]}, {"elements": [["x"]]}]
)
def test_a_survey_of_another_shape_is_refused_with_a_sentence(wrong):
    with pytest.raises(InterchangeError):
        from_surveyjs(json.loads(json.dumps(wrong)))
