"""Who ranks where, and which unknown values may still make a score void."""

from __future__ import annotations

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.progress import ranks


def card(points, void=False):
    return {"void": void, "score_if_not_void": points}


def test_equal_points_share_a_rank_and_the_next_one_counts_them_all():
    assert ranks({"丁": card(1), "乙": card(1.5), "甲": card(1.5), "丙": card(1.5)}) == {
        "丙": 1,
        "乙": 1,
        "甲": 1,
        "丁": 4,
    }


def test_void_ones_come_after_all_others_whatever_they_would_have_earned():
    assert ranks({"甲": card(90, void=True), "乙": card(2), "丙": card(0)}) == {"乙": 1, "丙": 2, "甲": 3}


def test_a_card_says_what_may_still_make_it_void_and_a_void_one_does_not():
    book = load_rulebook("jining-2023-county")
    number = next(item.number for item in book.indicators if item.kind == "deduction")
    settled = {str(number): {"deducted_points": 0, "major_incident": False}}
    open_ended = score(book, {}, None).as_dict()
    assert [row["number"] for row in open_ended["may_be_vetoed_by"]] == [
        item.number for item in book.indicators if item.kind in ("deduction", "satisfaction")
    ]
    assert score(book, settled, Satisfaction(0.7)).as_dict()["may_be_vetoed_by"] == []
    assert score(book, {}, Satisfaction(0.5)).as_dict()["may_be_vetoed_by"] == []
