"""What to raise of an index: worked by hand."""

from __future__ import annotations

import pytest

from analysis.scoring import score
from analysis.scoring.loading import parse_rulebook
from analysis.scoring.means import asked, means
from analysis.scoring.upgrades import cheapest_upgrades
from analysis.scoring.values import among_peers, read_values
from wording import reading

BOOK = """# Invented for tests.
id: shili-index
title: 虚构
source: 虚构
level: county
stars: [{name: 合格, min_score: 2}, {name: 优秀, min_score: 5}]
no_star: 较差
indicators:
  - number: 1
    path: [甲]
    name: 甲指数
    citation: 第1条
    metrics: [{key: a, name: 办件数, kind: number}, {key: b, name: 在线项, kind: count, unit: 项}]
    derived: [{key: x, name: 指数, kind: number, index: {parts: [{weight: 0.6, of: a, by: min_max, low: 0, high: 100}, {weight: 0.4, of: b, by: distance, target: 50}]}}]
    tiers: [{stars: 3, points: 2, require: "x >= 70"}, {stars: 4, points: 5, require: "x >= 90"}]
  - number: 2
    path: [乙]
    name: 乙指数
    citation: 第2条
    metrics: [{key: c, name: 投诉数, kind: count, unit: 件}]
    derived: [{key: y, name: 指数, kind: number, index: {parts: [{of: c, by: min_max, best: low}]}}]
    tiers: [{stars: 3, points: 1, require: "y >= 50"}]
"""
GIVEN = {"1": {"a": 50, "b": 25}, "2": {"c": 9}}  # an index of 0.6 x 0.5 + 0.4 x 0.5 = 50


def test_each_part_that_is_enough_alone_is_named_with_how_far_and_else_several_together():
    book = parse_rulebook(BOOK, "x")
    row, supplied = book.indicators[0], read_values(book, GIVEN)
    three, four = row.steps
    with reading("zh"):
        # 0.6a + 0.2 = 0.7: a = 0.8333…; 0.3 + 0.4b = 0.7: b = 1
        assert str(means(row, three, supplied)) == "只动其中一项即可：办件数由50到83.34、在线项由25项到50项"
        # a at 100 gives 0.8, b at 50 gives 0.7; both: 0.6 + 0.4b = 0.9, b = 0.75 of 50, and an item is whole
        assert str(means(row, four, supplied)) == "须一起动：办件数由50到100、在线项由25项到38项"
        assert asked(row, three, supplied).startswith("指数 ≥ 70 (只动其中一项即可")
        plan = cheapest_upgrades(score(book, GIVEN, None), "合格", supplied=supplied)
        assert [one.requirement for one in plan.upgrades] == [asked(row, four, supplied)], "most points at one step"
    with reading("en"):
        assert str(means(row, three, supplied)).startswith("one of these alone is enough: 办件数 from 50 to 83.34")


def test_a_part_measured_by_the_batch_goes_as_far_as_the_best_of_it():
    book = parse_rulebook(BOOK, "x")
    row = book.indicators[1]
    given = among_peers(book, {"": GIVEN, "one": {"2": {"c": 1}}, "two": {"2": {"c": 5}}})[""]
    with reading("zh"):  # 9 is the worst of 1 to 9; at 3 it stands in the middle between 1 and 5
        assert str(means(row, row.steps[0], read_values(book, given))) == "只动其中一项即可：投诉数由9件到3件"


@pytest.mark.parametrize("given", [{}, {"1": {"a": 50}}, {"1": {"a": 100, "b": 50}}])
def test_what_is_not_known_or_not_lacking_says_nothing(given):
    book = parse_rulebook(BOOK, "x")
    row = book.indicators[0]
    assert means(row, row.steps[0], read_values(book, given)) is None
