"""A figure without a county, a site or a way of answering is the estimate of exactly the file that is left, with the
margins of exactly the people it then speaks of."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cells import Cells
from analysis.documents.comparisons import SensitivityDocument, VariantDocument
from analysis.estimation import estimate
from analysis.methods import FIRST
from analysis.plan import Plan, parse_plan
from analysis.robustness import sensitivity
from analysis.sample import weighted_sample
from tests.support.zones import RULES, ZONES

Rows = dict[str, list[Any]]
COUNTIES = ("c0", "c1", "c2")
HOMES = {"c0": 500, "c1": 300, "c2": 200}


def city(seed: int, n: int = 400) -> Rows:
    """Three counties of five sites; one in eight was asked in another county than the own; some leave the question open."""
    r = np.random.default_rng(seed)
    asked = [str(r.choice(COUNTIES)) for _ in range(n)]
    home = [str(r.choice(COUNTIES)) if r.uniform() < 0.2 else place for place in asked]
    sex = [str(r.choice(["m", "f"])) for _ in range(n)]
    level = {"c0": 3.9, "c1": 3.3, "c2": 4.4}
    answer = [str(int(np.clip(round(level[place] + r.normal(0, 1)), 1, 5))) for place in home]
    return {
        "county": asked, "site": [f"{place}s{r.integers(0, 5)}" for place in asked],
        "weight": r.choice([1.0, 2.0, 3.5], n).tolist(), "home": home, "sex": sex,
        "age": [str(r.choice(["young", "old"], p=[0.7, 0.3])) for _ in range(n)],
        "home_sex": [f"{place} {one}" for place, one in zip(home, sex, strict=True)],
        "mode": [str(r.choice(["web", "paper", "phone"], p=[0.6, 0.3, 0.1])) for _ in range(n)],
        "y": [value if r.uniform() > 0.1 else "" for value in answer],
    }  # fmt: skip


def plan(margins: dict[str, dict[str, float]], **more: Any) -> Plan:
    document = {
        "measure": {"question": "y", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
        "design": {"strata": "county", "psu": "site", "weight": "weight"},
        "calibration": {"margins": margins}, "singleton": "remove",
    }  # fmt: skip
    return parse_plan(json.dumps(document | more))


def kept(rows: Rows, column: str, gone: str) -> Rows:
    places = [place for place, value in enumerate(rows[column]) if value != gone]
    return {name: [values[place] for place in places] for name, values in rows.items()}


def share(rows: Rows, asked: Plan) -> float:
    return float(estimate(Cells.from_rows(rows, asked), asked, RULES).as_dict()["satisfied"]["estimate"])


def of(rows: Rows, asked: Plan) -> SensitivityDocument:
    return sensitivity(Cells.from_rows(rows, asked), asked, ZONES)


def keys(row: VariantDocument) -> list[str]:
    return [notice["key"] for notice in row["notices"]]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_a_county_goes_with_its_residents_wherever_they_were_asked(seed):
    rows, sexes, ages = city(seed), {"m": 480, "f": 520}, {"young": 650, "old": 350}
    found = of(rows, plan({"home": HOMES, "sex": sexes, "age": ages}))
    for row in found["strata"]:
        left = {name: count for name, count in HOMES.items() if name != row["level"]}
        part = sum(left.values()) / 1000
        margins = {"home": left} | {
            name: {level: count * part for level, count in levels.items()}
            for name, levels in (("sex", sexes), ("age", ages))
        }
        assert row["figure"] == pytest.approx(share(kept(rows, "home", row["level"]), plan(margins)), rel=1e-10)
        (scaled,) = [notice["params"] for notice in row["notices"] if notice["key"] == "margins_of_the_rest_scaled"]
        assert scaled == {"margins": "sex, age", "factor": pytest.approx(part)}
        assert row["responses"] == rows["home"].count(row["level"])
        assert row["n"] == sum(
            bool(answer) for answer, home in zip(rows["y"], rows["home"], strict=True) if home == row["level"]
        )
        (told,) = [notice for notice in row["notices"] if notice["key"] == "residents_left_out"]
        pairs = list(zip(rows["home"], rows["county"], strict=True))
        assert told["params"] == {
            "elsewhere": sum(home == row["level"] != asked for home, asked in pairs),
            "others": sum(home != row["level"] == asked for home, asked in pairs),
        }


def test_a_margin_that_the_plan_has_by_county_is_summed_and_not_scaled():
    """c0 is mostly women, so that without it the rest has 300 men to 200 women, whatever the whole city has."""
    rows = city(7)
    crossed = {"c0 m": 100, "c0 f": 400, "c1 m": 180, "c1 f": 120, "c2 m": 120, "c2 f": 80}
    margins = {"home": HOMES, "home_sex": crossed, "sex": {"m": 400, "f": 600}}
    (row,) = [row for row in of(rows, plan(margins))["strata"] if row["level"] == "c0"]
    rest = {
        "home": {"c1": 300, "c2": 200}, "home_sex": {name: n for name, n in crossed.items() if name[:2] != "c0"},
        "sex": {"m": 300, "f": 200},
    }  # fmt: skip
    assert row["figure"] == pytest.approx(share(kept(rows, "home", "c0"), plan(rest)), rel=1e-10)
    assert "margins_of_the_rest_scaled" not in keys(row)


def test_where_nothing_says_who_lives_there_a_stratum_goes_with_what_was_asked_in_it():
    rows = city(3)
    sexes = {"sex": {"m": 480, "f": 520}}
    for row in of(rows, plan(sexes))["strata"]:
        assert row["figure"] == pytest.approx(share(kept(rows, "county", row["level"]), plan(sexes)), rel=1e-10)
        assert row["notices"] == []


def test_a_level_that_vanishes_with_a_site_leaves_the_population_and_is_named():
    """The old were met at one site alone; without it the plan's young are all there is, in both sexes alike."""
    rows = city(5)
    rows["age"] = ["old" if site == "c1s2" else "young" for site in rows["site"]]
    ages, sexes = {"young": 900, "old": 100}, {"m": 480, "f": 520}
    found = {row["level"]: row for row in of(rows, plan({"age": ages, "sex": sexes}))["sites"]}
    rest = plan({"age": {"young": 900}, "sex": {level: count * 0.9 for level, count in sexes.items()}})
    assert found["c1s2"]["figure"] == pytest.approx(share(kept(rows, "site", "c1s2"), rest), rel=1e-10)
    gone = found["c1s2"]["notices"][0]
    assert (gone["key"], gone["params"]) == ("levels_gone", {"margin": "age", "levels": "old"})
    assert found["c0s0"]["notices"] == []


