"""The dispatch brief of a period: what is in and late, what changed since the last one, who must act, kept as it was made."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from docx import Document
from sqlalchemy import event, select

from survey_app.briefs.dispatch import (
    ASSIGN,
    COORDINATOR,
    ENTER,
    VERIFIER,
    VERIFY,
    acts,
    before,
    changed,
    counted,
    items_of,
    make,
)
from survey_app.briefs.pages.dispatch import dispatch_report, listed
from survey_app.documents import written
from survey_app.documents.content import Say
from survey_app.models import AuditEntry, Dispatch, Period, db
from survey_app.values import entry
from survey_app.values.periods import period_of
from tests.support.city import small_city
from tests.support.indicators import at, led_by
from tests.support.people import client_of, csrf


@pytest.fixture
def city(sqlite_app) -> None:
    """Two counties; in 甲县 three indicators are led, of which one was handed in and one is late."""
    small_city()
    for indicator in ("1", "3", "4"):
        led_by("甲县", indicator, "行政审批局")
    entry.save(at("11", "1"), {"online": 0.9}, "", 0, "ben")
    entry.submit(at("11", "1"), 1, "ben")
    period_of("2023").deadline = datetime(2024, 1, 1, tzinfo=UTC)
    db.session.commit()


def made() -> Dispatch:
    one = make(period_of("2023"), "anna")
    db.session.commit()
    return one


def words(one: Dispatch, language: str = "zh") -> str:
    document = Document(io.BytesIO(written(dispatch_report(one, language), "docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_brief_says_what_is_in_and_late_and_who_must_act(city):
    items = [item for item in items_of(made()) if item.area == "甲县"]
    assert counted(items)["in"] == 1
    assert counted(items)["late"] == counted(items)["asked"] - 1
    found = {one.who: one for one in acts(items)}
    assert found["行政审批局"].work == {ENTER: ["3", "4"]}
    assert found["行政审批局"].late == ["3", "4"]
    assert found[VERIFIER].work == {VERIFY: ["1"]}
    assert not found[VERIFIER].late
    assert "2" in found[COORDINATOR].work[ASSIGN]


def test_a_brief_asks_for_no_indicator_by_itself(city):
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        one = made()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(one.items) > 60 > len(asked)


def test_the_next_brief_says_what_changed_and_the_first_stays_as_it_was(city):
    first = made()
    told = words(first)
    entry.save(at("11", "3"), {"exempt_count": 120}, "", 0, "ben")
    db.session.commit()
    second = made()
    assert (second.number, before(second)) == (2, first)
    ((old, new),) = changed(items_of(second), items_of(first))
    assert (old.state, new.state, new.said) == ("missing", "draft", "免提交证明事项数量 120项")
    assert words(first) == told
    assert "这是本周期的第一期" in told
    assert "免提交证明事项数量 120项" in words(second)
    english = words(second, "en")
    assert "Changes since the last brief" in english
    assert "missing" in english


def test_it_comes_as_pdf_and_the_making_is_audited(city):
    one = made()
    assert written(dispatch_report(one, "zh"), "pdf").startswith(b"%PDF")
    entry_made = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "dispatch.make")).one()
    assert entry_made.after == {"number": 1}


def test_an_office_makes_one_by_a_button_and_downloads_it(city, sqlite_app):
    client = client_of(sqlite_app, "manager")
    page = client.get("/console/periods/2023/dispatch")
    assert "还没有调度简报" in page.get_data(as_text=True)
    client.post("/console/periods/2023/dispatch", data={"csrf_token": csrf(page.get_data(as_text=True))})
    page = client.get("/console/periods/2023/dispatch").get_data(as_text=True)
    assert "/console/periods/2023/dispatch/1.docx" in page
    assert client.get("/console/periods/2023/dispatch/1.docx").status_code == 200
    assert client.get("/console/periods/2023/dispatch/2.docx").status_code == 404


def test_a_department_and_a_county_see_and_download_their_own_part(city, sqlite_app):
    made()
    whole, county, department, other = (
        client_of(sqlite_app, "manager", *where)
        for where in ((), ("甲县",), ("甲县", "行政审批局"), ("甲县", "别的局"))
    )
    address = "/console/periods/2023/dispatch"

    def told(client) -> str:
        reply = client.get(f"{address}/1.docx")
        assert reply.status_code == 200
        document = Document(io.BytesIO(reply.data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])

    assert "本单位部分" not in told(whole)
    assert "乙县" in told(whole)
    assert "乙县" not in told(county)
    assert "本单位部分" in told(department)
    assert "应报3项：已报1项" in told(department)
    assert "生成新一期" not in department.get(address).get_data(as_text=True)
    assert other.get(f"{address}/1.docx").status_code == 404
    assert "1.docx" not in other.get(address).get_data(as_text=True)


def test_an_earlier_brief_keeps_areas_that_are_not_rated_any_more(city, sqlite_app, monkeypatch):
    one, county = made(), client_of(sqlite_app, "manager", "甲县")
    monkeypatch.setattr(Period, "rulebook_of", lambda _period, area: "jining-2023-municipal" * (area.kind == "city"))
    address = "/console/periods/2023/dispatch"
    assert f"{address}/1.docx" in county.get(address).get_data(as_text=True)
    reply = county.get(f"{address}/1.docx")
    assert reply.status_code == 200
    told = [cell.text for table in Document(io.BytesIO(reply.data)).tables for row in table.rows for cell in row.cells]
    assert "甲县" in told
    assert {item.area for item in items_of(one)} > {"甲县"}


def test_runs_of_numbers_are_drawn_together():
    assert listed(["4", "1", "2", "3", "9", "rating"], Say("zh")) == "1–4、9、评级条件"
