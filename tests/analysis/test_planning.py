"""Sample sizes, allocation and the draw of sites."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.planning import (
    Aim,
    FrameSite,
    design_effect,
    interviews_for_margin,
    interviews_to_decide,
    plan_sample,
)
from analysis.sampling import FrameError
from tests.support.zones import ZONES


def frame(counties: int = 4, sites: int = 40, seed: int = 1) -> list[FrameSite]:
    sizes = np.random.default_rng(seed).integers(500, 6000, (counties, sites))
    return [
        FrameSite(f"s{h}-{i}", f"c{h}", float(sizes[h, i] * (h + 1))) for h in range(counties) for i in range(sites)
    ]


def test_the_textbook_sizes():
    assert interviews_for_margin(0.5, 0.05, 1.0) == 385  # Cochran's 384.1
    assert interviews_for_margin(0.5, 0.05, 2.0) == 769
    assert interviews_for_margin(0.5, 0.05, 1.0, population=1000) == 278
    assert interviews_to_decide(0.74, 0.8, 1.0, ZONES) == 944  # 0.1924 ((1.95996 + 0.84162) / 0.04)^2 = 943.8


def test_the_design_effect_is_clustering_times_weighting():
    assert design_effect(20, 0.05) == pytest.approx(1.95)
    assert design_effect(20, 0.05, 0.5) == pytest.approx(1.95 * 1.25)


@pytest.mark.parametrize("share", [0.6, 0.7])
def test_at_a_threshold_no_sample_decides(share):
    with pytest.raises(FrameError, match="no sample decides"):
        interviews_to_decide(share, 0.8, 1.0, ZONES)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.sampled_from(["proportional", "neyman", "power"]), st.floats(0.02, 0.06))
def test_a_plan_meets_its_aim_and_its_minima(seed, allocation, margin):
    plan = plan_sample(frame(sites=300), Aim(0.74, 20, margin=margin, allocation=allocation, stratum_margin=0.12), seed)
    assert plan.interviews >= plan.required
    assert all(row.sites >= 2 and row.interviews >= row.required for row in plan.strata)
    assert sum(row.sites for row in plan.strata) == len(plan.drawn)
    for site in plan.drawn:
        assert site.base_weight == pytest.approx(site.size / (site.inclusion_probability * site.target))


def test_base_weights_estimate_the_population_without_bias():
    """Over draws, the weights of the interviews in a county sum to its residents."""
    sites = frame(2, 30)
    truth = sum(site.size for site in sites if site.stratum == "c0")
    totals = []
    for seed in range(300):
        drawn = plan_sample(sites, Aim(0.74, 20, margin=0.06, allocation="proportional"), seed).drawn
        totals.append(sum(site.base_weight * site.target for site in drawn if site.stratum == "c0"))
    assert np.mean(totals) == pytest.approx(truth, rel=1e-9)  # proportional to size: exact in every draw


def test_the_same_seed_draws_the_same_sites():
    aim = Aim(0.74, 20, power=0.8, zones=ZONES)
    assert plan_sample(frame(), aim, 7) == plan_sample(frame(), aim, 7)
    assert plan_sample(frame(), aim, 7).drawn != plan_sample(frame(), aim, 8).drawn


def test_neyman_takes_more_where_answers_differ_more():
    sites = [FrameSite(f"{h}{i}", h, 1000.0, share) for h, share in (("even", 0.95), ("split", 0.5)) for i in range(60)]
    rows = {row.stratum: row for row in plan_sample(sites, Aim(0.74, 20, margin=0.03, allocation="neyman"), 1).strata}
    assert rows["split"].sites > 2 * rows["even"].sites


@pytest.mark.parametrize(
    ("sites", "aim", "said"),
    [
        ([], Aim(0.7, 20, margin=0.03), "no site"),
        ([FrameSite("a", "c", 10)], Aim(0.74, 20, margin=0.03), "fewer than the take"),
        ([FrameSite("a", "c", 900), FrameSite("a", "c", 900)], Aim(0.74, 20, margin=0.03), "stands twice"),
        (
            [FrameSite("a", "c", 900), FrameSite("b", "c", 900)],
            Aim(0.74, 20, margin=0.03),
            "fewer sites than are needed",
        ),
        (frame(), Aim(0.74, 20), "state an aim"),
        (frame(), Aim(1.4, 20, margin=0.03), "between 0 and 1"),
        (frame(), Aim(0.74, 20, margin=0.03, response_rate=0), "response rate"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(sites, aim, said):
    with pytest.raises(FrameError, match=said):
        plan_sample(sites, aim, 1)
