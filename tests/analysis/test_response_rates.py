"""AAPOR's rates against numbers worked by hand, and the laws that hold between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.response_rates import GROUPS, Outcomes, eligibility, rates, total

# 500 interviews, 50 partials, 200 refusals, 100 no contact, 50 other; 300 + 100 unknown; 100 not eligible
WORKED = Outcomes(500, 50, 200, 100, 50, 300, 100, 100)


def test_all_rates_of_the_worked_case():
    found = rates(WORKED)
    # eligible 900, known 1000: e = 0.9; all 1300; weighed 900 + 0.9 x 400 = 1260; reached 800; asked 750
    expected = {
        "e": 0.9, "rr1": 500 / 1300, "rr2": 550 / 1300, "rr3": 500 / 1260, "rr4": 550 / 1260, "rr5": 500 / 900,
        "rr6": 550 / 900, "coop1": 500 / 800, "coop2": 550 / 800, "coop3": 500 / 750, "coop4": 550 / 750,
        "ref1": 200 / 1300, "ref2": 200 / 1260, "ref3": 200 / 900, "con1": 800 / 1300, "con2": 800 / 1260,
        "con3": 800 / 900,
    }  # fmt: skip
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-12), name


def test_a_given_e_takes_the_place_of_the_estimated_one():
    assert rates(WORKED, 0.5).rr3 == pytest.approx(500 / 1100)
    assert rates(WORKED, 1).rr3 == rates(WORKED).rr1
    assert rates(WORKED, 0).rr3 == rates(WORKED).rr5
    with pytest.raises(ValueError, match="between 0 and 1"):
        rates(WORKED, 1.5)


def test_an_empty_sample_has_no_rates_and_no_division_by_zero():
    assert set(vars(rates(Outcomes())).values()) == {None}
    assert eligibility(Outcomes(not_eligible=3)) == 0
    with pytest.raises(ValueError, match="never below 0"):
        Outcomes(refusal=-1)


CASES = st.builds(Outcomes, **{name: st.integers(0, 500) for name in GROUPS})


@given(CASES, CASES)
def test_laws_between_the_rates(first, second):
    both = total([first, second])
    assert both.cases == first.cases + second.cases
    found = rates(both)
    for lower, upper in (("rr1", "rr3"), ("rr3", "rr5"), ("rr1", "rr2"), ("coop1", "coop3"), ("con1", "con3")):
        a, b = getattr(found, lower), getattr(found, upper)
        assert a is None or b is None or a <= b + 1e-12
    if found.rr2 is not None and found.con1 and found.coop2 is not None:
        assert found.rr2 == pytest.approx(found.con1 * found.coop2)
