"""A follow-up sample of those who did not answer: R's two phases, the definition summed pair by pair, the cheapest number."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis import Cells, parse_plan
from analysis.errors import CellsError
from analysis.follow_up import Costs, follow_up, plan_follow_up

PLACES = np.arange(120)
ANSWERED = np.isin(PLACES % 5, (0, 1, 3))
FOLLOWED = ~ANSWERED & (PLACES % 3 == 0)
R = {  # tests/reference/follow_up/two_phases.R
    ("", True): (0.579166666666667, 0.0618562138330626), ("", False): (0.6, 0.0608068975406196),
    ("psu", True): (0.579166666666667, 0.0566349720502661), ("psu", False): (0.6, 0.0593091525186868),
}  # fmt: skip


@pytest.mark.parametrize(("psu", "strata"), list(R))
def test_the_figure_of_both_phases_and_its_error_are_those_of_r(psu, strata):
    found = estimated(psu, strata, 60)
    assert found.estimate == pytest.approx(R[psu, strata][0], rel=1e-12)
    assert found.se == pytest.approx(R[psu, strata][1], rel=1e-6)  # R's population is a finite one


@pytest.mark.parametrize("psu", ["", "psu"])
def test_in_strata_of_any_size_the_error_is_that_of_the_definition_pair_by_pair(psu):
    assert estimated(psu, True, 70).se == pytest.approx(by_definition(psu, 70), rel=1e-10)


def test_kappa_is_measured_where_the_silent_are_known():
    found = estimated("", False, 60)
    assert found.estimate * (1 - found.first) / ((1 - found.estimate) * found.first) == pytest.approx(found.kappa)
    assert (found.n_first, found.n_second) == (72, 16)


def test_the_cheapest_number_costs_least_of_all_that_err_as_little():
    costs = Costs(1, 5, 40)
    best = plan_follow_up(100_000, 0.4, 0.75, costs, silent_share=0.6)
    whole = 0.4 * 0.75 + 0.6 * 0.6
    for one_in in (1.0, 1.5, 3.0, 5.0):
        drawn = (whole * (1 - whole) + 0.6 * (one_in - 1) * 0.24) / best.se**2
        assert drawn * (1 + 5 * 0.4 + 40 * 0.6 / one_in) > best.cost


@pytest.mark.parametrize(
    ("silent", "said"),
    [({"": 15}, "more than the 15"), ({"x": 48}, "no answers"), ({"": 48, "b": 2}, "no answers")],
    ids=["fewer silent than followed", "an unknown stratum", "a stratum beside the whole"],
)
def test_numbers_that_cannot_be_are_refused_by_name(silent, said):
    plan, first, second, _ = made("", False, 60)
    with pytest.raises(CellsError, match=said):
        follow_up(first, second, plan, silent)


def test_a_silent_stratum_needs_two_who_were_followed_up():
    plan, first, second, silent = made("", True, 60)
    alone = second.where(second.columns["h"].codes == second.columns["h"].levels.index("a"))
    with pytest.raises(CellsError, match="in stratum 'b' somebody did not answer and 0 were followed up"):
        follow_up(first, alone, plan, silent)


def made(psu, strata, size):
    rows = columns(size)
    names = (["strata: h, weight: d"] if strata else []) + (["psu: psu"] if psu else [])
    plan = parse_plan(f"measure: {{question: y, satisfied: [1], scale: [0, 1]}}\ndesign: {{{', '.join(names)}}}")
    first, second = (
        Cells.from_rows({name: column[chosen].tolist() for name, column in rows.items()}, plan)
        for chosen in (ANSWERED, FOLLOWED)
    )
    silent = {name: int((~ANSWERED & (rows["h"] == name)).sum()) for name in "ab"} if strata else {"": 48}
    return plan, first, second, silent


def estimated(psu, strata, size):
    plan, first, second, silent = made(psu, strata, size)
    return follow_up(first, second, plan, silent)


def columns(size):
    return {
        "y": ((PLACES * 7 + PLACES // 4) % 10 < 6).astype(int), "h": np.where(size > PLACES, "a", "b"),
        "psu": np.array([f"p{place // 10}" for place in PLACES]), "d": np.where(size > PLACES, 12, 20),
    }  # fmt: skip


def by_definition(psu, size):
    """sqrt of sum over pairs of (D1 + D2 - D1 D2) a_i a_j w_i w_j, D = 1 - pi_i pi_j / pi_ij of either phase."""
    rows = columns(size)
    h, unit = rows["h"], rows["psu"] if psu else PLACES
    n = {name: len(np.unique(unit[h == name])) for name in "ab"}
    many = {name: int((~ANSWERED & (h == name)).sum()) for name in "ab"}
    m = {name: int((FOLLOWED & (h == name)).sum()) for name in "ab"}
    w = np.where(FOLLOWED, [many[name] / m[name] for name in h], 1.0) * (ANSWERED | FOLLOWED)
    weight = rows["d"] * w
    score = weight * (rows["y"] - weight @ rows["y"] / weight.sum()) / weight.sum()
    total = 0.0
    for one, other in product(np.flatnonzero(w), repeat=2):
        if h[one] != h[other]:
            continue
        name = h[one]
        first = 1.0 if unit[one] == unit[other] else -1 / (n[name] - 1)
        second = 0.0
        if FOLLOWED[one] and FOLLOWED[other]:
            chance = m[name] / many[name]
            second = 1 - chance if one == other else -(1 - chance) / (m[name] - 1)
        total += (first + second - first * second) * score[one] * score[other]
    return total**0.5
