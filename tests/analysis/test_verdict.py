"""The sentence beside a decision: the rule's points, the interval, the probabilities, in both languages."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.scoring import Satisfaction, score
from analysis.scoring.loading import load_rulebook, parse_rulebook
from analysis.scoring.rules import SatisfactionRule, ZoneRule
from analysis.verdict import Stated, cost_of, movers, of_many, stated, verdict
from analysis.zones import Zone, Zones
from tests.support.zones import ZONES, odd_text
from wording import again

CASES = YAML(typ="safe").load(Path(__file__).with_name("verdicts.yaml"))


def zones_for(case: dict[str, Any]) -> Zones:
    if case.get("lineless"):
        return Zones((Zone("none", None, Decimal(0)),))
    return parse_rulebook(odd_text("jining-2023-municipal"), "odd").zones if case.get("odd") else ZONES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_sentence(case):
    lower, upper = case.get("limits", (None, None))
    found = Stated(case["figure"], lower, upper, 0.95, case.get("df"), case.get("chances"))
    said = verdict(found, zones_for(case))
    assert said.text("zh") == case["zh"]
    if "en" in case:
        assert said.text("en") == case["en"]


def test_several_intervals_side_by_side_err_about_one_in_twenty():
    said = of_many(11, 0.95)
    assert said is not None
    assert said.text("zh") == "这里并列11个区间，每个按95%计算：平均约每20个这样的说法有一个不成立。"
    assert said.text("en") == "11 intervals stand here side by side, each at 95%: about one in 20 such statements errs."
    assert of_many(1, 0.95) is None
    tenth = of_many(2, 0.9)
    assert tenth is not None
    assert "about one in 10" in tenth.text("en")


def row(**more: Any) -> dict[str, Any]:
    decided = {
        "figure": 0.69,
        "outcome": "deduct",
        "points": -10,
        "probability": {"none": 0.3, "deduct": 0.7, "veto": 0.0},
    }
    return {"level": "甲县", "n": 90, "df": 4, "estimate": 0.75, "se": 0.02, "lower": 0.7, "upper": 0.8, "decision": decided,
            "index": 69.0, "index_se": 1.0} | more  # fmt: skip


def estimate(official: str) -> dict[str, Any]:
    return {
        "measure": {"official": official}, "satisfied": {"estimate": 0.75, "se": 0.01, "lower": 0.73, "upper": 0.77,
        "confidence": 0.95}, "index": {"estimate": 69.0, "se": 0.5, "lower": 68.0, "upper": 70.0}, "df": 60,
        "decision": row()["decision"], "domains": {"county": [row()]},
    }  # fmt: skip


def test_the_interval_is_that_of_the_official_figure():
    assert stated(estimate("share")) == Stated(0.69, 0.73, 0.77, 0.95, 60, row()["decision"]["probability"])
    whole = stated(estimate("index"))
    assert whole is not None
    assert (whole.lower, whole.upper) == (0.68, 0.7)
    county = stated(estimate("index"), row())
    assert county is not None
    assert county.lower == pytest.approx(
        0.69 - 0.0277645, abs=1e-7
    )  # 2.77645: Student's t, 0.975, 4 degrees of freedom
    assert county.upper == pytest.approx(0.69 + 0.0277645, abs=1e-7)


def test_what_may_not_be_shown_says_nothing():
    assert stated(estimate("share"), row(decision=None)) is None


def test_a_scorecard_carries_sentence_and_interval():
    book = load_rulebook("jining-2023-county")
    card = score(book, {}, Satisfaction.from_estimate(estimate("share"), ("county", "甲县"))).as_dict()
    assert card["satisfaction_interval"] == {"lower": 0.7, "upper": 0.8, "confidence": 0.95}
    assert str(again(card["verdict"])).startswith("69.0%, below 70%: by the rule 10 points are taken off.")
    typed = score(book, {}, Satisfaction.from_figure(0.69)).as_dict()
    assert typed["satisfaction_interval"] is None
    assert "none was given" in str(again(typed["verdict"]))
    assert score(book, {}, None).as_dict()["verdict"] is None


def test_a_typed_error_gives_the_interval_of_the_same_law_as_the_probability():
    card = score(load_rulebook("jining-2023-county"), {}, Satisfaction.from_figure(0.5, 0.05, 4)).as_dict()
    limits = card["satisfaction_interval"]
    assert limits is not None
    # logit: ± 2.77645 x 0.05 / 0.25 = 0.555289; 1 / (1 + exp(0.555289)) = 0.364636
    assert limits["lower"] == pytest.approx(0.364636, abs=1e-5)
    assert limits["upper"] == pytest.approx(1 - 0.364636, abs=1e-5)


def moved(change: str, level: str, figure: float | None, outcome: str | None, turned: bool = False) -> dict[str, Any]:
    difference = None if figure is None else figure - 0.69
    return {"change": change, "level": level, "figure": figure, "difference": difference, "outcome": outcome,
            "changes_outcome": turned}  # fmt: skip


def test_what_moves_the_figure_most_is_named_with_the_outcome_without_it():
    table = {
        "sites": [moved("without_site", "s1", 0.692, "deduct"), moved("without_site", "s2", 0.704, "none", turned=True),
                  moved("without_site", "s3", None, None)],
        "strata": [moved("without_stratum", "甲县", 0.6775, "deduct")],
        "choices": [moved("unweighted", "", 0.5, "veto", turned=True), moved("without_mode", "paper", 0.69, "deduct")],
    }  # fmt: skip
    said = movers(table, ZONES, lambda level: {"s2": "东站"}.get(level, level))
    assert [one.text("zh") for one in said] == [
        "不含影响最大的抽样点“东站”，结果为70.4%（+1.40个百分点），按规则不扣分，结论改变。",
        "不含影响最大的调查单元“甲县”，结果为67.7%（-1.25个百分点），按规则减10分，结论不变。",
        "不含影响最大的作答方式“paper”，结果为69.0%（+0.00个百分点），按规则减10分，结论不变。",
    ]
    assert said[0].text("en") == (
        "Without the site '东站', which moves it most, the figure is 70.4% (+1.40 points): by the rule nothing is taken "
        "off; the outcome changes."
    )
    assert movers({"sites": [], "strata": [], "choices": []}, ZONES, str) == []


def test_what_grades_satisfaction_gives_points_and_takes_none_off():
    rule = SatisfactionRule(full=10, zones=(ZoneRule(Decimal("0.9"), 8), ZoneRule(Decimal("0.6"), 0)))
    assert [cost_of(zone).text("zh") for zone in rule.as_zones().zones] == ["得10分", "得8分", "得0分"]
    assert [cost_of(zone).text("zh") for zone in ZONES.zones] == ["不扣分", "减10分", "整体不得分"]
