"""Drawing sites so that every pair is possible, spread over the land, the same again in the next wave, with reserves."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import combinations
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.drawing import FrameSite, draw, enough_for_pairs, pairs_of, reserves
from analysis.local_pivotal import local_pivotal
from analysis.plan_draw import DrawRule
from analysis.planning import Aim, joint_probabilities, plan_sample
from analysis.sampford import joint_probabilities as joint
from analysis.sampford import sampford
from analysis.sampling import inclusion_probabilities
from tests.support.kept_promises import lumpy_frame
from wording import Refusal

R = json.loads((Path(__file__).parents[1] / "reference/sites_without_replacement/reference.json").read_text())
SAMPFORD = DrawRule("sampford")


def law(probability: np.ndarray) -> dict[tuple[int, ...], float]:
    """Sampford's design by its definition, over all samples."""
    number = round(float(probability.sum()))
    raw = {
        sample: sum(1 - probability[at] for at in sample)
        * prod(probability[at] / (1 - probability[at]) for at in sample)
        for sample in combinations(range(len(probability)), number)
    }
    return {sample: value / sum(raw.values()) for sample, value in raw.items()}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(1, 50), min_size=4, max_size=8), st.integers(1, 3))
def test_joint_probabilities_are_those_of_the_law_over_all_samples(sizes, number):
    probability = inclusion_probabilities(np.array(sizes), number)
    probability = probability[probability < 1]
    of_law = law(probability)
    for at, p in enumerate(probability):
        assert sum(value for sample, value in of_law.items() if at in sample) == pytest.approx(p, rel=1e-9)
    both = joint(probability, np.arange(len(probability)))
    for one, two in combinations(range(len(probability)), 2):
        expected = sum(value for sample, value in of_law.items() if one in sample and two in sample)
        assert both[one, two] == both[two, one] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_joint_probabilities_are_those_of_rs_sampling():
    probability, both = np.array(R["probability"]), np.array(R["joint"]).reshape(7, 7)
    assert joint(probability, np.arange(7)) == pytest.approx(both, rel=1e-10)
    some = np.array([1, 2, 5])
    assert joint(probability, some) == pytest.approx(both[np.ix_(some, some)], rel=1e-10)


def test_joint_probabilities_of_a_large_county_add_up():
    """The sum over all sites is n pi, as in every design of a fixed number."""
    probability = inclusion_probabilities(np.random.default_rng(1).lognormal(0, 1, 300), 40)
    probability = probability[probability < 1]
    number = round(float(probability.sum()))
    both = joint(probability, np.arange(len(probability)))
    assert both.sum(axis=1) == pytest.approx(number * probability, rel=1e-9)


def test_samples_come_as_often_as_sampfords_law_says():
    probability = np.array([0.3, 0.5, 0.8, 0.9, 0.2, 0.3])
    generator, of_law, surveys = np.random.default_rng(5), law(probability), 4000
    seen = Counter(tuple(np.flatnonzero(sampford(probability, generator.random(6))).tolist()) for _ in range(surveys))
    observed = [seen[sample] for sample in of_law]
    assert stats.chisquare(observed, [surveys * value for value in of_law.values()]).pvalue > 0.001


@pytest.mark.parametrize("method", ["systematic", "sampford", "pivotal"])
def test_every_method_draws_each_site_with_its_stated_probability_over_seeds(method):
    sizes, draws = [30, 20, 14, 11, 9, 6, 5, 5], 1500
    members = [FrameSite(f"s{at}", "c", size, None, (116 + at / 10, 35.0)) for at, size in enumerate(sizes)]
    expected = inclusion_probabilities(np.array(sizes, dtype=float), 4)
    generator, seen = np.random.default_rng(2), Counter()
    for seed in range(draws):
        drawn = draw(members, 4, 20, DrawRule(method, seed), generator)
        assert len(drawn) == 4
        assert all(site.base_weight == pytest.approx(site.size / site.inclusion_probability / 20) for site in drawn)
        seen.update(site.name for site in drawn)
    assert seen["s0"] == draws  # certain
    for site, p in zip(members, expected, strict=True):
        assert abs(seen[site.name] / draws - p) < 4 * (p * (1 - p) / draws) ** 0.5 + 1e-12


def test_a_site_and_its_neighbour_seldom_come_together():
    places = np.array([[x, y] for x in range(8) for y in range(8)], dtype=float)
    probability, generator = np.full(64, 0.25), np.random.default_rng(3)

    def neighbours(chosen: np.ndarray) -> int:
        return sum(np.abs(places[one] - places[two]).sum() == 1 for one, two in combinations(np.flatnonzero(chosen), 2))

    spread = [neighbours(local_pivotal(probability, places, generator)) for _ in range(60)]
    chance = [neighbours(sampford(probability, generator.random(64))) for _ in range(60)]
    assert np.mean(spread) < 0.5 * np.mean(chance)


def county(number: int = 60) -> list[FrameSite]:
    sizes = np.random.default_rng(4).lognormal(0, 0.5, number) * 1000
    return [FrameSite(f"s{at:03}", "c", float(size)) for at, size in enumerate(sizes)]


