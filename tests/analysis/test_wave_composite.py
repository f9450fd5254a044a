"""A wave steadied by the one before: nothing where nothing can be had, smaller errors as often right as stated."""

import numpy as np
import pytest
from scipy import stats

from analysis.wave_composite import FEWEST, composite
from analysis.waves import trend
from tests.support.two_waves import SITES, STRATA, two_waves


def test_the_coefficient_and_the_variance_by_hand_in_one_stratum():
    before = {f"s{place}": total for place, total in enumerate([3.0, -1, 2, -2, 1, 0, -1, 1, 2, -5, 4, -4])}
    now = {f"s{place}": total for place, total in enumerate([2.0, -1, 3, -2, 0, 1, -1, 0, 1])} | {"new": -3.0}
    found = composite(np.array([0.6, 0.7]), np.array([9.0, 12.0]), 0.0, ({"h": (0.0, before)}, {"h": (0.0, now)}))
    first, second, every = np.array(list(before.values())[:9]), np.array(list(now.values())[:9]), [*before.values()]
    together, spread = 3 * np.cov(first, second)[0, 1], 3 * 12 / 9 * np.var(every, ddof=1)
    assert found.estimate == pytest.approx(0.7 - together / spread * 12 * (first.mean() - np.mean(every)))
    gain = together**2 / spread
    gain -= (12 - gain) / 7
    assert found.se**2 == pytest.approx(12 - gain)


def test_nothing_is_made_of_waves_that_share_all_sites_none_or_too_few():
    generator = np.random.default_rng(2)
    for shared in (SITES, 0):
        assert composite(*two_waves(generator, 0.8, shared)) is None
    values, variances, covariance, totals = two_waves(generator, 0.8, 4)
    few = [{name: wave[name] for name in ("h0", "h1")} for wave in totals]
    assert FEWEST > 2 * 3
    assert composite(values, variances, covariance, few) is None


@pytest.mark.parametrize(("correlation", "most"), [(0.8, 0.95), (0.0, 1.04)])
def test_half_the_sites_shared_make_the_error_smaller_and_the_stated_error_is_the_one_made(correlation, most):
    generator = np.random.default_rng(6)
    plain, steadied, covered = 0.0, 0.0, 0
    for _ in range(400):
        values, variances, covariance, totals = two_waves(generator, correlation, 4)
        found = composite(values, variances, covariance, totals)
        plain, steadied = plain + values[1] ** 2, steadied + found.estimate**2
        covered += abs(found.estimate) < stats.t.isf(0.025, STRATA * (SITES - 1)) * found.se
    assert steadied / plain < most
    assert covered / 400 == pytest.approx(0.95, abs=0.033)


def test_the_trend_has_it_for_the_later_wave_alone():
    values, variances, covariance, totals = two_waves(np.random.default_rng(3), 0.8, 4)
    joint = np.array([[variances[0], covariance], [covariance, variances[1]]])
    first, second = trend(["a", "b"], values, joint, [42, 42], totals=totals)["points"]
    found = composite(values, variances, covariance, totals)
    assert (first["composite"], first["composite_se"]) == (None, None)
    assert (second["composite"], second["composite_change"]) == (found.estimate, found.change)
