"""Response by site, class and margin; the R-indicator with its error; the bounds that are left."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import Cells, estimate, parse_plan
from analysis.bias_told import response_told
from analysis.response import Group, r_indicator
from analysis.sampled_sites import SampledSite
from survey_app.ground.stored import as_stored
from tests.support.bias_surveys import indicator
from tests.support.zones import RULES

PLAN = parse_plan("""
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {psu: site}
calibration: {margins: {sex: {f: 1000, m: 1000}}}
weights: {fewest: 1}
""")
DRAWN = (("a", 40), ("b", 40), ("c", 20), ("d", 20))  # 500 people each, every site drawn with probability 1


def test_the_response_of_each_site_and_of_each_sex_is_counted_and_weighted_by_the_people_behind():
    found = city()["response"]
    assert [(row["level"], row["cases"], row["respondents"], row["rate"]) for row in found["groups"]] == [
        ("a", 40, 20, 0.5), ("b", 40, 10, 0.25), ("c", 20, 5, 0.25), ("d", 20, 0, 0.0),
    ]  # fmt: skip
    assert (found["basis"], found["cases"], found["respondents"]) == ("sites", 120, 35)
    assert found["rate"] == pytest.approx((0.5 + 0.25 + 0.25 + 0) / 4)
    by_sex = {row["level"]: row["rate"] for row in found["margins"]["sex"]}
    assert by_sex["f"] == pytest.approx((15 * 12.5 + 5 * 25) / 1000)  # women answered at a, and all at c
    assert by_sex["f"] + by_sex["m"] == pytest.approx(2 * found["rate"])


def test_the_bounds_are_those_of_everybody_who_did_not_answer():
    document = city()
    figure, found = document["satisfied"]["estimate"], document["response"]
    assert found["bounds"]["lower"] == pytest.approx(found["rate"] * figure)
    assert found["bounds"]["upper"] == pytest.approx(found["rate"] * figure + 1 - found["rate"])
    assert [told.key for told in response_told(document)] == ["bias.rate", "bias.bounds", "bias.indicator"]


@pytest.mark.parametrize("change", [{"planned": True}, {"drawn": None}], ids=["a take aimed at", "whoever came"])
def test_without_a_known_sample_there_is_no_rate_and_no_bound(change):
    assert city(**change)["response"] is None


def test_the_indicator_of_two_classes_is_that_by_hand():
    """Rates 0.6 and 0.2 of 50 persons each: S^2 = 0.2^2 - 1/4 (0.6 x 0.4 + 0.2 x 0.8) / 49."""
    found = r_indicator([Group("a", "", 50, 50, 30), Group("b", "", 50, 50, 10)], 0.95, drawn=False)
    spread = 0.04 - 0.25 * (0.24 / 49 + 0.16 / 49)
    assert found["value"] == pytest.approx(1 - 2 * spread**0.5)
    assert found["lower"] < found["value"] < found["upper"]


def test_limits_that_an_earlier_release_stored_are_not_computed_again_and_the_indicator_is():
    now = city()["response"]["indicator"]
    before = {key: value for key, value in now.items() if key != "by_chance"} | {"lower": 0.1, "upper": 0.9}
    assert as_stored(now, before) == before
    assert as_stored(now, now | {"lower": 0.1})["lower"] == now["lower"] != 0.1
    assert as_stored(now, before | {"value": 0.5}) != before | {"value": 0.5}


def test_one_group_has_no_indicator_and_a_stratum_of_one_site_no_error():
    assert r_indicator([Group("a", "", 50, 50, 30)], 0.95, drawn=True) is None
    alone = r_indicator([Group("a", "x", 50, 50, 30), Group("b", "y", 50, 50, 10)], 0.95, drawn=True)
    assert alone["se"] is alone["lower"] is alone["upper"] is None


def test_the_indicator_is_true_on_average_and_its_interval_covers():
    """Small and of a fixed seed; `python -m benchmarks.bias` prints the long one."""
    found = indicator(surveys=150, sites=40, persons=25, seed=5)
    assert found.mean == pytest.approx(found.truth, abs=0.012)
    assert found.covered >= 0.90


def test_the_limits_at_twelve_sites_hold_the_truth_nearly_as_often_as_they_say():
    assert indicator(surveys=200, sites=12, persons=40, seed=5).covered >= 0.92


def city(**change):
    """35 of 120 persons answered: women at a (15 of 20) and c (5 of 5), men elsewhere."""
    sites = tuple(SampledSite(name, probability=1, eligible=500, **{"drawn": drawn} | change) for name, drawn in DRAWN)
    plan = PLAN.with_sites(sites)
    people = [("a", "f")] * 15 + [("a", "m")] * 5 + [("b", "m")] * 10 + [("c", "f")] * 5
    codes = np.resize([5, 4, 2], len(people)).tolist()
    rows = {"overall": codes, "site": [site for site, _ in people], "sex": [sex for _, sex in people]}
    return estimate(Cells.from_rows(rows, plan), plan, RULES).as_dict()


def test_rates_that_differ_less_than_chance_are_said_to_and_have_no_interval():
    document = city()
    document["response"]["indicator"] |= {"value": 1.0, "lower": 1.0, "upper": 1.0}
    assert [told.key for told in response_told(document)][-1] == "bias.even"
