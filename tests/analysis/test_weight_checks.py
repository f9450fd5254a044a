"""Whether weights can bear a figure, and who must have seen that they cannot."""

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from analysis.weight_checks import severe

PLAN = """
measure: {question: y, satisfied: [1], scale: [0, 1]}
design: {strata: h, psu: site, weight: w}
domains: [sex]
"""


def rows(heavy=None):
    """Two strata of eight sites of ten; heavy: what one respondent's weight is, beside 1 of the others."""
    draw, number = np.random.default_rng(5), 160
    weight = np.ones(number)
    if heavy is not None:
        weight[7] = heavy
    return {
        "y": draw.integers(0, 2, number).tolist(), "h": np.repeat(["a", "b"], 80).tolist(),
        "site": np.repeat(np.arange(16), 10).tolist(), "sex": draw.choice(["f", "m"], number).tolist(), "w": weight.tolist(),
    }  # fmt: skip


def found(table, text=PLAN):
    plan = parse_plan(text)
    document = estimate(Cells.from_rows(table, plan), plan).as_dict()
    return document, {one["check"]: one for one in document["weights"]["checks"]}


def test_even_weights_are_fine_and_nothing_is_said():
    document, checks = found(rows())
    assert {checks[name]["band"] for name in ("respondent", "kish", "domain")} == {"fine"}
    assert [one for one in document["notices"] if one["key"].startswith("weights_respondent")] == []


def test_one_respondent_with_14_percent_of_the_population_does_not_pass_without_a_word():
    heavy = 159 * 0.14 / 0.86
    document, checks = found(rows(heavy))
    assert 0.13 < checks["respondent"]["value"] <= 0.14  # at least so much, in a cell shared with another
    assert next(one["check"] for one in severe(document["weights"])) == "respondent"
    assert any("one answer carries 13.4% of all weight" in text for text in document["warnings"])


def test_a_cell_of_unequal_rows_does_not_hide_its_heaviest():
    plan = parse_plan(PLAN)
    rows_ = [(1, "a", s, "f", 10, 10 + 89 * (s == 0), 10 + (90**2 - 1) * (s == 0)) for s in range(16)]
    document = estimate(
        Cells.from_groups([(y, h if s < 8 else "b", s, sex, n, w, q) for y, h, s, sex, n, w, q in rows_], plan), plan
    )
    value = next(one for one in document.weights["checks"] if one["check"] == "respondent")["value"]
    assert value == pytest.approx(((10 - 1 + 90**2) / 99) / 249, rel=0.02)


def test_uneven_weights_and_calibration_are_banded():
    draw = np.random.default_rng(3)
    table = rows() | {"w": draw.lognormal(0, 1.1, 160).tolist()}
    _, checks = found(table, PLAN + "calibration: {method: raking, margins: {sex: {f: 9500, m: 500}}}\n")
    assert checks["kish"]["value"] == pytest.approx(160 / checks_size(table, checks), rel=1e-9)
    assert checks["factor"]["band"] == "severe"
    assert checks["domain"]["named"].startswith("sex ")


def checks_size(table, checks):
    """What Kish's value says the sample is worth; the value itself is pinned by `weights.after`."""
    plan = parse_plan(PLAN + "calibration: {method: raking, margins: {sex: {f: 9500, m: 500}}}\n")
    return estimate(Cells.from_rows(table, plan), plan).weights["after"]["effective_n"]


def test_sites_that_bring_a_third_of_the_variance_are_named_with_their_stratum():
    table = rows()
    table["w"] = np.where(np.array(table["site"]) == 3, 30.0, 1.0).tolist()
    table["y"] = np.where(np.array(table["site"]) == 3, 1, np.arange(160) % 2).tolist()
    _, checks = found(table)
    assert (checks["variance"]["value"], checks["variance"]["band"], checks["variance"]["named"]) == (
        1,
        "severe",
        "a 3",
    )
