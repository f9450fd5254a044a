"""Whatever lines a rulebook draws, every figure, sentence and probability follows them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.decision import decide, outcome_probabilities
from analysis.scoring import Satisfaction, load_rulebook, parse_rulebook, score
from analysis.scoring.kinds import sentences
from analysis.scoring.rules import SatisfactionRule, ZoneRule
from analysis.zones import Rules, Zones
from definitions import DefinitionError
from tests.support.zones import RULES, ZONES, odd_text
from wording import in_words

ODD = parse_rulebook(odd_text("jining-2023-municipal"), "odd.yaml")
THREE = SatisfactionRule(
    zones=(
        ZoneRule(Decimal("0.85"), Decimal(-3)), ZoneRule(Decimal("0.75"), Decimal(-8)), ZoneRule(Decimal("0.5"), void=True),
    )
).as_zones("three")  # fmt: skip
VALUES = {"43": {"deducted_points": 0, "major_incident": False}}


def test_jinings_zones_keep_their_keys_lines_and_points():
    assert [(zone.key, zone.below, zone.number) for zone in ZONES.zones] == [
        ("none", None, 0), ("deduct", 0.7, -10), ("veto", 0.6, None),
    ]  # fmt: skip
    assert ZONES.rulebook == "jining-2023-municipal"
    assert replace(load_rulebook("jining-2023-county").zones, rulebook=ZONES.rulebook, digest=ZONES.digest) == ZONES


@pytest.mark.parametrize(
    ("figure", "key"),
    [
        (0.7, "none"),
        (0.7 - 1e-13, "none"),
        (0.7 - 1e-11, "deduct"),
        (0.6, "deduct"),
        (0.6 - 1e-11, "veto"),
        (0, "veto"),
    ],
)
def test_a_figure_on_a_line_lies_above_it(figure, key):
    assert ZONES.of(figure).key == key


@given(st.floats(0.02, 0.98), st.floats(0.001, 0.2), st.integers(3, 200), st.sampled_from([ZONES, ODD.zones, THREE]))
def test_probabilities_of_any_zones_sum_to_one_and_none_is_negative(figure, se, df, zones):
    chances = outcome_probabilities(figure, se, df, zones)
    assert list(chances) == list(zones.keys)
    assert sum(chances.values()) == pytest.approx(1)
    assert min(chances.values()) >= 0


def test_three_lines_make_four_zones_with_keys_of_their_own():
    assert THREE.keys == ("none", "deduct_1", "deduct_2", "veto")
    assert [THREE.of(figure).number for figure in (0.9, 0.8, 0.6, 0.4)] == [0, -3, -8, None]
    assert THREE.lines == (0.5, 0.75, 0.85)
    assert decide(0.8, 0.02, 40, THREE)["outcome"] == "deduct_1"


def test_a_rulebook_without_a_line_decides_nothing_and_costs_nothing():
    free = replace(ODD, indicators=tuple(row for row in ODD.indicators if row.satisfaction is None)).zones
    assert free.of(0.1).number == 0
    assert outcome_probabilities(0.1, 0.02, 40, free) == {"none": 1.0}
    assert free.distance(0.1) is None


@pytest.mark.parametrize(
    ("share", "points", "sentence", "void"),
    [
        (0.72, Decimal(0), "公众满意度【72%】不扣分", False),
        (0.717, Decimal(0), "公众满意度【71.7%】不扣分", False),
        (0.7, Decimal("-7.3"), "公众满意度【70%】低于71.7%,减7.3分", False),
        (0.613, Decimal("-7.3"), "公众满意度【61.3%】低于71.7%,减7.3分", False),
        (0.6, Decimal("-7.3"), "公众满意度【60%】低于61.3%,整体不得分", True),
    ],
)
def test_points_sentence_star_and_probability_follow_the_same_lines(share, points, sentence, void):
    card = score(ODD, VALUES, Satisfaction.from_figure(share))
    row = card.indicators[-1]
    assert (row.points, row.why, row.veto) == (points, sentence, void)
    assert card.star_probability[card.star_level] == 1.0
    assert bool(card.vetoed_by) is void


def test_the_incident_that_voids_is_named_after_its_metric():
    row = next(row for row in score(ODD, VALUES, None).indicators if row.indicator.kind == "deduction")
    assert row.why == "累计扣分【0分】;严重数据泄露【否】"


def test_rules_and_zones_come_back_from_json():
    assert Rules.from_dict(RULES.as_dict()) == RULES
    assert Zones.from_dict(ODD.zones.as_dict()) == ODD.zones


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{deduct_below: 0.7, void_below: 0.6}", "deduct_below and points belong together"),
        ("{deduct_below: 0.7, points: 10, void_below: 0.6}", "negative"),
        ("{deduct_below: 0.5, points: -10, void_below: 0.6}", "a lower figure must cost more"),
        ("{zones: [{below: 0.7, points: -5}, {below: 0.6, points: -5}]}", "a lower figure must cost more"),
        ("{zones: [{below: 0.7, points: -5}, {below: 0.7, void: true}]}", "two zones end at 0.7"),
        ("{zones: [{below: 70, points: -5}]}", "a line is a share"),
        ("{zones: [{below: 0.7}]}", "either takes points off or makes the whole void"),
        ("{zones: [{below: 0.7, points: -5}], void_below: 0.6}", "write either zones"),
        ("{}", "no zone is written"),
    ],
)
def test_zones_that_make_no_sense_are_refused_with_what_is_wrong(written, said):
    text = odd_text("jining-2023-municipal").replace("{deduct_below: 0.717, points: -7.3, void_below: 0.613}", written)
    with pytest.raises(DefinitionError, match=said):
        parse_rulebook(text, "odd.yaml")


def in_chinese(row) -> list[str]:
    return [in_words(said, "zh") for said in sentences(row)]


def test_rules_without_tiers_are_worded_from_their_data():
    said = {row.number: in_chinese(row) for row in load_rulebook("jining-2023-municipal").indicators}
    assert said[45] == ["公众满意度低于70%,减10分", "公众满意度低于60%,整体不得分"]
    assert said[43] == ["减去累计扣分", "累计扣分超过20分,整体不得分", "出现重大网络安全事件,整体不得分"]
    assert said[44][0].endswith("每项加0.5分,最高3分")
    assert said[44][-1] == "本项最高10分"
    assert said[1] == []
    odd = {row.number: in_chinese(row) for row in ODD.indicators}
    assert odd[45] == ["公众满意度低于71.7%,减7.3分", "公众满意度低于61.3%,整体不得分"]
