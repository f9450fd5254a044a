"""The editor's work on a questionnaire's YAML: what it does not change stays, what it changes is right everywhere."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from definitions import same
from questionnaires import parse_definition
from questionnaires.definition import Definition, Question, Section
from questionnaires.editing import steps
from questionnaires.editing.boxes import boxes_of, entered, shown
from questionnaires.editing.findings import findings, readable
from questionnaires.editing.places import ABOUT, Place, outline, questions_in
from questionnaires.editing.rules import Line, lines_of, rule_of
from questionnaires.loading import ONLY_FOR

SHIPPED = [*Path("questionnaires/library").glob("*.yaml"), *Path("tests/questionnaires").glob("*_*.yaml")]
TEXTS = {path.stem: text for path in SHIPPED if "\nsections:" in (text := path.read_text(encoding="utf-8"))}
EVERY = TEXTS["every_type"]


def filled(text: str, place: Place, **boxes: list[str]) -> str:
    """`text` after the form of a piece came back with other values in some boxes; '__' in a name is a point."""
    data = steps.document(text)
    part = steps.part_of(data, place)
    sent = shown(boxes_of(place.record), part) | {name.replace("__", "."): value for name, value in boxes.items()}
    return steps.text_of(text, steps.put(data, place, entered(boxes_of(place.record), part, sent)))


@pytest.mark.parametrize("name", TEXTS)
def test_every_shipped_questionnaire_goes_through_the_editor_byte_for_byte(name):
    data = steps.document(TEXTS[name])
    for place in (ABOUT, *outline(data)):
        assert filled(TEXTS[name], place) == TEXTS[name], place


@pytest.mark.parametrize("name", TEXTS)
def test_a_changed_text_changes_its_own_line_alone(name):
    data = steps.document(TEXTS[name])
    for place in list(outline(data))[::4]:
        box = "text__zh" if place.question is not None else "title__zh"
        after = filled(TEXTS[name], place, **{box: ["改过的“话”"]})
        pairs = zip(TEXTS[name].splitlines(), after.splitlines(), strict=True)
        assert [two.count("改过的“话”") for one, two in pairs if one != two] == [1], place


def test_every_key_of_the_format_has_a_box():
    for record, kind, apart in (
        ("about", Definition, "sections"),
        ("section", Section, "questions"),
        ("question", Question, "rule"),
    ):
        assert {box.name for box in boxes_of(record)} == {part.name for part in fields(kind)} - {apart, "digest"}
    kinds = {box.kind for record in ("about", "section", "question") for box in boxes_of(record)}
    assert kinds == {"text", "rule", "flag", "one_of", "words", "number", "day", "codes", "list", "record", "columns"}


def test_what_is_filled_in_is_written_as_the_format_has_it():
    since = Place(0, 3)
    assert "latest: 2020-02-03" in filled(EVERY, since, latest=["2020-02-03"])
    assert "minimum: 1.5," in filled(EVERY, Place(0, 2), minimum=["１.５"])
    assert "whole" not in filled(EVERY, Place(0, 2), whole=[]).splitlines()[23]
    assert 'minimum: "viel"' in filled(EVERY, Place(0, 2), minimum=["viel"]).replace("minimum: viel", 'minimum: "viel"')
    more = filled(EVERY, Place(1, 0), options__more=["轮渡 | Ferry\n其他的|"])
    codes = [choice.code for choice in parse_definition(more).question("travel").options]
    assert codes[-2:] == ["1", "2"]
    gate = filled(TEXTS["citizen-experience"], ABOUT, minors__under=["under16, 16-29"])
    assert parse_definition(gate).minors.under == ("under16", "16-29")


@pytest.mark.parametrize("kind", steps.TYPES)
def test_a_new_question_of_every_type_can_be_read_at_once_and_as_every_other_type(kind):
    data = steps.document(steps.begin("标题", "Title", "new"))
    data, place = steps.add(data, ABOUT, kind)
    text = steps.text_of("id: new\n", data)
    assert findings(text, data)[0] is not None, findings(text, data)[1]
    for other in steps.TYPES:
        part = steps.retyped(steps.part_of(data, place), other)
        turned = steps.put(data, place, part)
        definition, found = findings(steps.text_of(text, turned), turned)
        assert definition is not None, (other, found)
        assert not [key for key in part if key in ONLY_FOR and other not in ONLY_FOR[key]]


def test_a_question_that_is_called_otherwise_is_followed_wherever_it_is_named():
    data = steps.document(EVERY)
    asked = {question["key"]: f"new_{question['key']}" for question in questions_in(data)}
    for question in questions_in(data):
        question["key"] = asked[question["key"]]
    data = steps.renamed(data, asked, {("overall", "5"): "9", ("services", "health"): "doctor"})
    said = str(data)
    assert "'new_services.doctor'" in said
    assert "{new_name}，您家有几口人" in said
    assert data["sections"][3]["show_if"] == {"not_equals": ["new_overall", "9"]}
    assert data["columns"] == {"measure": "new_overall"}


def test_pieces_are_added_moved_copied_and_removed():
    data = steps.document(EVERY)
    keys = [question["key"] for question in questions_in(data)]

    def now(done: tuple[steps.Data, Place]) -> list[str]:
        return [question["key"] for question in questions_in(done[0])]

    assert now(steps.move(data, Place(0, 1), -1))[:2] == ["name", "welcome"]
    assert steps.move(data, Place(1, 0), -1)[1] == Place(0, 5)  # over the border of its section
    assert steps.move(data, Place(0, 4), 1)[1] == Place(1, 0)
    assert now(steps.move(data, Place(0, 0), -1)) == keys
    assert now(steps.move(data, Place(0, 0), Place(0, 3)))[:4] == ["name", "people", "since", "welcome"]
    assert now(steps.move(data, Place(4, 1), Place(2)))[6:9] == ["overall", "check", "recommend"]
    assert now(steps.move(data, Place(2), -1))[5:7] == ["overall", "check"]
    assert now(steps.remove(data, Place(0, 1))) == [key for key in keys if key != "name"]
    twice = steps.duplicate(data, Place(3))
    assert (twice[1], len(questions_in(twice[0]))) == (Place(4), len(keys) + 3)
    copied = twice[0]["sections"][4]["questions"]
    assert copied[1]["show_if"] == {"equals": ["services_1.health", "1"]}  # its copy asks about the copy
    assert same(twice[0]["sections"][3], data["sections"][3])
    before = steps.text_of(EVERY, steps.move(data, Place(0, 1), -1)[0])
    assert sorted(before.splitlines()) == sorted(EVERY.splitlines())


@pytest.mark.parametrize(
    ("rule", "joined", "lines"),
    [
        (None, "and", []),
        ({"in": ["a", ["1", "2"]]}, "and", [Line("a", "in", ("1", "2"))]),
        ({"not": [{"answered": "a"}]}, "and", [Line("a", "not answered")]),
        ({"or": [{"at_least": ["a", "3"]}, {"contains": ["b", "x"]}]}, "or", [Line("a", "at_least", ("3",)), Line("b", "contains", ("x",))]),
    ],
)  # fmt: skip
def test_a_rule_is_lines_and_lines_are_a_rule(rule, joined, lines):
    assert lines_of(rule) == (joined, lines)
    assert rule_of(joined, lines) == rule


def test_a_rule_of_several_levels_is_shown_and_kept():
    deep = {"and": [{"answered": "a"}, {"or": [{"answered": "b"}, {"answered": "c"}]}]}
    assert lines_of(deep) is None
    many = Place(4, 2)
    after = filled(EVERY, many, text__en=["All often?"], show_if__join=["or"])
    assert [line for line in after.splitlines() if "count_at_least" in line] == [
        line for line in EVERY.splitlines() if "count_at_least" in line
    ]


def test_several_values_of_one_line_are_as_many_comparisons():
    assert rule_of("and", [Line("a", "equals", ("1", "2"))]) == {"in": ["a", ["1", "2"]]}
    assert rule_of("or", [Line("a", "contains", ("x", "y"))]) == {
        "or": [{"contains": ["a", "x"]}, {"contains": ["a", "y"]}]
    }


def test_what_the_checks_find_stands_at_its_piece_and_what_is_wrong_is_left_out_of_the_preview():
    data = steps.document(EVERY)
    data["sections"][0]["questions"][2]["minimum"] = "viel"
    data["sections"][4]["questions"][0]["options"] = []
    data["colour"] = "red"
    text = steps.text_of(EVERY, data)
    definition, found = findings(text, data)
    assert definition is None
    assert {(str(one.place), one.box) for one in found} >= {("s0q2", "minimum"), ("about", "colour")}
    assert readable(text, data) is None  # what is wrong with the whole cannot be left out
    del data["colour"]
    kept = readable(steps.text_of(EVERY, data), data)
    assert kept is not None
    assert {question["key"] for question in questions_in(data)} - {q.key for q in kept.questions} >= {
        "people",
        "district",
    }
    good, told = findings(EVERY, steps.document(EVERY))
    assert good is not None
    assert ("s2q0", "text", "warning") in {(str(one.place), one.box, one.level) for one in told}


ODD = ["5", "null", "{a: b}", "[5]", "[null]", "[{code: 1}, 5]", "true"]


@pytest.mark.parametrize(
    "text",
    [
        *("sections: [1]", "sections: null", "sections: {a: b}", "sections: [{questions: null}]", "{}"),
        *(f"sections: [{{questions: {odd}}}, {{questions: [{{key: q}}]}}]" for odd in ODD),
        *(
            f"sections: [{{title: {{zh: a}}, questions: [{{key: q, type: {kind}, {name}: {odd}}}]}}]"
            for kind in ("single", "matrix")
            for name in ("options", "rows", "show_if", "text", "screen_out")
            for odd in ODD
        ),
    ],
)
def test_a_draft_that_says_odd_things_can_still_be_worked_on(text):
    """What is typed into the YAML need be no questionnaire: every step and every box still answers."""
    data = steps.document(text)
    for place in (Place(), *(each for each in outline(data) if each.inside(data) is not None)):
        part = dict(place.inside(data) or {})
        boxes = boxes_of(place.record)
        forged = {"options.0.was": ["1" * 5000], "options.0.code": ["7"], "screen_out": ["7"], "text.zh": ["新"]}
        assert entered(boxes, part, shown(boxes, part) | forged) is not None
        for changed, _next in (
            steps.add(data, place, "single"), steps.add(data, place, "section"), steps.duplicate(data, place),
            steps.move(data, place, 1), steps.move(data, place, -1), steps.move(data, place, Place(0)), steps.remove(data, place),
        ):  # fmt: skip
            assert steps.document(steps.text_of(text, changed)) == changed
        assert steps.retyped(part, "matrix")["type"] == "matrix"
