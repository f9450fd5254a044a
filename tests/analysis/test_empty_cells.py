"""What nobody answered is an empty cell with its reason, and never stops the official figure."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from tests.support.zones import RULES

FOLDER = Path(__file__).parents[1] / "reference" / "blanks"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
MEASURE = {"question": "overall", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]}
STRATIFIED = {"strata": "county", "psu": "site", "weight": "weight"}


def file(name: str) -> dict[str, list[Any]]:
    rows = list(csv.DictReader((FOLDER / name).open(encoding="utf-8")))
    return {column: [row[column] for row in rows] for column in rows[0]}


def of(
    rows: dict[str, list[Any]], figures: list[dict[str, Any]], design: dict[str, Any], **more: Any
) -> dict[str, Any]:
    plan = parse_plan(json.dumps({"measure": MEASURE, "design": design, "figures": figures} | more))
    return estimate(Cells.from_rows(rows, plan), plan, RULES).as_dict()


@pytest.mark.parametrize(
    ("name", "design", "empty"),
    [
        ("empty_cells", STRATIFIED, "c × 1, c × 2"),
        ("sparse_table", {"psu": "site", "weight": "weight"}, "c × 1, c × 2, d × 2, d × 4"),
    ],
)
def test_the_rao_scott_test_with_cells_empty_by_chance_equals_r_and_names_them(name, design, empty):
    (found,) = of(file(f"{name}.csv"), [{"table": ["age", "overall"]}], design)["figures"]
    for key, expected in REFERENCE["tables"][name].items():
        assert found[key] == pytest.approx(expected, rel=1e-10), key
    (notice,) = found["notices"]
    assert (notice["key"], notice["params"]) == ("table_cells_empty", {"cells": empty})


def reason(figure: dict[str, Any]) -> str:
    (notice,) = figure["notices"]
    return str(notice["key"])


ROWS = {
    "overall": ["5", "4", "2", "1", "5", "3", "4", "2"] * 5,
    "band": ["top", "top", "low", "low", "top", "mid", "top", "low"] * 5,
    "age": ["a", "b", "a", "b", "b", "a", "a", "b"] * 5,
    "site": [str(place // 8) for place in range(40)],
    "rating": (["3", "4", "", ""] * 10),
    "zero": ["0"] * 40,
    "silent": [""] * 40,
    "alone": ["x"] * 40,
}


@pytest.mark.parametrize(
    ("figure", "key"),
    [
        ({"table": ["band", "overall"]}, "table_follows"),
        ({"table": ["overall", "band"]}, "table_follows"),
        ({"table": ["alone", "overall"]}, "table_too_small"),
        ({"table": ["silent", "overall"]}, "no_answers"),
        ({"table": ["age", "overall"], "impossible": [["b", 3]]}, "table_impossible"),
        ({"table": ["age", "overall"], "impossible": [["b", 1]]}, "table_not_impossible"),
    ],
)
def test_a_table_that_is_empty_by_logic_has_shares_and_no_test(figure, key):
    document = of(ROWS, [figure], {"psu": "site"})
    (found,) = document["figures"]
    assert document["satisfied"]["estimate"] == pytest.approx(0.5)
    assert found["F"] is found["p"] is found["chi_square"] is None
    assert reason(found) == key
    assert sum(map(sum, found["shares"])) == pytest.approx(0.0 if key == "no_answers" else 1.0)


@pytest.mark.parametrize(
    ("figure", "key"),
    [
        ({"mean": "silent"}, "no_answers"),
        ({"total": "silent"}, "no_answers"),
        ({"quantile": "silent", "at": [0.5]}, "no_answers"),
        ({"ratio": ["rating", "silent"]}, "no_answers"),
        ({"ratio": ["rating", "zero"]}, "no_denominator"),
        ({"difference": [{"age": "a"}, {"age": "z"}]}, "no_level"),
        ({"difference": [{"age": "a", "rating": "3"}, {"age": "b", "rating": "3", "band": "mid"}]}, "no_answers"),
    ],
)
def test_a_further_figure_that_nobody_answered_is_an_empty_cell(figure, key):
    document = of(ROWS, [figure], {"psu": "site"})
    (found,) = document["figures"]
    assert document["satisfied"]["estimate"] == pytest.approx(0.5)
    assert found["estimate"] is found["se"] is found["lower"] is None
    assert found["n"] == 0
    assert reason(found) == key


def test_only_the_county_that_nobody_rated_is_empty():
    rows = ROWS | {"county": ["A", "A", "B", "B"] * 10}
    for kind in ("mean", "quantile"):
        found = {
            row["level"]: row for row in of(rows, [{kind: "rating", "by": ["county"]}], {"psu": "site"})["figures"]
        }
        assert found["A"]["estimate"] is not None
        assert found["A"]["notices"] == []
        assert reason(found["B"]) == "no_answers"


def test_services_and_areas_that_cannot_be_told_leave_the_official_figure():
    more = {"drivers": {"services": ["silent"]}, "domains": ["silent"], "small_areas": {"domain": "silent"}}
    document = of(ROWS, [], {"psu": "site"}, **more)
    assert document["satisfied"]["estimate"] == pytest.approx(0.5)
    assert "at least two services" in document["drivers"]["why"]
    assert "at least 5 areas, not 0" in document["small_areas"]["reason"]
