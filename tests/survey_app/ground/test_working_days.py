"""Working days, and the file that changes them."""

from __future__ import annotations

from datetime import date

import pytest

from survey_app.ground.working_days import Calendar, CalendarError, read_calendar

FRIDAY = date(2026, 9, 25)


def test_a_deadline_skips_the_weekend_the_holiday_and_keeps_the_weekend_day_that_is_worked(tmp_path):
    path = tmp_path / "2026.txt"
    path.write_text("# 国庆\n2026-10-01 off\n2026-10-02 off\n2026-09-27 work  # 调休\n", encoding="utf-8")
    calendar = read_calendar(str(path))
    assert Calendar().after(FRIDAY, 5) == date(2026, 10, 2)
    assert calendar.after(FRIDAY, 5) == date(2026, 10, 5)
    assert calendar.after(FRIDAY, 1) == date(2026, 9, 27)
    assert calendar.between(FRIDAY, date(2026, 10, 5)) == 5
    assert calendar.between(FRIDAY, FRIDAY) == 0


@pytest.mark.parametrize("line", ["2026-13-01 off", "2026-10-01 holiday", "2026-10-01", "yesterday off"])
def test_a_line_that_is_no_day_is_named(tmp_path, line):
    path = tmp_path / "days.txt"
    path.write_text(f"2026-10-01 off\n{line}\n", encoding="utf-8")
    with pytest.raises(CalendarError, match="line 2"):
        read_calendar(str(path))
