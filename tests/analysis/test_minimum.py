"""What a figure must rest on by its plan: below it there is none, in no part of the document, and no other stands in."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.minimum import Least, Minimum
from analysis.plan import parse_plan
from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.zones import Rules
from definitions import DefinitionError
from tests.support.zones import ZONES

SCHEMA = json.loads(files("analysis").joinpath("estimate.schema.json").read_text(encoding="utf-8"))
PLAN = parse_plan("""
measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: county, psu: site}
domains: [county, sex]
small_areas: {domain: county}
minimum: {answers: 30, sites: 3, df: 2}
""")
RULES = Rules(ZONES, ZONES, ("county",))
BOOK = load_rulebook("jining-2023-county")


def answers(**sites: tuple[int, int]) -> Cells:
    """County and number of answers by site, of which some are dissatisfied."""
    rows: dict[str, list[str]] = {"overall": [], "county": [], "site": [], "sex": []}
    for site, (county, number) in sites.items():
        rows["overall"] += ["2" if place % (2 + int(site[1:]) % 4) == 0 else "4" for place in range(number)]
        rows["county"] += ["ABCDEF"[county]] * number
        rows["site"] += [site] * number
        rows["sex"] += ["f" if place % 2 else "m" for place in range(number)]
    return Cells.from_rows(rows, PLAN)


def five_and(**weak: tuple[int, int]) -> Cells:
    """Five counties of three full sites, and a sixth."""
    return answers(**{f"s{place}": (place // 3, 15) for place in range(15)}, **weak)


WEAK = {
    "too few answers": {"s91": (5, 9), "s92": (5, 10), "s93": (5, 10)},
    "too few sites": {"s91": (5, 40), "s92": (5, 40)},
}


@pytest.mark.parametrize("what", WEAK)
def test_a_level_below_the_minimum_has_no_figure_in_any_part_of_the_document(what):
    found = estimate(five_and(**WEAK[what]), PLAN, RULES).as_dict()
    jsonschema.validate(json.loads(json.dumps(found)), SCHEMA)
    *others, row = found["domains"]["county"]
    assert (row["level"], row["n"]) == ("F", sum(number for _, number in WEAK[what].values()))
    none = (
        "estimate",
        "se",
        "lower",
        "upper",
        "index",
        "index_se",
        "decision",
        "design_effect",
        "effective_n",
        "silent_bounds",
    )
    assert [row[key] for key in none] == [None] * len(none)
    assert row["bounds"] == {"lower": None, "upper": None}
    assert row["below_minimum"] == {
        "answers": row["n"], "sites": len(WEAK[what]), "df": len(WEAK[what]) - 1,
        "least_answers": 30, "least_sites": 3, "least_df": 2,
    }  # fmt: skip
    assert [notice["key"] for notice in row["notices"]] == ["below_minimum"]
    assert all(other["below_minimum"] is None and other["decision"] for other in others)
    assert found["below_minimum"] is None
    assert found["satisfied"]["estimate"] is not None
    assert "F" not in [area["name"] for area in found["small_areas"]["areas"]]  # never a model's figure either
    assert (len(found["small_areas"]["areas"]), found["small_areas"]["reason"]) == (5, None)


def test_exactly_the_minimum_is_enough_and_other_figures_are_not_touched():
    cells = five_and(s91=(5, 10), s92=(5, 10), s93=(5, 10))
    found = estimate(cells, PLAN, RULES).as_dict()
    bare = estimate(cells, replace(PLAN, minimum=None), RULES).as_dict()
    assert found.pop("minimum") == {
        "answers": 30, "sites": 3, "df": 2, "whole": {"answers": 30, "sites": 3, "df": 2}, "supplement": "extension",
    }  # fmt: skip
    assert bare.pop("minimum") is None
    assert found == bare


def test_a_level_where_nobody_answered_is_below_the_minimum_too():
    cells = five_and(s91=(5, 1), s92=(5, 1))
    column = cells.columns["overall"]
    codes = column.codes.copy()
    codes[cells.columns["county"].codes == cells.columns["county"].levels.index("F")] = -1
    cells = replace(cells, columns=cells.columns | {"overall": replace(column, codes=codes)})
    row = estimate(cells, replace(PLAN, small_areas=None), RULES).as_dict()["domains"]["county"][-1]
    assert (row["n"], row["below_minimum"]["answers"], row["responses"]) == (0, 0, 2)


def test_the_whole_below_its_own_minimum_has_no_official_figure_and_nothing_tells_it():
    plan = replace(PLAN, minimum=Minimum(10, 2, 1, Least(1000, 3, 2)), small_areas=None)
    found = estimate(five_and(s91=(5, 9), s92=(5, 10)), plan, RULES).as_dict()
    jsonschema.validate(json.loads(json.dumps(found)), SCHEMA)
    assert found["below_minimum"]["least_answers"] == 1000
    for figure in (found["satisfied"], found["index"]):
        assert (figure["estimate"], figure["se"], figure["lower"]) == (None, None, None)
    assert (found["decision"], found["definitions"], found["replication"]) == (None, [], None)
    assert found["bounds"] == {"lower": None, "upper": None}
    assert [row["estimate"] for row in found["domains"]["sex"]] == [None, None]  # they would add up to it
    assert all(row["estimate"] is not None for row in found["domains"]["county"])
    assert [notice["key"] for notice in found["notices"]] == ["whole_below_minimum"]
    assert "no veto" in found["warnings"][0]


def test_no_further_figure_of_the_measured_question_tells_what_the_minimum_withholds():
    text = "\nfigures: [{mean: overall, by: [county]}, {difference: [{county: A}, {county: F}]}, {quantile: overall, at: [0.5], by: [county]}]"
    body = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\ndesign: {strata: county, psu: site}\nminimum: {}"
    plan = parse_plan(body + text)
    assert plan.minimum == Minimum(30, 3, 3)
    plan = replace(plan, minimum=Minimum(30, 3, 2))
    cells = five_and(**WEAK["too few sites"])
    rows = estimate(cells, plan, RULES).as_dict()["figures"]
    told = {(row["kind"], row["level"]): row["estimate"] for row in rows}
    assert told["mean", "F"] is None
    assert told["quantile", "F"] is None
    assert told["difference", ""] is None
    assert told["mean", "A"] is not None


def test_what_is_below_the_minimum_is_unknown_to_scoring_with_a_star_for_each_zone_and_no_veto():
    found = estimate(five_and(**WEAK["too few sites"]), PLAN, RULES).as_dict()
    assert Satisfaction.from_estimate(found, ("county", "F")) is None
    assert Satisfaction.from_estimate(found, ("county", "A")) is not None
    values = {str(row.number): {} for row in BOOK.indicators}
    card = score(BOOK, values, Satisfaction.from_estimate(found, ("county", "F"))).as_dict()
    assert (card["satisfaction"], card["void"], card["total"]) == (None, False, 0)
    assert [(row["zone"], row["total"], row["at_least"], row["below"]) for row in card["star_by_zone"]] == [
        ("none", 0, 0.7, None), ("deduct", -10, 0.6, 0.7), ("veto", None, None, 0.6),
    ]  # fmt: skip
    known = score(BOOK, values, Satisfaction(0.65)).as_dict()
    assert known["star_by_zone"] is None


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("{answers: -1}", "cannot be negative"),
        ("{answer: 3}", "answers"),
        ("{whole: {df: -1}}", "cannot be negative"),
        ("{supplement: wait}", "supplement"),
    ],
)
def test_a_minimum_that_says_nothing_is_refused_with_its_place(stated, said):
    with pytest.raises(DefinitionError, match=said):
        parse_plan(f"measure: {{question: a, satisfied: [1], scale: [0, 1]}}\nminimum: {stated}", "plan.yaml")
