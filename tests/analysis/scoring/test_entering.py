"""What was written for a metric becomes one value, or a question, or a refusal; a ratio meets its line in whole numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.scoring import load_rulebook, score
from analysis.scoring.conditions import Condition
from analysis.scoring.entering import AskBackError, ImplausibleError, Written, enter, taken_as_fraction
from analysis.scoring.rulebook import Metric
from analysis.scoring.values import Value, as_stored, read_value

BOOK = load_rulebook("jining-2023-municipal")
ONLINE = BOOK.indicator(1)
DIFFERENCE = BOOK.indicator(4)
RETAIL = BOOK.indicator(28)
STATIONS = BOOK.indicator(29)
EVENTS = BOOK.indicator(43)
COUNTY_RETAIL = load_rulebook("jining-2023-county").indicator(22)


def entered(indicator, key, value=None, **more):
    return enter(indicator.metric(key), Written(value, **more), indicator)


@pytest.mark.parametrize(
    ("value", "mark", "share"),
    [
        ("95%", "none", "0.95"), ("９５％", "none", "0.95"), ("0.95", "none", "0.95"), (0.95, "none", "0.95"), (1, "none", "1"),
        (0.57 + 0.33, "none", "0.9"), ("0.8999999999999999", "none", "0.8999999999999999"),
        (95, "percent", "0.95"), ("95", "percent", "0.95"), ("0.95", "percent", "0.0095"), ("95%", "percent", "0.95"),
        (0.95, "fraction", "0.95"), ("95%", "fraction", "0.95"),
    ],
)  # fmt: skip
def test_a_share_is_read_by_its_sign_then_by_what_stands_beside_it_then_as_a_fraction(value, mark, share):
    assert entered(ONLINE, "online", value, mark=mark) == Value(Decimal(share))


@pytest.mark.parametrize(
    ("value", "mark", "said"),
    [
        ("95", "none", "write 0.95 or 95%"), (95, "fraction", "write 0.95 or 95%"), ("120%", "none", "not 120%"),
        (120, "percent", "not 120%"), (1.2, "fraction", "above 1"), ("0,95", "none", "two ways"), ("-0.1", "none", "negative"),
        ("63.4万", "none", "write a share"), (True, "none", "not yes or no"), (float("nan"), "none", "expected a number"),
    ],
)  # fmt: skip
def test_a_share_that_cannot_be_is_refused_with_the_right_spelling(value, mark, said):
    with pytest.raises(ValueError, match=said) as refused:
        entered(ONLINE, "online", value, mark=mark)
    assert not isinstance(refused.value, AskBackError | ImplausibleError)


@pytest.mark.parametrize("value", ["0.3", 0.3, "0.35", "0.5", "1"])
def test_where_small_is_good_a_bare_number_is_asked_back_when_its_other_reading_meets_other_lines(value):
    with pytest.raises(AskBackError) as asked:
        entered(DIFFERENCE, "difference", value)
    shown = Decimal(str(value))
    assert asked.value.choices == (f"{(shown * 100).normalize():f}%", f"{shown}%")
    for choice in asked.value.choices:
        assert entered(DIFFERENCE, "difference", choice).known in (shown, shown / 100)


@pytest.mark.parametrize(
    ("value", "mark"), [("0.2", "none"), ("0", "none"), (0.3, "fraction"), ("30%", "none"), (30, "percent")]
)
def test_it_is_not_asked_back_where_both_readings_earn_the_same_or_something_says_which_is_meant(value, mark):
    assert entered(DIFFERENCE, "difference", value, mark=mark).known in map(Decimal, ("0.2", "0", "0.3"))


@pytest.mark.parametrize(("indicator", "value"), [(RETAIL, 8), (RETAIL, "25"), (COUNTY_RETAIL, 25), (RETAIL, 1.2)])
def test_the_share_that_may_pass_one_is_asked_back_for_a_bare_number_above_one(indicator, value):
    with pytest.raises(AskBackError) as asked:
        entered(indicator, "online_retail", value)
    shown = Decimal(str(value))
    assert asked.value.choices == (f"{shown}%", f"{(shown * 100).normalize():f}%")
    assert entered(indicator, "online_retail", asked.value.choices[0]).known == shown / 100
    assert entered(indicator, "online_retail", "120%").known == Decimal("1.2")


@pytest.mark.parametrize(
    ("indicator", "key", "value", "mark"),
    [
        (EVENTS, "deducted_points", 350, "none"),
        (RETAIL, "online_retail", 25, "fraction"),
        (RETAIL, "online_retail", "2500%", "none"),
    ],
)
def test_an_unusual_value_needs_a_confirmation_that_stays_with_it(indicator, key, value, mark):
    with pytest.raises(ImplausibleError, match="outside the usual"):
        entered(indicator, key, value, mark=mark)
    confirmed = entered(indicator, key, value, mark=mark, confirmed="省里通报原文如此")
    assert confirmed.confirmed == "省里通报原文如此"
    assert read_value(indicator.metric(key), as_stored(confirmed)) == confirmed
    card = score(BOOK, {str(indicator.number): {key: as_stored(confirmed)}}, None)
    row = next(row for row in card.as_dict()["indicators"] if row["number"] == indicator.number)
    assert row["confirmed"] == {indicator.metric(key).name: "省里通报原文如此"}
    assert "已确认:省里通报原文如此" in row["why"]


def test_a_ratio_may_be_unusual_too_and_a_confirmation_needs_a_value():
    with pytest.raises(ImplausibleError):
        entered(RETAIL, "online_retail", numerator="900", denominator="100")
    assert (
        entered(RETAIL, "online_retail", numerator="900", denominator="100", confirmed="仓储中心").confirmed
        == "仓储中心"
    )
    with pytest.raises(ValueError, match="without a value"):
        entered(RETAIL, "online_retail", confirmed="仓储中心")


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        ("9", None, "go together"), (None, "9", "go together"), (5, 0, "denominator is 0"), ("0", "0", "why it does not apply"),
        ("9", "8", "above the denominator"), ("-1", "8", "negative"), ("1,5", "8", "two ways"), ("5%", "8", "percentage"),
    ],
)  # fmt: skip
def test_half_a_ratio_and_a_ratio_over_nothing_are_refused(numerator, denominator, said):
    with pytest.raises(ValueError, match=said):
        entered(ONLINE, "online", numerator=numerator, denominator=denominator)


def test_a_number_in_ten_thousands_under_that_unit_is_refused_with_its_spelling():
    with pytest.raises(ValueError, match=r"already 万: write 63\.4"):
        entered(STATIONS, "stations", numerator="1,200", denominator="63.4万")
    assert entered(STATIONS, "stations", numerator="1,200", denominator="63.4").parts == (1200, Decimal("63.4"))
    assert entered(BOOK.indicator(3), "exempt_count", "1.2万").known == 12000


@given(some.integers(1, 10**15), some.integers(1, 10**15), some.integers(0, 100))
def test_a_ratio_meets_its_line_in_whole_numbers(a, b, percent):
    line = Condition("m", ">=", Decimal(percent) / 100, f"{percent}%")
    assert line.holds(Value.of_ratio(Decimal(a), Decimal(b)).exact) is (100 * a >= percent * b)


def test_a_ratio_keeps_its_parts_on_its_way_through_the_store():
    value = entered(ONLINE, "online", numerator="480", denominator="500")
    assert value.exact == Fraction(480, 500)
    assert as_stored(value) == {"numerator": 480, "denominator": 500}
    assert read_value(ONLINE.metric("online"), as_stored(value)) == value


@given(some.decimals(0, 1, allow_nan=False, places=20))
def test_no_digit_of_what_was_written_is_lost_in_the_store(share):
    value = entered(ONLINE, "online", f"{share:f}")
    assert read_value(ONLINE.metric("online"), as_stored(value)).known == share


@pytest.mark.parametrize(
    ("said", "known"), [("√", True), ("×", False), ("是", True), (True, True), (1.0, True), (0, False)]
)
def test_yes_and_no(said, known):
    assert entered(DIFFERENCE, "all_staff", said).known is known


@pytest.mark.parametrize(
    ("value", "mark", "taken"),
    [("0.9", "none", True), ("90%", "none", False), (0.9, "fraction", False), ("", "none", False)],
)
def test_a_bare_fraction_is_known_to_have_been_one(value, mark, taken):
    assert taken_as_fraction(ONLINE.metric("online"), Written(value, mark=mark)) is taken


def test_a_plausible_range_is_two_ends_of_a_number():
    for wrong in ({"kind": "share", "plausible": (1, 0)}, {"kind": "yes_no", "plausible": (0, 1)}):
        with pytest.raises(ValueError, match="plausible"):
            Metric("m", "m", **wrong)
