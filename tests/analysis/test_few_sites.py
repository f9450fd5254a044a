"""Where there is little to estimate an error from: one PSU in a stratum, answers without weight, and no spread at all."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from analysis import Cells, Rules, estimate, load_rulebook, parse_plan
from analysis.errors import CellsError, DesignError
from analysis.intervals import korn_graubard
from analysis.results import Estimate
from definitions import DefinitionError

FOLDER = Path(__file__).parents[1] / "reference" / "few"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
ZONES = load_rulebook("jining-2023-municipal").zones
MEASURE = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"
BY_COUNTY = MEASURE + (
    "design: {strata: stratum, psu: psu, weight: %s}\nsingleton: %s\ndomains: [county]\n"
    "figures: [{mean: minutes}, {mean: minutes, by: [county]}]\n"
)
RAKED = "calibration: {method: raking, margins: {sex: {f: 1600, m: 1400}}}\n"


def referred(text: str) -> Estimate:
    with (FOLDER / "responses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    plan = parse_plan(text)
    return estimate(Cells.from_rows({name: [row[name] for row in rows] for name in rows[0]}, plan), plan)


def told(found: Estimate) -> dict[str, list[float | None]]:
    shares = {"": found.overall, **{row.level: row for row in found.domains["county"]}}
    minutes = {row["level"]: row for row in found.figures}
    return {
        level: [row.satisfied.estimate, row.satisfied.se, minutes[level]["estimate"], minutes[level]["se"]]
        for level, row in shares.items()
        if row.satisfied is not None
    }


def near(values: list[float | None]) -> list[object]:
    return [value if value is None else pytest.approx(value, rel=1e-10) for value in values]


def test_lonely_strata_are_averaged_over_the_strata_of_each_domain_as_in_r():
    found = told(referred(BY_COUNTY % ("weight", "average")))
    assert found == {level: near(values) for level, values in REFERENCE["plain"].items()}


def test_calibrated_they_are_averaged_over_all_as_in_r_but_a_county_of_one_psu_has_no_error():
    found = told(referred(BY_COUNTY % ("weight", "average") + RAKED))
    expected = {level: near(values) for level, values in REFERENCE["raked"].items()}
    estimated = REFERENCE["raked"]["Bing"]
    assert found == expected | {"Bing": near([estimated[0], None, estimated[2], None])}


def test_a_stored_method_averages_over_the_whole_sample_and_gives_a_lonely_county_0():
    old = told(referred(BY_COUNTY % ("weight", "average") + "method: 2\n"))
    own = REFERENCE["plain"]["Yi"][1]
    assert old["Yi"][1] == pytest.approx(own * (6 / 4) ** 0.5, rel=1e-10)
    assert old["Bing"][1] == 0


def test_a_county_without_an_error_has_no_interval_and_can_be_stored():
    document = referred(BY_COUNTY % ("weight", "average")).as_dict()
    row = next(row for row in document["domains"]["county"] if row["level"] == "Bing")
    assert (row["se"], row["lower"], row["effective_n"], row["df"]) == (None, None, None, 0)
    json.dumps(document, allow_nan=False)


def test_a_sample_of_lonely_strata_alone_is_refused_with_what_to_do():
    with pytest.raises(DesignError, match="every stratum has a single PSU"):
        referred((BY_COUNTY % ("weight", "average")).replace("strata: stratum", "strata: psu"))


def test_psus_without_weight_give_no_degree_of_freedom_as_in_r():
    minutes, expected = referred(BY_COUNTY % ("part", "adjust")).figures[0], REFERENCE["light"]
    assert (minutes["df"], minutes["n"]) == (expected["df"], expected["n"])
    assert [minutes["estimate"], minutes["se"]] == near(expected["minutes"])


def test_the_most_influential_psu_is_named_with_its_stratum():
    influence = referred(BY_COUNTY % ("weight", "adjust")).weights["largest_influence"]
    with (FOLDER / "responses.csv").open(encoding="utf-8") as file:
        strata = {row["psu"]: row["stratum"] for row in csv.DictReader(file)}
    assert influence["stratum"] == strata[influence["psu"]]


CALIBRATED = MEASURE + (
    "design: {strata: county, psu: psu, weight: w}\ndomains: [county]\n"
    "calibration: {method: raking, margins: {sex: {f: 5100, m: 4900}, age: {y: 3000, o: 7000}}}\n"
)


def surveyed(seed: int, unanimous: str = "") -> dict[str, list[object]]:
    """Ten sites in each of two counties; everybody in the `unanimous` one is satisfied."""
    draw = np.random.default_rng(seed)
    psu = np.repeat(np.arange(20), 12)
    county = np.where(psu < 10, "a", "b")
    overall = draw.choice([1, 3, 4, 5], len(psu))
    return {
        "overall": np.where(county == unanimous, draw.choice([4, 5], len(psu)), overall).tolist(),
        "county": county.tolist(), "psu": psu.tolist(), "sex": draw.choice(["f", "m"], len(psu)).tolist(),
        "age": draw.choice(["y", "o"], len(psu)).tolist(), "w": draw.uniform(10, 90, len(psu)).tolist(),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_a_unanimous_county_has_its_exact_interval_whatever_the_weights(seed):
    plan = parse_plan(CALIBRATED)
    row = estimate(Cells.from_rows(surveyed(seed, "a"), plan), plan).domains["county"][0]
    exact = 0.025 ** (1 / 120)  # Clopper and Pearson (1934) on 120 answers of one kind
    assert (row.satisfied.estimate, row.satisfied.se) == (1.0, 0.0)
    assert (row.satisfied.interval.lower, row.satisfied.interval.upper) == (pytest.approx(exact, rel=1e-12), 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_that_margins_fix_has_no_error_and_no_effective_size(seed):
    rows = surveyed(seed)
    plan = parse_plan(
        CALIBRATED.replace("age: {y: 3000, o: 7000}", "overall: {'1': 2500, '3': 2400, '4': 2600, '5': 2500}")
    )
    document = estimate(Cells.from_rows(rows, plan), plan, Rules(ZONES, ZONES)).as_dict()
    share = document["satisfied"]
    assert document["decision"]["probability"] == {"none": 0, "deduct": 0, "veto": 1}
    assert [share[name] for name in ("estimate", "lower", "upper")] == [pytest.approx(0.51, abs=1e-9)] * 3
    assert (share["se"], document["effective_n"]) == (0, None)


def test_sites_that_agree_by_chance_still_have_the_interval_of_their_answers():
    plan = parse_plan(MEASURE + "design: {psu: psu, weight: w}\n")
    rows = {"overall": [5, 4, 2] * 8, "psu": np.repeat(range(8), 3).tolist(), "w": [0.1] * 24}
    found = estimate(Cells.from_rows(rows, plan), plan).overall.satisfied
    exact = korn_graubard(2 / 3, 0.0, 7, 24)
    assert found.se == 0
    assert (found.interval.lower, found.interval.upper) == pytest.approx((exact.lower, exact.upper), rel=1e-9)


def test_margins_that_differ_by_decimals_alone_are_not_noted():
    thirds = "calibration: {method: raking, margins: {sex: {f: 0.1, m: 0.2}, age: {y: 0.15, o: %s}}}\n"
    found = {}
    for other in ("0.15000000000000002", "0.15001"):
        plan = parse_plan(MEASURE + thirds % other)
        found[other] = [notice.key for notice in estimate(Cells.from_rows(surveyed(1), plan), plan).notices]
    assert ["margin_scaled" in keys for keys in found.values()] == [False, True]


@pytest.mark.parametrize("wrong", ["-0.02", "2", "0.5"])
def test_a_standard_error_that_no_share_can_have_is_refused_on_its_line(wrong):
    with pytest.raises(DefinitionError, match="official_se is the standard error of an official share"):
        parse_plan(MEASURE + f"official_se: {wrong}\n")
    assert parse_plan(MEASURE + f"official_se: {wrong}\nmethod: 2\n").official_se == Decimal(wrong)


@pytest.mark.parametrize("written", [["5.0", "4.0", "2.0"], [Decimal("5.00"), Decimal("4.00"), Decimal("2.00")]])
def test_codes_written_with_decimals_are_the_codes_of_the_scale(written):
    plan = parse_plan(MEASURE.replace("}", ", refused: 99}"))
    share = estimate(Cells.from_rows({"overall": [*written, "99.0"]}, plan), plan).overall
    assert (share.n, share.satisfied.estimate) == (3, pytest.approx(2 / 3))


def test_a_name_that_ends_in_a_decimal_stays_as_it_is_written():
    plan = parse_plan(MEASURE + "domains: [version]\n")
    found = estimate(Cells.from_rows({"overall": [5, 4, 2], "version": ["2.0", "2.0", "3.1"]}, plan), plan)
    assert [row.level for row in found.domains["version"]] == ["2.0", "3.1"]


def test_weights_beyond_any_number_and_weights_that_are_all_nothing_are_told_as_such():
    weighed = parse_plan(MEASURE + "design: {weight: w}\n")
    with pytest.raises(CellsError, match="the weight 'w' is too large"):
        Cells.from_groups([(5, 2, float("inf"), float("inf"))], weighed)
    with pytest.raises(CellsError, match="has the weight 'w' of 0"):
        estimate(Cells.from_rows({"overall": [5, 4, None], "w": [0.0, 0.0, 1.0]}, weighed), weighed)


def test_a_weight_too_large_to_square_and_a_column_of_lists_are_refused_by_name():
    weighed = parse_plan(MEASURE + "design: {weight: w}\n")
    with pytest.raises(CellsError, match="the weight 'w' is too large"):
        Cells.from_rows({"overall": [5, 4], "w": [1.0, 1e308]}, weighed)
    with pytest.raises(CellsError, match="the column 'overall' holds lists"):
        Cells.from_rows({"overall": [[5], [4]]}, parse_plan(MEASURE))
