"""What the rating may become under uncertainty, and the least that reaches a star."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from random import Random

import numpy as np
import pytest

from analysis.decision import outcome_probabilities
from analysis.scoring import Satisfaction, load_rulebook, parse_rulebook, score
from analysis.scoring.outlook import OutlookError, Range, SatisfactionLaw, correlated, outlook
from analysis.scoring.programme_files import all_files
from analysis.scoring.upgrades import UpgradesError, cheapest_upgrades
from tests.support.zones import ZONES

COUNTY = load_rulebook("jining-2023-county")
MUNICIPAL = load_rulebook("jining-2023-municipal")
GIVEN = {"44": {"provincial_awards": 6, "provincial_media": 3, "central_media": 2}}


def none_known() -> dict[str, dict[str, object]]:
    return {str(i.number): {metric.key: None for metric in i.metrics} for i in COUNTY.indicators}


def best(limit: int | None = None) -> dict[str, dict[str, object]]:
    """Values at which every tiered indicator (or the first `limit`) stands on its highest tier."""
    values = none_known()
    tiered = [i for i in COUNTY.indicators if i.kind == "tiered"][:limit]
    for indicator in tiered:
        for metric in indicator.metrics:
            values[str(indicator.number)][metric.key] = (
                True if metric.kind == "yes_no" else 1 if metric.kind == "share" else 10**6
            )
    return values


def test_the_fewest_upgrades_are_the_fewest():
    card = score(COUNTY, best(20), Satisfaction.from_figure(0.8))
    target = "四星级(基础型)"
    plan = cheapest_upgrades(card, target)
    gains = sorted(
        (
            max(Decimal(t.points) for t in row.indicator.tiers) - row.points
            for row in card.indicators
            if row.indicator.tiers
        ),
        reverse=True,
    )
    fewest, total = 0, card.if_not_void
    while total < 70:
        total += gains[fewest]
        fewest += 1
    assert len(plan.upgrades) == fewest
    assert plan.total >= 70
    assert plan.total == total  # among the fewest, the plan with the most points
    assert len({row.number for row in plan.upgrades}) == fewest


def test_the_cheapest_upgrades_equal_a_search_of_every_plan():
    fixed = frozenset(i.number for i in COUNTY.indicators if i.number > 6)
    card = score(COUNTY, none_known(), Satisfaction.from_figure(0.8))
    effort = {1: 5.0, 2: 1.0, 3: 2.5, 4: 0.5, 5: 3.0, 6: 1.5}
    rows = [row for row in card.indicators if row.indicator.number <= 6 and row.indicator.tiers]
    line = Decimal(4)
    cheapest = min(
        sum(effort[row.indicator.number] * taken for row, taken in zip(rows, choice, strict=True))
        for choice in product(*(range(len(row.indicator.tiers) + 1) for row in rows))
        if sum(
            (Decimal(row.indicator.tiers[taken - 1].points) for row, taken in zip(rows, choice, strict=True) if taken),
            Decimal(0),
        )
        >= line
    )
    lowered = parse_rulebook(_with_line(4), "lowered")
    plan = cheapest_upgrades(score(lowered, none_known(), Satisfaction.from_figure(0.8)), "三星级", effort, fixed)
    assert plan.effort == pytest.approx(cheapest)
    assert plan.total >= line


def _with_line(points: int) -> str:
    text = all_files()["jining-2023@1"]["rulebooks/jining-2023-county.yaml"]
    return text.replace("{name: 三星级, min_score: 40}", f"{{name: 三星级, min_score: {points}}}")


def test_what_no_upgrade_reaches_is_said():
    card = score(COUNTY, none_known(), Satisfaction.from_figure(0.8))
    everything = frozenset(i.number for i in COUNTY.indicators)
    assert not cheapest_upgrades(card, "三星级", fixed=everything).reachable
    vetoed = cheapest_upgrades(score(COUNTY, best(), Satisfaction.from_figure(0.55)), "三星级")
    assert (vetoed.reachable, "市民体验" in vetoed.obstacle) == (False, True)
    five = cheapest_upgrades(score(COUNTY, best(), Satisfaction.from_figure(0.8)), "五星级")
    assert "标杆" in five.obstacle
    with pytest.raises(UpgradesError, match="no star '六星级'"):
        cheapest_upgrades(card, "六星级")
    with pytest.raises(UpgradesError, match="no indicator 99"):
        cheapest_upgrades(card, "三星级", fixed=frozenset({99}))


def test_with_satisfaction_alone_uncertain_the_outlook_is_the_scorecards():
    values = best(24)
    share = Satisfaction.from_figure(0.69, 0.03, 40)
    expected = score(COUNTY, values, share).star_probability
    found = outlook(COUNTY, values, SatisfactionLaw(0.69, 0.03, 40), (), draws=16384)
    for name, chance in found.probability.items():
        assert chance == pytest.approx(expected[name], abs=0.003)
    assert found.void == pytest.approx(outcome_probabilities(0.69, 0.03, 40, ZONES)["veto"], abs=0.003)
    assert found.influences[0]["total"] == pytest.approx(1, abs=0.05)


def test_values_in_a_range_move_the_total_by_their_tiers():
    """Indicator 1 of the county rulebook: 0.5, 1, 1.5 points at 85, 90, 95 %."""
    values = best()
    metric = COUNTY.indicator(1).metrics[0].key
    certain = SatisfactionLaw(0.9, 1e-6, 100)
    found = outlook(COUNTY, values, certain, (Range(1, metric, 0.80, 1.0),), draws=4096)
    totals = score(COUNTY, values, Satisfaction.from_figure(0.9)).total
    assert found.points[2] == pytest.approx(float(totals))
    assert found.points[0] == pytest.approx(float(totals) - 1.5)
    assert found.influences[0]["label"] == f"1 {metric}"


def test_the_same_seed_gives_the_same_outlook():
    metric = COUNTY.indicator(1).metrics[0].key
    arguments = (COUNTY, best(24), SatisfactionLaw(0.69, 0.03, 40), (Range(1, metric, 0.8, 1.0),), 512)
    assert outlook(*arguments, seed=5) == outlook(*arguments, seed=5)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Range(1, "nothing", 0, 1), "no metric 'nothing'"),
        (Range(1, COUNTY.indicator(1).metrics[0].key, 0.9, 0.8), "low first"),
        (Range(1, COUNTY.indicator(1).metrics[0].key, chance=0.5), "needs a low and a high"),
    ],
)
def test_a_faulty_range_is_refused(row, said):
    with pytest.raises(OutlookError, match=said):
        outlook(COUNTY, none_known(), SatisfactionLaw(0.69, 0.03, 40), (row,))


def influences(values, *ranges: Range, draws: int = 4096) -> dict[str, tuple[float, float]]:
    """Label -> first-order and total index, satisfaction being certain."""
    found = outlook(COUNTY, values, SatisfactionLaw(0.75, 0.0, 40), ranges, draws, seed=3)
    return {row["label"]: (row["first_order"], row["total"]) for row in found.influences}


def test_additive_inputs_share_the_variance_as_their_own_variances_say():
    """Two bonuses below their caps: points 1 X + 2 Y, X even on 0..3, Y even on 0..2, so Var = 15/12 + 4 x 8/12."""
    values = none_known()
    values["37"] = {"provincial_awards": 0, "provincial_media": 0, "central_media": 0}
    found = influences(values, Range(37, "provincial_media", 0, 3), Range(37, "central_media", 0, 2))
    first, second = 15 / 12, 4 * 8 / 12
    for label, variance in (("37 provincial_media", first), ("37 central_media", second)):
        assert found[label] == pytest.approx((variance / (first + second),) * 2, abs=0.02)
    assert found["公众满意度"] == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.8, 0.3)])
def test_criteria_that_count_only_together_interact_as_a_product_does(p, q):
    """Y = c A B with chances p, q: first order of A is q(1-p)/(1-pq), its total index (1-p)/(1-pq)."""
    found = influences(best(), Range(35, "full", chance=p), Range(35, "good", chance=q))
    rest = 1 - p * q
    assert found["35 full"] == pytest.approx((q * (1 - p) / rest, (1 - p) / rest), abs=0.05)
    assert found["35 good"] == pytest.approx((p * (1 - q) / rest, (1 - q) / rest), abs=0.05)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.checks) for seed in range(2, 6))])
def test_upgrades_are_exact_on_random_small_cases(seed):
    """Against a search of every plan: the least effort, and at that effort the most points."""
    draw = Random(seed)
    movable = draw.sample([i.number for i in COUNTY.indicators if i.kind == "tiered"], 5)
    values = none_known()
    values |= {str(n): best()[str(n)] for n in draw.sample([i.number for i in COUNTY.indicators if i.tiers], 4)}
    effort = {number: draw.choice([0.5, 1.0, 1.5, 2.0, 4.0]) for number in movable} if seed % 2 else None
    card = score(COUNTY, values, Satisfaction.from_figure(0.8))
    rows = [row for row in card.indicators if row.indicator.number in movable]
    steps = [_steps_of(row, effort) for row in rows]
    highest = card.if_not_void + sum((max(gain for _cost, gain in options) for options in steps), Decimal(0))
    line = int(card.if_not_void + (highest - card.if_not_void) * Decimal(draw.choice([3, 5, 8])) / 10) + 1
    plans = [
        (sum(cost for cost, _ in choice), card.if_not_void + sum((gain for _, gain in choice), Decimal(0)))
        for choice in product(*steps)
    ]
    reaching = [(cost, -total) for cost, total in plans if total >= line]
    lowered = parse_rulebook(_with_line(line), "lowered")
    fixed = frozenset(i.number for i in COUNTY.indicators if i.number not in movable)
    plan = cheapest_upgrades(score(lowered, values, Satisfaction.from_figure(0.8)), "三星级", effort, fixed)
    if not reaching:
        assert not plan.reachable
        assert plan.total == highest
        return
    least, most = min(reaching)
    assert (plan.effort, plan.total) == (pytest.approx(least), -most)


def _steps_of(row, effort) -> list[tuple[float, Decimal]]:
    """(effort, gain) of leaving an indicator as it is, and of each higher tier."""
    options, above = [(0.0, Decimal(0))], 0
    for tier in row.indicator.tiers:
        if row.stars is not None and tier.stars <= row.stars:
            continue
        above += 1
        cost = 1.0 if effort is None else effort[row.indicator.number] * above
        options.append((cost, Decimal(tier.points) - row.points))
    return options


def test_correlated_draws_keep_even_margins_and_lie_together_as_often_as_two_normals_do():
    """P(both above their middle) = 1/4 + arcsin(r) / 2π (Sheppard 1899); turned round where less is more."""
    unit = np.random.default_rng(3).random((200_000, 3))
    for direction, sign in ((np.array([1.0, 1.0]), 1), (np.array([1.0, -1.0]), -1)):
        drawn = correlated(unit, 0.6, direction)
        assert np.quantile(drawn, [0.1, 0.5, 0.9], axis=0) == pytest.approx(
            np.array([[0.1, 0.5, 0.9]] * 2).T, abs=0.005
        )
        both = float((drawn > 0.5).all(axis=1).mean())
        assert both == pytest.approx(0.25 + sign * np.arcsin(0.6) / (2 * np.pi), abs=0.005)


def test_inputs_that_rise_and_fall_together_spread_the_total_and_the_answer_says_so():
    law, ranges = (
        SatisfactionLaw(0.66, 0.02, 98),
        (Range(44, "central_media", 0, 6), Range(44, "provincial_media", 0, 8)),
    )
    apart, together = (outlook(MUNICIPAL, GIVEN, law, ranges, draws=1024, correlation=r) for r in (0.0, 0.8))
    assert together.points[2] - together.points[0] > apart.points[2] - apart.points[0]
    assert "correlation" not in apart.as_dict()
    assert together.as_dict()["correlation"] == 0.8
    assert outlook(MUNICIPAL, GIVEN, law, ranges, draws=1024) == apart


@pytest.mark.parametrize("wrong", [-0.1, 1.0])
def test_a_correlation_outside_its_limits_is_refused(wrong):
    with pytest.raises(OutlookError, match="from 0 to below 1"):
        outlook(MUNICIPAL, GIVEN, SatisfactionLaw(0.66, 0.02, 98), (), draws=64, correlation=wrong)
