"""Questions as columns of single values."""

from __future__ import annotations

from questionnaires import load_definition
from questionnaires.items import items_of

LIBRARY = items_of(load_definition("citizen-experience"))
SAID = {"overall": 2, "services": {"bus": 4, "parking": 0}, "improve": ["speed", "reply"], "comment": "很好"}


def test_columns_have_the_names_of_the_data_files_in_the_questionnaires_order():
    names = list(LIBRARY)
    assert names[:5] == ["home", "age", "overall", "improve_speed", "improve_easy"]
    assert names[-5:] == ["service_app", "recommend", "comment", "sex", "years"]
    assert "services_parking" in names


def test_an_option_that_was_not_chosen_is_no_and_an_unanswered_question_is_nothing():
    assert [LIBRARY[f"improve_{code}"].level(SAID) for code in ("speed", "easy")] == ["1", "0"]
    assert LIBRARY["improve_speed"].level({}) is None


def test_a_code_that_says_there_is_no_answer_is_no_level():
    assert LIBRARY["services_bus"].level(SAID) == "4"
    assert LIBRARY["services_parking"].level(SAID) is None
    assert "0" not in LIBRARY["services_parking"].levels


def test_an_open_question_is_told_by_whether_somebody_wrote():
    assert LIBRARY["comment"].level(SAID) == "1"
    assert LIBRARY["comment"].level({"comment": ""}) is None
