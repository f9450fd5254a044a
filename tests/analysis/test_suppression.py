"""Hidden cells stay hidden: an attacker with all published figures solves the system and learns no more than declared."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.errors import AnalysisError
from analysis.suppression import Sum, nested, one_way, small, suppressed, two_way

COUNT = st.one_of(st.integers(0, 12), st.integers(0, 300))


def attacked(counts, sums, hidden, key):
    """The range of `key` that follows from what is published: hidden cells hold at least one, rests anything."""
    unknown = [name for name in counts if name in hidden]
    rows, right, width = [], [], len(unknown) + len(sums)
    for place, each in enumerate(sums):
        row, known = np.zeros(width), 0.0
        for part, sign in [(part, 1) for part in each.parts] + [(each.total, -1)]:
            if part in hidden:
                row[unknown.index(part)] += sign
            else:
                known += sign * counts[part]
        if counts[each.total] > sum(counts[part] for part in each.parts):
            row[len(unknown) + place] = 1  # some are not stated: how many, nobody is told
        rows.append(row)
        right.append(-known)
    limits = [(1, None)] * len(unknown) + [(0, None)] * len(sums)
    found = []
    for sign in (1, -1):
        aim = np.zeros(width)
        aim[unknown.index(key)] = sign
        solved = linprog(aim, A_eq=np.array(rows), b_eq=right, bounds=limits, method="highs")
        found.append(sign * solved.fun if solved.status == 0 else np.inf)
        assert solved.status in (0, 3), solved.message  # 3: no bound at all
    return found


def holds(counts, sums, least):
    hidden = suppressed(counts, sums, least)
    primary = small(counts, least)
    assert primary <= hidden
    assert not any(counts[key] == 0 for key in hidden)
    for key in hidden:
        low, high = attacked(counts, sums, hidden, key)
        if key in primary:
            everything = [name for name, number in counts.items() if number]
            assert low <= attacked(counts, sums, everything, key)[0] + 1e-6, (key, low)  # 1, or its parts' number
            assert high >= least - 1e-6, (key, high)
        assert high - low > 0.5, (key, low, high)
    return hidden


@settings(max_examples=100, deadline=None)
@given(st.lists(COUNT, min_size=1, max_size=8), st.integers(2, 12), st.integers(0, 5))
def test_in_one_table_with_its_total_no_hidden_cell_can_be_worked_out(numbers, least, unstated):
    counts, sums = one_way(dict(enumerate(numbers)))
    counts[()] += unstated
    holds(counts, sums, least)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 4), st.integers(2, 4), st.integers(2, 12), st.data())
def test_in_a_two_way_table_with_margins_no_hidden_cell_can_be_worked_out(rows, columns, least, data):
    cells = {(r, c): data.draw(COUNT) for r in range(rows) for c in range(columns)}
    holds(*two_way(cells), least)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(COUNT, min_size=1, max_size=5), min_size=1, max_size=4), st.integers(2, 12))
def test_in_a_nest_of_city_counties_and_sites_no_hidden_cell_can_be_worked_out(groups, least):
    leaves = {(group, place): number for group, row in enumerate(groups) for place, number in enumerate(row)}
    counts, sums = nested(leaves, {leaf: leaf[0] for leaf in leaves})
    holds(counts, sums, least)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=3, max_size=8), st.integers(2, 12))
def test_one_small_cell_costs_exactly_the_smallest_other(numbers, least):
    counts, sums = one_way(dict(enumerate(numbers)))
    primary = small(counts, least)
    others = sorted(number for key, number in counts.items() if key != () and key not in primary and number)
    hidden = suppressed(counts, sums, least)
    if len(primary) == 1 and others:
        extra = hidden - primary
        assert [counts[key] for key in extra] == others[:1]
    if not primary:
        assert not hidden


def test_two_small_cells_that_would_bound_each_other_take_a_third_along():
    counts, sums = one_way({"甲": 3, "乙": 4, "丙": 500, "丁": 600})
    assert suppressed(counts, sums, 10) == {"甲", "乙", "丙"}
    counts, sums = one_way({"甲": 8, "乙": 9, "丙": 500})
    assert suppressed(counts, sums, 10) == {"甲", "乙"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=7), st.integers(2, 12), st.data())
def test_cells_that_are_hidden_for_another_reason_cannot_be_worked_out_either(numbers, least, data):
    counts, sums = one_way(dict(enumerate(numbers)))
    also = data.draw(st.sets(st.sampled_from(range(len(numbers))), max_size=2))
    hidden = suppressed(counts, sums, least, also)
    assert {key for key in also if counts[key]} <= hidden
    for key in hidden:
        low, high = attacked(counts, sums, hidden, key)
        assert high - low > 0.5, (key, low, high)


def test_where_the_parts_do_not_suffice_their_total_is_hidden_too():
    counts, sums = one_way(dict.fromkeys("甲乙丙丁戊", 2))
    assert suppressed(counts, sums, 10) == frozenset(counts)


def test_a_county_whose_only_small_site_shows_in_its_sum_is_protected_inside_the_county():
    leaves = {"a1": 4, "a2": 40, "a3": 30, "b1": 50, "b2": 60}
    counts, sums = nested(leaves, {leaf: leaf[0] for leaf in leaves})
    assert suppressed(counts, sums, 10) == {"a1", "a3"}
    lonely = {"a1": 4, "b1": 50, "b2": 60, "c1": 70}
    counts, sums = nested(lonely, {leaf: leaf[0] for leaf in lonely})
    assert suppressed(counts, sums, 10) == {"a1", ("group", "a"), "c1", ("group", "c")}


def test_nobody_is_no_secret_and_a_limit_of_one_hides_nothing():
    counts, sums = one_way({"甲": 0, "乙": 12, "丙": 1})
    assert suppressed(counts, sums, 1) == frozenset()
    assert "甲" not in suppressed(counts, sums, 10)


def test_three_hundred_small_sites_are_judged_in_well_under_a_second():
    leaves = {place: place % 12 for place in range(300)}
    counts, sums = nested(leaves, {place: place // 20 for place in range(300)})
    begun = time.process_time()
    suppressed(counts, sums, 10)
    assert time.process_time() - begun < 1.0


def test_counts_that_do_not_add_up_are_refused():
    for counts, sums in (({"a": 3, "t": 2}, [Sum("t", ("a",))]), ({"a": 3}, [Sum("t", ("a",))]), ({"a": -1}, [])):
        with pytest.raises(AnalysisError):
            suppressed(counts, sums, 10)
    with pytest.raises(AnalysisError, match="at least 1"):
        suppressed({"a": 3}, [], 0)


def test_the_same_table_is_worked_out_once_and_another_least_or_count_anew(monkeypatch):
    from analysis import suppression

    asked = []
    monkeypatch.setattr(suppression, "linprog", lambda *given, **more: asked.append(1) or linprog(*given, **more))
    table = one_way({"asked once": 3, "b": 40, "c": 60})
    first = suppressed(*table, 10)
    number = len(asked)
    assert (suppressed(*table, 10), len(asked)) == (first, number)
    assert suppressed(*table, 2) == frozenset()
    assert suppressed(*one_way({"asked once": 3, "b": 70, "c": 60}), 10) == {"asked once", "c"}
    assert first == {"asked once", "b"}
