"""Counties beside each other: ranges of ranks, and chances with all counties considered."""

import numpy as np
import pytest
from scipy import stats

from analysis.counties import County, pooled_chances, rank_ranges
from analysis.few_sites import Law
from tests.support.zones import ZONES


def counties(figures, se=0.03, df=12):
    return [County(str(at), one, se, df, 240, Law(se, df + 20.0, 120, True)) for at, one in enumerate(figures)]


def test_ranges_of_many_degrees_are_those_of_tukeys_studentised_range():
    """Equal independent errors: two counties lie apart just where the HSD test parts them (Tukey 1953)."""
    reach = float(stats.studentized_range.ppf(0.95, 5, 1e6)) * 0.03
    for gap, apart in ((reach * 0.97, False), (reach * 1.03, True)):
        found = rank_ranges(counties([0.7, 0.7 + gap, 0.7, 0.7, 0.7], df=100_000))
        assert (found["1"]["upper"] == 1) is apart
        assert (found["0"]["above"] == ["1"]) is apart


def test_few_degrees_widen_the_ranges():
    wide, narrow = (rank_ranges(counties(np.linspace(0.5, 0.9, 6), df=df)) for df in (3, 40))
    assert all(wide[name]["upper"] - wide[name]["lower"] >= row["upper"] - row["lower"] for name, row in narrow.items())
    assert narrow["5"]["upper"] < wide["5"]["upper"]


def test_full_ties_are_covered_together():
    generator, held = np.random.default_rng(11), 0
    for _ in range(40):
        errors = 0.04 * np.sqrt(generator.chisquare(3, 11) / 3)
        rows = [County(str(at), 0.7 + 0.04 * generator.normal(), one, 3, 160, None) for at, one in enumerate(errors)]
        held += all((row["lower"], row["upper"]) == (1, 11) for row in rank_ranges(rows).values())
    assert held >= 36  # 0.95 of 40, less one Monte Carlo error


def test_a_county_without_an_error_is_apart_from_none():
    rows = [*counties([0.3, 0.9], se=0.01, df=40), County("lonely", 0.5, None, 0, 20, None)]
    found = rank_ranges(rows)
    assert (found["lonely"]["lower"], found["lonely"]["upper"]) == (1, 3)
    assert (found["1"]["below"], found["1"]["upper"]) == (["0"], 2)


def test_a_unanimous_county_is_not_surely_first_for_its_zero_error():
    rows = [*counties([0.93, 0.9], se=0.03), County("all", 1.0, 0.0, 2, 12, None)]
    assert rank_ranges(rows)["all"]["upper"] > 1


def test_one_county_has_no_rank():
    assert rank_ranges(counties([0.7])) == {}


def test_all_counties_considered_draw_a_county_towards_the_others():
    found = pooled_chances(counties([0.7] * 9 + [0.62], se=0.05), ZONES)
    own = stats.t.cdf((0.7 - 0.62) / 0.05, 32)
    below = found["9"]["deduct"] + found["9"]["veto"]
    assert 0.5 < below < own
    assert sum(found["9"].values()) == pytest.approx(1)


def test_counties_far_apart_keep_their_own_chances():
    figures = np.linspace(0.35, 0.95, 12)
    found = pooled_chances(counties(figures, se=0.01, df=200), ZONES)
    assert found["0"]["veto"] > 0.999
    assert found["11"]["none"] > 0.999


def test_under_eight_counties_nothing_is_pooled():
    assert pooled_chances(counties([0.7] * 7), ZONES) == {}
