"""Gaps taken on: their steps, who may take which, falling values, months and lists."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from docx import Document
from openpyxl import load_workbook

from survey_app.ground.clock import today
from survey_app.models import RectificationItem, RectificationSnapshot, db
from survey_app.scoring import rectification, rectification_months
from survey_app.scoring.rectification import Pick, RectificationError, take_on, values_changed
from survey_app.scoring.rectification_files import as_word, as_workbook
from survey_app.scoring.self_assessment import assess, by_department
from survey_app.values import verification
from survey_app.values.entry import entry_of, place_of
from survey_app.values.periods import current_period
from tests.support.city import small_city
from tests.support.scoring_city import area, estimate, fill, put
from tests.support.stored import begins_with

DUE = today() + timedelta(days=30)
COUNTY = "jining-2023-county"


def city_with_a_gap() -> None:
    """甲县 with accepted values; its indicator 1 reaches no tier."""
    estimate(small_city())
    fill(area("甲县"), low=frozenset({1}))


pytestmark = [begins_with(city_with_a_gap), pytest.mark.usefixtures("in_chinese")]


@pytest.fixture
def county(sqlite_app):
    return area("甲县")


@pytest.fixture
def speak(monkeypatch):
    """Let somebody act."""

    def be(name: str) -> None:
        monkeypatch.setattr("survey_app.ground.audit.actor", lambda: name)

    be("scorer")
    return be


def taken(county, due: date = DUE) -> RectificationItem:
    [item] = take_on(assess(county), [Pick(1, 5, "甲局", due)])
    db.session.commit()
    return item


def metric() -> str:
    return next(row for row in assess(area("甲县")).rulebook.indicators if row.number == 1).metrics[0].key


def test_a_gap_becomes_an_item_that_says_what_was_lacking(county, speak):
    found = assess(county)
    gap = next(gap for gap in found.gaps if gap.indicator.number == 1)
    item = taken(county)
    assert (item.from_stars, item.to_stars, item.department, item.state) == (None, 5, "甲局", "open")
    assert item.gain == float(gap.lost)
    assert "还差" in item.gap
    assert [note.step for note in item.notes] == ["taken_on"]


def test_everything_wrong_is_said_at_once_and_nothing_is_stored(county, speak):
    taken(county)
    picks = [
        Pick(1, 5, "甲局", DUE), Pick(2, 5, "甲局", DUE), Pick(3, 4, " ", today() - timedelta(days=1)), Pick(99, 5, "x", DUE),
    ]  # fmt: skip
    with pytest.raises(RectificationError) as refused:
        take_on(assess(county), picks)
    told = str(refused.value)
    for said in ("1：已有正在整改", "2：已达到5星", "3：请填写责任部门", "3：期限不能早于今天", "99：没有5星这一档"):
        assert said in told
    assert db.session.query(RectificationItem).count() == 1


def test_an_item_closes_only_when_another_person_sees_a_value_that_reaches_the_tier(county, speak):
    item = taken(county)
    speak("dept")
    rectification.submit(item, "完成")
    with pytest.raises(RectificationError, match="不能自己核验"):
        rectification.close(item, "")
    speak("scorer")
    with pytest.raises(RectificationError, match="还没有达到5星"):
        rectification.close(item, "")
    put(county, 1, metric(), 1)
    rectification.close(item, "属实")
    db.session.commit()
    assert item.state == "closed"
    assert item.closed_at is not None
    with pytest.raises(RectificationError, match="别人已经先做"):
        rectification.close(item, "")


def test_a_value_that_nobody_accepted_closes_nothing(county, speak):
    item = taken(county)
    put(county, 1, metric(), 1)
    db.session.execute(db.text("UPDATE indicator_entry SET state='submitted' WHERE indicator='1'"))
    db.session.commit()
    speak("dept")
    rectification.submit(item, "")
    speak("scorer")
    with pytest.raises(RectificationError, match="还没有核定"):
        rectification.close(item, "")


def test_a_fallen_value_reopens_a_closed_item_once(county, speak):
    item = taken(county)
    rectification.submit(item, "")
    speak("other")
    put(county, 1, metric(), 1)
    rectification.close(item, "")
    db.session.commit()
    assert values_changed(county, COUNTY, [1]) == []  # still reached
    put(county, 1, metric(), 0)
    assert values_changed(county, COUNTY, [2]) == []  # another indicator
    assert values_changed(county, COUNTY, [1]) == [item]
    assert (item.state, item.times_reopened, item.closed_at) == ("reopened", 1, None)
    assert (item.notes[-1].step, item.notes[-1].by) == ("reopened", "自动")
    assert values_changed(county, COUNTY, [1]) == []  # under way already


def test_accepting_a_lower_value_opens_the_closed_item_again(county, speak):
    item = taken(county)
    rectification.submit(item, "")
    speak("other")
    put(county, 1, metric(), 1)
    rectification.close(item, "")
    put(county, 1, metric(), 0)
    db.session.execute(db.text("UPDATE indicator_entry SET state='submitted' WHERE indicator='1'"))
    db.session.commit()
    place = place_of(current_period().code, county.code, "1")
    verification.accept(place, entry_of(place, fresh=True).version, "other")
    db.session.commit()
    assert (item.state, item.notes[-1].step) == ("reopened", "reopened")


def test_sending_back_and_withdrawing_need_a_reason(county, speak):
    item = taken(county)
    rectification.submit(item, "")
    speak("other")
    for step in (rectification.send_back, rectification.withdraw):
        with pytest.raises(RectificationError, match="理由"):
            step(item, " ")
    rectification.send_back(item, "材料不全")
    assert item.state == "open"
    rectification.withdraw(item, "重复")
    assert item.state == "withdrawn"
    with pytest.raises(RectificationError, match="已经结束"):
        rectification.note(item, "还有")


def test_a_change_says_what_was_changed_and_why(county, speak):
    item = taken(county)
    with pytest.raises(RectificationError, match="没有任何变更"):
        rectification.change(item, "甲局", DUE, "x")
    rectification.change(item, "乙局", DUE + timedelta(days=9), "职责调整")
    assert (item.department, item.due) == ("乙局", DUE + timedelta(days=9))
    assert "职责调整" in item.notes[-1].text


def test_a_month_is_kept_once_and_counts_what_is_overdue(county, speak):
    item = taken(county)
    later = DUE + timedelta(days=40)
    [row] = rectification_months.take_snapshot(later)
    db.session.commit()
    assert (row.month, row.open, row.overdue, row.closed) == (f"{later:%Y-%m}", 1, 1, 0)
    assert rectification_months.take_snapshot(later) == []
    rectification.withdraw(item, "x")
    rectification_months.take_snapshot(later + timedelta(days=40))
    db.session.commit()
    months = rectification_months.trend([(county.id, "甲局")])
    assert [(month.open, month.overdue) for month in months] == [(1, 1), (0, 0)]
    assert rectification_months.trend([(county.id, "乙局")]) == []
    assert db.session.query(RectificationSnapshot).count() == 2


def test_the_lists_are_a_document_with_real_styles_and_a_workbook_with_real_values(county, speak):
    item = taken(county)
    rectification.note(item, "=1+1")
    day = DUE + timedelta(days=1)
    document = Document(io.BytesIO(as_word([item], day)))
    assert [p.style.name for p in document.paragraphs if p.style.name != "Normal"] == ["Title", "Heading 1"]
    assert "甲局（1项）" in document.paragraphs[2].text
    [table] = document.tables
    assert table.style.name == "Table Grid"
    assert "tblHeader" in table.rows[0]._tr.xml
    assert "逾期" in table.rows[1].cells[6].text
    sheet = load_workbook(io.BytesIO(as_workbook([item], day))).active
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "甲局"
    assert row[7].date() == DUE
    assert row[9] == "'=1+1"
    assert row[10] == "是"


def test_points_lost_are_counted_for_every_department_that_leads(county):
    [row] = [row for row in by_department(assess(county)) if row.department == "甲局"]
    gaps = [gap for gap in assess(county).gaps if gap.indicator.kind != "satisfaction"]
    assert row.lost == sum(gap.lost for gap in gaps)
    assert row.indicators == len(gaps)
