"""A long table comes a page at a time, searched and ordered on the server; a short one, and one in an answer, is whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import get_template_attribute

from survey_app.console.figures import Figure
from survey_app.console.paging import part_of
from survey_app.console.tables import Column, Table
from survey_app.models import User, db
from tests.support.city import small_city
from tests.support.people import enter, person

NAMES = ("邹城市", "鱼台县", "曲阜市", "嘉祥县")
COLUMNS = (
    Column("name", "名称"), Column("n", "数", "number"), Column("share", "比例", "share"), Column("at", "时间", "moment"),
)  # fmt: skip


def table(number: int = 130) -> Table:
    rows = [
        {
            "name": NAMES[n % 4] + str(n), "n": n if n % 10 else None, "share": n / 1000,
            "at": datetime(2026, 11, 1 + n % 28, tzinfo=UTC),
        }
        for n in range(number)
    ]  # fmt: skip
    return Table("places", "地点", COLUMNS, rows)


@pytest.fixture
def asked(sqlite_app):
    """The part that the table's arguments ask for."""

    def part(address: str = "", shown: Table | None = None, method: str = "GET"):
        with sqlite_app.test_request_context(f"/console/accounts?{address}", method=method):
            found = part_of(shown or table())
            return found and (found, [row["n"] for row in found.rows], found.address(page=2))

    return part


def test_a_long_table_begins_with_its_first_rows_and_goes_on_page_by_page(asked):
    first, rows, _next = asked()
    assert (first.number, first.pages, first.found, rows[1], len(rows)) == (1, 3, 130, 1, 50)
    last, rows, _next = asked("places.page=3")
    assert (last.number, rows[1], len(rows)) == (3, 101, 30)
    assert [asked(f"places.page={typed}")[0].number for typed in ("0", "99999999999", "x", "-1", "²")] == [
        1,
        3,
        1,
        1,
        1,
    ]
    assert len(asked("places.page=all")[1]) == 130


def test_a_short_table_and_one_in_an_answer_to_what_was_sent_are_whole(asked):
    assert asked(shown=table(100)) is None
    assert asked(method="POST") is None


def test_words_find_rows_by_what_is_seen_in_any_column(asked):
    found, rows, _next = asked("places.words=曲阜")
    assert (found.found, found.pages, rows[:2]) == (32, 1, [2, 6])
    assert asked("places.words=12.90%25")[1] == [129]
    assert asked("places.words=nowhere")[0].found == 0


def test_a_heading_orders_numbers_by_size_and_names_by_sound_with_the_empty_ones_last(asked):
    assert asked("places.order=n")[1][:3] == [1, 2, 3]
    assert asked("places.order=-n")[1][:3] == [129, 128, 127]
    assert asked("places.order=-n&places.page=3")[1][-13:] == [None] * 13
    by_name = asked("places.order=name&places.page=all")[0].rows
    assert list(dict.fromkeys(row["name"][:3] for row in by_name)) == ["嘉祥县", "曲阜市", "鱼台县", "邹城市"]
    assert asked("places.order=no-such")[1][1] == 1
    turned = asked("places.order=n")[0]
    assert [(turned.direction(one), turned.other_order(one)) for one in COLUMNS[:2]] == [
        ("", "name"),
        ("ascending", "-n"),
    ]


def test_going_on_keeps_what_the_page_and_other_tables_were_asked_and_leaves_out_its_own_part(asked):
    _part, _rows, onward = asked("state=open&others.page=4&places.words=曲阜&part=1")
    assert onward.startswith("/console/accounts?state=open&others.page=4&places.words=")
    assert onward.endswith("&places.page=2#table-places")
    assert "part=1" not in onward


def test_a_page_with_more_rows_is_no_longer_and_its_rows_are_found_beside_the_form_that_ticks_them(sqlite_app):
    small_city()
    client = enter(sqlite_app.test_client(), person("administrator").user)
    db.session.add_all(
        User(email=f"{n:03}@minyi.invalid", username=f"clerk-{n:03}", password="!", fs_uniquifier=f"key-{n}")
        for n in range(240)
    )
    db.session.commit()

    def page(address: str) -> tuple[int, str]:
        html = client.get(f"/console/accounts{address}").get_data(as_text=True)
        return len(re.findall(r'name="account" value', html)), html

    ticks, html = page("?accounts.words=clerk-")
    assert ticks == 50
    assert "第1页，共5页" in html
    assert html.index('<form id="find-accounts"') < html.index('<form method="post" action="/console/accounts/several"')
    assert page("?accounts.words=clerk-&accounts.page=5")[0] == 40
    assert page("?accounts.words=clerk-239")[0] == 1
    assert "没有符合的行" in page("?accounts.words=nobody")[1]


def test_repeated_arguments_stay_on_every_way_on_and_none_changes_what_the_page_is_of(sqlite_app):
    """What a search takes along, and where the next part, the file and the picture are."""

    def ways(query: str) -> tuple[list[tuple[str, str]], list[str]]:
        with sqlite_app.test_request_context(f"/console/surveys/mine?{query}"):
            part = part_of(table())
            figure = Figure("drawn", "图", "<svg/>")
            return part.kept(), [part.address(page=2), table().address("csv"), figure.address("png")]

    kept, addresses = ways("by=area&by=month&places.words=1")
    assert kept == [("by", "area"), ("by", "month")]
    assert addresses == [
        "/console/surveys/mine?by=area&by=month&places.words=1&places.page=2#table-places",
        "/console/surveys/mine?by=area&by=month&places.words=1&table=places&format=csv",
        "/console/surveys/mine?by=area&by=month&places.words=1&figure=drawn&format=png",
    ]
    assert ways("endpoint=x&_anchor=x&_method=POST&_scheme=x&code=other") == ways("code=other")
    for address in ways("code=other")[1]:
        assert address.startswith("/console/surveys/mine?")


def test_the_form_that_searches_sends_each_value_of_an_argument(sqlite_app):
    with sqlite_app.test_request_context("/console/accounts?by=area&by=month"):
        html = get_template_attribute("console/tables.html", "finder")(table())
    assert re.findall(r'<input type="hidden" name="by" value="(\w+)">', html) == ["area", "month"]
