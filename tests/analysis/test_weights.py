"""Nonresponse classes, trimming and diagnostics."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.plan import parse_plan
from analysis.weights import trim_evenly
from tests.support.zones import RULES

ROWS = {
    "area": ["a"] * 4 + ["b"] * 6,
    "site": ["1", "1", "2", "2", "3", "3", "4", "4", "5", "5"],
    "w": [2.0] * 10,
    "y": [5, 4, 2, 1, 5, 5, 5, 4, 4, 1],
}


def estimated(dispositions: list[dict[str, Any]], **more: Any):
    document = {
        "measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"psu": "site", "weight": "w"},
        "nonresponse": {"classes": ["area"], "dispositions": dispositions, **more},
    }
    plan = parse_plan(json.dumps(document))
    return estimate(Cells.from_rows(ROWS, plan), plan, RULES)


def test_respondents_carry_the_nonrespondents_of_their_class():
    result = estimated([{"area": "a", "eligible": 8, "respondents": 4}, {"area": "b", "eligible": 6, "respondents": 6}])
    assert result.sum_weights == pytest.approx(4 * 2 * 2 + 6 * 2)
    assert result.overall.satisfied.estimate == pytest.approx((2 * 4 + 5 * 2) / 28)
    rows = result.calibration["nonresponse"]
    assert [(row["levels"], row["response_rate"], row["factor"]) for row in rows] == [
        (["a"], 0.5, 2.0),
        (["b"], 1.0, 1.0),
    ]


def test_cases_of_unknown_eligibility_count_at_the_rate_of_their_class():
    table = [
        {"area": "a", "eligible": 6, "respondents": 4, "ineligible": 2, "unknown": 4},
        {"area": "b", "eligible": 6, "respondents": 6},
    ]
    assert estimated(table).calibration["nonresponse"][0]["factor"] == pytest.approx((6 + 4 * 0.75) / 4)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([{"area": "a", "eligible": 8, "respondents": 4}], "no class area=b"),
        ([{"area": "a", "eligible": 80, "respondents": 4}, {"area": "b", "eligible": 6, "respondents": 6}], "merge classes"),
        ([{"area": "a", "eligible": 3, "respondents": 4}, {"area": "b", "eligible": 6, "respondents": 6}], "at most eligible"),
        ([{"area": "a", "eligible": 8}], "lack the column respondents"),
        ([{"area": "a", "eligible": "many", "respondents": 4}], "must be a number"),
        ([{"area": "a", "eligible": 8, "respondents": 4}] * 2, "stands twice"),
    ],
)  # fmt: skip
def test_faulty_dispositions_are_refused_in_words(table, said):
    with pytest.raises(AnalysisError, match=said):
        estimated(table)


@given(st.lists(st.tuples(st.floats(0.1, 50), st.integers(1, 9)), min_size=2, max_size=30), st.floats(1.05, 6))
def test_trimming_evenly_keeps_the_sum_and_the_ceiling(rows, ratio):
    weight, counts = np.array([w for w, _ in rows]), np.array([float(c) for _, c in rows])
    ceiling = ratio * float((weight * counts).sum() / counts.sum())
    cut = trim_evenly(weight, counts, ceiling)
    assert (cut * counts).sum() == pytest.approx((weight * counts).sum())
    assert (cut <= ceiling * (1 + 1e-12)).all()


def test_diagnostics_stand_before_and_after():
    result = estimated([{"area": "a", "eligible": 8, "respondents": 4}, {"area": "b", "eligible": 6, "respondents": 6}])
    before, after = result.weights["before"], result.weights["after"]
    assert (before["minimum"], before["median"], before["maximum"], before["kish_deff"]) == (2, 2, 2, 1)
    assert (after["minimum"], after["median"], after["maximum"]) == (2, 2, 4)
    assert after["kish_deff"] == pytest.approx(10 * (4 * 16 + 6 * 4) / 28**2)
    assert after["effective_n"] == pytest.approx(10 / after["kish_deff"])
    assert result.weights["largest_influence"]["psu"] == "2"
