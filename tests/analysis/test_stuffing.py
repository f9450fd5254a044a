"""Scripted stuffers of a fixed seed: what is found, what a site's weight bounds, and what invitations leave of them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.stuffers import MOST_LOST, MOST_SHIFT, STUFFERS, tried
from tests.support.stuffing import honest_answers, naive


@pytest.mark.parametrize("name", ["naive", "patient"])
def test_a_stuffed_site_moves_an_open_survey_by_less_than_a_point_and_an_invited_one_not_at_all(name):
    _sent, found, bound, unseen, left, lost = tried(STUFFERS[name], np.random.default_rng(7), invited=False)
    assert abs(left) <= abs(unseen) <= bound + 0.01 < MOST_SHIFT
    assert lost < MOST_LOST
    assert found == {"naive": 100, "patient": 0}[name]  # who waits as people do is not found, only bounded
    assert tried(STUFFERS[name], np.random.default_rng(7), invited=True)[4] == 0


def test_fifty_addresses_at_twenty_five_sites_are_bounded_by_their_weight_alone_where_nobody_is_invited():
    stuffer = STUFFERS["over 50 addresses"]
    _sent, _found, bound, _unseen, left, _lost = tried(stuffer, np.random.default_rng(7), invited=False)
    assert MOST_SHIFT < left < bound
    assert tried(stuffer, np.random.default_rng(7), invited=True)[4] == 0


def test_the_delay_alone_finds_most_of_a_flood_and_nobody_honest():
    r = np.random.default_rng(7)
    both = honest_answers(r).plus(naive(r))
    unripe = both.seconds < both.delays()
    assert unripe[~both.honest].mean() > 0.8
    assert not unripe[both.honest].any()
