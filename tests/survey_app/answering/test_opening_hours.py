"""Opening hours: read as an office writes them, refused with the part that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from survey_app.answering.opening_hours import HoursError, read_hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1-5 08:30-17:30; 6 09:00-12:00", "1-5 08:30-17:30; 6 09:00-12:00"),
        ("周一至周五 8:30—17:30；周六 09：00至12：00", "1-5 08:30-17:30; 6 09:00-12:00"),
        ("Mon-Wed,Fri 9:00-24:00", "1-3,5 09:00-24:00"),
        ("10:00-18:00", "1-7 10:00-18:00"),
        ("", ""),
    ],
)
def test_hours_are_read_and_written_in_one_way(text, written):
    assert read_hours(text).written() == written
    assert read_hours(written) == read_hours(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("whenever", "cannot read 'whenever'"),
        ("1-5 18:00-09:00", "must end after it starts"),
        ("8 09:00-10:00", "no weekday"),
        ("5-1 09:00-10:00", "no range"),
        ("1 09:00-25:00", "there is no 25:00"),
        (";".join(["1 09:00-10:00"] * 8), "at most 7 windows"),
    ],
)
def test_what_cannot_be_read_is_told(text, said):
    with pytest.raises(HoursError, match=said):
        read_hours(text)


def test_a_window_holds_its_first_minute_and_not_its_last():
    hours = read_hours("1-5 08:30-17:30")
    friday, saturday = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, 9, tzinfo=UTC)
    assert not hours.open_at(friday.replace(hour=8, minute=29))
    assert hours.open_at(friday.replace(hour=8, minute=30))
    assert hours.open_at(friday.replace(hour=17, minute=29))
    assert not hours.open_at(friday.replace(hour=17, minute=30))
    assert not hours.open_at(saturday)
    assert read_hours("").open_at(saturday)


def test_hours_are_said_in_both_languages():
    hours = read_hours("1-3,6 08:30-17:30; 10:00-12:00")
    assert hours.said("zh") == ["周一至周三、周六 08:30–17:30", "每天 10:00–12:00"]
    assert hours.said("en") == ["Mon–Wed, Sat 08:30–17:30", "Every day 10:00–12:00"]