def names(members, number=15, **rule) -> set[str]:
    return {site.name for site in draw(members, number, 20, replace(SAMPFORD, **rule), np.random.default_rng(0))}


def test_the_next_wave_keeps_its_sites_though_the_frame_has_changed_and_is_sorted_otherwise():
    members = county()
    grown = [replace(site, size=site.size * (1.1 if at % 7 else 0.9)) for at, site in enumerate(members) if at % 20]
    grown.append(FrameSite("new", "c", 900.0))
    kept = [len(names(members, seed=seed) & names(grown[::-1], seed=seed)) for seed in range(40)]
    by_chance = [len(names(members, seed=seed) & names(grown, seed=seed + 100)) for seed in range(40)]
    assert np.mean(kept) > 11.5
    assert np.mean(by_chance) < 6


def test_each_wave_replaces_about_the_share_that_was_asked():
    members = county()
    kept = [
        len(names(members, seed=seed, rotate=0.4) & names(members, seed=seed, rotate=0.4, wave=2)) for seed in range(60)
    ]
    assert 0.5 < np.mean(kept) / 15 < 0.68
    assert names(members, rotate=0.4) == names(members)


def test_reserves_stand_in_an_order_and_weigh_what_the_place_weighs_that_they_take():
    members, rule = county(), replace(SAMPFORD, reserves=3)
    drawn = draw(members, 15, 20, rule, np.random.default_rng(0))
    standing = reserves(members, drawn, 20, rule)
    assert len(standing) == 3
    assert not {site.name for site in standing} & {site.name for site in drawn}
    assert [site.name for site in standing] == [site.name for site in reserves(members[::-1], drawn, 20, rule)]
    places = {round(site.base_weight, 6) for site in (*drawn, *standing) if site.inclusion_probability < 1}
    assert len(places) == 1


def test_the_first_reserve_is_drawn_with_probability_to_size_among_those_left():
    members = [FrameSite(f"s{at}", "c", size) for at, size in enumerate((4.0, 3.0, 2.0, 1.0))]
    drawn = [site for site in draw(members, 1, 1, DrawRule(), np.random.default_rng(0)) if site]
    left = {site.name: site.size for site in members if site.name != drawn[0].name}
    rules = (DrawRule(seed=seed, reserves=1) for seed in range(3000))
    seen = Counter(reserves(members, drawn, 1, rule)[0].name for rule in rules)
    expected = [3000 * size / sum(left.values()) for size in left.values()]
    assert stats.chisquare([seen[name] for name in left], expected).pvalue > 0.001


def test_never_is_a_single_site_left_to_chance_beside_certain_ones():
    sizes = np.array([900.0, 800, 10, 9, 8, 7])
    assert enough_for_pairs(sizes, 3) == 4
    assert (enough_for_pairs(sizes, 2), enough_for_pairs(sizes, 5), enough_for_pairs(sizes[2:], 2)) == (4, 5, 2)
    plan = plan_sample(lumpy_frame(), Aim(0.74, 20, margin=0.045, draw=SAMPFORD), 1)
    for row in plan.strata:
        chances = [site.inclusion_probability < 1 for site in plan.drawn if site.stratum == row.stratum]
        assert sum(chances) != 1


def test_a_plan_that_knows_certain_sites_and_finite_populations_takes_fewer_sites_for_the_same_margin():
    aim = Aim(0.74, 20, margin=0.045)
    finite = plan_sample(lumpy_frame(), replace(aim, draw=replace(SAMPFORD, reserves=2)), 1)
    assert finite.city.margin <= 0.045
    assert len(finite.drawn) < len(plan_sample(lumpy_frame(), aim, 1).drawn)
    pairs_drawn = joint_probabilities(lumpy_frame(), finite)
    own = {(site.stratum, site.name): site.inclusion_probability for site in (*finite.drawn, *finite.reserves)}
    assert len(pairs_drawn) == sum((row.sites + 2) * (row.sites + 1) // 2 for row in finite.strata)
    for pair in pairs_drawn:
        one, two = own[pair.stratum, pair.site], own[pair.stratum, pair.other]
        assert 0 < pair.probability <= one * two + 1e-12  # a negative variance cannot come of these
    assert len(list(pairs_of(county(5), 1, ()))) == 0


def test_a_given_design_effect_says_as_much_of_sites_as_its_parts():
    parts, whole = Aim(0.7, 20, 0.05, weight_cv=0.3), Aim(0.7, 20, deff=1.95 * 1.09, weight_cv=0.3)
    assert whole.between == pytest.approx(parts.between)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wave": 0}, "wave counts from 1"),
        ({"rotate": 1}, "below 1"),
        ({"reserves": -1}, "reserves"),
        ({"method": "pivotal", "rotate": 0.2}, "sampford only"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(change, said):
    with pytest.raises(Refusal, match=said):
        replace(SAMPFORD, **change)


def test_a_spread_sample_needs_every_sites_place():
    with pytest.raises(Refusal, match="60 sites in all"):
        draw(county(), 15, 20, DrawRule("pivotal"), np.random.default_rng(0))
