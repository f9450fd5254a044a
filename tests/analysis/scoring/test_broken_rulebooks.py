"""Rulebooks that somebody got wrong: each is refused with its indicator and line, and what passes scores within its range."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.scoring import Satisfaction, parse_rulebook, score
from analysis.scoring.upgrades import cheapest_upgrades
from analysis.scoring.values import ValuesError, among_peers
from definitions import DefinitionError

HEAD = """id: invented
title: Invented
source: invented for this test
level: county
stars: [{name: 合格, min_score: 6}, {name: 优秀, min_score: 9}]
declared: {县: 县, 区: 区}
"""
FIRST = HEAD + "indicators:\n  - number: 1\n    path: [a]\n    name: 甲\n    "


def one(kind, rule):
    return f"{FIRST}metrics: [{{key: x, name: 值, kind: {kind}}}]\n    {rule}\n"


def step(*requirements, kind="number"):
    asked = ", ".join(f"'{each}'" for each in requirements)
    return one(kind, f"tiers: [{{stars: 1, points: 1, require: [{asked}]}}]")


def made(rule, use="line: {metric: d, points: [[0, 0], [100, 10]]}"):
    return (
        f"{FIRST}metrics: [{{key: x, name: 值, kind: number}}, {{key: z, name: 前, kind: number}}]\n"
        f"    derived: [{{key: d, name: 得, kind: number, {rule}}}]\n    {use}\n"
    )


def surveys(kind, more="", df=""):
    return (
        f"{FIRST}metrics: [{{key: x, name: 企业, kind: {kind}}}, {{key: e, name: 误差, kind: share}}{more}]\n"
        f"    satisfaction: {{average: [{{name: 群众, weight: 0.5}}, {{name: 企业, weight: 0.5, of: x, se: e{df}}}], "
        "full: 10, zones: [{below: 0.8, points: 1}]}\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (one("number", "line: {metric: x, points: [[0, 0], ['1e999999', 1]]}"), "cannot be counted with"),
        (one("number", "line: {metric: x, points: [[0, 0], [1, 1e300]]}"), "cannot be counted with"),
        (one("number", "tiers: [{stars: 1, points: .nan, require: 'x > 1'}]"), "cannot be counted with"),
        (one("number", "tiers: [{stars: 1, points: 1e400, require: 'x > 1'}]"), "cannot be counted with"),
        (step("x >= " + "9" * 3000), "cannot be counted with"),
        (one("number", "tiers: [{stars: 1, points: true, require: 'x > 1'}]"), "is no number"),
        (one("number", "tiers: [{stars: 1, points: -1, require: 'x > 1'}]"), "no less than 0 points"),
        (FIRST.replace("[a]", "[]") + "tiers: []\n", "one level at least"),
        (made("index: {scale: 0, parts: [{of: x, by: distance, target: 5}, {of: z, by: distance, target: 5}]}"), "scale cannot be 0"),
        (step("x = 1", "x = 2"), "can never be reached"),
        (step("x > 1", "x < 1"), "can never be reached"),
        (step("x <= -1"), "can never be reached"),
        (step("x = 1.5", kind="count"), "can never be reached"),
        (step("x > 1", "x < 2", kind="count"), "can never be reached"),
        (step("x = 150%", kind="share"), "can never be reached"),
        (step("x >= 1", kind="yes_no"), "a criterion is written as its key alone"),
        (step("x"), "a criterion is written as its key alone"),
        (one("number", "veto: ['x < 0']"), "can never hold"),
        (one("count", "bonuses: [{metric: x, points_each: 1}]"), "belong together"),
        (one("count", "bonuses: [{metric: x, points_each: 1}]\n    bonus_cap: -1"), "cannot lie above 'most'"),
        (one("count", "cases: {start: 5, most: 3, each: [{metric: x, points_each: 1}]}"), "cannot lie above 'most'"),
        (one("count", "deduction: {metric: x, void_above: 5, void_if: '('}"), "cannot read the condition"),
        (one("count", "deduction: {metric: x, void_above: -5, void_if: 'x > 9'}"), "would always void"),
        (one("number", "line: {metric: 率, points: [[0, 0], [1, 1]]}").replace("key: x", "key: 率"), "can name the key '率'"),
        (one("number", "line: {metric: x, points: [[0, 0], [1, 1]]}").replace("name: 值", "name: ' '"), "cannot be empty"),
        (one("number", "line: {metric: x, points: [[0, 0], [1, 1]]}").replace("number: 1", "number: 0"), "must be"),
        (made("change: {of: x, before: z}", "cases: {each: [{metric: d, points_each: 1}], most: 3}"), "write a line"),
        (FIRST + "satisfaction: {line: [[60%, 0], [90, 10]]}\n", "from 0 to 100%"),
        (FIRST + "satisfaction: {line: [[60%, 10], [90%, 0]]}\n", "from 0 to 100%"),
        (surveys("number"), "is a share of at most 1"),
        (surveys("share, part_of_whole: false"), "is a share of at most 1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_indicator_and_line(text, said):
    with pytest.raises(DefinitionError) as caught:
        parse_rulebook(text, "invented.yaml")
    problem = next(one for one in caught.value.problems if said in str(one))
    assert problem.line > HEAD.count("\n") + 1
    assert str(problem.message).startswith("indicator ")
    told = [str(one) for one in caught.value.problems]
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("优秀", "合格", "two levels are called"),
        ("优秀", "未达星级", "two levels are called"),
        ("min_score: 9", "min_score: 9, requires: 标杆", "must stand under declared"),
        ("title: Invented", 'title: "\\ud800"', "not UTF-8"),
        ("declared:", "alternatives: [stars]\ndeclared:", "unknown key"),
        ("declared:", "digest: abc\ndeclared:", "unknown key"),
    ],
)
def test_the_head_of_a_rulebook_is_checked_too(old, new, said):
    text = one("number", "line: {metric: x, points: [[0, 0], [1, 1]]}")
    with pytest.raises(DefinitionError, match=said):
        parse_rulebook(text.replace(old, new, 1), "invented.yaml")


def test_satisfaction_stands_in_one_indicator():
    text = FIRST + "satisfaction: {deduct_below: 0.7, points: -1}\n"
    again = text + "  - {number: 2, path: [a], name: 乙, satisfaction: {deduct_below: 0.6, points: -1}}\n"
    with pytest.raises(DefinitionError, match="indicator 2: satisfaction stands in one indicator"):
        parse_rulebook(again, "invented.yaml")


def test_what_is_made_of_others_may_fall_below_nothing_and_pass_one():
    fall = made("change: {of: x, before: z}", "tiers: [{name: 下降, points: 1, require: 'd < 0'}]")
    double = made(
        "change: {of: x, before: z, measured: growth}", "tiers: [{name: 翻番, points: 1, require: 'd >= 150%'}]"
    )
    for text, values in (
        (fall, {"x": 1, "z": 3}),
        (double.replace("kind: number, change", "kind: share, change"), {"x": 5, "z": 2}),
    ):
        assert score(parse_rulebook(text, "invented.yaml"), {"1": values}, None).total == 1  # fmt: skip


def test_degrees_of_freedom_below_one_are_refused_where_they_stand():
    book = parse_rulebook(surveys("share", ", {key: f, name: 自由度, kind: number}", ", df: f"), "invented.yaml")
    with pytest.raises(ValuesError, match="企业: the standard error"):
        score(book, {"1": {"x": 0.9, "e": 0.01, "f": 0}}, Satisfaction.from_figure(0.8, 0.02, 50))


MIXED = (
    f"{FIRST}metrics: [{{key: a, name: 加, kind: count}}, {{key: b, name: 减, kind: count}}]\n"
    "    cases: {start: 0, most: 20, least: -5, each: [{metric: a, points_each: 1}, {metric: b, points_each: -1}]}\n"
)
CLASSES = (
    f"{FIRST}metrics: [{{key: a, name: 加, kind: count}}, {{key: b, name: 减, kind: count}}]\n"
    "    by_class:\n      县: {cases: {most: 9, least: -5, each: [{metric: a, points_each: 1, cap: 6}, {metric: b, points_each: -2}]}}\n"
    "      区: {tiers: [{name: 好, points: 3, require: {any: ['a >= 3', 'b < 2']}}]}\n"
)
BATCH = made("index: {scale: -10, base: 50, parts: [{of: x, by: min_max}, {of: z, by: distance, target: 3}]}")
STEEP = made("index: {parts: [{of: x, by: z, average: 3, sd: '1e-18'}, {of: z, by: z}]}")
PLACE = made("rank: {of: x, ties: mean}", "line: {metric: d, points: [[1, 5], [4, 0]]}\n    veto: ['z > 50']")
EXAMPLES = sorted(Path(__file__).parents[2].glob("rulebooks/invented/*.yaml"))
BOOKS = [
    MIXED,
    CLASSES,
    BATCH,
    STEEP,
    PLACE,
    *(p.read_text(encoding="utf-8") for p in EXAMPLES if "cases" not in p.name),
]


@pytest.mark.parametrize("text", BOOKS)
def test_the_range_of_the_unknown_contains_every_completion(text):
    """Values, peers and satisfaction are hidden at random; the whole card must lie in the range of the card without them."""
    book, rng = parse_rulebook(text, "invented.yaml"), random.Random(20261129)
    choices = {"yes_no": [True, False], "count": [0, 1, 2, 3, 5, 100, 1000], "share": [0, 0.01, 0.6, 0.85, 1],
               "number": [1, 2, 3, 10, 11.5, 1_000_000], "df": [1, 5, 60]}  # fmt: skip

    def drawn():
        return {
            str(row.number): {m.key: rng.choice(choices[m.key if m.key in choices else m.kind]) for m in row.metrics}
            for row in book.indicators
            if row.metrics
        }

    def hidden(values):
        return {n: {k: None if rng.random() < 0.4 else v for k, v in row.items()} for n, row in values.items()}

    for _ in range(30):
        units = {str(place): drawn() for place in range(rng.choice([1, 2, 4]))}
        declared = {"rating": {rng.choice(list(book.declared)): True}} if book.declared else {}
        whole = among_peers(book, units)["0"]
        part = among_peers(book, {unit: hidden(values) for unit, values in units.items()})["0"]
        figure = Satisfaction(rng.random())
        full = score(book, {**whole, **declared}, figure)
        open_ = score(book, {**part, **(declared if rng.random() < 0.5 else {})}, rng.choice([None, figure]))
        for known, unknown in zip(full.indicators, open_.indicators, strict=True):
            assert known.points <= known.indicator.max_points
            assert unknown.worst <= unknown.points <= unknown.best
            assert known.veto or unknown.worst <= known.points <= unknown.best
            assert not known.veto or unknown.veto or unknown.may_veto
        cheapest_upgrades(open_, book.stars[-1].name, {row.number: 1.0 for row in book.indicators})


def test_who_has_not_reported_may_move_the_ends_of_an_index_and_who_has_no_such_thing_may_not():
    book = parse_rulebook(
        made("index: {parts: [{of: x, by: min_max}, {of: z, by: distance, target: 2}]}"), "invented.yaml"
    )
    three = {"甲": {"1": {"x": 5, "z": 2}}, "乙": {"1": {"x": 1, "z": 2}}}
    for said, ends in ((None, (Decimal(5), Decimal(10))), ({"not_applicable": "没有"}, (Decimal(10), Decimal(10)))):
        [row] = score(book, among_peers(book, three | {"丙": {"1": {"x": said, "z": 2}}})["甲"], None).indicators
        assert (row.worst, row.best) == ends