def test_a_level_that_vanishes_with_a_way_of_answering_leaves_the_population():
    rows = city(6)
    rows["age"] = ["old" if mode == "phone" else age for mode, age in zip(rows["mode"], rows["age"], strict=True)]
    rows["age"] = ["oldest" if mode == "phone" else age for mode, age in zip(rows["mode"], rows["age"], strict=True)]
    ages = {"young": 600, "old": 300, "oldest": 100}
    asked = plan({"age": ages}, domains=["mode"])
    (row,) = [row for row in of(rows, asked)["choices"] if row["level"] == "phone"]
    rest = plan({"age": {"young": 600, "old": 300}})
    assert row["figure"] == pytest.approx(share(kept(rows, "mode", "phone"), rest), rel=1e-10)
    assert row["responses"] == rows["mode"].count("phone")
    assert keys(row) == ["levels_gone"]


def test_flagged_answers_left_out_take_a_level_with_them():
    rows = city(8)
    rows["flag"] = ["1" if site == "c2s1" else "" for site in rows["site"]]
    rows["age"] = ["old" if flag else "young" for flag in rows["flag"]]
    asked = plan({"age": {"young": 900, "old": 100}}, flagged={"column": "flag"})
    rest = share(kept(rows, "flag", "1"), plan({"age": {"young": 900}}))
    assert {row["change"]: row for row in of(rows, asked)["choices"]}["flagged_removed"]["figure"] == pytest.approx(
        rest
    )


