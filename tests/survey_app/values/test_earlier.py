"""What a change is measured from comes from the earlier period, and is told where it is another."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.models import Area, Period, db
from survey_app.values import entry, programmes
from survey_app.values.earlier import Earlier, earlier_of
from survey_app.values.periods import current_period, make_period
from tests.support.city import small_city
from tests.support.people import client_of, csrf
from tests.support.programmes import NAME, invented

CHANGE = """  - number: 9
    path: [空气, 改善]
    name: 空气质量改善
    lead: [江城环保局]
    citation: 第9条
    metrics:
      - {key: days, name: 优良天数比例, kind: share, ratio_of: [优良天数, 监测天数]}
      - {key: last, name: 上年优良天数比例, kind: share}
      - {key: before, name: 前年优良天数比例, kind: share}
    derived:
      - {key: rise, name: 提高幅度, kind: share, change: {of: days, before: last}}
      - {key: longer, name: 两年提高幅度, kind: share, change: {of: days, before: before, years: 2}}
    tiers: [{stars: 4, points: 1, require: "rise >= 5%"}, {stars: 5, points: 2, require: ["rise >= 5%", "longer >= 5%"]}]
"""


@pytest.fixture
def city(sqlite_app) -> Area:
    """Rated by a programme whose ninth indicator is a change on the years before; 2028 and 2029 are stored."""
    small_city()
    texts = invented(counties=0)
    book = f"rulebooks/{NAME}-city.yaml"
    programmes.add({**texts, book: texts[book] + CHANGE})
    for code in ("2028", "2029", "2030"):
        make_period(code, None, NAME)
    place = db.session.scalars(select(Area).where(Area.kind == "city")).one()
    for code, days in (("2028", {"numerator": 7, "denominator": 10}), ("2029", 0.75)):
        entry.save(at(place, code), {"days": days}, "", 0, "eva")
    db.session.commit()
    return place


def at(place: Area, code: str = "2030") -> entry.Place:
    found = entry.place_of(code, place.code, "9")
    assert found is not None
    return found


def test_each_earlier_year_offers_what_its_period_stored(city):
    assert earlier_of(at(city)) == {"last": Earlier("2029", 0.75, False), "before": Earlier("2028", 0.7, False)}
    assert earlier_of(at(city, "2029")) == {"last": Earlier("2028", 0.7, False)}
    assert earlier_of(at(city, "2028")) == {}


def test_a_period_that_has_none_or_was_rated_by_another_rule_offers_nothing(city):
    period = db.session.get_one(Period, "2029")
    period.city_rulebook = "jining-2023-municipal"
    db.session.commit()
    assert "last" not in earlier_of(at(city))


def test_the_box_holds_it_with_its_period_and_a_change_is_told(sqlite_app, city):
    manager = client_of(sqlite_app, "manager")
    address = f"/console/values/2030/{city.code}/9"
    page = manager.get(address).get_data(as_text=True)
    assert "2029周期存有：75%" in page
    assert "2028周期存有：70%" in page
    assert "已替您填在下面" in page
    assert 'name="last:value" type="text" value="75%"' in page
    sent = {"csrf_token": csrf(page), "version": "0", "days:value": "82%", "last:value": "75%", "before:value": "69%"}
    assert manager.post(address, data=sent).status_code == 302
    page = manager.get(address).get_data(as_text=True)
    assert "已替您填在下面" not in page
    assert page.count("与该周期不同") == 1  # 69 % is not what 2028 has
    assert {metric: row.value for metric, row in entry.rows_of(at(city)).items()} == {
        "days": 0.82, "last": 0.75, "before": 0.69,
    }  # fmt: skip


def test_the_workbook_brings_it_in_its_input(sqlite_app, city):
    manager = client_of(sqlite_app, "manager")
    assert current_period().code == "2030"
    book = load_workbook(io.BytesIO(manager.get("/console/values/workbook.xlsx").data))
    rows = [row for sheet in book.worksheets for row in sheet.values if "上年优良天数比例" in map(str, row)]
    assert any("75%" in map(str, row) for row in rows)
