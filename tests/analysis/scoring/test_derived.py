"""Metrics made of others: worked by hand, in the range that what is unknown leaves, and in a batch as alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from analysis.scoring import ValuesError, parse_rulebook, score
from analysis.scoring.derived import Change, Index, Part, Rank
from analysis.scoring.kinds import sentences
from analysis.scoring.outlook import OutlookError, Range, SatisfactionLaw, outlook
from analysis.scoring.values import among_peers, read_values
from definitions import DefinitionError
from tests.analysis.scoring.test_kinds import HEAD

D = Decimal
RANKED = """
  - number: 1
    path: [a]
    name: 位次
    metrics: [{key: gdp, name: 增速, kind: number}]
    derived: [{key: place, name: 名次, kind: number, unit: 名, rank: {of: gdp, ties: best}}]
    tiers: [{name: 前三, points: 6, require: "place <= 3"}, {name: 第一, points: 10, require: "place = 1"}]
"""
BATCHED = """
  - number: 2
    path: [a]
    name: 指数
    metrics: [{key: roads, name: 路网, kind: number}, {key: days, name: 天数, kind: number}]
    derived:
      - {key: idx, name: 指数, kind: number, index: {parts: [{of: roads, by: min_max}, {of: days, by: min_max, best: low}]}}
      - {key: place, name: 名次, kind: number, rank: {of: idx, ties: mean, quantile: true}}
    line: {metric: place, points: [[0, 10], [1, 0]]}
