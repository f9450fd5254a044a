"""What each kind of rule promises: its points, the range of the unknown, the next step, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from analysis.scoring import Satisfaction, parse_rulebook, score
from analysis.scoring.gaps import gaps
from analysis.scoring.kinds import sentences
from analysis.scoring.upgrades import cheapest_upgrades
from analysis.scoring.values import read_values
from analysis.scoring.why import why_in_words
from definitions import DefinitionError

HEAD = """id: invented
title: Invented
source: invented for this test
level: county
stars: [{name: 合格, min_score: 6}, {name: 优秀, min_score: 9}]
indicators:
"""
NAMED = """
  - number: 1
    path: [a]
    name: 等级
    metrics: [{key: rate, name: 覆盖率, kind: share}, {key: grade, name: 等次, kind: number}]
    tiers:
      - {name: 良好, points: 2, require: "rate >= 80%"}
      - {name: 优秀, points: 3, require: ["rate >= 90%", "grade = 1"]}
"""
LINE = """
  - number: 2
    path: [a]
    name: 比例
    metrics: [{key: rate, name: 办结率, kind: share, ratio_of: [办结数量, 受理数量]}]
    line: {metric: rate, points: [[60%, 0], [90%, 3], [100%, 5]]}
"""
DOWN = """
  - number: 3
    path: [a]
    name: 时间
    metrics: [{key: days, name: 办理天数, kind: number, unit: 天}]
    line: {metric: days, points: [[1, 2], [11, 0]], decimals: 2}
"""
CASES = """
  - number: 4
    path: [a]
    name: 扣分
    metrics:
      - {key: late, name: 逾期, kind: count, unit: 件}
      - {key: fraud, name: 弄虚作假, kind: count, unit: 起}
      - {key: fatal, name: 出现重大事故, kind: yes_no}
    cases:
      start: 3
      least: 0
      each: [{metric: late, points_each: -0.5, cap: 2}, {metric: fraud, points_each: -2}]
    veto: ["fraud > 2", fatal]
