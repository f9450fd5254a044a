"""The logit with random area and site effects: against R's lme4, and the laws of its arithmetic."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.unit_model import Targets, Units, mode, posterior

HERE = Path(__file__).parents[1] / "reference" / "small_areas"


@pytest.fixture(scope="module")
def reference():
    return json.loads((HERE / "reference.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def units():
    with (HERE / "answers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    fixed = np.column_stack([np.ones(len(rows)), column["sex"]])
    area, site = (column[name].astype(np.int64) - 1 for name in ("county", "site"))
    return Units(column["y"], column["n"], fixed, area, site)


def everywhere(areas: int) -> Targets:
    """Half of each area's people of either sex."""
    fixed = np.array([[1.0, sex] for _ in range(areas) for sex in (0, 1)])
    return Targets(fixed, np.repeat(np.arange(areas), 2), np.ones(2 * areas))


def likelihood(units: Units, area_sd: float, site_sd: float) -> float:
    """Laplace's log-likelihood at the joint mode, fixed effects not integrated out: as lme4 with nAGQ = 0."""
    at = mode(units, area_sd, site_sd)
    k = units.fixed.shape[1]
    return at.log_marginal - float(np.linalg.slogdet(at.covariance[:k, :k])[1]) / 2


def test_effects_and_likelihood_equal_those_of_lme4(units, reference):
    units = replace(units, slope_sd=1e4)  # lme4 has no prior
    spreads = reference["county_sd"], reference["site_sd"]
    at = mode(units, *spreads)
    assert at.effects[:2] == pytest.approx(reference["fixed"], abs=1e-9)
    assert at.effects[2:] == pytest.approx(reference["county"], abs=1e-9)
    assert at.site_effects == pytest.approx(reference["site"], abs=1e-9)
    best = likelihood(units, *spreads)
    assert best + reference["coefficients"] == pytest.approx(reference["log_likelihood"], abs=1e-6)
    for moved in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98)):  # lme4's spreads are the most likely ones
        assert likelihood(units, spreads[0] * moved[0], spreads[1] * moved[1]) < best


def test_without_sites_nothing_but_the_areas_is_random(units):
    alone = mode(replace(units, site=None), 0.5, 0.0001)
    tiny = mode(units, 0.5, 0.0001)
    assert alone.effects == pytest.approx(tiny.effects, abs=1e-5)
    assert len(alone.site_effects) == 0


def test_an_areas_share_lies_inside_its_interval_and_follows_its_population(units):
    found = posterior(units, everywhere(9))
    assert ((found.lower > 0) & (found.lower < found.mean) & (found.mean < found.upper) & (found.upper < 1)).all()
    women = replace(everywhere(9), population=np.tile([1.0, 3.0], 9))
    assert (posterior(units, women).mean < found.mean).all()  # the second group is the less satisfied one
    wider = posterior(units, everywhere(9), confidence=0.99)
    assert (wider.upper - wider.lower > found.upper - found.lower).all()
    assert wider.mean == pytest.approx(found.mean)


def test_order_of_rows_and_splitting_a_row_do_not_matter(units):
    found = posterior(units, everywhere(9))
    turned = Units(*(getattr(units, name)[::-1] for name in ("successes", "trials", "fixed", "area", "site")))
    split = Units(
        np.tile(units.successes / 2, 2), np.tile(units.trials / 2, 2), np.tile(units.fixed, (2, 1)),
        np.tile(units.area, 2), np.tile(units.site, 2),
    )  # fmt: skip
    for other in (turned, split):
        assert posterior(other, everywhere(9)).mean == pytest.approx(found.mean, abs=1e-6)


def test_with_many_answers_everywhere_the_model_says_what_the_answers_say():
    area = np.repeat(np.arange(6), 40)
    share = np.array([0.5, 0.55, 0.6, 0.7, 0.75, 0.8])
    trials = np.full(240, 2000.0)
    units = Units(share[area] * trials, trials, np.ones((240, 1)), area, np.arange(240))
    found = posterior(units, Targets(np.ones((6, 1)), np.arange(6), np.ones(6)))
    assert found.mean == pytest.approx(share, abs=0.002)
    assert found.site_sd < 0.1
