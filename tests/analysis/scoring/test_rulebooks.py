"""The two transcribed rulebooks against the annex's own totals and numbers."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.conditions import Condition, Requirement, conditions_of
from analysis.scoring.rulebook import Indicator

REFERENCE = Path(__file__).parents[2] / "reference" / "requirement_numbers.csv"
MUNICIPAL, COUNTY = "jining-2023-municipal", "jining-2023-county"
# numbers of the requirement columns that belong to a name, not to a threshold
EXEMPT = {
    (MUNICIPAL, 12): {"3", "4"},  # 3级, 4级: grades of an electronic record system
    (MUNICIPAL, 24): {"2", "3", "5"},  # 提供2项…: part of the metric's name
    (COUNTY, 17): {"2", "3", "5"},
    (MUNICIPAL, 29): {"5"},  # 5G
    (COUNTY, 23): {"5"},
    (MUNICIPAL, 30): {"10"},  # 10G-PON
    (COUNTY, 24): {"10"},
    (MUNICIPAL, 37): {"1", "500"},  # 1:500
    (COUNTY, 30): {"1", "500"},
    (MUNICIPAL, 39): {"5"},  # 排名前5
    (COUNTY, 32): {"5"},
    (COUNTY, 9): {"3", "4"},
}


def best_values(indicators: tuple[Indicator, ...], stars: int) -> dict[str, dict[str, object]]:
    """Values that meet exactly the thresholds of one tier of every indicator."""
    values: dict[str, dict[str, object]] = {}
    for indicator in indicators:
        for tier in indicator.tiers:
            if tier.stars == stars:
                values[str(indicator.number)] = {c.metric: meeting(c) for c in first_of(tier.requirement)}
    return values


def first_of(requirement: Requirement) -> list[Condition]:
    """The conditions to meet, taking the first alternative wherever one is enough."""
    if isinstance(requirement, Condition):
        return [requirement]
    parts = requirement.parts[:1] if requirement.any_of else requirement.parts
    return [condition for part in parts for condition in first_of(part)]


def meeting(condition: Condition) -> object:
    if condition.operator == "yes":
        return True
    return condition.threshold - Decimal("0.001") if condition.operator == "<" else condition.threshold


@pytest.mark.parametrize(
    ("book", "number", "sums", "bonus"),
    [(MUNICIPAL, 45, {3: 30, 4: 60, 5: 90}, 10), (COUNTY, 38, {3: 25, 4: 55, 5: 85}, 15)],
)
def test_every_indicator_is_there_and_the_points_of_each_star_sum_as_the_annex_says(book, number, sums, bonus):
    rulebook = load_rulebook(book)
    assert [indicator.number for indicator in rulebook.indicators] == list(range(1, number + 1))
    found = {
        star: sum(Decimal(t.points) for i in rulebook.indicators for t in i.tiers if t.stars == star) for star in sums
    }
    assert found == sums
    assert sum(i.max_points for i in rulebook.indicators if i.kind == "bonus") == bonus


def test_every_number_of_the_requirement_columns_is_used_by_a_rule_of_its_row_and_tier():
    with REFERENCE.open(encoding="utf-8") as file:
        entries = list(csv.DictReader(file))
    assert len(entries) > 300
    missing = []
    for entry in entries:
        book, row, stars = entry["rulebook"], int(entry["row"]), int(entry["stars"])
        tier = next(t for t in load_rulebook(book).indicator(row).tiers if t.stars == stars)
        used = {condition.written.rstrip("%千万") for condition in conditions_of(tier.requirement)}
        if entry["number"] not in used | EXEMPT.get((book, row), set()):
            missing.append(entry)
    assert not missing


def test_no_rule_uses_a_threshold_the_annex_does_not_name():
    with REFERENCE.open(encoding="utf-8") as file:
        named = {(e["rulebook"], int(e["row"]), int(e["stars"]), e["number"]) for e in csv.DictReader(file)}
    for book in (MUNICIPAL, COUNTY):
        for indicator in load_rulebook(book).indicators:
            for tier in indicator.tiers:
                for condition in conditions_of(tier.requirement):
                    number = condition.written.rstrip("%千万")
                    assert condition.operator == "yes" or (book, indicator.number, tier.stars, number) in named


@pytest.mark.parametrize(
    ("book", "stars", "total", "star"),
    [
        (MUNICIPAL, 3, 30, "未达星级"), (MUNICIPAL, 4, 60, "三星级"), (MUNICIPAL, 5, 90, "五星级"),
        (COUNTY, 3, 25, "未达星级"), (COUNTY, 4, 55, "三星级"), (COUNTY, 5, 85, "四星级(成长型)"),
    ],
)  # fmt: skip
def test_values_exactly_at_the_thresholds_of_a_tier_earn_it(book, stars, total, star):
    rulebook = load_rulebook(book)
    lower: dict[str, dict[str, object]] = {}
    for star_level in range(3, stars + 1):  # rows whose '/' leaves this star out keep the tier below
        for number, metrics in best_values(rulebook.indicators, star_level).items():
            lower[number] = metrics
    wanted = {i.number for i in rulebook.indicators if any(t.stars == stars for t in i.tiers)}
    lower = {number: metrics for number, metrics in lower.items() if int(number) in wanted}
    lower["rating"] = {"national_benchmark": True}
    card = score(rulebook, lower, Satisfaction(0.70))
    assert card.total == total
    assert card.star_level == star


def test_the_bonus_maximum_lifts_full_tiers_to_the_star_lines():
    for book, bonus in ((MUNICIPAL, 44), (COUNTY, 37)):
        for stars, line in ((3, 40), (4, 70), (5, 100)):
            rulebook = load_rulebook(book)
            values = best_values(rulebook.indicators, stars)
            values[str(bonus)] = {"provincial_awards": 100, "provincial_media": 100, "central_media": 100}
            assert score(rulebook, values, Satisfaction(1.0)).total == line


def test_formulas_that_are_pictures_in_the_document_are_not_invented():
    for book, number, key in ((MUNICIPAL, 32, "radius"), (MUNICIPAL, 35, "spacing"), (COUNTY, 28, "spacing")):
        metric = load_rulebook(book).indicator(number).metric(key)
        assert metric.formula is None
        assert metric.ratio_of is None
