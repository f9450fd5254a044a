"""Documents have the types they say they have, to the last key; older formats are read into the present one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis import Cells, Satisfaction, estimate, load_rulebook, parse_plan, score, sensitivity
from analysis.documents.estimate import EstimateDocument, read_estimate
from analysis.errors import FormatError
from analysis.methods import CURRENT, FIRST
from analysis.plan import Plan
from analysis.scoring.documents import ScorecardDocument, read_scorecard
from analysis.zones import COUNTY_DOMAINS, Rules
from tests.analysis.test_city_reference import plan, rows
from tests.support.typed import departures
from tests.support.zones import RULES

LATER = {  # keys that format 1 did not know
    "format", "method", "rules", "notices", "responses", "missing", "bounds", "index_bounds", "silent_bounds", "site_weights",
}  # fmt: skip
EVERYTHING = """
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: site_county, psu: site, weight: weight}
domains: [home_county, [home_county, sex]]
calibration: {method: linear, margins: {home_county: a, sex: b, age: c}, trim: {max_ratio: 40}}
singleton: adjust
small_areas: {domain: home_county}
replication: {method: jkn}
figures:
  - {mean: overall, by: [sex]}
  - {total: overall}
  - {ratio: [overall, overall]}
  - {quantile: overall}
  - {difference: [{sex: 女}, {sex: 男}]}
  - {difference: [{sex: 女}, {sex: 无}]}
  - {table: [sex, age]}
drivers: {services: [overall, overall]}
official_se: 0.01
sampling: open
"""


def as_stored(chosen: Plan, rules: Rules | None) -> Any:
    """The document as it comes back from where it was kept."""
    cells = Cells.from_rows(rows(), chosen)
    document = estimate(cells, chosen, rules).as_dict()
    if rules:
        document["sensitivity"] = sensitivity(cells, chosen, rules.whole)
    return json.loads(json.dumps(document))


def everything() -> Plan:
    return parse_plan(EVERYTHING).with_margins(plan("with_fpc", "raked").margins())


def before_formats(document: Any) -> Any:
    """As a release without formats stored the same."""
    levels = [level for found in document["domains"].values() for level in found]
    for row in [document, *levels, *document["figures"]]:
        for key in LATER & set(row):
            del row[key]
        if row.get("decision"):
            del row["decision"]["rulebook"]
    return document


@pytest.mark.parametrize("rules", [RULES, None], ids=["decided", "not decided"])
def test_an_estimate_is_what_its_type_says(rules):
    assert list(departures(as_stored(everything(), rules), EstimateDocument)) == []
    assert list(departures(as_stored(plan("with_fpc", "raked"), rules), EstimateDocument)) == []


def test_a_key_more_or_less_or_of_another_type_is_a_departure():
    document = as_stored(plan("with_fpc", "raked"), RULES)
    document["satisfied"] |= {"estimat": 0.5, "se": "0.1"}
    del document["domains"]["age"][0]["level"]
    assert list(departures(document, EstimateDocument)) == [
        "satisfied: FigureDocument knows no 'estimat'",
        "satisfied.se: '0.1' is no float",
        "domains.age[0]: DomainRow lacks 'level'",
    ]


def test_the_first_format_is_read_as_the_present_one_and_stays_as_it_is():
    rules = Rules(*(load_rulebook(f"jining-2023-{level}").zones for level in ("municipal", "county")), COUNTY_DOMAINS)
    now = as_stored(everything(), rules)
    stored = before_formats(json.loads(json.dumps(now)))
    before = json.dumps(stored)
    found = read_estimate(stored)
    assert list(departures(found, EstimateDocument)) == []
    assert json.dumps(stored) == before
    assert (found["method"]["version"], found["rules"]) == (FIRST.version, rules.as_dict())
    assert [notice["text"] for notice in found["notices"]] == stored["warnings"]
    same = set(now) - LATER - {"domains", "figures"}
    assert {key: found[key] for key in same} == {key: now[key] for key in same}
    assert [row["decision"] for row in found["domains"]["home_county"]] == [
        row["decision"] for row in now["domains"]["home_county"]
    ]


def test_the_present_format_is_read_as_it_is_and_a_later_one_is_refused():
    document = as_stored(plan("with_fpc", "raked"), None)
    assert read_estimate(document) is document
    assert document["method"]["version"] == CURRENT.version
    with pytest.raises(FormatError, match="format 3"):
        read_estimate(document | {"format": 3})


def test_a_scorecard_is_what_its_type_says_and_one_of_the_first_format_is_read_as_such():
    book = load_rulebook("jining-2023-municipal")
    values = {"1": {"online": 0.9}, "4": {"all_staff": {"not_applicable": "没有"}}, "43": {"major_incident": None}}
    for figure in (Satisfaction.from_figure(0.67, 0.013, 98), Satisfaction(0.55), None):
        card = json.loads(json.dumps(score(book, values, figure).as_dict()))
        assert list(departures(card, ScorecardDocument)) == []
        assert read_scorecard(card) is card
    before = {key: value for key, value in card.items() if key not in ("format", "method", "may_be_vetoed_by")}
    found = read_scorecard(before)
    assert list(departures(found, ScorecardDocument)) == []
    assert (found["method"]["version"], found["total"]) == (FIRST.version, card["total"])
    with pytest.raises(FormatError, match="format 9"):
        read_scorecard(card | {"format": 9})
