"""Frequent words without a dictionary, Cohen's kappa, and weighted shares of codes against R's survey package."""

from __future__ import annotations

import pytest

from analysis import Cells, parse_plan
from analysis.coded_shares import CODED, coded_shares, plan_with_codes
from analysis.coder_agreement import cohen_kappa
from analysis.frequent_words import Word, frequent_words


def test_the_longest_word_stands_for_its_pieces_and_a_wider_one_beside_it():
    texts = ["停车难", "小区停车难", "希望解决停车难的问题", "停车场太少", "新建停车场", "停车场收费"]
    found = frequent_words(texts, 3)
    assert found == [Word("停车", 6), Word("停车场", 3), Word("停车难", 3)]


def test_a_word_counts_once_an_answer_and_pieces_of_sentences_do_not_count():
    found = frequent_words(["好好好,公交很好,公交公交", "公交的车少", "我的公交"], 2)
    assert found == [Word("公交", 3)]


def test_words_of_other_scripts_are_counted_whole_and_without_case():
    assert frequent_words(["More buses, please", "the BUSES", "地铁 buses"], 2) == [Word("buses", 3)]


def test_kappa_is_that_of_cohens_definition():
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert cohen_kappa(pairs).kappa == pytest.approx(0.4)  # the textbook's table: p_o 0.70, p_e 0.50
    assert cohen_kappa([(True, True)] * 3).kappa is None
    assert cohen_kappa([(False, False)] * 3).kappa is None


PLAN = parse_plan("""
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: h, psu: p, weight: w}
calibration: {method: poststratify, margins: {sex: {f: 520, m: 480}}}
""")
ROWS = 48


# R 4, survey: d with the columns below, one = (i + i %/% 6) %% 2 == 0, two = (i + i %/% 6) %% 5 == 0, coded = i %% 4 != 0;
# des = postStratify(svydesign(ids = ~p, strata = ~h, weights = ~w, data = d), ~sex, c(f = 520, m = 480)), then
# svymean(~one, subset(des, coded & sex == "f")) and so on; svymean(~I(overall >= 4), subset(des, coded & one))
R_SHARES = {
    (1, ""): (0.411101053769252, 0.076036838284606),
    (1, "f"): (0.502808988764045, 0.073775096872863),
    (1, "m"): (0.312169312169312, 0.0922432998355489),
    (2, ""): (0.235874088084302, 0.0429378455695853),
    (2, "f"): (0.219101123595506, 0.0457976112637686),
    (2, "m"): (0.253968253968254, 0.131128591200685),
}
R_SATISFIED = (0.414476646171339, 0.148017679637496)  # among those under code 1


def rows() -> dict[str, list[object]]:
    place = range(ROWS)
    return {
        "h": [f"h{i // 24}" for i in place],
        "p": [f"p{i // 6}" for i in place],
        "w": [10.0 + (i * 7) % 11 for i in place],
        "sex": ["f" if (i * 5) % 3 else "m" for i in place],
        "overall": [1 + (i * 3 + i // 6) % 5 for i in place],
        CODED: [i if i % 4 else None for i in place],
    }


def given() -> dict[str, frozenset[int]]:
    return {
        str(i): frozenset(code for code, step in ((1, 2), (2, 5)) if (i + i // 6) % step == 0)
        for i in range(ROWS)
        if i % 4
    }


def test_shares_and_satisfaction_are_those_of_r():
    plan = plan_with_codes(PLAN, "sex")
    found = coded_shares(Cells.from_rows(rows(), plan), plan, given(), [1, 2], "sex")
    assert {(row.code, row.level): pytest.approx((row.share, row.se), abs=1e-9) for row in found.shares} == R_SHARES
    assert [(row.share, row.se) for row in found.satisfied if row.code == 1] == [pytest.approx(R_SATISFIED, abs=1e-9)]
