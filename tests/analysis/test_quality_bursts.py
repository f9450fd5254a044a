"""Bursts: a busy hall is innocent, a script is not, and its innocent neighbours stay clean."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.quality_bursts import bursts
from tests.analysis.test_quality_flags import survey

DAY = 86_400.0


@dataclass(frozen=True)
class Answers:
    site: np.ndarray
    finished: np.ndarray
    seconds: np.ndarray
    answers: np.ndarray

    def flags(self, **more: object) -> list[int]:
        return [flag.position for flag in bursts(self.site, self.finished, self.seconds, self.answers, **more)]

    def __add__(self, other: Answers) -> Answers:
        return Answers(
            np.append(self.site, other.site), np.append(self.finished, other.finished),
            np.append(self.seconds, other.seconds), np.vstack([self.answers, other.answers]),
        )  # fmt: skip


def people(seed: int, site: int, n: int, start: float, length: float) -> Answers:
    """Honest people, evenly over `length` seconds, who take about three minutes."""
    r = np.random.default_rng(seed)
    seconds = np.exp(r.normal(np.log(180), 0.35, n))
    return Answers(np.full(n, site), start + np.sort(r.uniform(0, length, n)), seconds, survey(seed, n))


def city(seed: int = 1) -> Answers:
    """Twelve quiet sites, ten working days of eight hours, about two answers an hour."""
    whole = people(seed, 0, 1, 0, 1)
    for site in range(12):
        for day in range(10):
            whole = whole + people(seed + 100 * site + day, site, 16, day * DAY + 9 * 3600, 8 * 3600)
    return whole


def script(site: int, n: int, start: float, seconds: float = 150.0, step: float = 6.0) -> Answers:
    """One opinion sent again and again; with ordinary durations unless said otherwise."""
    row = np.array([5, 5, 4, 5, 5] * 4)
    return Answers(np.full(n, site), start + step * np.arange(n), np.full(n, seconds), np.tile(row, (n, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_people_in_one_hour_on_one_network_are_not_flagged_for_being_busy(seed):
    hall = people(seed, 3, 200, 4 * DAY + 10 * 3600, 3600)
    assert (city() + hall).flags() == []


@pytest.mark.parametrize("seed", range(5))
def test_nor_are_they_where_the_hall_has_no_history_or_is_always_that_busy(seed):
    new = people(seed, 99, 200, 4 * DAY + 10 * 3600, 3600)
    assert (city() + new).flags() == []
    always = new
    for day in range(5, 9):
        always = always + people(seed + day, 99, 800, day * DAY + 9 * 3600, 4 * 3600)
    assert (city() + always).flags() == []


def test_nor_where_the_pleased_majority_gives_one_and_the_same_answer():
    hall = people(5, 3, 200, 4 * DAY + 10 * 3600, 3600)
    pleased = replace(hall, answers=np.where(np.arange(200)[:, None] % 4 == 0, 5, hall.answers))
    assert ((pleased.answers == 5).all(axis=1)).sum() > 60
    assert (city() + pleased).flags() == []


def test_a_meeting_that_answers_within_ten_minutes_is_not_flagged():
    assert (city() + people(8, 2, 60, 5 * DAY + 14 * 3600, 600)).flags() == []


def test_copies_poured_in_within_minutes_are_flagged_all_and_alone():
    whole, sent = city(), script(3, 60, 4 * DAY + 10 * 3600)
    assert (whole + sent).flags() == list(range(len(whole.site), len(whole.site) + 60))


def test_fast_answers_poured_in_are_flagged_even_where_they_differ():
    whole = city()
    robot = people(9, 3, 60, 4 * DAY + 10 * 3600, 600)
    robot = replace(robot, seconds=np.full(60, 8.0))
    flags = (whole + robot).flags()
    assert set(range(len(whole.site), len(whole.site) + 60)) <= set(flags)
    assert len(flags) <= 62


def test_a_script_among_two_hundred_people_is_flagged_and_the_people_are_not():
    hall = city() + people(2, 3, 200, 4 * DAY + 10 * 3600, 3600)
    sent = script(3, 80, 4 * DAY + 10 * 3600 + 600, step=20.0)
    flags = (hall + sent).flags()
    assert set(range(len(hall.site), len(hall.site) + 80)) == set(flags)


def test_copies_sent_slowly_are_no_burst():
    """Left to `duplicates`: the rate is what a burst is about."""
    assert (city() + script(3, 20, 4 * DAY + 9 * 3600, step=1800.0)).flags() == []


def test_a_flag_says_how_many_when_and_why():
    flags = bursts(
        *(getattr(city() + script(3, 60, 4 * DAY), name) for name in ("site", "finished", "seconds", "answers"))
    )
    assert 0.9 < flags[0].score <= 1
    assert "60 份" in flags[0].zh
    assert "60 of them alike" in flags[0].en


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.floats(-1e6, 1e6))
def test_order_and_the_clock_s_origin_do_not_matter(seed, hours):
    whole = city() + script(3, 60, 4 * DAY + 10 * 3600)
    order = np.random.default_rng(seed).permutation(len(whole.site))
    turned = Answers(
        whole.site[order], whole.finished[order] + 3600.0 * round(hours), whole.seconds[order], whole.answers[order]
    )
    assert sorted(order[turned.flags()].tolist()) == whole.flags()


def test_nothing_and_one_answer_have_no_bursts():
    empty = np.array([])
    assert bursts(empty, empty, empty, np.zeros((0, 5), dtype=np.int64)) == ()
    assert people(1, 0, 1, 0, 1).flags() == []
