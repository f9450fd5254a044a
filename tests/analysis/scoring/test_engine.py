"""What the engine promises whoever runs the final scoring."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scoring import Satisfaction, SatisfactionError, ValuesError, load_rulebook, parse_rulebook, score
from definitions import DefinitionError

BOOK = load_rulebook("jining-2023-municipal")


def indicator(values, number, satisfaction=None):
    return next(c for c in score(BOOK, values, satisfaction).indicators if c.indicator.number == number)


@pytest.mark.parametrize(
    ("figure", "points", "void"),
    [(0.70, 0, False), (0.6996, -10, False), (0.69999999, -10, False), (0.60, -10, False), (0.5999, -10, True)],
)
def test_satisfaction_is_compared_unrounded(figure, points, void):
    card = score(BOOK, {}, Satisfaction(figure))
    assert card.indicators[-1].points == points
    assert bool(card.vetoed_by) is void
    assert (card.total is None) is void


def test_a_void_score_shows_what_it_would_have_been():
    card = score(BOOK, {"1": {"online": 0.95}}, Satisfaction(0.5)).as_dict()
    assert card["total"] is None
    assert card["score_if_not_void"] == -8.5
    assert card["vetoed_by"] == ["市民体验调查"]
    assert card["star_level"] == "未达星级"


@pytest.mark.parametrize(
    ("deducted", "incident", "void"), [(20, False, False), (20.5, False, True), (0, True, True), (4, False, False)]
)
def test_deductions_above_twenty_or_a_major_incident_void_the_whole(deducted, incident, void):
    card = score(BOOK, {"43": {"deducted_points": deducted, "major_incident": incident}}, Satisfaction(0.9))
    assert (card.total is None) is void
    assert card.if_not_void == -Decimal(str(deducted))


def test_or_needs_one_of_its_parts_and_and_needs_all():
    assert indicator({"3": {"免提交证明事项数量": 300, "电子证照证明同步制发率": 0.5}}, 3).stars == 3
    assert indicator({"3": {"免提交证明事项占比": 0.7, "电子证照证明同步制发率": 0.5}}, 3).stars == 3
    assert indicator({"3": {"免提交证明事项数量": 300, "电子证照证明同步制发率": 0.49}}, 3).stars is None


@pytest.mark.parametrize(
    ("number", "metric", "value", "stars"),
    [("35", "spacing", 6, None), ("35", "spacing", 5.99, 3), ("36", "density", 50, 3), ("36", "density", 20, 5),
     ("31", "racks", 5000, None), ("12", "second3", 0.8, 3)],
)  # fmt: skip
def test_thresholds_count_as_the_words_say(number, metric, value, stars):
    assert indicator({number: {metric: value}}, int(number)).stars == stars


def test_a_floating_share_is_compared_as_the_decimal_it_was_written():
    assert indicator({"1": {"online": 0.1 + 0.7}}, 1).stars is None  # 0.7999999999999999
    assert indicator({"1": {"online": {"numerator": 8, "denominator": 10}}}, 1).stars == 3


def test_a_higher_tier_held_without_a_lower_one_is_flagged():
    card = indicator({"41": {"support": True, "diverse": True, "social": True, "rising": True}}, 41)
    assert card.stars == 5
    assert any("4星" in flag for flag in card.flags)


def test_unknown_and_not_applicable_score_nothing_and_are_listed_apart():
    card = score(BOOK, {"19": {"scenic": {"numerator": 0, "denominator": 0}}}, Satisfaction(0.8)).as_dict()
    assert card["not_applicable"] == [{"number": 19, "metric": "智慧景区覆盖率", "reason": "景区总数量为0"}]
    assert {"number": 1, "metric": "政务服务事项在线率"} in card["unknown"]
    assert card["range"]["worst"] == -20  # unknown deductions at most, short of the veto
    assert card["range"]["may_be_void"]
    assert card["range"]["best"] == 98  # all but row 19


def test_the_next_tier_says_what_is_still_missing():
    card = indicator({"3": {"免提交证明事项数量": 400, "电子证照证明同步制发率": 0.55}}, 3)
    assert card.next.tier.stars == 4
    assert [(m.metric, m.needed, m.actual) for m in card.next.missing] == [
        ("电子证照证明同步制发率", Decimal("0.7"), Decimal("0.55"))
    ]


def test_every_wrong_value_is_reported_at_once_and_nothing_is_scored():
    wrong = {
        "1": {"online": 1.2}, "3": {"免提交证明数": 3}, "26": {"parks": -1}, "27": {"projects": "many"},
        "2": {"through": {"numerator": 9, "denominator": 8}}, "99": {"x": 1}, "8": {"建成基础数据库": "maybe"},
    }  # fmt: skip
    with pytest.raises(ValuesError) as caught:
        score(BOOK, wrong, None)
    assert len(caught.value.problems) == 7
    assert "did you mean '免提交证明事项数量'" in str(caught.value)


def test_a_retail_share_may_pass_one():
    assert indicator({"28": {"online_retail": 1.3}}, 28).stars == 5


def test_five_stars_need_the_declared_condition():
    values = {"44": {"provincial_awards": 99, "provincial_media": 9, "central_media": 9}}
    assert score(BOOK, values, Satisfaction(0.9)).total == 10
    for declared, star in ((True, "五星级"), (False, "四星级(成长型)")):
        from analysis.scoring.engine import star_of

        assert star_of(BOOK, Decimal(95), {"national_benchmark": declared}) == star


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_better_share_never_lowers_the_score(one, other):
    low, high = sorted((one, other))
    for number, metric in (("1", "online"), ("6", "opened"), ("28", "online_retail")):
        assert (
            indicator({number: {metric: low}}, int(number)).points
            <= indicator({number: {metric: high}}, int(number)).points
        )


def test_star_probabilities_follow_the_outcomes_and_sum_to_one():
    card = score(BOOK, {}, Satisfaction.from_figure(0.67, 0.03, 40))
    assert sum(card.star_probability.values()) == pytest.approx(1)
    assert card.star_probability["未达星级"] == pytest.approx(1)


def test_the_document_is_json_and_its_steps_add_up():
    values = {"1": {"online": 0.9}, "43": {"deducted_points": 2, "major_incident": False}}
    card = json.loads(json.dumps(score(BOOK, values, Satisfaction(0.65)).as_dict(), ensure_ascii=False))
    assert card["steps"][-1]["running"] == card["total"] == -11
    assert sum(step["points"] for step in card["steps"]) == card["total"]
    assert [step["number"] for step in card["steps"][-2:]] == [43, 45]


def test_an_estimate_without_the_area_is_an_error_that_lists_what_it_has():
    document = {"decision": {"figure": 0.7}, "domains": {"county": [{"level": "甲", "decision": {"figure": 0.5}}]}}
    assert Satisfaction.from_estimate(document, ("county", "甲")).figure == 0.5
    with pytest.raises(SatisfactionError, match="it has: 甲"):
        Satisfaction.from_estimate(document, ("county", "乙"))


SMALL = """id: small
title: A small rulebook
source: nowhere
level: county
stars: [{name: one, min_score: 1}]
indicators:
  - number: 1
    path: [a, b]
    name: first
    metrics:
      - {key: rate, name: Rate, kind: share}
    tiers:
      - {stars: 3, points: 1, require: "rate >= 50%"}
      - {stars: 4, points: 2, require: "rate >= 80%"}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("rate >= 50%", "rat >= 50%", 13, "did you mean 'rate'"),
        ("rate >= 50%", "rate >> 50%", 13, "cannot read the condition"),
        ("rate >= 80%", "rate >= 120%", 14, "can never be reached"),
        ("rate >= 80%", "rate >= 40%", 13, "unreachable"),
        ("points: 2", "points: 0.5", 14, "points fall"),
        ("    path", "    pth", 8, "did you mean 'path'"),
        ("stars: 3", "stars: 0", 13, "must be ≥ 1"),
        ("level: county", "level: {", 5, "not valid YAML"),
    ],
)
def test_a_faulty_rulebook_is_refused_with_the_line(old, new, line, message):
    assert parse_rulebook(SMALL, "small.yaml").indicators[0].name == "first"
    with pytest.raises(DefinitionError) as caught:
        parse_rulebook(SMALL.replace(old, new, 1), "small.yaml")
    assert any(
        problem.line in (line, line + 1) and message in str(problem.message) for problem in caught.value.problems
    )


def test_a_number_used_twice_is_found():
    second = SMALL[SMALL.index("  - number: 1") :]
    with pytest.raises(DefinitionError, match="used twice"):
        parse_rulebook(SMALL + second, "small.yaml")
