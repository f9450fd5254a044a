"""Numbers as people write them: one reading or none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from definitions.numbers import (
    NumberRefusedError,
    fifteen,
    figure_of,
    number_of,
    percents_of,
    plain,
    read_number,
    share_of,
    whole_of,
    yes_no_of,
)
from wording import halves


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95", "95"), ("0.95", "0.95"), (".5", "0.5"), ("-3", "-3"), ("\N{MINUS SIGN}3", "-3"), ("+3", "3"),
        ("1,200", "1200"), ("1,234,567.5", "1234567.5"), ("1 200", "1200"), ("1\N{NO-BREAK SPACE}200", "1200"),
        ("１２", "12"), ("０．９５", "0.95"), ("１，２００", "1200"), ("－３", "-3"),
        ("95%", "0.95"), ("９５％", "0.95"), ("95 %", "0.95"), ("0.5%", "0.005"), ("1,200%", "12"),
        ("63.4万", "634000"), ("６３．４ 万", "634000"), ("2千", "2000"), ("3百万", "3000000"), ("1.2亿", "120000000"),
        (" 7 ", "7"), ("7\N{ZERO WIDTH SPACE}", "7"), ("\N{ZERO WIDTH NO-BREAK SPACE}7", "7"),
        ("0.8999999999999999999", "0.8999999999999999999"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_every_way_people_write_it_and_to_its_last_digit(text, value):
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text", ["1,5", "0,25", "１，５", "1,5%", "1,5万", "12,34", "1,2345", "1,23,456", "0,250", "012,345", "1.234,56"]
)
def test_a_comma_that_is_no_thousands_mark_is_refused_as_ambiguous_and_never_dropped(text):
    with pytest.raises(NumberRefusedError, match="two ways") as refused:
        read_number(text)
    assert "千位" in halves(refused.value.said)[0]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "%", ".", "-", "很多", "nan", "inf", "1e5", "0x10", "1_000", "10²", "½", "①", "٣", "1.2.3", "1 2", "12 00", "0 250",
        "95%%", "5个", "1万2", "1、5", "1'000", "9" * 29, "9999999999999999",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NumberRefusedError, match="expected a number"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "share"), [("95%", "0.95"), ("0.95", "0.95"), ("1", "1"), ("0", "0"), ("0.5%", "0.005"), ("120%", "1.2")]
)
def test_a_share_is_a_fraction_or_has_its_percent_sign(text, share):
    assert share_of(text) == Decimal(share)


def test_a_bare_number_above_one_is_refused_with_its_right_spellings():
    with pytest.raises(NumberRefusedError, match=r"write 0\.95 or 95%") as refused:
        share_of("95")
    assert "95%写成95%或0.95" in halves(refused.value.said)[0]


@pytest.mark.parametrize("text", ["-0.5", "0.5万", "-5%"])
def test_no_share_is_negative_or_counted_in_ten_thousands(text):
    with pytest.raises(NumberRefusedError):
        share_of(text)


@pytest.mark.parametrize(("text", "share"), [("95", "0.95"), ("0.95", "0.0095"), ("95%", "0.95"), ("0.95 %", "0.0095")])
def test_a_box_with_a_percent_sign_beside_it_counts_in_percents(text, share):
    assert percents_of(text) == Decimal(share)


def test_a_figure_of_a_table_may_be_a_percentage_or_as_programs_write_small_ones():
    assert [figure_of(text) for text in ("1,200", "5%", "9.5e-05", "1e-07")] == [1200, 0.05, 9.5e-05, 1e-07]
    for text in ("1,5", "1.2E+05", "nan", ""):
        with pytest.raises(NumberRefusedError):
            figure_of(text)


def test_a_whole_number_has_no_rest_and_a_number_is_no_percentage():
    assert whole_of("1,200") == 1200
    for read, text in ((whole_of, "1.5"), (number_of, "5%"), (whole_of, "5%")):
        with pytest.raises(NumberRefusedError):
            read(text)


@pytest.mark.parametrize(
    ("binary", "shown"),
    [
        (0.57 + 0.33, "0.9"),
        (0.1 + 0.2, "0.3"),
        (3.0, "3"),
        (20000.0, "20000"),
        (7, "7"),
        (1e-7, "0.0000001"),
        (0.0, "0"),
    ],
)
def test_a_binary_number_is_taken_as_a_spreadsheet_shows_it(binary, shown):
    assert plain(fifteen(float(binary))) == shown


def test_ticks_and_crosses_are_yes_and_no():
    assert [yes_no_of(said) for said in ("是", "√", "✓", "YES", "１", "True")] == [True] * 6
    assert [yes_no_of(said) for said in ("否", "×", "✗", "no", "0", "false")] == [False] * 6
    with pytest.raises(ValueError, match="yes or no"):
        yes_no_of("也许")
