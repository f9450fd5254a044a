"""What a next survey would settle is said with its chance, and comes true that often."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.decision import decide, shares_by_chance
from analysis.next_survey import NO_NUMBER, Spread, next_survey, told, withhold_next_survey
from analysis.promises import chances_inside
from survey_app.ground.stored import as_stored
from tests.support.next_surveys import pairs
from tests.support.zones import ZONES


def test_a_next_survey_settles_as_often_as_this_one_says():
    """`benchmarks/next_survey.py` with fewer surveys."""
    found = list(pairs(150, seed=7))
    for size in ("1", "2", "4", "named"):
        stated, came = np.array([(pair.stated, pair.settled) for pair in found if pair.size == size]).T
        error = np.sqrt((stated * (1 - stated)).sum()) / len(stated)
        assert came.mean() == pytest.approx(stated.mean(), abs=3 * error), size


def test_near_a_line_no_number_is_named_and_the_whole_frame_has_its_own_chance():
    spread = Spread(9e-5, 8e-5, n=2000, sites=100, strata=2, population_sites=300)
    found = decide(0.70, 0.013, 98, ZONES, spread)
    assert found["to_settle"] == NO_NUMBER
    chances = {row["times"]: row["probability"] for row in found["settling"]}
    assert list(chances) == [1, 2, 4, None]
    assert chances[4] is None  # more than there are
    assert chances[1] < chances[2] < chances[None] < 0.8
    assert "no number of sites" in "; ".join(map(str, told(found)))


def test_the_number_named_is_the_first_that_settles_often_enough():
    truths = shares_by_chance(0.66, 0.02, 38, 800)
    needed, _ = next_survey(truths, 38, ZONES, Spread(3e-4, 1e-4, 800, 40, 1))
    assert needed is not None
    for more, often in ((0, True), (1, False)):
        sites = 40 + needed["sites"] - more
        errors = np.sqrt(4e-4 / (0.66 * 0.34) * 40 / sites * truths * (1 - truths))
        chance = chances_inside(truths, errors, sites - 2, ZONES).sum(axis=1).mean()
        assert (chance >= 0.8) == often


def test_the_run_of_a_closed_survey_says_nothing_of_a_next_one():
    found = decide(0.68, 0.013, 98, ZONES, Spread(9e-5, 8e-5, 2000, 100, 2))
    assert found["to_settle"]["sites"] > 0
    withhold_next_survey(found)
    assert (found["to_settle"], found["settling"], told(found)) == (NO_NUMBER, [], [])


def test_what_an_earlier_release_reckoned_of_settling_is_verified_by_the_rest():
    again = decide(0.68, 0.013, 98, ZONES, Spread(9e-5, 8e-5, 2000, 100, 2))
    earlier = {key: value for key, value in again.items() if key != "settling"}
    earlier["to_settle"] = {"sites": 461, "interviews_per_site": 20, "interviews_same_sites": None}
    assert as_stored(again, earlier) == earlier
    assert as_stored(again, earlier | {"points": 0}) != earlier | {"points": 0}
