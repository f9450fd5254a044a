"""Whole surveys of a plan under scenarios: what a simulation must show where the answer is known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from analysis import Rules, parse_plan
from analysis.drawing import FrameSite
from analysis.plan import Plan
from analysis.plan_draw import DrawRule
from analysis.scenarios import Cost, Response, Scenario, Scenarios
from analysis.simulated import Simulated, summed
from analysis.simulation import prepared, surveys
from tests.support.zones import ZONES
from wording import Refusal

FRAME = [
    FrameSite(
        f"{county}{at}", county, 300 + 90 * (at * 7 % 11) + 4000 * (at == 0), None, (116 + at / 10, 35.0 + at % 3 / 10)
    )
    for county in ("甲", "乙")
    for at in range(24)
]
PLAN = """
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: county, psu: site, weight: base_weight, pps: {}}
weights: {sites: drawn.csv}
draw: {method: sampford, take: 10, invited: 20, sites: {甲: 8, 乙: 10}}
calibration: {margins: {sex: {男: 30000, 女: 32000}}}
domains: [county, sex]
singleton: adjust
"""
FREE = Cost()
AS_PLANNED = Scenario(Decimal("0.74"), response=Decimal("0.5"))


def simulated(
    plan: Plan, scenario: Scenario = AS_PLANNED, number: int = 40, cost: Cost = FREE, seed: int = 3
) -> Simulated:
    of = prepared(plan, FRAME, Scenarios({"": scenario}))
    found = list(surveys(of, scenario, cost, number, np.random.SeedSequence(seed)))
    return summed("", found, list(of.members), "county", Rules(ZONES, ZONES, ("county",)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("method: sampford", "method: pivotal"),
        ("pps: {}}", "pps: {joint: joint.csv}}"),
        ("weights: {sites: drawn.csv}\n", ""),
        (", pps: {}}\nweights: {sites: drawn.csv}", "}"),
    ],
)
def test_a_survey_answered_as_planned_is_without_bias_and_its_intervals_hold_the_truth(old, new):
    found = simulated(parse_plan(PLAN.replace(old, new) if old else PLAN))
    for area in found.areas:
        assert abs(area.bias) < 3.5 * area.estimate.sd / 40**0.5, area.area
        assert area.covered > 0.82
        assert 0.6 < area.margin / (2.1 * area.estimate.sd) < 2.2
    assert found.answers.mean == pytest.approx(180, rel=0.05)
    assert found.not_estimated == 0


def test_where_the_dissatisfied_answer_less_the_bias_is_the_one_that_can_be_reckoned():
    away = Scenario(Decimal("0.7"), Decimal("0"), Response(Decimal("0.8"), Decimal("0.4")))
    expected = 0.7 * 0.8 / (0.7 * 0.8 + 0.3 * 0.4) - 0.7
    assert simulated(parse_plan(PLAN), away).areas[0].bias == pytest.approx(expected, abs=0.02)


def test_one_county_may_be_otherwise_and_decides_by_its_own_share():
    worse = Scenario({"甲": Decimal("0.45"), "others": Decimal("0.85")}, Decimal("0.02"))
    whole, first, second = simulated(parse_plan(PLAN), worse).areas
    assert (whole.area, first.area, second.area) == ("", "甲", "乙")
    assert first.outcomes["veto"] > 0.95 < second.outcomes["none"]
    assert first.right > 0.95
    assert first.decided <= first.right
    assert sum(whole.outcomes.values()) == pytest.approx(1)


def test_the_same_seed_draws_the_same_surveys_and_costs_what_was_drawn():
    cost = Cost(site=100, invitation=1, answer=Decimal("2.5"))
    first, again = (simulated(parse_plan(PLAN), number=20, cost=cost) for _ in range(2))
    assert first == again
    assert first.cost.mean == pytest.approx(18 * 100 + 18 * 20 + 2.5 * first.answers.mean)
    assert simulated(parse_plan(PLAN), number=20, seed=4).areas != first.areas


def test_a_county_below_the_plans_minimum_has_no_figure_in_those_surveys():
    found = simulated(parse_plan(PLAN + "minimum: {answers: 80, sites: 3, df: 3}\n"), number=20)
    whole, first, _ = found.areas
    assert whole.without_figure == 0
    assert 0.2 < first.without_figure <= 1


def test_a_site_where_nobody_answers_is_silent_and_an_answerless_survey_is_told():
    plan = parse_plan(
        PLAN.replace("take: 10, invited: 20", "take: 1, invited: 5").replace(
            "sites: {甲: 8, 乙: 10}", "sites: {甲: 2, 乙: 2}"
        )
    )
    found = simulated(plan, replace(AS_PLANNED, response=Decimal("0.2")), number=40)
    assert 0 < found.not_estimated < 40
    assert found.refused is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("draw: {method: sampford, take: 10, invited: 20, sites: {甲: 8, 乙: 10}}\n", "", "the plan has no draw"),
        ("甲: 8", "丙: 8", "'甲' has 24 sites in the frame, and the plan draws 0"),
        ("甲: 8", "甲: 25", "the plan draws 25"),
        ("invited: 20", "invited: 2000", "the plan asks 2000"),
        ("scale: [1, 2, 3, 4, 5]", "scale: [1, 2, 3, 4, 5], official: index", "official: share only"),
        ("strata: county, ", "", "needs strata and psu"),
    ],
)
def test_a_plan_that_cannot_be_simulated_is_refused_in_words(old, new, said):
    with pytest.raises(Refusal, match=said):
        simulated(parse_plan(PLAN.replace(old, new)))


@pytest.mark.parametrize(
    ("satisfied", "said"),
    [
        ({"甲": Decimal("0.7")}, "says no share for '乙'"),
        ({"丁": Decimal("0.7"), "others": Decimal("0.7")}, "'丁' of scenario"),
    ],
)
def test_a_scenario_names_the_counties_of_the_frame(satisfied, said):
    with pytest.raises(Refusal, match=said):
        simulated(parse_plan(PLAN), Scenario(satisfied))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Scenario(Decimal("1.2")), "between 0 and 1"),
        (lambda: Scenario(Decimal("0.7"), icc=Decimal("1")), "icc"),
        (lambda: Scenario(Decimal("0.7"), response=Decimal("0")), "response"),
        (lambda: Response(Decimal("0.5"), Decimal("1.5")), "response"),
        (lambda: Cost(site=-1), "negative"),
        (lambda: Scenarios({}), "at least one"),
        (lambda: Scenarios({"": AS_PLANNED}, surveys=5), "surveys: 20 to"),
        (lambda: Scenarios({"": AS_PLANNED}, seed=-1), "seed"),
        (lambda: DrawRule(seed=-1), "seed"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_in_words(make, said):
    with pytest.raises(Refusal, match=said):
        make()


def test_what_a_simulation_leaves_out_of_the_plan_is_listed():
    plan = parse_plan(PLAN.replace("domains: [county, sex]", "domains: [county, sex, age]\nflagged: {column: flagged}"))
    of = prepared(plan, FRAME, Scenarios({"": AS_PLANNED}))
    assert of.left_out == ("flagged", "domains.age")
    assert of.at_random == ("sex",)
