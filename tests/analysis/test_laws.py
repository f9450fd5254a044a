"""Laws every estimate obeys, and the decision at its lines."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.calibration import calibrate
from analysis.cells import Cells
from analysis.decision import decide, outcome_probabilities
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.next_survey import Spread
from analysis.plan import parse_plan
from tests.support.zones import RULES, ZONES

PLAN = """
measure: {question: y, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: h, psu: p, weight: w}
calibration: {method: raking, margins: {a: {x: 600, z: 400}, b: {m: 500, f: 500}}}
domains: [a]
singleton: adjust
"""


def sample(seed: int, n: int = 240) -> dict[str, list[object]]:
    r = np.random.default_rng(seed)
    stratum = r.integers(0, 3, n)
    return {
        "h": [f"h{value}" for value in stratum],
        "p": [f"p{value}" for value in r.integers(0, 5, n)],
        "w": r.uniform(1, 9, n).tolist(),
        "a": r.choice(["x", "z"], n).tolist(),
        "b": r.choice(["m", "f"], n).tolist(),
        "y": r.choice(["1", "2", "3", "4", "5", ""], n).tolist(),
    }


def figures(rows: dict[str, list[object]], text: str = PLAN) -> tuple[float, float]:
    plan = parse_plan(text)
    share = estimate(Cells.from_rows(rows, plan), plan, RULES).overall.satisfied
    return share.estimate, share.se


def close(first: tuple[float, float], second: tuple[float, float]) -> None:
    assert first == pytest.approx(second, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed, shuffler):
    rows = sample(seed)
    order = list(range(len(rows["y"])))
    shuffler.shuffle(order)
    close(figures(rows), figures({name: [values[i] for i in order] for name, values in rows.items()}))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1000))
def test_scaling_the_base_weights_changes_nothing(seed, factor):
    rows = sample(seed)
    close(figures(rows), figures({**rows, "w": [w * factor for w in rows["w"]]}))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_splitting_cells_by_an_idle_column_changes_nothing(seed):
    rows = {**sample(seed), "idle": np.random.default_rng(seed).choice(["s", "t"], 240).tolist()}
    close(figures(rows), figures(rows, PLAN.replace("domains: [a]", "domains: [a, idle]")))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_margins_are_met_and_meeting_them_again_changes_nothing(seed):
    plan = parse_plan(PLAN)
    cells = Cells.from_rows(sample(seed), plan)
    made = calibrate(cells, plan)
    for name, levels in plan.margins().items():
        column = cells.columns[name]
        for level, population in levels.items():
            inside = column.codes == column.levels.index(level)
            assert made.weight[inside].sum() == pytest.approx(population, rel=1e-9)
    again = calibrate(Cells(cells.columns, cells.count, made.weight, cells.weight_squared * made.factor**2), plan)
    assert again.factor == pytest.approx(np.ones(len(cells)), rel=1e-9)


def test_cells_survive_json_to_the_last_bit():
    plan = parse_plan(PLAN)
    cells = Cells.from_rows(sample(3), plan)
    again = Cells.from_json(json.loads(json.dumps(cells.to_json())))
    assert estimate(again, plan, RULES).as_dict() == estimate(cells, plan, RULES).as_dict()


def test_trimming_keeps_weights_under_the_ceiling_and_the_margins_met():
    plan = parse_plan(PLAN.replace("margins: {a", "trim: {max_ratio: 1.5}, margins: {a"))
    cells = Cells.from_rows(sample(5), plan)
    made = calibrate(cells, plan)
    row = np.repeat(made.weight / cells.count, cells.count)
    assert row.max() <= 1.5 * np.median(row) * (1 + 1e-6)
    assert made.trimmed > 0
    assert made.weight.sum() == pytest.approx(1000)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("m: 500", "m: 502", "differ by"),
        ("f: 500", "f: 400, o: 100", "no response has the level 'o'"),
        ("{x: 600, z: 400}", "{x: 1000}", "responses have the level 'z'"),
    ],
)
def test_margins_that_cannot_be_met_are_named(old, new, message):
    with pytest.raises(AnalysisError, match=message):
        figures(sample(1), PLAN.replace(old, new))


def test_margins_within_a_thousandth_are_scaled_and_told():
    plan = parse_plan(PLAN.replace("m: 500", "m: 500.5"))
    assert "scaled" in estimate(Cells.from_rows(sample(1), plan), plan, RULES).notices[0].text


@pytest.mark.parametrize(
    ("figure", "outcome"),
    [(0.7, "none"), (math.nextafter(0.7, 0), "none"), (0.6999999, "deduct"), (0.6, "deduct"), (0.5999999, "veto")],
)
def test_the_outcome_is_read_off_the_unrounded_figure(figure, outcome):
    assert ZONES.of(figure).key == outcome


@given(st.floats(0.01, 0.99), st.floats(0.001, 0.2), st.integers(3, 500))
def test_outcome_probabilities_sum_to_one_and_centre_on_the_estimate(share, se, df):
    chances = outcome_probabilities(share, se, df, ZONES)
    assert sum(chances.values()) == pytest.approx(1)
    assert all(chance >= 0 for chance in chances.values())
    assert (chances["none"] > 0.5) == (share > 0.7) or math.isclose(share, 0.7, rel_tol=1e-6)


def test_more_interviews_at_twelve_sites_never_get_below_the_floor_between_sites():
    share, icc = 0.66, 0.05
    between, within = share * (1 - share) * icc / 12, share * (1 - share) * (1 - icc) / 240
    assert between**0.5 > 0.030
    spread = Spread(between, within, n=240, sites=12, strata=1)
    settle = decide(share, (between + within) ** 0.5, 11, ZONES, spread)["to_settle"]
    assert settle["interviews_same_sites"] is None
    assert settle["sites"] > 0
    few = Spread(between, within, 240, 12, 1, population_sites=14)
    found = decide(share, (between + within) ** 0.5, 11, ZONES, few)
    assert found["to_settle"] == dict.fromkeys(("sites", "interviews_per_site", "interviews_same_sites"))
    assert [row["probability"] is None for row in found["settling"]] == [False, True, True, False]


def test_a_settled_figure_needs_nothing_and_few_degrees_of_freedom_give_no_probability():
    spread = Spread(1e-5, 1e-5, n=2000, sites=120, strata=14)
    settle = decide(0.80, 0.0045, 106, ZONES, spread)["to_settle"]
    assert (settle["sites"], settle["interviews_same_sites"]) == (0, 0)
    assert decide(0.80, 0.1, 2, ZONES, spread)["probability"] is None


def test_merging_strata_in_which_nobody_answered_changes_nothing():
    """Their rows keep their weights but lie outside the domain, whatever their strata are called."""
    plan = parse_plan(
        PLAN.replace("calibration: {method: raking, margins: {a: {x: 600, z: 400}, b: {m: 500, f: 500}}}\n", "")
    )
    rows = sample(12)
    for name, extra in sample(13, 60).items():
        rows[name] = [*rows[name], *extra]
    rows["y"][240:] = [""] * 60
    apart = dict(rows, h=[*rows["h"][:240], *(f"empty{k % 3}" for k in range(60))])
    merged = dict(rows, h=[*rows["h"][:240], *("empty" for _ in range(60))])
    results = [estimate(Cells.from_rows(table, plan), plan, RULES).overall for table in (apart, merged)]
    assert results[0].df == results[1].df
    close(
        (results[0].satisfied.estimate, results[0].satisfied.se),
        (results[1].satisfied.estimate, results[1].satisfied.se),
    )
