"""What an indicator lacks: distances in its own unit, alternatives, and the order of gains."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.conditions import parse_requirement
from analysis.scoring.gaps import Lack, gaps, lacking, words
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.values import AreaValues, Value, read_values
from analysis.scoring.why import why_in_words
from survey_app.scoring.gap_words import said

COUNTY = load_rulebook("jining-2023-county")
INDICATOR = Indicator(
    1, ("x",), "x",
    metrics=(
        Metric("rate", "覆盖率", "share"), Metric("years", "周期", "number", "年"), Metric("done", "已建成", "yes_no"),
        Metric("ports", "端口", "count", "个"),
    ),
)  # fmt: skip


def lack(requirement, **known) -> tuple[str, str]:
    supplied = AreaValues({(1, key): Value(value) for key, value in known.items()}, {})
    found = lacking(INDICATOR, parse_requirement(requirement), supplied)
    return words(found, said), why_in_words(words(found, said), "en")


@pytest.mark.parametrize(
    ("requirement", "known", "zh", "en"),
    [
        ("rate >= 80%", {"rate": Decimal("0.7748")}, "覆盖率：还差2.52个百分点", "覆盖率: 2.52 percentage points short"),
        ("rate >= 80%", {"rate": Decimal("0.79999999")}, "覆盖率：还差0.0001个百分点", "覆盖率: 0.0001 percentage points short"),
        ("years < 1", {"years": Decimal(3)}, "周期：须再降2年以上", "周期: more than 2年 too high"),
        ("ports >= 2万", {"ports": Decimal(18000)}, "端口：还差2000个", "端口: 2000个 short"),
        ("done", {"done": False}, "已建成：尚未做到", "已建成: not done yet"),
        ("done", {}, "已建成：未知", "已建成: unknown"),
        ("rate >= 80%", {}, "覆盖率：数值未知，要求≥ 80%", "覆盖率: unknown, must be ≥ 80%"),
        ("rate >= 80%", {"rate": Decimal("0.8")}, "", ""),
        (["rate >= 80%", "done"], {"rate": Decimal("0.9"), "done": False}, "已建成：尚未做到", "已建成: not done yet"),
        ({"any": ["done", "ports >= 5"]}, {"done": False, "ports": Decimal(3)}, "已建成：尚未做到或端口：还差2个",
         "已建成: not done yet or 端口: 2个 short"),
        ({"any": ["done", "ports >= 5"]}, {"done": False, "ports": Decimal(5)}, "", ""),
    ],
)  # fmt: skip
def test_a_gap_is_said_in_the_metrics_own_unit_and_never_rounded_to_nothing(requirement, known, zh, en):
    assert lack(requirement, **known) == (zh, en)


def test_gaps_name_every_lost_point_and_come_by_gain():
    supplied = read_values(COUNTY, {})
    card = score(COUNTY, {}, Satisfaction.from_figure(0.65))
    found = gaps(card, supplied)
    assert [gap.gain for gap in found] == sorted((gap.gain for gap in found), reverse=True)
    tiered = [gap for gap in found if gap.tier is not None]
    assert sum(gap.lost for gap in tiered) == sum(i.max_points for i in COUNTY.indicators if i.kind == "tiered")
    assert all(isinstance(gap.lacks, Lack) or gap.lacks.parts for gap in tiered)
    [satisfaction] = [gap for gap in found if gap.indicator.kind == "satisfaction"]
    assert satisfaction.lost == 10
