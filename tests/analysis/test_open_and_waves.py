"""Open codes and waves, small areas and drivers asked for by a plan."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from analysis.cells import Cells
from analysis.decision import outcome_probabilities
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.open_codes import bias_analysis, compare
from analysis.plan import parse_plan
from analysis.waves import trend
from tests.support.zones import RULES, ZONES


def test_without_bias_the_outcome_is_as_certain_as_the_sample():
    first = bias_analysis(0.72, 0.02, 40, 900, ZONES)["by_bias"][0]
    assert first["bias_sd"] == 0
    assert first["probability"] == pytest.approx(outcome_probabilities(0.72, 0.02, 40, ZONES, 900))


def test_an_unknown_bias_widens_what_may_be_true():
    """Against draws from the two laws."""
    r = np.random.default_rng(4)
    odds = np.log(0.72 / 0.28) + 0.02 / (0.72 * 0.28) * stats.t.rvs(40, size=400_000, random_state=r)
    true = 1 / (1 + np.exp(-odds)) + r.normal(0, 0.05, 400_000)
    result = {row["bias_sd"]: row["probability"] for row in bias_analysis(0.72, 0.02, 40, 900, ZONES)["by_bias"]}[0.05]
    assert result["veto"] == pytest.approx((true < 0.6).mean(), abs=0.002)
    assert result["none"] == pytest.approx((true >= 0.7).mean(), abs=0.004)
    certain = [row["probability"]["none"] for row in bias_analysis(0.76, 0.01, 40, 900, ZONES)["by_bias"]]
    assert certain == sorted(certain, reverse=True)


def test_the_tipping_point_puts_the_whole_on_the_line():
    for row in bias_analysis(0.78, 0.02, 40, 900, ZONES, participation=0.3)["tipping"]:
        assert 0.3 * 0.78 + 0.7 * row["others"] == pytest.approx(row["threshold"])
        assert row["shift"] == pytest.approx(row["threshold"] - 0.78)
    assert (
        bias_analysis(0.9, 0.02, 40, 900, ZONES, participation=0.9)["tipping"][0]["others"] is None
    )  # no share is that low


def test_open_and_sampled_figures_stand_side_by_side():
    result = compare((0.68, 0.02), (0.80, 0.01))
    assert (result.difference, result.t) == (pytest.approx(0.12), pytest.approx(0.12 / np.hypot(0.02, 0.01)))


def rows(seed: int = 1, n: int = 900) -> dict[str, list[object]]:
    r = np.random.default_rng(seed)
    county = r.integers(0, 6, n)
    bus, web = r.integers(1, 6, n), r.integers(0, 6, n)
    overall = np.clip(np.round(0.7 * bus + 1.2 + r.normal(0, 0.7, n)), 1, 5).astype(int)
    return {
        "county": [f"c{value}" for value in county], "site": [f"c{value}s{r.integers(0, 5)}" for value in county],
        "bus": bus.tolist(), "web": web.tolist(), "y": overall.tolist(),
    }  # fmt: skip


def made(**more):
    document = {
        "measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "county", "psu": "site"}, "domains": ["county"], **more,
    }  # fmt: skip
    plan = parse_plan(json.dumps(document))
    return estimate(Cells.from_rows(rows(), plan), plan, RULES).as_dict()


def test_an_open_survey_says_so_in_its_output():
    result = made(sampling="open")
    assert result["warnings"][0].startswith("open answers are not a probability sample")
    assert len(result["open"]["by_bias"]) == 11
    assert made()["sampling"] == "probability"
    assert "open" not in made()


def test_small_areas_stand_beside_the_direct_estimates_and_not_in_the_decision():
    plain, result = made(), made(small_areas={"domain": "county", "least_n": 10})
    table = result["small_areas"]["areas"]
    assert [row["name"] for row in table] == [row["level"] for row in result["domains"]["county"]]
    assert all(row["publication"]["allowed"] for row in table)
    assert result["decision"] == plain["decision"]
    with pytest.raises(AnalysisError, match="no value for c1"):
        made(small_areas={"domain": "county", "covariate": {"c0": 1}})
    with pytest.raises(ValueError, match="none of the plan's domains"):
        made(small_areas={"domain": "site"})


def test_drivers_find_the_service_that_moves_satisfaction():
    result = made(drivers={"services": ["bus", "web"]})["drivers"]
    bus, web = result["services"]
    assert bus["importance"] > 0.4
    assert abs(web["importance"]) < 3 * web["importance_se"]
    assert web["reach"] < bus["reach"] == 1


def test_changes_and_combinations_follow_the_covariance():
    covariance = np.array([[4.0, 1.0, 0.0], [1.0, 4.0, 2.0], [0.0, 2.0, 9.0]]) / 1e4
    result = trend(["2022", "2023", "2024"], np.array([0.60, 0.64, 0.70]), covariance, [30, 40, 20], window=2)
    last = result["points"][2]
    assert last["change_se"] == pytest.approx(np.sqrt((9 + 4 - 4) / 1e4))
    assert last["change_p"] == pytest.approx(2 * stats.t.sf(0.06 / last["change_se"], 20))
    assert last["moving"] == pytest.approx(0.67)
    assert last["moving_se"] == pytest.approx(np.sqrt((4 + 9 + 4) / 4 / 1e4))
    assert result["points"][0]["change"] is None
    precise = trend(["1", "2"], np.array([0.6, 0.7]), np.diag([1e-4, 4e-4]), [30, 30], 2, "precision")
    assert precise["points"][1]["moving"] == pytest.approx((0.6 / 1 + 0.7 / 4) / (1 + 1 / 4))


def test_the_slope_of_waves_on_a_line_is_the_line():
    result = trend(["1", "2", "3", "4"], 0.6 + 0.02 * np.arange(4), np.eye(4) * 1e-4, [30] * 4)
    assert result["slope"] == pytest.approx(0.02)
    assert result["slope_se"] == pytest.approx(np.sqrt(1e-4 / 5))
    with pytest.raises(AnalysisError, match="at least two waves"):
        trend(["1"], np.array([0.6]), np.eye(1), [30])
