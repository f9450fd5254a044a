"""Small areas under a plan: what enters the model, whose population it speaks for, and the publication rule."""

import json

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.plan import parse_plan
from analysis.small_areas import publishable
from benchmarks.small_areas import LAYOUTS, table
from definitions import DefinitionError
from survey_app.ground.stored import as_stored

COUNTIES = 6
PLAN = {
    "measure": {"question": "y", "satisfied": [1], "scale": [0, 1]},
    "design": {"strata": "county", "psu": "site"},
    "domains": ["county"],
    "small_areas": {"domain": "county"},
}  # fmt: skip


def answers(seed: int = 5, weight: float = 1.0) -> dict[str, list]:
    """Six counties of four sites, fifteen answers each; women are the less satisfied, the old ones the more."""
    r = np.random.default_rng(seed)
    county = np.repeat(np.arange(COUNTIES), 60)
    sex, old = r.integers(0, 2, len(county)), r.integers(0, 2, len(county))
    y = (r.random(len(county)) < 0.6 + 0.03 * county - 0.25 * sex + 0.1 * old).astype(int)
    return {
        "y": y.tolist(), "county": [f"c{one}" for one in county], "site": np.repeat(np.arange(24), 15).tolist(),
        "sex": ["mf"[one] for one in sex], "old": old.tolist(), "weight": [weight] * len(county),
    }  # fmt: skip


def made(rows=None, **more) -> dict:
    plan = parse_plan(json.dumps(PLAN | more))
    return estimate(Cells.from_rows(rows or answers(), plan), plan).as_dict()["small_areas"]


def cross_table(women: dict[int, float]) -> list[dict]:
    """Per county the share of women, evenly old and young."""
    return [
        {"county": f"c{county}", "sex": sex, "old": old, "population": 1000 * (share if sex == "f" else 1 - share)}
        for county, share in women.items()
        for sex in "mf"
        for old in (0, 1)
    ]


def with_cells(cells: list[dict], rows=None) -> dict:
    return made(rows, small_areas={"domain": "county", "cells": cells})


EVEN = dict.fromkeys(range(COUNTIES), 0.5)


def test_a_cross_table_of_the_population_decides_whose_share_it_is():
    even, women = with_cells(cross_table(EVEN)), with_cells(cross_table(EVEN | {0: 0.9}))
    assert even["cells"] == {"source": "cross_table", "columns": ["sex", "old"], "left_out": 0}
    first, *others = zip(even["areas"], women["areas"], strict=True)
    assert first[1]["model"] < first[0]["model"] - 0.05
    assert [one["model"] for one, _ in others] == pytest.approx([other["model"] for _, other in others])


def test_without_a_cross_table_the_traits_among_the_margins_are_raked_and_it_is_said():
    margins = {"county": {f"c{one}": 10 for one in range(COUNTIES)}, "sex": {"f": 30, "m": 30}}
    found = made(calibration={"margins": margins})
    assert found["cells"] == {"source": "margins", "columns": ["sex"], "left_out": 0}


def test_a_margin_that_all_but_names_the_county_is_no_trait_of_persons():
    rows = answers()
    rows["home"] = [f"h{county}" if place % 10 else "elsewhere" for place, county in enumerate(rows["county"])]
    levels = sorted(set(rows["home"]))
    margins = {"home": {level: rows["home"].count(level) for level in levels}, "sex": {"f": 180, "m": 180}}
    assert made(rows, calibration={"margins": margins})["cells"]["columns"] == ["sex"]


def test_answers_without_a_trait_are_left_out_and_counted():
    rows = answers()
    rows["sex"][7] = ""
    assert with_cells(cross_table(EVEN), rows)["cells"]["left_out"] == 1


def test_the_unit_of_weights_and_splitting_cells_do_not_matter():
    plain = made(design=PLAN["design"] | {"weight": "weight"})
    heavy = made(answers(weight=250.0), design=PLAN["design"] | {"weight": "weight"})
    assert [row["model"] for row in heavy["areas"]] == pytest.approx([row["model"] for row in plain["areas"]], abs=1e-7)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (cross_table(dict.fromkeys(range(5), 0.5)), "has no c5"),
        ([{"sex": "f", "population": 3}], "needs the columns county"),
        ([*cross_table(EVEN), {"county": "c1", "sex": "f", "population": 3}], "row 25"),
        ([{"county": "c1", "population": -1}], "row 1"),
        ([{"county": "c1", "population": "many"}], "row 1"),
    ],
)
def test_a_cross_table_that_does_not_fit_is_refused_in_words(cells, said):
    with pytest.raises((AnalysisError, DefinitionError), match=said):
        with_cells(cells)


def test_where_no_model_can_be_fitted_the_reason_stands_in_its_place():
    rows = answers()
    few = {name: values[:240] for name, values in rows.items()}
    assert "at least 5 areas, not 4" in made(few)["reason"]
    assert "unanimous" in made(rows | {"y": [1] * 360})["reason"]
    covariate = {f"c{one}": 3 for one in range(COUNTIES)}
    with pytest.raises(AnalysisError, match="not the same one everywhere"):
        made(small_areas={"domain": "county", "covariate": covariate})


def test_a_crossing_of_columns_and_rows_drawn_directly_have_their_model_too():
    crossed = made(domains=[["county", "sex"]], small_areas={"domain": "county × sex"})
    assert len(crossed["areas"]) == 12
    assert made(design={"strata": "county"})["site_sd"] is None


def test_a_stored_table_of_the_model_before_is_not_computed_again():
    before = {"small_areas": {"domain": "county", "reason": None, "areas": [{"name": "c0", "model": 0.7}]}}
    now = {"small_areas": made()}
    assert as_stored(now, before) == before
    assert as_stored(now, now) == now


def test_the_model_is_closer_to_the_truth_than_the_direct_estimates():
    """A small member of the benchmark, whose table stands in docs/method/statistics-more.md; the limits are four errors away."""
    _, _, line = (line.split("|") for line in table(8, 3, LAYOUTS[:1], (0.06,)))
    assert float(line[3]) < 0.75
    assert float(line[5]) > 0.83


def test_the_publication_rule_says_why():
    assert publishable(120, 0.05, 50, 0.15)["reason"] == "ok"
    few = publishable(30, 0.05, 50, 0.15)
    assert (few["allowed"], few["reason"]) == (False, "too_few")
    assert "30" in few["zh"]
    assert "fewer than 50" in few["en"]
    assert publishable(120, 0.2, 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(120, None, 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(120, float("nan"), 50, 0.15)["reason"] == "too_uncertain"
    assert publishable(50, 0.15, 50, 0.15)["allowed"]


def test_figures_that_agree_to_ten_digits_are_the_stored_ones_and_others_are_not():
    stored = {"estimate": 0.7123456789012345, "interval": [0.6, 1], "n": 4}
    assert as_stored({"estimate": 0.7123456789012351, "interval": [0.6000000000000001, 1.0], "n": 4}, stored) == stored
    for other in (0.71234567, 0.7123456799, 0.8):
        assert as_stored(stored | {"estimate": other}, stored) != stored
    assert as_stored(stored | {"n": 5}, stored) != stored
