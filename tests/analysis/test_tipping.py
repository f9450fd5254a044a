"""What unequal answering would do: kappa, its interval, and the sentence that says so where nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Cells, estimate, parse_plan
from analysis.bias_told import response_told, tipping_told
from analysis.intervals import Interval
from analysis.tipping import QUARTER, Mixture, tipping_of_share
from analysis.verdict import figure_text
from tests.support.zones import RULES, ZONES

PLAN = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"
shares = st.floats(0.01, 0.99)


@given(shares, st.floats(0.2, 5))
def test_at_its_kappa_the_truth_lies_on_the_line_and_more_answers_of_the_satisfied_mean_a_lower_truth(share, kappa):
    own = Mixture(share)
    truth = own.truth(kappa)
    assert own.kappa(truth) == pytest.approx(kappa)
    assert truth <= share if kappa <= 1 else truth >= share


@given(shares, shares, shares)
def test_the_interval_of_kappa_holds_one_where_the_interval_of_the_figure_holds_the_line(one, two, three):
    low, share, high = sorted((one, two, three))
    for row in tipping_of_share(share, Interval(low, high, "wald"), ZONES)["lines"]:
        inside = row["lower"] <= 1 <= row["upper"]
        assert inside == (low <= row["line"] <= high) or min(abs(low - row["line"]), abs(high - row["line"])) < 1e-9


def test_a_unanimous_figure_has_no_kappa_and_says_so():
    everyone = tipping_of_share(1.0, Interval(0.9, 1.0, "wald"), ZONES)
    assert all(row["kappa"] is row["lower"] is row["upper"] is None for row in everyone["lines"])
    assert everyone["quarter"] == 1.0
    found = answers([5, 5, 5, 4])
    assert [told.key for told in tipping_told(found, ZONES)] == [
        "bias.no_tip", "bias.quarter", "bias.unmeasured", "bias.no_rate",
    ]  # fmt: skip


def test_without_a_degree_of_freedom_kappa_stands_without_an_interval():
    assert {row["lower"] for row in tipping_of_share(0.65, None, ZONES)["lines"]} == {None}


def test_where_the_dissatisfied_answer_a_quarter_less_the_sentence_names_the_truth():
    """Truth 0.70: the dissatisfied answer with 0.45, the satisfied with 0.60."""
    rng = np.random.default_rng(19)
    satisfied = rng.random(40_000) < 0.70
    answered = rng.random(40_000) < np.where(satisfied, 0.60, 0.45)
    found = answers([5 if one else 2 for one in satisfied[answered]])
    assert found["decision"]["figure"] == pytest.approx(0.757, abs=0.006)  # nearly six points too high
    assert found["tipping"]["quarter"] == pytest.approx(0.70, abs=0.006)
    said = " ".join(told.text("en") for told in tipping_told(found, ZONES))
    quarter, figure = (
        figure_text(value, ZONES) for value in (found["tipping"]["quarter"], found["decision"]["figure"])
    )
    assert f"the figure is {quarter} and not {figure}" in said
    assert said.endswith("There is no response rate, so no bound.")
    assert [told.key for told in response_told(found)] == ["bias.no_rate"]


def test_a_figure_just_below_a_line_is_not_rounded_onto_it():
    found = answers([5] * 6997 + [2] * 3003)
    assert "and not 69.9%" in " ".join(told.text("en") for told in tipping_told(found, ZONES))


def test_of_an_index_kappa_moves_the_index_to_the_line_and_its_interval_is_that_of_a_ratio():
    found = answers([5, 4, 3, 2, 5, 4, 1, 5, 4, 4, 2, 5], "official: index")["tipping"]
    own = Mixture(found["share"], found["satisfied"], found["others"])
    for row in found["lines"]:
        assert own.truth(row["kappa"]) == pytest.approx(row["line"])
        assert row["lower"] < row["kappa"] < row["upper"]
        assert row["lower"] * row["upper"] == pytest.approx(row["kappa"] ** 2)  # even on the logarithm
    assert own.truth(QUARTER) == pytest.approx(found["quarter"])


def test_a_result_without_a_rulebook_has_no_tipping_point():
    plan = parse_plan(PLAN)
    found = estimate(Cells.from_rows({"overall": [5, 4, 2]}, plan), plan).as_dict()
    assert found["tipping"] is None
    assert tipping_told(found, ZONES) == []


def answers(codes, measure=""):
    plan = parse_plan(PLAN.replace("}", f", {measure}}}") if measure else PLAN)
    return estimate(Cells.from_rows({"overall": codes}, plan), plan, RULES).as_dict()
