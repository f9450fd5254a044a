"""Which unknown values may still make a score void."""

from __future__ import annotations

from analysis.scoring import Satisfaction, load_rulebook, score


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
