"""What a run keeps of services and modes: tables and moments that give what the rows give."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from scipy import stats

from analysis.cells import Cells
from analysis.definitions_compared import measure_values
from analysis.driver_moments import Moments, drivers_of, moments
from analysis.drivers import drivers
from analysis.errors import AnalysisError, CellsError
from analysis.estimation import estimate
from analysis.methods import CURRENT, Method
from analysis.mode_comparison import compare_modes, holm
from analysis.packing import pack, unpack
from analysis.plan import Plan
from analysis.plan_parts import Calibration, Design, Measure, Trim
from analysis.regression import Weighting
from analysis.robustness import sensitivity
from analysis.sample import weighted_sample
from analysis.service_estimates import service_estimates
from analysis.service_table import ServiceTable, group_cells, service_plan
from tests.support.driver_surveys import contradicting
from tests.support.zones import RULES, ZONES

KEYS = ("bus", "health", "parking")
CODES = (1, 2, 3, 4, 5, 0)
PLAN = Plan(
    Measure("y", (4, 5), (1, 2, 3, 4, 5)),
    Design("stratum", "site", "weight"),
    Calibration({"sex": {"f": 5200, "m": 4800}, "county": {"a": 4000, "b": 3000, "c": 3000}}),
    domains=("county",),
    singleton="adjust",
)


@pytest.fixture(scope="module")
def rows():
    r = np.random.default_rng(7)
    n = 900
    site = np.arange(n) % 30
    mood = r.normal(0, 0.6, 30)[site] + r.normal(0, 1, n)
    phone = (site % 3 == 0) & (r.uniform(size=n) < 0.5)
    ratings = np.clip(np.round(3.4 + 0.8 * mood[:, None] + r.normal(0, 1, (n, 3)) + [0.4, 0, -0.6]), 1, 5).astype(int)
    y = np.clip(np.round(0.6 + ratings @ [0.3, 0.4, 0.1] + r.normal(0, 0.7, n) + 0.5 * phone), 1, 5).astype(int)
    ratings[r.uniform(size=n) < 0.2, 2] = 0
    ratings[r.uniform(size=n) < 0.02, 0] = -1
    return {
        "y": [str(value) if value > 0 else None for value in np.where(r.uniform(size=n) < 0.01, -1, y)],
        "ratings": ratings,
        "stratum": [f"s{code}" for code in site // 6],
        "site": [f"p{code:02}" for code in site],
        "weight": (1.0 + 0.37 * (site % 5)).tolist(),
        "sex": np.where(r.uniform(size=n) < 0.55, "f", "m").tolist(),
        "county": [("a", "b", "c")[code // 10] for code in site],
        "mode": np.where(phone, "phone", "web").tolist(),
    }


def coded(rows, plan=PLAN):
    """The table, its sample, and what the rows say: place, overall points, rating points, not used."""
    names = [name for name in plan.required_columns if name != "y"] + ["county"]
    data = {name: rows[name] for name in ("y", "stratum", "site", "weight", "sex", "county")}
    columns = Cells.from_rows(data | {"y": list(range(len(data["y"])))}, replace(plan, domains=("county",))).columns
    order = np.argsort([int(columns["y"].levels[code]) for code in columns["y"].codes])
    keys = {name: replace(columns[name], codes=columns[name].codes[order]) for name in dict.fromkeys(names)}
    cells, place = group_cells(keys, np.asarray(rows["weight"]))
    lookup = {code: at for at, code in enumerate(CODES)} | {-1: -1}
    chosen = np.vectorize(lookup.get)(rows["ratings"]).astype(np.int8)
    table = ServiceTable.of(KEYS, CODES, chosen, place, cells)
    points = plan.measure.index_points()
    overall = np.array([np.nan if code is None else points[int(code)] for code in rows["y"]])
    ratings = np.vectorize(lambda code: points.get(code, np.nan))(rows["ratings"])
    return table, weighted_sample(cells, service_plan(plan)), place, overall, ratings, rows["ratings"] == 0


def test_packed_tables_come_back_to_the_last_bit():
    for array in (np.arange(12, dtype=np.uint16).reshape(3, 4), np.array([0.1, 1 / 3, np.pi]), np.zeros((0, 2))):
        back = unpack(json.loads(json.dumps(pack(array))))
        assert back.dtype == array.dtype
        assert np.array_equal(back, array)


@pytest.mark.parametrize("service", range(3))
def test_a_service_from_the_table_is_estimated_as_from_rows(rows, service):
    table = ServiceTable.from_json(json.loads(json.dumps(coded(rows)[0].to_json())))
    found = service_estimates(table, PLAN, "county")
    given = [str(code) if code > 0 else None for code in rows["ratings"][:, service]]
    direct = estimate(Cells.from_rows({**rows, "y": given}, PLAN), PLAN, RULES).as_dict()
    row = found["services"][service]
    for name in ("estimate", "se", "lower", "upper"):
        assert row[name] == pytest.approx(direct["satisfied"][name], rel=1e-11)
    assert (row["n"], row["df"]) == (direct["n"], direct["df"])
    assert row["index"] == pytest.approx(direct["index"]["estimate"], rel=1e-12)
    assert row["not_used"] == int((rows["ratings"][:, service] == 0).sum())
    for area, other in zip(found["areas"], direct["domains"]["county"], strict=True):
        assert area["level"] == other["level"]
        assert area["services"][service]["estimate"] == pytest.approx(other["estimate"], rel=1e-12)
        assert area["services"][service]["se"] == pytest.approx(other["se"], rel=1e-11)


def test_the_joint_covariance_of_services_holds_their_own_variances_and_that_of_a_difference(rows):
    table, *_ = coded(rows)
    found = service_estimates(table, PLAN, "county")
    matrix = np.array(found["covariance"]["matrix"])
    assert np.sqrt(np.diag(matrix)) == pytest.approx([row["se"] for row in found["services"]], rel=1e-10)
    for area in found["areas"]:
        own = np.sqrt(np.diag(area["covariance"]["matrix"]))
        assert own == pytest.approx([row["se"] for row in area["services"]], rel=1e-10)
    # two services in one column each: the same people, so the variance of a difference needs the covariance
    assert matrix[0, 1] > 0
    assert np.linalg.eigvalsh(matrix)[0] > 0


def test_the_order_of_rows_does_not_matter_to_the_table(rows):
    turned = {name: value[::-1] for name, value in rows.items()}
    assert coded(turned)[0].to_json() == coded(rows)[0].to_json()


PLANS = {
    "raking": PLAN,
    "linear": replace(PLAN, calibration=replace(PLAN.calibration, method="linear")),
    "none": replace(PLAN, calibration=None),
    "trimmed": replace(PLAN, calibration=replace(PLAN.calibration, trim=Trim(Decimal("1.5"), "release"))),
}


@pytest.mark.parametrize("method", [CURRENT, Method(3)])
@pytest.mark.parametrize("name", PLANS)
def test_drivers_from_moments_are_those_from_rows(rows, name, method):
    _, sample, place, overall, ratings, not_used = coded(rows, replace(PLANS[name], method=method))
    skips = np.random.default_rng(8).uniform(size=ratings.shape) < 0.2
    ratings, not_used = np.where(skips, np.nan, ratings), not_used & ~skips
    kept = Moments.from_json(json.loads(json.dumps(moments(KEYS, overall, ratings, not_used, place, sample).to_json())))
    from_moments = drivers_of(kept, sample)
    from_rows = drivers(overall, ratings, not_used, KEYS, _row_weighting(sample, place), method=method)
    assert [row["key"] for row in from_moments["services"]] == list(KEYS)
    assert from_moments.get("based_on") == ("pairs" if method == CURRENT else None)
    for one, other in zip(from_moments.pop("services"), from_rows.pop("services"), strict=True):
        for field, value in other.items():
            assert one[field] == (pytest.approx(value, rel=1e-8) if isinstance(value, float) else value), field
    for field, value in from_rows.items():
        assert from_moments[field] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), field


def test_moments_of_pairs_that_fit_no_people_are_those_of_complete_rows(rows):
    _, sample, place, *_ = coded(rows)
    answers = contradicting(1, len(place))
    kept = Moments.from_json(json.loads(json.dumps(moments(KEYS, *answers, place, sample).to_json())))
    found, from_rows = drivers_of(kept, sample), drivers(*answers, KEYS, _row_weighting(sample, place))
    assert found["based_on"] == from_rows["based_on"] == "complete"
    for field in ("n", "incomplete", "based_on_told"):
        assert found[field] == from_rows[field]
    for one, other in zip(found["services"], from_rows["services"], strict=True):
        assert one["importance_se"] == pytest.approx(other["importance_se"], rel=1e-8)
        assert one["stated"] == other["stated"] == found["n"]


def test_moments_leave_out_a_service_with_too_few_users_and_say_so(rows):
    _, sample, place, overall, ratings, not_used = coded(rows)
    few = np.where(np.arange(len(place))[:, None] < 25, ratings, np.nan)
    ratings = np.column_stack([ratings, few[:, 0]])
    not_used = np.column_stack([not_used, np.isnan(few[:, 0])])
    found = moments((*KEYS, "rare"), overall, ratings, not_used, place, sample)
    assert found.keys == KEYS
    assert "fewer than 30" in found.left_out["rare"]


def _row_weighting(sample, place):
    """The weighting of single rows, with the calibration of the cells they stand in."""
    each = (sample.weight / sample.cells.count)[place]
    design = replace(sample.design, stratum=sample.design.stratum[place], psu=sample.design.psu[place])
    calibrated = sample.calibrated
    share = 1 / sample.cells.count[place]
    spread = replace(
        calibrated,
        design_weight=calibrated.design_weight[place] * share,
        factor=calibrated.factor[place],
        squared=calibrated.squared[place] * share,
        auxiliaries=calibrated.auxiliaries
        and replace(calibrated.auxiliaries, group=calibrated.auxiliaries.group[place]),
        after_trim=calibrated.after_trim[place] if calibrated.after_trim is not None else None,
    )
    from functools import partial

    from analysis.calibration import residuals

    return Weighting(np.ones(len(place), dtype=np.int64), each, each**2, design, partial(residuals, calibrated=spread))


def test_modes_are_compared_with_the_covariance_of_shared_sites(rows):
    sample, values, answered = _moded(rows, PLAN)
    found = compare_modes(sample, PLAN, values, answered)
    assert [row["mode"] for row in found["modes"]] == ["phone", "web"]
    assert sum(row["n"] for row in found["modes"]) == sum(code is not None for code in rows["y"])
    assert found["base"] == "web"
    only = found["differences"][0]
    by_mode = {row["mode"]: row for row in found["modes"]}
    assert only["crude"]["difference"] == pytest.approx(by_mode["phone"]["estimate"] - by_mode["web"]["estimate"])
    apart = np.hypot(by_mode["phone"]["se"], by_mode["web"]["se"])
    assert only["crude"]["se"] < apart  # the same sites: not independent
    assert only["crude"]["difference"] > 0
    t = only["crude"]["difference"] / only["crude"]["se"]
    assert only["crude"]["p"] == pytest.approx(2 * stats.t.sf(t, 30 - 5), rel=1e-12)
    assert only["crude"]["p_holm"] == only["crude"]["p"]
    assert found["any_difference_p"] == pytest.approx(only["crude"]["p"], rel=1e-9)  # F(1, df) is t squared
    asked = replace(PLAN, domains=("mode",), figures=())
    direct = {row["level"]: row for row in estimate(_cells(rows, asked), asked, RULES).as_dict()["domains"]["mode"]}
    for mode, row in by_mode.items():
        assert (row["estimate"], row["se"]) == pytest.approx((direct[mode]["estimate"], direct[mode]["se"]))


def test_the_adjusted_difference_compares_people_of_the_same_margins(rows):
    """A mode that only the contented county uses differs crudely; among like people nothing is left."""
    county = np.array(rows["county"])
    r = np.random.default_rng(3)
    y = np.where(county == "a", 5, np.where(r.uniform(size=len(county)) < 0.5, 5, 2))
    mode = np.where((county == "a") & (r.uniform(size=len(county)) < 0.8), "phone", "web")
    made = {**rows, "y": [str(code) for code in y], "mode": mode.tolist()}
    sample, values, answered = _moded(made, PLAN)
    found = compare_modes(sample, PLAN, values, answered)["differences"][0]
    assert found["crude"]["difference"] > 0.3
    assert abs(found["adjusted"]["difference"]) < 0.02


def test_few_answers_in_a_mode_are_shown_and_not_tested(rows):
    made = {**rows, "mode": ["paper"] * 5 + ["web"] * (len(rows["y"]) - 5)}
    found = compare_modes(*_moded_arguments(made))
    assert [row["mode"] for row in found["modes"]] == ["paper", "web"]
    assert found["differences"] == []
    assert "at least 30" in found["why"]


def test_holm_never_falls_below_the_plain_value_and_keeps_the_order():
    assert holm([0.01, None, 0.04, 0.03]) == [pytest.approx(0.03), None, pytest.approx(0.06), pytest.approx(0.06)]


def test_a_plan_counts_only_the_modes_it_names(rows):
    asked = replace(PLAN, modes=("web",))
    found = estimate(_cells(rows, asked), asked, RULES).as_dict()
    web = {
        name: [value for value, mode in zip(values, rows["mode"], strict=True) if mode == "web"]
        for name, values in rows.items()
        if name != "ratings"
    }
    direct = estimate(Cells.from_rows(web, PLAN), PLAN, RULES).as_dict()
    assert found["satisfied"] == pytest.approx(direct["satisfied"])
    assert found["modes_counted"] == {"modes": ["web"], "left_out": rows["mode"].count("phone")}
    table = {(row["change"], row["level"]): row for row in sensitivity(_cells(rows, asked), asked, ZONES)["choices"]}
    everybody = estimate(_cells(rows, PLAN), PLAN, RULES).as_dict()
    assert table["all_modes", ""]["figure"] == pytest.approx(everybody["satisfied"]["estimate"])
    assert table["all_modes", ""]["n"] == rows["mode"].count("phone")


def test_modes_that_nobody_used_or_twice_named_are_refused(rows):
    with pytest.raises(ValueError, match="each way of answering once"):
        replace(PLAN, modes=("web", "web"))
    asked = replace(PLAN, modes=("tablet",))
    with pytest.raises(CellsError, match="no response was taken by tablet"):
        estimate(_cells(rows, asked), asked, RULES)


def test_moments_refuse_a_design_without_sites(rows):
    _, sample, place, overall, ratings, not_used = coded(rows, replace(PLAN, design=Design("stratum", None, "weight")))
    with pytest.raises(AnalysisError, match="sites as sampling units"):
        moments(KEYS, overall, ratings, not_used, place, sample)


def _cells(rows, plan):
    return Cells.from_rows({name: value for name, value in rows.items() if name != "ratings"}, plan)


def _moded(rows, plan):
    sample = weighted_sample(_cells(rows, replace(plan, domains=(*plan.domains, "mode"))), plan)
    _, satisfied, answered = measure_values(sample.cells, plan)
    return sample, satisfied, answered


def _moded_arguments(rows):
    sample, values, answered = _moded(rows, PLAN)
    return sample, PLAN, values, answered
