"""Sample sizes, allocation and the draw of sites."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drawing import FrameSite
from analysis.planning import Aim, design_effect, interviews_for_margin, interviews_to_decide, plan_sample
from analysis.promises import chance_in_zone
from analysis.sampling import FrameError
from tests.support.kept_promises import kept, lumpy_frame, uneven_frame
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
    # ((1.95996 sqrt(0.21) + 0.84162 sqrt(0.1924)) / 0.04)^2 = 1005.1 by a test at the line 0.70 (Fleiss 1981, 2.2), and
    # his continuity correction n/4 (1 + sqrt(1 + 2/(n 0.04)))^2 = 1029.9
    assert interviews_to_decide(0.74, 0.8, 1.0, ZONES) == pytest.approx(1029.9, abs=1.5)


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


@pytest.mark.parametrize(
    ("sites", "aim"),
    [
        (uneven_frame(), Aim(0.74, 20, margin=0.02, zones=ZONES)),
        (uneven_frame(), Aim(0.65, 20, power=0.8, zones=ZONES)),
        (lumpy_frame(), Aim(0.74, 20, margin=0.045, zones=ZONES)),
    ],
)
def test_surveys_of_the_frame_keep_the_margins_and_the_power_that_the_plan_promises(sites, aim):
    """`benchmarks/plan_promises.py` with fewer surveys: the margin is met; nothing is promised that does not come."""
    plan = plan_sample(sites, aim, 1)
    if aim.margin is not None:
        assert plan.city.margin <= aim.margin
    if aim.power is not None:
        assert aim.power <= plan.city.power < aim.power + 0.02
    found = kept(sites, plan, aim, ZONES, surveys=250, seed=31)
    for name, said in {"": plan.city, plan.strata[-1].stratum: plan.strata[-1]}.items():
        assert 0.93 * said.margin < found[name].margin < 1.01 * said.margin, name
        error = (said.power * (1 - said.power) / 250) ** 0.5
        assert said.power - 3 * error < found[name].decided < said.power + 0.08 + 3 * error, name


def test_between_two_lines_the_power_is_that_of_both():
    """A sample that leaves the nearer line out with 0.80 leaves both out with 0.587 (normal, both 0.05 away)."""
    se = 0.05 / (1.959964 + 0.841621)
    both = chance_in_zone(0.65, se, 1e9, ZONES)
    assert both == pytest.approx(0.587, abs=0.03)
    assert interviews_to_decide(0.65, 0.8, 1.0, ZONES) > 1.3 * 0.2275 / se**2


def test_counties_are_never_asked_for_more_sites_than_they_have():
    sites = uneven_frame()
    plan = plan_sample(sites, Aim(0.74, 20, margin=0.0145, allocation="power"), 1)
    assert plan.city.margin <= 0.0145
    assert all(row.sites <= row.sites_in_frame for row in plan.strata)


def test_what_the_frame_can_give_is_said_where_it_is_less_than_asked():
    sites = uneven_frame()
    with pytest.raises(FrameError, match=r"all 900 of them give ±(\d\.\d\d)%") as refused:
        plan_sample(sites, Aim(0.74, 20, margin=0.005), 1)
    best = float(re.search(r"±([\d.]+)%", str(refused.value)).group(1)) / 100
    assert plan_sample(sites, Aim(0.74, 20, margin=best + 0.0001), 1).city.margin <= best + 0.0001
    with pytest.raises(FrameError, match=r"County 0 has fewer sites than are needed: all 30 of them give ±5\.3"):
        plan_sample(sites, Aim(0.74, 20, margin=0.03, stratum_margin=0.05), 1)


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