"""


def book(*rows, head=HEAD):
    return parse_rulebook(head + "".join(rows), "invented.yaml")


def row_of(text, values, figure=None):
    [row] = score(book(text), values, figure).indicators
    return row


@pytest.mark.parametrize(
    ("text", "values", "points", "least", "most", "why"),
    [
        (NAMED, {"rate": 0.8, "grade": 2}, 2, 2, 2, "覆盖率 ≥ 80%【80%】"),
        (NAMED, {"rate": 0.95, "grade": 1}, 3, 3, 3, "覆盖率 ≥ 90%【95%】;等次 = 1【1】"),
        (NAMED, {"rate": 0.95}, 2, 2, 3, "覆盖率 ≥ 80%【95%】"),
        (NAMED, {"rate": 0.7, "grade": 1}, 0, 0, 0, "未达到“良好”:覆盖率 ≥ 80%【70%】"),
        (LINE, {"rate": 0.5}, 0, 0, 0, "办结率【50%】 0分"),
        (LINE, {"rate": 0.75}, "1.5", "1.5", "1.5", "办结率【75%】 1.5分"),
        (LINE, {"rate": {"numerator": 19, "denominator": 20}}, 4, 4, 4, "办结率【95%】 4分"),
        (LINE, {}, 0, 0, 5, "办结率【未知】 0分"),
        (DOWN, {"days": 4}, "1.4", "1.4", "1.4", "办理天数【4天】 1.4分"),
        (DOWN, {"days": 30}, 0, 0, 0, "办理天数【30天】 0分"),
        (CASES, {"late": 3, "fraud": 0, "fatal": False}, "1.5", "1.5", "1.5", "逾期【3件】 -1.5分;弄虚作假【0起】 0分;重大事故【否】"),
        (CASES, {"late": 9, "fraud": 1, "fatal": False}, 0, 0, 0, "逾期【9件】 -2分;弄虚作假【1起】 -2分;重大事故【否】"),
        (CASES, {"late": 0, "fatal": False}, 3, 0, 3, "逾期【0件】 0分;弄虚作假【未知】 0分;重大事故【否】"),
    ],
)  # fmt: skip
def test_a_rule_gives_points_a_range_and_a_reason(text, values, points, least, most, why):
    row = row_of(text, {text.split("number: ")[1][0]: values})
    assert (row.points, row.worst, row.best) == tuple(map(Decimal, map(str, (points, least, most))))
    assert row.why == why
    assert not any("一" <= sign <= "鿿" for sign in _without_names(text, why_in_words(row.why, "en")))


def _without_names(text, told):
    names = [
        part.split("name: ")[1].split(",")[0].split("}")[0].strip() for part in text.split("{")[1:] if "name: " in part
    ]
    for name in [*names, "重大事故", "件", "起", "天"]:
        told = told.replace(name, "")
    return told


@pytest.mark.parametrize(
    ("values", "veto", "may"),
    [({"late": 0, "fraud": 3, "fatal": False}, True, False), ({"late": 0, "fraud": 0, "fatal": True}, True, False),
     ({"late": 0, "fraud": 0}, False, True), ({"late": 0, "fraud": 2, "fatal": False}, False, False)],
)  # fmt: skip
def test_any_of_several_vetoes_makes_the_whole_void(values, veto, may):
    row = row_of(CASES, {"4": values})
    assert (row.veto, row.may_veto) == (veto, may)
    assert row.why.endswith("整体不得分") is veto


def test_each_kind_says_its_rule_in_both_languages():
    told = [
        (said.text("zh"), said.text("en"))
        for text in (LINE, CASES)
        for row in book(text).indicators
        for said in sentences(row)
    ]
    assert told[0] == (
        "办结率按比例计分:60%得0分、90%得3分、100%得5分,其间按直线",
        "办结率 in proportion: 60% gives 0 points, 90% gives 3 points, 100% gives 5 points, straight between them",
    )
    assert [zh for zh, _ in told[1:]] == [
        "基础分3分", "逾期每件减0.5分,最多2分", "弄虚作假每起减2分", "本项最低0分", "弄虚作假超过2起,整体不得分", "出现重大事故,整体不得分",
    ]  # fmt: skip


def test_a_gap_on_a_line_is_its_next_corner_and_named_tiers_keep_their_names():
    rules, values = book(NAMED, LINE), {"1": {"rate": 0.85, "grade": 1}, "2": {"rate": 0.8}}
    card = score(rules, values, None)
    found = {gap.indicator.number: gap for gap in gaps(card, read_values(rules, values))}
    assert (found[2].tier.said, found[2].gain, found[2].lost, found[2].lacks.distance) == ("90%", 1, 3, Decimal("0.1"))
    assert (found[1].tier.said, found[1].gain) == ("优秀", 1)
    first, second = card.as_dict()["indicators"]
    assert (first["tier"], first["next"]["name"], second["next"]["missing"][0]["text"]) == (
        "良好",
        "优秀",
        "办结率 ≥ 90%",
    )


def test_the_least_effort_climbs_a_line_only_as_far_as_is_needed():
    rules = book(NAMED, LINE, DOWN)
    card = score(rules, {"1": {"rate": 0.85, "grade": 2}, "2": {"rate": 0.75}, "3": {"days": 6}}, None)  # 2 + 1.5 + 1
    effort = {1: 5.0, 2: 1.0, 3: 4.0}
    plan = cheapest_upgrades(card, "合格", effort)
    assert (plan.total, plan.effort) == (Decimal(6), pytest.approx(0.5))
    [row] = plan.upgrades
    assert (row.requirement, row.gain, row.to_name) == ("办结率 ≥ 90%", Decimal("1.5"), "90%")
    part = cheapest_upgrades(
        score(rules, {"1": {"rate": 0.95, "grade": 1}, "2": {"rate": 0.75}, "3": {"days": 6}}, None), "合格", effort
    )
    assert (part.upgrades[0].requirement, part.total) == ("办结率 ≥ 80%", Decimal(6))  # half a point of three on 30 %


@pytest.mark.parametrize("target", ["合格", "优秀"])
@pytest.mark.parametrize("rate", [0.5, 0.65, 0.92])
def test_no_finer_search_finds_a_cheaper_plan(target, rate):
    rules = book(NAMED, LINE, DOWN)
    card = score(rules, {"1": {"rate": 0.85, "grade": 2}, "2": {"rate": rate}, "3": {"days": 9}}, None)
    effort = {1: 0.7, 2: 1.0, 3: 0.4}
    plan = cheapest_upgrades(card, target, effort)
    needed = {"合格": 6, "优秀": 9}[target]
    now = float(card.indicators[1].points)
    corners = [(0.0, 0.0), (3.0, 1.0), (5.0, 2.0)]

    def place(points):  # of the second line, in steps
        left, right = corners[:2] if points <= 3 else corners[1:]
        return left[1] + (points - left[0]) / (right[0] - left[0])

    grid = [now + (5 - now) * step / 400 for step in range(401)]
    costs = [
        0.7 * one + (place(two) - place(now)) + 0.4 * three / 2
        for one, two, three in product((0, 1), grid, [1.6 * step / 160 for step in range(161)])
        if 2 + one + two + 0.4 + three >= needed - 1e-9
    ]
    if not costs:
        assert not plan.reachable
        return
    assert plan.reachable
    assert plan.total >= needed
    assert plan.effort <= min(costs) + 1e-6


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (NAMED, "name: 良好, ", "", "a tier has stars or a name"),
        (NAMED, '["rate >= 90%", "grade = 1"]', '{any: ["rate >= 70%", "grade = 1"]}', "unreachable"),
        (NAMED, "grade = 1", "grade == 1", "cannot read the condition"),
        (LINE, "[90%, 3]", "[50%, 3]", "the values rising"),
        (LINE, "[90%, 3]", "[90%, 8]", "rise or fall all the way"),
        (LINE, "[100%, 5]", "[120%, 5]", "above 100%"),
        (LINE, "60%", "六成", "is no number"),
        (DOWN, "kind: number", "kind: yes_no", "has no line"),
        (LINE, "metric: rate", "metric: rat", "did you mean 'rate'"),
        (LINE, "line: {metric", "line: {metrc", "did you mean 'metric'"),
        (CASES.replace("      least: 0\n", ""), '"fraud > 2", ', "", "has no end"),
        (CASES, "-0.5", "0", "cannot be 0"),
        (CASES, "points_each: -2", "points_each: 2", "need 'most'"),
        (CASES, "least: 0", "least: 4", "'least' cannot lie above"),
        (CASES, "fraud > 2", "fraud >> 2", "cannot read the condition"),
        (CASES, "    cases:", "    kind: tiered\n    cases:", "rules of kind 'cases' stand in an indicator of kind 'tiered'"),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_refused_with_its_indicator_and_line(text, old, new, said):
    number = text.split("number: ")[1][0]
    with pytest.raises(DefinitionError) as caught:
        book(text.replace(old, new, 1))
    problem = next(one for one in caught.value.problems if said in str(one))
    assert f"indicator {number}: " in str(problem.message)
    assert problem.line > HEAD.count("\n") + 1


def test_a_line_and_cases_take_part_in_total_star_and_void():
    card = score(book(NAMED, LINE, DOWN, CASES), {"2": {"rate": 1}, "3": {"days": 1}}, Satisfaction(0.9))
    assert (card.total, card.star_level, card.worst, card.best, card.may_be_void) == (10, "优秀", 7, 13, True)
