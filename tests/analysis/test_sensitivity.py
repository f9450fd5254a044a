"""What the decision would be otherwise: by weights, margins, flags, counties, sites and definitions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import Plan, parse_plan
from analysis.robustness import official_figure, sensitivity
from analysis.sample import weighted_sample
from tests.support.zones import RULES, ZONES


def city(seed: int = 5, n: int = 600) -> dict[str, list[Any]]:
    """Three counties of six sites; people of 'z' are fewer in the sample than in the city."""
    r = np.random.default_rng(seed)
    county = r.integers(0, 3, n)
    return {
        "county": [f"c{value}" for value in county],
        "site": [f"c{value}s{r.integers(0, 6)}" for value in county],
        "weight": r.uniform(1, 4, n).tolist(),
        "age": r.choice(["x", "z"], n, p=[0.8, 0.2]).tolist(),
        "sex": r.choice(["m", "f"], n).tolist(),
        "flag": r.choice(["", "1"], n, p=[0.9, 0.1]).tolist(),
        "y": r.choice([1, 2, 3, 4, 5], n, p=[0.05, 0.1, 0.16, 0.4, 0.29]).tolist(),
    }


def plan(**more: Any) -> Plan:
    document = {
        "measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "county", "psu": "site", "weight": "weight"},
        "calibration": {"margins": {"age": {"x": 600, "z": 400}, "sex": {"m": 500, "f": 500}}},
        "flagged": {"column": "flag", "exclude": False},
        **more,
    }
    return parse_plan(json.dumps(document))


def figure(rows: dict[str, list[Any]], plan: Plan) -> float:
    return official_figure(weighted_sample(Cells.from_rows(rows, plan), plan), plan)


def without(rows: dict[str, list[Any]], name: str, level: str) -> dict[str, list[Any]]:
    kept = [index for index, value in enumerate(rows[name]) if value != level]
    return {key: [values[index] for index in kept] for key, values in rows.items()}


def test_every_site_left_out_equals_the_estimate_without_its_rows():
    rows, asked = city(), plan()
    result = sensitivity(Cells.from_rows(rows, asked), asked, ZONES)
    assert len(result["sites"]) == len(set(rows["site"]))
    for row in result["sites"]:
        assert row["figure"] == pytest.approx(figure(without(rows, "site", row["level"]), asked), rel=1e-10)
        assert row["n"] == rows["site"].count(row["level"])


def test_every_county_left_out_equals_the_estimate_without_its_rows():
    rows, asked = city(), plan()
    for row in sensitivity(Cells.from_rows(rows, asked), asked, ZONES)["strata"]:
        assert row["figure"] == pytest.approx(figure(without(rows, "county", row["level"]), asked), rel=1e-10)


def test_a_county_that_is_a_margin_level_leaves_the_population_with_its_rows():
    rows = city()
    margins = {"county": {"c0": 500, "c1": 300, "c2": 200}, "sex": {"m": 500, "f": 500}}
    asked = plan(calibration={"margins": margins})
    left = {row["level"]: row for row in sensitivity(Cells.from_rows(rows, asked), asked, ZONES)["strata"]}
    rest = {"county": {"c1": 300, "c2": 200}, "sex": {"m": 250, "f": 250}}
    expected = figure(without(rows, "county", "c0"), plan(calibration={"margins": rest}))
    assert left["c0"]["figure"] == pytest.approx(expected, rel=1e-10)


def test_choices_name_weights_margins_and_flags():
    rows, asked = city(), plan()
    choices = {
        (row["change"], row["level"]): row for row in sensitivity(Cells.from_rows(rows, asked), asked, ZONES)["choices"]
    }
    assert choices["unweighted", ""]["figure"] == pytest.approx(np.mean([value >= 4 for value in rows["y"]]))
    assert choices["base_weights", ""]["figure"] == pytest.approx(figure(rows, replace(asked, calibration=None)))
    only_sex = plan(calibration={"margins": {"sex": {"m": 500, "f": 500}}})
    assert choices["without_margin", "age"]["figure"] == pytest.approx(figure(rows, only_sex))
    assert choices["flagged_kept", ""]["figure"] == pytest.approx(figure(rows, asked))
    assert choices["flagged_removed", ""]["figure"] == pytest.approx(figure(without(rows, "flag", "1"), asked))
    assert choices["flagged_removed", ""]["n"] == rows["flag"].count("1")


def test_praise_from_a_few_sites_is_found_as_what_decides():
    rows = city(n=900)
    for index, site in enumerate(rows["site"]):
        rows["y"][index] = 5 if site in ("c0s0", "c0s1") else rows["y"][index]
    honest = [value for site, value in zip(rows["site"], rows["y"], strict=True) if site not in ("c0s0", "c0s1")]
    assert np.mean([value >= 4 for value in honest]) < 0.7
    asked = plan(calibration=None, flagged=None)
    result = sensitivity(Cells.from_rows(rows, asked), asked, ZONES)
    assert result["outcome"] == "none"
    assert set(result["decisive_sites"]) <= {"c0s0", "c0s1"}
    assert {row["level"] for row in result["sites"][:2]} == {"c0s0", "c0s1"}


def test_excluded_flags_do_not_reach_the_estimate():
    rows, asked = city(), plan(flagged={"column": "flag", "exclude": True})
    result = estimate(Cells.from_rows(rows, asked), asked, RULES)
    assert result.flagged == {"flagged": rows["flag"].count("1"), "excluded": rows["flag"].count("1")}
    assert result.overall.n == rows["flag"].count("")


def test_the_definition_alone_can_decide():
    """The issue's own example: 25/40/25/7/3 % from best to worst."""
    rows = {"y": [5] * 25 + [4] * 40 + [3] * 25 + [2] * 7 + [1] * 3}
    document = {"measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]}}
    asked = parse_plan(json.dumps(document))
    found = {row["definition"]: row for row in estimate(Cells.from_rows(rows, asked), asked, RULES).definitions}
    expected = {"top_2": (0.65, -10), "index_0_100": (0.6925, -10), "index_20_100": (0.754, 0), "top_3": (0.90, 0)}
    for name, (value, points) in expected.items():
        assert found[name]["figure"] == pytest.approx(value)
        assert found[name]["points"] == points
    assert [name for name, row in found.items() if row["used"]] == ["top_2"]


def test_the_definition_in_use_is_marked_where_the_plan_rates_an_index():
    rows = {"y": [5, 4, 3, 2, 1, 4, 5]}
    measure = {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5], "official": "index"}
    for points, used in (([20, 40, 60, 80, 100], "index_20_100"), ([0, 10, 50, 90, 100], "index_of_plan")):
        asked = parse_plan(json.dumps({"measure": measure | {"points": points}}))
        found = estimate(Cells.from_rows(rows, asked), asked, RULES)
        assert [row["definition"] for row in found.definitions if row["used"]] == [used]
        row = next(row for row in found.definitions if row["used"])
        assert row["figure"] == pytest.approx(found.overall.index.estimate / 100)


def test_a_survey_of_one_site_says_that_nobody_is_left_without_it():
    alone = plan(design={"psu": "site", "weight": "weight"}, calibration=None, flagged=None, singleton="certainty")
    rows = {"site": ["a"] * 4, "weight": [2.0] * 4, "y": [5, 4, 2, 5]}
    (site,) = sensitivity(Cells.from_rows(rows, alone), alone, ZONES)["sites"]
    assert site["figure"] is None
    assert "nobody is left" in site["note"]
