"""Open answers beside a sampled figure: the measured gap, Meng's size from it alone, and what pseudo-weights can do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import Cells, estimate, parse_plan
from analysis.bias_told import open_told
from analysis.pseudo_weights import beside_told, open_beside, open_plan, propensity
from analysis.sample import weighted_sample
from tests.support.bias_surveys import PLAN, beside, city, sampled, volunteers
from tests.support.zones import RULES


def test_pseudo_weights_undo_volunteering_by_age_and_not_by_satisfaction():
    """Small and of a fixed seed; `python -m benchmarks.bias` prints the long one."""
    rng = np.random.default_rng(19)
    found = {by: np.mean([beside(city(rng), rng, by) for _ in range(12)], axis=0) for by in ("age", "satisfaction")}
    assert found["age"][0] < -0.04
    assert abs(found["age"][1]) < 0.015
    assert found["satisfaction"][1] == pytest.approx(found["satisfaction"][0], abs=0.01)
    assert found["satisfaction"][1] > 0.09


def test_the_score_equations_hold():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(8), *(np.arange(8) % 4 == place for place in (1, 2, 3)), np.arange(8) // 4 == 1])
    weight, count = rng.uniform(500, 900, 8), rng.integers(5, 60, 8).astype(float)
    chance = 1 / (1 + np.exp(-(x @ propensity(x, weight, x, count))))
    assert (weight * chance) @ x == pytest.approx(count @ x)


def test_the_gap_is_measured_first_and_the_effective_size_comes_of_it_alone():
    found = of_one_city("satisfaction")
    raw, size = found["raw"], found["effective"]
    variance = found["sampled"] * (1 - found["sampled"])
    assert raw["difference"] == pytest.approx(raw["estimate"] - found["sampled"])
    assert size["value"] == pytest.approx(variance / raw["difference"] ** 2)
    assert size["lower"] == pytest.approx(variance / raw["upper"] ** 2)
    assert size["upper"] == pytest.approx(variance / raw["lower"] ** 2)
    assert [told.key for told in beside_told(found)] == [
        "bias.beside_gap", "bias.beside_effective", "bias.beside_weighted", "bias.beside_never",
    ]  # fmt: skip


def test_where_there_may_be_no_gap_their_size_has_no_upper_limit():
    people = np.random.default_rng(8)
    own = sampled(city(people), people)
    found = made(own, own)  # the same people again: no gap at all
    assert found["raw"]["difference"] == pytest.approx(found["raw"]["estimate"] - found["sampled"])
    assert found["raw"]["lower"] <= 0 <= found["raw"]["upper"]
    assert found["effective"]["upper"] is None


def test_a_group_without_open_answers_has_no_pseudo_weights_and_says_why():
    rng = np.random.default_rng(4)
    people = city(rng)
    other = volunteers(people, rng, "age")
    young = {
        name: [one for one, age in zip(column, other["age"], strict=True) if age == "18-29"]
        for name, column in other.items()
    }
    found = made(sampled(people, rng), young)
    assert found["weighted"] is None
    assert beside_told(found)[-2].text("en") == (
        "No pseudo-weights: some group has no open answer, and pseudo-weights cannot speak for it."
    )


def test_one_variable_under_two_names_counts_once():
    rng = np.random.default_rng(2)
    people = city(rng)
    own, other = sampled(people, rng), volunteers(people, rng, "age")
    twice = replace(PLAN, domains=("again",))
    plain, doubled = made(own, other), made(own | {"again": own["age"]}, other | {"again": other["age"]}, twice)
    assert doubled["variables"] == ["age", "sex", "again"]
    assert doubled["weighted"] == pytest.approx(plain["weighted"])


def test_few_open_answers_say_nothing():
    rng = np.random.default_rng(4)
    people = city(rng)
    few = {name: column[:29] for name, column in volunteers(people, rng, "age").items()}
    assert made(sampled(people, rng), few) is None
    assert beside_told(None) == []


def test_an_open_file_knows_who_took_part_and_what_the_others_would_have_to_think():
    text = """
measure: {question: overall, satisfied: [1], scale: [0, 1]}
calibration: {margins: {sex: {f: 500, m: 500}}}
sampling: open
"""
    rows = {"overall": [1] * 150 + [0] * 50, "sex": ["f", "m"] * 100}
    plan = parse_plan(text)
    found = estimate(Cells.from_rows(rows, plan), plan, RULES).as_dict()["open"]
    assert found["bounds"] == pytest.approx({"lower": 0.15, "upper": 0.95})
    assert [(row["threshold"], row["participation"]) for row in found["tipping"]] == [(0.6, 0.2), (0.7, 0.2)]
    assert [row["others"] for row in found["tipping"]] == pytest.approx([(0.6 - 0.15) / 0.8, (0.7 - 0.15) / 0.8])
    assert [told.key for told in open_told(found)] == ["bias.others", "bias.others", "bias.taken_part"]


def of_one_city(by):
    rng = np.random.default_rng(2)
    people = city(rng)
    return made(sampled(people, rng), volunteers(people, rng, by))


def made(own, other, plan=PLAN):
    sample = weighted_sample(Cells.from_rows(own, plan), plan)
    return open_beside(sample, plan, Cells.from_rows(other, open_plan(plan)))