@pytest.mark.parametrize("margins", ["keep", "release"])
def test_trimming_is_repeated_without_each_site_and_county(margins):
    rows = city(9)
    calibration = {"trim": {"max_ratio": 2.5, "margins": margins}}
    sexes = {"m": 400, "f": 600}
    whole = plan({}, calibration={"margins": {"home": HOMES, "sex": sexes}} | calibration)
    found = of(rows, whole)
    assert estimate(Cells.from_rows(rows, whole), whole, RULES).as_dict()["calibration"]["trimmed"] > 20
    for row in found["sites"][:4]:
        assert row["figure"] == pytest.approx(share(kept(rows, "site", row["level"]), whole), rel=1e-10)
    (row,) = [row for row in found["strata"] if row["level"] == "c1"]
    halves = {level: count * 0.7 for level, count in sexes.items()}
    rest = plan({}, calibration={"margins": {"home": {"c0": 500, "c2": 200}, "sex": halves}} | calibration)
    assert row["figure"] == pytest.approx(share(kept(rows, "home", "c1"), rest), rel=1e-10)


def test_a_site_left_out_is_one_without_answers_where_weights_follow_the_sites():
    """Its neighbours carry its people, as the plan says of a silent site; what a county's sites weigh stays without it."""
    rows, sexes = city(12), {"m": 480, "f": 520}
    drawn = [
        {"site": f"{place}s{at}", "stratum": place, "probability": 0.1, "eligible": 300 + 100 * at}
        for place in COUNTIES
        for at in range(5)
    ]
    asked = plan({"home": HOMES, "sex": sexes}, design={"strata": "county", "psu": "site"}, weights={"sites": drawn})
    found = of(rows, asked)
    for row in found["sites"][:5]:
        assert row["figure"] == pytest.approx(share(kept(rows, "site", row["level"]), asked), rel=1e-10)
    sample = weighted_sample(Cells.from_rows(rows, asked), asked)
    base = dict(zip(sample.cells.columns["site"].codes, sample.cells.weight / sample.cells.count, strict=True))
    weighed = {sample.cells.columns["site"].levels[code]: weight for code, weight in base.items() if weight > 0}
    rows["weight"] = [weighed[site] if answer else 0.0 for site, answer in zip(rows["site"], rows["y"], strict=True)]
    (row,) = [row for row in found["strata"] if row["level"] == "c1"]
    rest = plan({"home": {"c0": 500, "c2": 200}, "sex": {level: count * 0.7 for level, count in sexes.items()}})
    assert row["figure"] == pytest.approx(share(kept(rows, "home", "c1"), rest), rel=1e-10)


def test_totals_shrink_with_the_people():
    rows = city(10)
    rows["children"] = [
        str(len(site) % 2 + int(sex == "f")) for site, sex in zip(rows["site"], rows["sex"], strict=True)
    ]
    found = of(
        rows, plan({}, calibration={"margins": {"home": HOMES}, "totals": {"children": 640}, "method": "linear"})
    )
    (row,) = [row for row in found["strata"] if row["level"] == "c2"]
    rest = {"margins": {"home": {"c0": 500, "c1": 300}}, "totals": {"children": 640 * 0.8}, "method": "linear"}
    assert row["figure"] == pytest.approx(share(kept(rows, "home", "c2"), plan({}, calibration=rest)), rel=1e-10)
    assert keys(row) == ["residents_left_out", "margins_of_the_rest_scaled"]


def test_method_1_leaves_a_county_out_as_it_did():
    """Rows asked in the county go; who lives there and was asked elsewhere carries its whole margin."""
    rows, margins = city(11), {"home": HOMES, "sex": {"m": 480, "f": 520}}
    first = replace(plan(margins), method=FIRST)
    for row in of(rows, first)["strata"]:
        assert row["figure"] == pytest.approx(share(kept(rows, "county", row["level"]), plan(margins)), rel=1e-10)
        assert row["n"] == row["responses"] == rows["county"].count(row["level"])
