"""A blank is not a vote: it is counted by kind beside n, and bounds what the figure could be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.cells import Cells
from analysis.errors import CellsError
from analysis.estimation import estimate
from analysis.plan import parse_plan
from definitions import DefinitionError
from tests.analysis.test_empty_cells import MEASURE, REFERENCE, STRATIFIED, file
from tests.support.zones import RULES

NONE = {"not_shown": 0, "skipped": 0, "dont_know": 0, "refused": 0}


def document(
    rows: dict[str, list[Any]], rules: Any = RULES, measure: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    plan = parse_plan(json.dumps({"measure": MEASURE | (measure or {})} | more))
    return estimate(Cells.from_rows(rows, plan), plan, rules).as_dict()


def test_blanks_stand_beside_n_and_both_bounds_equal_r():
    found, expected = document(file("blank_official.csv"), design=STRATIFIED, domains=["county"]), REFERENCE["blanks"]
    assert (found["n"], found["responses"]) == (expected["n"], 480)
    assert found["missing"] == NONE | {"skipped": expected["skipped"]}
    assert found["satisfied"]["estimate"] == pytest.approx(expected["estimate"], rel=1e-10)
    assert found["satisfied"]["se"] == pytest.approx(expected["se"], rel=1e-10)
    assert found["bounds"] == pytest.approx({name: expected[name] for name in ("lower", "upper")}, rel=1e-10)
    for row in found["domains"]["county"]:
        assert row["bounds"] == pytest.approx(expected["counties"][row["level"]], rel=1e-10)
        assert row["n"] + row["missing"]["skipped"] == row["responses"] == 120


def test_bounds_are_taken_under_the_calibrated_weights_as_r_takes_them():
    margin = {"county": {"c0": 350, "c1": 300, "c2": 200, "c3": 150}}
    found = document(file("blank_official.csv"), design=STRATIFIED, calibration={"margins": margin})
    assert found["bounds"] == pytest.approx(REFERENCE["blanks"]["raked"], rel=1e-10)


def test_a_warning_is_given_only_where_the_bounds_cross_a_line():
    (warned,) = document(file("blank_official.csv"), design=STRATIFIED)["notices"]
    assert warned["key"] == "blanks_cross"
    assert (warned["params"]["missing"], warned["params"]["responses"]) == (90, 480)
    assert "49.79%" in warned["text"]
    assert "68.54%" in warned["text"]
    few = {"overall": ["5"] * 95 + ["1"] * 4 + [""]}
    assert document(few)["notices"] == []
    assert document(file("blank_official.csv"), None, design=STRATIFIED)["notices"] == []


CODED = {"overall": ["5"] * 40 + ["1"] * 20 + ["8"] * 3 + ["9"] * 2 + ["DK"] + [""] * 4 + ["not_shown"] * 5}


def test_codes_of_the_plan_are_no_answers_and_are_counted_apart():
    found = document(CODED, measure={"dont_know": [8, "DK"], "refused": 9})
    assert (found["n"], found["responses"]) == (60, 75)
    assert found["missing"] == {"not_shown": 5, "skipped": 4, "dont_know": 4, "refused": 2}
    assert found["satisfied"]["estimate"] == pytest.approx(40 / 60)
    assert found["bounds"] == pytest.approx({"lower": 40 / 75, "upper": 55 / 75})
    assert found["index_bounds"] == pytest.approx({"lower": 100 * 40 / 75, "upper": 100 * 55 / 75})
    assert {row["definition"]: row["figure"] for row in found["definitions"]}["top_4"] == pytest.approx(40 / 60)


def test_a_code_that_is_not_declared_is_refused_and_says_how_to_declare_it():
    with pytest.raises(CellsError, match=r"outside the plan's scale: 8, 9.*dont_know: \[8\]"):
        document({"overall": ["5", "8", "9"]})


def test_a_declared_code_counts_in_no_further_figure_either():
    rows = {"overall": ["5", "1", "9", "9"], "half": ["a", "a", "b", "b"]}
    figures = [{"mean": "overall"}, {"mean": "overall", "by": ["half"]}, {"table": ["half", "overall"]}]
    whole, first, second, table = document(rows, measure={"refused": [9]}, figures=figures)["figures"]
    assert whole["estimate"] == first["estimate"] == 3
    assert second["estimate"] is None
    assert table["columns"] == ["1", "5"]


def test_a_domain_in_which_nobody_answered_may_be_anything():
    rows = {"overall": ["5", "1", "", ""], "half": ["a", "a", "b", "b"]}
    answered, empty = document(rows, domains=["half"])["domains"]["half"]
    assert (empty["n"], empty["missing"]["skipped"], empty["bounds"]) == (0, 2, {"lower": 0, "upper": 1})
    assert answered["missing"] == NONE
    assert answered["bounds"] == {"lower": answered["estimate"], "upper": answered["estimate"]}


def test_an_index_is_bounded_by_its_own_worst_and_best_points():
    measure = {"official": "index", "points": [20, 40, 60, 80, 100]}
    rows = {"overall": ["5"] * 6 + ["1"] * 2 + [""] * 2}
    found = document(rows, measure=measure)
    assert found["index_bounds"] == pytest.approx({"lower": 68, "upper": 84})
    assert found["bounds"] == pytest.approx({"lower": 0.6, "upper": 0.8})
    assert [notice["key"] for notice in found["notices"]] == ["blanks_cross"]
    assert found["notices"][0]["params"]["lower"] == pytest.approx(0.68)


@pytest.mark.parametrize(
    ("measure", "said"),
    [({"refused": [5]}, "the code 5 stands in scale"), ({"refused": [9], "dont_know": [9]}, "each code once")],
)
def test_a_code_is_an_answer_or_one_kind_of_none(measure, said):
    with pytest.raises(DefinitionError, match=said):
        parse_plan(json.dumps({"measure": MEASURE | measure}))
