"""The library `svy` as a second oracle, where it has the feature; R stands in test_city_reference."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from analysis.sample import weighted_sample
from tests.support.zones import RULES

pl = pytest.importorskip("polars")
svy = pytest.importorskip("svy")
CITY = Path(__file__).parents[1] / "reference" / "city" / "responses.csv"


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    with CITY.open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return {name: [row[name] for row in table] for name in table[0]}


@pytest.fixture(scope="module")
def theirs(rows):
    answered = [value not in ("", "NA") for value in rows["overall"]]
    score = [float(value) if there else None for value, there in zip(rows["overall"], answered, strict=True)]
    frame = pl.DataFrame(
        {
            "county": rows["site_county"],
            "site": rows["site"],
            "age": rows["age"],
            "weight": [float(value) for value in rows["weight"]],
            "sex": rows["sex"],
            "satisfied": [float(value is not None and value >= 4) for value in score],
            "points": [(value - 1) * 25 if value is not None else 0.0 for value in score],
            "answered": [float(there) for there in answered],
        }
    )
    return svy.Sample(frame, svy.Design(stratum="county", psu="site", wgt="weight"))


@pytest.fixture(scope="module")
def ours(rows):
    document = {
        "measure": {"question": "overall", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "site_county", "psu": "site", "weight": "weight"},
        "domains": ["age"],
    }
    plan = parse_plan(json.dumps(document))
    return estimate(Cells.from_rows(rows, plan), plan, RULES)


def rows_of(found) -> list:
    found = found[0] if isinstance(found, list) else found
    return list(found.estimates)


def near(value: float):
    return pytest.approx(value, rel=1e-8)


def test_the_index_and_its_standard_error_agree(ours, theirs):
    row = rows_of(theirs.estimation.ratio("points", "answered"))[0]
    assert ours.overall.index.estimate == near(row.est)
    assert ours.overall.index.se == near(row.se)


def test_the_index_by_age_agrees(ours, theirs):
    found = {str(row.by_level[0]): row for row in rows_of(theirs.estimation.ratio("points", "answered", by="age"))}
    for domain in ours.domains["age"]:
        assert domain.index.estimate == near(found[domain.level].est)
        assert domain.index.se == near(found[domain.level].se)


def test_the_share_satisfied_agrees(ours, theirs):
    row = rows_of(theirs.estimation.ratio("satisfied", "answered"))[0]
    assert ours.overall.satisfied.estimate == near(row.est)
    assert ours.overall.satisfied.se == near(row.se)


def test_raked_weights_agree(rows, theirs):
    """svy rakes by proportional fitting to a tolerance; the weights are the same."""
    ages, sexes = sorted(set(rows["age"])), sorted(set(rows["sex"]))
    margins = {"age": {age: 1000.0 + 100 * k for k, age in enumerate(ages)}}
    total = sum(margins["age"].values())
    margins["sex"] = {sex: total / len(sexes) for sex in sexes}
    raked = theirs.weighting.rake(controls=margins, tol=1e-12, max_iter=500)
    document = {
        "measure": {"question": "overall", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "site_county", "psu": "site", "weight": "weight"},
        "calibration": {"margins": margins},
        "domains": ["id"],
    }
    plan = parse_plan(json.dumps(document))
    sample = weighted_sample(Cells.from_rows(rows, plan), plan)
    own = sample.weight[np.argsort(sample.cells.numbers("id")[0])]
    assert own == pytest.approx(raked.data["rk_wgt"].to_numpy(), rel=1e-6)
