"""The figure by attempt and arrival, interviewers' part in its error, and modes split only where the plan allotted them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import Cells, estimate, parse_plan
from analysis.bias_told import fieldwork_told, split_told
from analysis.mode_comparison import compare_modes
from analysis.plan_fieldwork import Fieldwork
from analysis.sample import weighted_sample
from tests.support.zones import RULES
from wording import Refusal

PLAN = parse_plan("""
measure: {question: overall, satisfied: [1], scale: [0, 1]}
design: {psu: site}
fieldwork: {attempt: attempts, interviewer: who, shares: random}
""")
PLACES = np.arange(96)
ROWS = {
    "overall": (PLACES % 6 < PLACES // 6 * 5 % 7).astype(int).tolist(),
    "site": [f"s{place // 24}" for place in PLACES],
    "who": [f"w{place // 6}" for place in PLACES],
    "attempts": [[1, 1, 1, 2, 2, 10][place % 6] for place in PLACES],
}


def found(plan=PLAN, rows=ROWS):
    return estimate(Cells.from_rows(rows, plan), plan, RULES).as_dict()["fieldwork"]


def test_the_figure_by_attempt_is_that_of_a_domain_and_so_far_that_of_all_up_to_it():
    rows = found()["attempt"]["levels"]
    assert [row["level"] for row in rows] == ["1", "2", "10"]
    domains = estimate(Cells.from_rows(ROWS, PLAN), replace(PLAN, domains=("attempts",)), RULES).as_dict()["domains"]
    for row, domain in zip(rows, domains["attempts"], strict=True):
        assert {name: row[name] for name in ("level", "n", "df", "estimate", "se", "lower", "upper")} == {
            name: domain[name] for name in ("level", "n", "df", "estimate", "se", "lower", "upper")
        }
    assert rows[-1]["so_far"] == pytest.approx(np.mean(ROWS["overall"]))
    assert rows[0]["so_far"] == rows[0]["estimate"]


def test_the_last_attempt_against_the_first_is_the_plans_difference_of_two_domains():
    asked = """figures: [{difference: [{attempts: 10}, {attempts: 1}]}]"""
    plan = parse_plan(f"measure: {{question: overall, satisfied: [1], scale: [0, 1]}}\ndesign: {{psu: site}}\n{asked}")
    (row,) = estimate(Cells.from_rows(ROWS, plan), plan, RULES).as_dict()["figures"]
    moved = found()["attempt"]["difference"]
    assert [moved[name] for name in ("difference", "se", "lower", "upper", "p")] == pytest.approx(
        [row[name] for name in ("estimate", "se", "lower", "upper", "p")]
    )


def test_what_interviewers_add_is_that_of_a_nested_analysis_of_variance():
    """R 4.2.2: anova(lm(y ~ site + site:who)) of these rows; rho = (b - w) / (b + 5 w) of its two mean squares."""
    told = found()["interviewers"]
    between, within, p = 0.892361111111111, 0.15625, 5.27598484193805e-07
    assert told["rho"] == pytest.approx((between - within) / (between + 5 * within))
    assert told["p"] == pytest.approx(p)
    assert (told["interviewers"], told["sites"], told["left_out"]) == (16, 4, 0)
    assert told["lower"] < told["rho"] < told["upper"]
    assert told["design_effect"] == pytest.approx(1 + 5 * told["rho"])


def test_a_site_with_one_interviewer_is_left_out_and_with_no_other_nothing_is_said():
    one = ROWS | {"who": ["w0"] * 24 + ROWS["who"][24:]}
    assert found(rows=one)["interviewers"]["left_out"] == 24
    alone = found(rows=ROWS | {"who": ROWS["site"]})
    assert alone["interviewers"]["rho"] is None
    assert fieldwork_told(alone)[-1].text("en") == (
        "Interviewers: no site has two interviewers with answers: what these add is not identified."
    )


def test_without_random_shares_interviewers_are_not_identified():
    plan = replace(PLAN, fieldwork=Fieldwork(interviewer="who"))
    told = found(plan)["interviewers"]
    assert told["rho"] is None
    assert "not identified" in told["why"]


def test_modes_are_split_only_where_persons_were_allotted_to_them():
    rng = np.random.default_rng(5)
    rows = {
        "overall": rng.integers(0, 2, 400).tolist(), "site": [f"s{place % 20}" for place in range(400)],
        "mode": ["web" if place % 2 else "phone" for place in range(400)],
        "sex": ["f" if place % 3 else "m" for place in range(400)],
    }  # fmt: skip
    text = """
measure: {question: overall, satisfied: [1], scale: [0, 1]}
design: {psu: site}
calibration: {margins: {sex: {f: 500, m: 500}}}
domains: [mode]
"""
    split = [modes(parse_plan(text + more), rows)["split"] for more in ("", "fieldwork: {modes: random}")]
    assert split[0] == {"identified": False, "parts": []}
    assert [told.key for told in split_told(split[0], str)] == ["bias.modes_not_identified"]
    (part,) = split[1]["parts"]
    both = modes(parse_plan(text), rows)["differences"][0]
    assert part["measurement"] == both["adjusted"]["difference"]
    assert part["measurement"] + part["selection"] == pytest.approx(both["crude"]["difference"])


def test_two_parts_of_fieldwork_cannot_be_one_column():
    with pytest.raises(Refusal, match="column of their own"):
        Fieldwork(attempt="a", interviewer="a")


def modes(plan, rows):
    sample = weighted_sample(Cells.from_rows(rows, plan), plan)
    values = np.array([1.0, 0.0])[np.array([level == "0" for level in sample.cells.columns["overall"].levels], int)]
    values = values[sample.cells.columns["overall"].codes]
    return compare_modes(sample, plan, values, np.ones(len(values), dtype=bool))
