"""Machine bursts by arrivals: crowds of people are innocent, programs are not, and no answer is read."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.methods import FIRST
from analysis.plan import parse_plan
from analysis.plan_parts import FLAG_KINDS, PROCESS_KINDS
from analysis.quality_arrivals import arrivals
from analysis.quality_flags import under_floor
from tests.support.honest import honest_city

PLAN = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"


def flagged(
    times: np.ndarray, seconds: np.ndarray | float, site: np.ndarray | None = None, clocked: bool = True
) -> list[int]:
    site = np.zeros(len(times), dtype=int) if site is None else site
    found = arrivals(site, times, np.broadcast_to(seconds, times.shape), np.full(len(times), clocked))
    return [flag.position for flag in found]


def as_people_take(r: np.random.Generator, number: int, median: float = 180) -> np.ndarray:
    return np.exp(r.normal(np.log(median), 0.35, number))


@pytest.mark.parametrize("sites", [1, 3, 30])
def test_five_thousand_phones_within_ten_minutes_are_no_burst(sites):
    r = np.random.default_rng(sites)
    opened, seconds = r.uniform(0, 600, 5000), as_people_take(r, 5000)
    assert flagged(opened + seconds, seconds, r.integers(0, sites, 5000)) == []


@pytest.mark.parametrize(("people", "median"), [(1000, 90), (2000, 120), (2000, 180)])
def test_people_who_scan_one_code_in_the_same_second_are_no_burst(people, median):
    r = np.random.default_rng(people)
    seconds = as_people_take(r, people, median)
    assert flagged(r.uniform(0, 1, people) + seconds, seconds) == []


def test_two_thousand_whose_answers_waited_for_the_network_and_arrive_in_one_second_are_no_burst():
    r = np.random.default_rng(6)
    opened, arrived = r.uniform(0, 600, 2000), 900 + r.uniform(0, 1, 2000)
    assert flagged(arrived, arrived - opened) == []


def test_five_hundred_answers_within_thirteen_seconds_are_all_flagged_and_those_of_other_hours_are_not():
    r = np.random.default_rng(3)
    people, program = r.uniform(0, 86_400, 300), 100_000 + r.uniform(0, 13, 500)
    seconds = np.append(as_people_take(r, 300), np.full(500, 0.02))
    assert flagged(np.append(people, program), seconds) == list(range(300, 800))
    waiting = np.append(as_people_take(r, 300), 400 + r.uniform(0, 2, 500))  # a program that opens all and sends all
    assert flagged(np.append(people, program), waiting) == list(range(300, 800))


def test_a_program_that_sends_one_a_second_is_flagged_at_any_place_in_the_list():
    r = np.random.default_rng(4)
    times = np.append(r.uniform(0, 80_000, 200), 90_000 + np.arange(300) + r.normal(0, 0.05, 300))
    turned = r.permutation(500)
    assert flagged(times, 100.0) == list(range(200, 500))
    assert sorted(turned[flagged(times[turned], 100.0)].tolist()) == list(range(200, 500))


def test_one_tablet_in_steady_use_and_answers_without_a_clock_are_no_burst():
    r = np.random.default_rng(5)
    assert flagged(np.cumsum(r.normal(200, 20, 100)), 100.0) == []
    assert flagged(np.zeros(500), 1.0, clocked=False) == []
    assert flagged(np.zeros(500), 1.0) == list(range(500))


def test_a_flag_says_how_many_arrived():
    [first, *_] = arrivals(
        np.zeros(400, dtype=int), np.linspace(0, 4, 400) ** 1.5, np.full(400, 1.0), np.full(400, True)
    )
    assert "400 份" in first.zh
    assert "400 answers" in first.en
    assert first.score == 0.25  # a hundred beyond the three hundred that people may send


def test_the_floor_is_the_same_whatever_the_others_take():
    flags = under_floor(np.array([19.9, 20.0, np.nan, 5.0, 600.0]))
    assert [(flag.position, flag.kind) for flag in flags] == [(0, "under_floor"), (3, "under_floor")]
    assert flags[1].score == 0.75


def test_what_is_left_out_by_default_hits_honest_satisfied_and_other_people_alike():
    city = honest_city(15)
    satisfied, others = city.satisfied.sum(), (~city.satisfied).sum()
    gaps = {kind: 100 * (hit[0] / satisfied - hit[1] / others) for kind, hit in city.false_alarms().items()}
    assert gaps["straight_lining"] > 2, "the halo is there to be seen"
    assert all(abs(gaps.get(kind, 0)) <= 0.5 for kind in PROCESS_KINDS if kind != "repeat"), gaps


@pytest.mark.parametrize("exclude", ["true", "false"])
def test_a_plan_that_names_no_kinds_goes_by_process_and_one_locked_before_by_any_flag(exclude):
    text = PLAN + f"flagged: {{column: flagged, exclude: {exclude}}}\n"
    assert set(parse_plan(text).flag_kinds) == {"repeat", "under_floor", "arrivals", "trap"}
    before = {"too_fast", "straight_lining", "duplicate", "burst", "repeat", "inattentive", "trap", "person"}
    assert set(parse_plan(text, unnamed=FIRST).flag_kinds) == before
    assert set(parse_plan(text + "method: 1\n").flag_kinds) == before
    assert parse_plan(text.replace("column: flagged", "column: flagged, kinds: [burst]")).flag_kinds == ("burst",)
    assert parse_plan(PLAN).flag_kinds == ()
    assert set(PROCESS_KINDS) <= set(FLAG_KINDS)
