"""The document of `minyi estimate --json` keeps its keys: it meets the schema that stands beside the engine."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.robustness import sensitivity
from analysis.zones import Rules
from tests.analysis.test_city_reference import plan, rows
from tests.analysis.test_zones import ODD, THREE
from tests.support.zones import RULES, ZONES

SCHEMA = json.loads(files("analysis").joinpath("estimate.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "rules", [RULES, Rules(ODD.zones, THREE, ("home_county",)), None], ids=["jining", "odd", "none"]
)
@pytest.mark.parametrize("official", ["share", "index"])
def test_the_document_of_an_estimate_meets_its_schema(rules, official):
    chosen = plan("with_fpc", "raked")
    chosen = replace(chosen, measure=replace(chosen.measure, official=official))
    cells = Cells.from_rows(rows(), chosen)
    document = estimate(cells, chosen, rules).as_dict()
    if rules:
        document["sensitivity"] = sensitivity(cells, chosen, rules.whole)
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMA)
    decided = [document["decision"], *(row["decision"] for row in document["domains"]["home_county"])]
    if rules is None:
        assert decided == [None] * len(decided)
    else:
        assert decided[0]["rulebook"] == rules.whole.rulebook
        assert {row["rulebook"] for row in decided[1:]} == {rules.of("home_county").rulebook}
        assert set(decided[0]["probability"]) == set(rules.whole.keys)
        pooled = set(rules.counties.keys) if rules.county_domains else set()  # of counties alone
        assert set(decided[1]["probability_pooled"] or ()) == pooled


def test_jinings_decision_has_the_keys_that_others_script_against():
    chosen = plan("with_fpc", "raked")
    decision = estimate(Cells.from_rows(rows(), chosen), chosen, RULES).as_dict()["decision"]
    assert list(decision["probability"]) == ["none", "deduct", "veto"] == list(ZONES.keys)
    assert decision["outcome"] in ("none", "deduct", "veto")
    assert decision["points"] in (0, -10, None)


def test_what_a_reader_must_know_has_a_key_its_parameters_and_a_text():
    chosen = plan("with_fpc", "raked")
    other = {
        name: {level: count * 1.0002 for level, count in levels.items()} for name, levels in chosen.margins().items()
    }
    chosen = chosen.with_margins({"sex": other["sex"]})
    document = estimate(Cells.from_rows(rows(), chosen), chosen, RULES).as_dict()
    (notice,) = [notice for notice in document["notices"] if notice["key"] == "margin_scaled"]
    assert (notice["key"], notice["params"]["margin"], notice["params"]["first"]) == (
        "margin_scaled",
        "sex",
        "home_county",
    )
    assert notice["text"] == "margin 'sex' was scaled by 0.99980004 to the total of 'home_county'"
    assert document["warnings"] == [notice["text"] for notice in document["notices"]]
