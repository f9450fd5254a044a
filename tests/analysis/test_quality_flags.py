"""Flags on single answers: speed, straight lines, copies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.quality_flags import duplicates, straight_lining, too_fast


def positions(flags: tuple[object, ...]) -> list[int]:
    return [flag.position for flag in flags]  # type: ignore[attr-defined]


def test_speed_is_judged_by_the_median_and_by_a_floor():
    seconds = np.array([180.0, 200, 220, 70, 90, np.nan, 10])
    flags = too_fast(seconds, floor_seconds=20, share_of_median=0.5)  # the median of the known is 135
    assert positions(flags) == [6]
    assert flags[0].score == pytest.approx(1 - 10 / 67.5)
    assert "10 秒" in flags[0].zh
    assert positions(too_fast(seconds, floor_seconds=100, share_of_median=0.5)) == [3, 4, 6]
    assert too_fast(np.array([]), 20) == ()


@settings(max_examples=40)
@given(st.lists(st.floats(0, 2000), min_size=1, max_size=80), st.floats(1, 100), st.floats(0.1, 0.9))
def test_slower_answers_are_never_flagged_before_faster_ones(seconds, floor, share):
    flags = too_fast(np.array(seconds), floor, share)
    slowest = max((seconds[flag.position] for flag in flags), default=-1)
    assert all(value <= slowest or position not in positions(flags) for position, value in enumerate(seconds))
    assert set(positions(flags)) == {position for position, value in enumerate(seconds) if value <= slowest}
    assert all(0 <= flag.score <= 1 for flag in flags)


def test_straight_lines_are_those_of_rated_items_only():
    matrix = np.array(
        [
            [5, 5, 5, 5, 5, 0],  # five rated, all alike
            [3, 3, 3, 3, 3, 3],
            [5, 5, 5, 5, 4, 5],
            [4, 4, 0, 0, 0, 4],  # only three rated: not judged
            [0, 0, 0, 0, 0, 0],
            [5, 5, -1, 5, 5, 5],
        ]
    )
    flags = straight_lining(matrix)
    assert positions(flags) == [0, 1, 5]
    assert flags[1].score == pytest.approx(3 / 4)  # one of four judged rows lines up at 3
    assert flags[0].score == pytest.approx(2 / 4)  # two do at 5: more may be meant
    assert positions(straight_lining(matrix, least_share=0.8)) == [0, 1, 2, 5]
    assert straight_lining(np.full((3, 6), -1)) == ()


def survey(seed: int, n: int, questions: int = 20) -> np.ndarray:
    """Honest answers on a scale of 1 to 5: a person's mood and each question's own level; some are happy with all."""
    r = np.random.default_rng(seed)
    raw = 3.7 + r.normal(0, 0.6, (n, 1)) + r.normal(0, 0.3, questions) + r.normal(0, 0.8, (n, questions))
    answers = np.clip(np.round(raw), 1, 5).astype(np.int64)
    answers[r.uniform(size=n) < 0.15] = 5
    return answers


def test_copies_of_a_rare_answer_are_flagged_after_the_first_and_the_common_answer_is_not():
    answers = survey(1, 400)
    site, finished = np.arange(400) % 10, np.arange(400) * 120.0
    copied = np.array([0, 10, 20])  # one site, twenty minutes apart
    answers[copied] = answers[0] = [1, 5, 2, 4, 3] * 4
    flags = duplicates(site, finished, answers)
    assert positions(flags) == [10, 20]
    assert [flag.score for flag in flags] == pytest.approx([1 / 2, 2 / 3])
    assert sum((answers == 5).all(axis=1)) > 40  # and nobody is flagged for being pleased


def test_copies_at_another_site_or_another_hour_are_not_copies():
    answers = survey(2, 400)
    site, finished = np.arange(400) % 10, np.arange(400) * 240.0
    answers[[0, 5]] = answers[0] = [1, 5, 2, 4, 3] * 4
    answers[[3, 33]] = [5, 1, 4, 2, 3] * 4
    assert duplicates(site, finished, answers) == ()


def test_a_stuffed_common_answer_is_flagged_once_it_is_far_too_common():
    answers = survey(3, 400)
    site, finished = np.arange(400) % 10, np.arange(400) * 240.0
    stuffed = np.arange(40)
    answers = np.vstack([answers, np.full((40, 20), 5)])
    site, finished = np.append(site, np.full(40, 4)), np.append(finished, 20_000 + stuffed * 30.0)
    found = positions(duplicates(site, finished, answers))
    assert len([position for position in found if position >= 400]) > 30
    honest = [position for position in found if position < 400]
    assert all(site[position] == 4 and 20_000 <= finished[position] <= 24_800 for position in honest)
    assert len(honest) <= 1  # a true twin in the same hour cannot be told from the copies


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(60)))
def test_the_order_of_responses_does_not_matter(seed, order):
    r = np.random.default_rng(seed)
    answers, site, finished = r.integers(1, 3, (60, 3)), r.integers(0, 3, 60), r.permutation(60) * 97.0
    plain = duplicates(site, finished, answers, level=0.3)
    turned = duplicates(site[list(order)], finished[list(order)], answers[list(order)], level=0.3)
    assert sorted(order[flag.position] for flag in turned) == positions(plain)
