"""A reason that a scorecard keeps is said in English where it is read: all of its frame, whatever the values."""

from __future__ import annotations

import re

import pytest

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.kinds import sentences
from analysis.scoring.why import why_in_words
from wording import reading

BOOKS = ("jining-2023-municipal", "jining-2023-county")
HAN = re.compile("[\u3400-\u9fff]+")
GIVEN = {
    "nothing": lambda metric: None,
    "best": lambda metric: {"share": 0.99, "yes_no": True}.get(metric.kind, 9000),
    "worst": lambda metric: {"share": 0.01, "yes_no": False}.get(metric.kind, 0),
    "not applicable": lambda metric: {"not_applicable": "reason"},
    "middling": lambda metric: {"share": 0.61, "yes_no": True}.get(metric.kind, 3),
}
FIGURES = [None, Satisfaction(0.55), Satisfaction(0.65), Satisfaction(0.75)]


def left(text: str, indicator) -> str:
    """What of a sentence is Chinese and not the rulebook's own: names, units, written thresholds."""
    own = {indicator.name, *(part for metric in indicator.metrics for part in (metric.name, metric.unit))}
    own |= {metric.name.removeprefix("出现") for metric in indicator.metrics}
    for name in sorted(filter(None, own), key=len, reverse=True):
        text = text.replace(name, "")
    return "".join(HAN.findall(re.sub(r"[\d.]+ ?[万千]", "", text)))


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("name", BOOKS)
def test_every_reason_is_english_in_english_and_as_stored_in_chinese(name, given):
    book = load_rulebook(name)
    values = {
        str(row.number): {metric.key: given(metric) for metric in row.metrics if not metric.ratio_of}
        for row in book.indicators
    }
    for figure in FIGURES:
        try:
            card = score(book, values, figure)
        except ValueError as refused:  # what may not be not applicable is unknown then
            assert "not_applicable" in str(values)
            asked = {problem[0] for problem in refused.problems}
            card = score(book, {number: rest for number, rest in values.items() if number not in asked}, figure)
        for row in card.indicators:
            for text in (row.why, *row.flags):
                assert why_in_words(text, "zh") == text
                assert left(why_in_words(text, "en"), row.indicator) == "", text


def test_every_rule_without_tiers_is_english_in_english():
    for book in map(load_rulebook, BOOKS):
        for indicator in book.indicators:
            with reading("en"):
                assert all(left(str(said), indicator) == "" for said in sentences(indicator))


@pytest.mark.parametrize(
    ("stored", "english"),
    [
        ("未达到3星:在线率 ≥ 90%【85%】或好评率 ≥ 95%【未知】", "3 stars not reached: 在线率 ≥ 90% [85%] or 好评率 ≥ 95% [unknown]"),
        ("达到4星要求,但未达到3星要求", "meets what 4 stars ask, but not what 3 stars ask"),
        ("累计扣分【120分,已确认:会议纪要】;重大事件【否】;整体不得分",
         "累计扣分 [120分, confirmed: 会议纪要];重大事件 [no]; the whole scores nothing"),
        ("公众满意度【65%】低于70%,减10分", "public satisfaction [65%]: below 70%, 10 points are taken off"),
        ("公众满意度【59.9%】低于60%,整体不得分", "public satisfaction [59.9%]: below 60%, the whole scores nothing"),
        ("公众满意度未知", "public satisfaction unknown"),
        ("在线率：还差3.5个百分点；基站：须再降4个以上", "在线率: 3.5 percentage points short; 基站: more than 4个 too high"),
        ("建成平台：尚未做到或在线率：数值未知，要求≥ 80%", "建成平台: not done yet or 在线率: unknown, must be ≥ 80%"),
        ("谁也没有这样写过", "谁也没有这样写过"),
    ],
)  # fmt: skip
def test_what_earlier_releases_stored_is_found_again(stored, english):
    assert why_in_words(stored, "en") == english
    assert why_in_words(stored, "zh") == stored
