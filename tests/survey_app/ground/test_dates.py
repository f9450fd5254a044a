"""Days and moments as people write them: one reader, a zone beside each, and a closing day to its end."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from survey_app.ground.dates import DateError, last_second, read_day, read_moment, with_zone

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("said", "opens", "closes"),
    [
        ("2026-12-31", "2026-12-31T00:00:00", "2026-12-31T23:59:59"),
        ("2026/12/31", "2026-12-31T00:00:00", "2026-12-31T23:59:59"),
        ("2026.12.31", "2026-12-31T00:00:00", "2026-12-31T23:59:59"),
        ("2026年12月31日", "2026-12-31T00:00:00", "2026-12-31T23:59:59"),
        ("２０２６年3月5日", "2026-03-05T00:00:00", "2026-03-05T23:59:59"),
        ("20261231", "2026-12-31T00:00:00", "2026-12-31T23:59:59"),
        ("2026-12-31T18:00", "2026-12-31T18:00:00", "2026-12-31T18:00:00"),
        ("2026-12-31 8:05:09", "2026-12-31T08:05:09", "2026-12-31T08:05:09"),
        ("2026年12月31日18时", "2026-12-31T18:00:00", "2026-12-31T18:00:00"),
        ("2026年12月31日 18点30分", "2026-12-31T18:30:00", "2026-12-31T18:30:00"),
        ("2026-12-31 18：30", "2026-12-31T18:30:00", "2026-12-31T18:30:00"),
        ("2026-12-31T00:00", "2026-12-31T00:00:00", "2026-12-31T00:00:00"),
        ("2026-12-31T23:59", "2026-12-31T23:59:00", "2026-12-31T23:59:59"),
        ("2026-12-31 24:00", "2026-12-31T23:59:59", "2026-12-31T23:59:59"),
    ],
)
def test_a_closing_day_without_an_hour_is_its_end_and_an_opening_one_its_beginning(said, opens, closes):
    assert read_moment(said, SHANGHAI).isoformat() == f"{opens}+08:00"
    assert read_moment(said, SHANGHAI, closing=True).isoformat() == f"{closes}+08:00"


@pytest.mark.parametrize(
    ("said", "wanted"), [("2026-12-31T18:00Z", "2026-12-31T18:00:00+00:00"), ("2026-12-31T18:00-0500", "2026-12-31T18:00:00-05:00")]
)  # fmt: skip
def test_a_moment_that_says_its_offset_keeps_it(said, wanted):
    assert read_moment(said, SHANGHAI, closing=True).isoformat() == wanted


@pytest.mark.parametrize(
    "said", ["", "soon", "2026-13-01", "2026-02-29", "31.12.2026", "2026-12-31 25:00", "12月31日", "2026-12-31x"]
)
def test_what_is_no_day_is_refused(said):
    with pytest.raises(DateError):
        read_moment(said, SHANGHAI)
    with pytest.raises(DateError):
        read_day(said)


def test_a_moment_is_shown_with_its_zone():
    assert (
        with_zone(datetime(2026, 12, 31, 15, 59, 59, tzinfo=ZoneInfo("UTC")), SHANGHAI)
        == "2026-12-31 23:59 (UTC+08:00)"
    )
    assert (
        with_zone(last_second(date(2026, 1, 5), ZoneInfo("America/New_York")), ZoneInfo("UTC"))
        == "2026-01-06 04:59 (UTC+00:00)"
    )