"""


def at(**known):
    return lambda key: (D(str(known[key])),) * 2 if known.get(key) is not None else None


def peers(*values):
    return lambda key: [None if value is None else D(str(value)) for value in values]


@pytest.mark.parametrize(
    ("ties", "quantile", "mine", "place"),
    [("best", False, 30, 2), ("mean", False, 30, D("2.5")), ("worst", False, 30, 3), ("best", True, 30, D("0.5")),
     ("best", False, 50, 1), ("best", False, 10, 4)],
)  # fmt: skip
def test_a_place_among_equals_goes_by_the_stated_rule(ties, quantile, mine, place):
    rank = Rank("x", ties, quantile=quantile)
    assert rank.value(at(x=mine), peers(40, 30, 20)) == (place, place)


def test_places_of_a_whole_batch_do_not_hang_on_its_order_and_add_up():
    for values in permutations([40, 30, 30, 20]):
        places = [
            Rank("x", "mean").value(at(x=one), peers(*values[:place], *values[place + 1 :]))[0]
            for place, one in enumerate(values)
        ]
        assert sum(places) == 10


def test_units_that_have_not_reported_may_still_stand_before():
    assert Rank("x", "best").value(at(x=30), peers(40, None, None)) == (2, 4)
    assert Rank("x", "best").value(at(x=None), peers(40, 20)) == (1, 3)
    assert Rank("x", "best", best="low").value(at(x=30), peers(40, 20)) == (2, 2)


@pytest.mark.parametrize(
    ("part", "mine", "others", "value"),
    [
        (Part(of="x", by="min_max", low=D(10), high=D(30)), 15, (), D("0.25")),
        (Part(of="x", by="min_max", low=D(10), high=D(30)), 99, (), 1),
        (Part(of="x", by="min_max", low=D(10), high=D(30), best="low"), 15, (), D("0.75")),
        (Part(of="x", by="min_max"), 15, (10, 30), D("0.25")),
        (Part(of="x", by="min_max"), 35, (10, 30), 1),
        (Part(of="x", by="min_max"), 7, (7, 7), 1),
        (Part(of="x", by="distance", target=D(40)), 30, (), D("0.75")),
        (Part(of="x", by="distance", target=D(40)), 80, (), 1),
        (Part(of="x", by="distance", target=D(3), best="low"), 4, (), D("0.75")),
        (Part(of="x", by="z", average=D(50), sd=D(10)), 65, (), D("1.5")),
        (Part(of="x", by="z", best="low"), 2, (4, 6), D(2) / (D(8) / 3).sqrt()),
        (Part(of="x", by="z"), 3, (3,), 0),
    ],
)  # fmt: skip
def test_a_part_is_brought_to_the_common_scale(part, mine, others, value):
    assert part.value(at(x=mine), peers(*others)) == (value, value)


def test_means_weights_and_nested_parts_as_worked_by_hand():
    inner = Part(
        D("0.5"),
        name="m",
        mean="geometric",
        parts=(Part(of="a", by="distance", target=D(1)), Part(of="b", by="distance", target=D(1))),
    )
    index = Index((inner, Part(D("0.5"), of="c", by="distance", target=D(1))))
    assert index.value(at(a="0.4", b="0.9", c="0.2"), peers())[0] == 40  # 100 (0.5 √0.36 + 0.5 x 0.2)
    assert index.value(at(a="0.4", b="0.9"), peers()) == (30, 80)  # c anything from 0 to 1
    assert Index((replace(inner, weight=None),), scale=D(10), base=D(50)).value(at(a=0, b="0.9"), peers())[0] == 50


def test_a_change_is_a_difference_or_growth_and_growth_of_nothing_is_not_known():
    assert Change("a", "b").value(at(a="0.7", b="0.75"), peers())[0] == D("-0.05")
    assert Change("a", "b", "growth").value(at(a=33, b=30), peers())[0] == D("0.1")
    assert Change("a", "b", "growth").value(at(a=33, b=0), peers()) is None


def test_alone_a_rank_is_not_known_and_in_a_batch_it_is():
    book = parse_rulebook(HEAD + RANKED, "r.yaml")
    alone = score(book, {"1": {"gdp": 5}}, None)
    assert (alone.total, alone.best, alone.indicators[0].unknown) == (0, 10, ("名次",))
    batch = among_peers(
        book, {"甲": {"1": {"gdp": 5}}, "乙": {"1": {"gdp": 7}}, "丙": {"1": {}}, "丁": {"1": {"gdp": "many"}}}
    )
    second = score(book, batch["甲"], None)
    assert (second.total, second.best) == (0, 6)  # 丙 and 丁 may come before: second at best, fourth at worst
    assert second.indicators[0].next.requirement == "名次 ≤ 3名"
    known = among_peers(book, {"甲": {"1": {"gdp": 5}}, "乙": {"1": {"gdp": 7}}})
    card = score(book, known["甲"], None)
    assert (card.total, card.indicators[0].why, card.best) == (6, "名次 ≤ 3名【2名】", 6)
    assert read_values(book, known["甲"]).peers == {(1, "gdp"): (D(7),)}


def test_an_index_by_the_batch_is_ranked_by_the_index_of_the_others():
    book = parse_rulebook(HEAD + BATCHED, "b.yaml")
    batch = among_peers(
        book,
        {
            name: {"2": {"roads": roads, "days": days}}
            for name, roads, days in (("甲", 10, 9), ("乙", 20, 5), ("丙", 30, 1))
        },
    )
    cards = {name: score(book, given, None) for name, given in batch.items()}
    assert {name: str(read_values(book, given).of(2, "idx").known.normalize()) for name, given in batch.items()} == {
        "甲": "0", "乙": "5E+1", "丙": "1E+2",
    }  # fmt: skip
    assert [card.total for card in cards.values()] == [0, D("3.3333"), D("6.6667")]


def test_what_is_derived_is_not_entered_and_not_drawn_from():
    book = parse_rulebook(HEAD + RANKED, "r.yaml")
    with pytest.raises(ValuesError):
        score(book, {"1": {"place": 1}}, None)
    law = SatisfactionLaw(0.8, 0.01, 50)
    with pytest.raises(OutlookError):
        outlook(book, {}, law, (Range(1, "place", 1, 3),), draws=4)
    values = among_peers(book, {"甲": {"1": {"gdp": 5}}, "乙": {"1": {"gdp": 7}}})["甲"]
    found = outlook(book, values, law, (Range(1, "gdp", 6, 8),), draws=256)
    assert found.probability["优秀"] == pytest.approx(0.5, abs=0.02)  # first above 7, second below


def test_every_derived_metric_says_how_it_is_made():
    told = [
        (said.text("zh"), said.text("en"))
        for text in (RANKED, BATCHED)
        for row in parse_rulebook(HEAD + text, "").indicators
        for said in sentences(row)
    ]
    assert told[0][0] == "名次:按增速在同批中的名次,高者在前,并列取最好名次"
    assert told[1][0] == "指数:0+100×加权算术平均(路网按最小–最大(同批)、天数按最小–最大(同批),越小越好)"
    assert (
        told[2][1]
        == "名次: place in the batch by 指数 as a share of their number, highest first, equal ones have the mean of their places"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: gdp", "of: gpd", "did you mean 'gdp'"),
        ("ties: best", "ties: first", "worst"),
        ("rank: {of: gdp, ties: best}", "index: {parts: [{of: gdp, by: min_max, low: 3}]}", "all of them or none"),
        ("rank: {of: gdp, ties: best}", "index: {parts: [{of: gdp, by: distance}]}", "needs its target"),
        ("rank: {of: gdp, ties: best}", "index: {parts: [{of: gdp, weight: 0.4, by: min_max}]}", "they are 0.4"),
        ("rank: {of: gdp, ties: best}", "index: {mean: geometric, parts: [{of: gdp, by: z}]}", "no geometric mean"),
        ("rank: {of: gdp, ties: best}", "index: {parts: [{by: z}]}", "or 'parts'"),
        ("rank: {of: gdp, ties: best}", "formula: x", "one of change, index and rank"),
        ("rank: {of: gdp, ties: best}", "change: {of: place, before: gdp}", "stand before"),
    ],
)  # fmt: skip
def test_a_faulty_derived_metric_is_refused_with_its_indicator_and_line(old, new, said):
    with pytest.raises(DefinitionError) as caught:
        parse_rulebook(HEAD + RANKED.replace(old, new), "r.yaml")
    problem = next(one for one in caught.value.problems if said in str(one))
    assert str(problem.message).startswith("indicator 1: ")
    assert problem.line == HEAD.count("\n") + 6
