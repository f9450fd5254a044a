"""Working days, and the file that changes them."""

from __future__ import annotations

from datetime import date

import pytest

from survey_app.ground.working_days import Calendar, CalendarError, read_calendar


def test_a_deadline_skips_the_weekend_the_holiday_and_keeps_the_weekend_day_that_is_worked(tmp_path):
    path = tmp_path / "2026.txt"
    path.write_text("# 国庆\n2099-10-01 off\n2099-10-02 off\n2099-09-27 work  # 调休\n", encoding="utf-8")
    calendar, friday = read_calendar(str(path)), date(2099, 9, 25)
    assert Calendar().after(friday, 5) == date(2099, 10, 2)
    assert calendar.after(friday, 5) == date(2099, 10, 5)
    assert calendar.after(friday, 1) == date(2099, 9, 27)
    assert calendar.between(friday, date(2099, 10, 5)) == 5
    assert calendar.between(friday, friday) == 0


def test_without_a_file_the_announced_days_off_and_weekend_days_worked_count():
    calendar = read_calendar("")
    assert calendar.after(date(2025, 9, 26), 1) == date(2025, 9, 28)  # a Sunday worked before the long holiday
    assert calendar.after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert calendar.unknown_years(date(2025, 1, 1), date(2026, 12, 31)) == []


def test_a_day_that_the_file_names_stands_before_the_announced_one(tmp_path):
    path = tmp_path / "days.txt"
    path.write_text("2025-09-28 off\n2025-10-08 work\n", encoding="utf-8")
    calendar = read_calendar(str(path))
    assert not calendar.works(date(2025, 9, 28))
    assert calendar.after(date(2025, 9, 30), 1) == date(2025, 10, 8)


def test_a_year_that_neither_knows_is_named_and_counts_plain_weekdays(tmp_path):
    last, first = date(2098, 12, 31), date(2099, 1, 1)  # a Wednesday and a Thursday
    assert read_calendar("").unknown_years(last, first) == [2098, 2099]
    assert read_calendar("").after(last, 1) == first
    path = tmp_path / "days.txt"
    path.write_text("2099-01-01 off\n", encoding="utf-8")
    assert read_calendar(str(path)).unknown_years(last, first) == [2098]
    assert read_calendar(str(path)).after(last, 1) == date(2099, 1, 2)


@pytest.mark.parametrize("line", ["2026-13-01 off", "2026-10-01 holiday", "2026-10-01", "yesterday off"])
def test_a_line_that_is_no_day_is_named(tmp_path, line):
    path = tmp_path / "days.txt"
    path.write_text(f"2026-10-01 off\n{line}\n", encoding="utf-8")
    with pytest.raises(CalendarError, match="line 2"):
        read_calendar(str(path))
