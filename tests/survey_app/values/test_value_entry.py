"""From a department's first number to a verifier's yes: what is checked, kept, refused and written down."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from analysis.scoring import load_rulebook
from analysis.scoring.loading import NoProgrammeError
from survey_app.ground import audit
from survey_app.models import Area, IndicatorEntry, Period, db
from survey_app.values import entry as value_entry
from survey_app.values import evidence, verification, worklist
from survey_app.values.entry import ConflictError, EntryError
from survey_app.values.forms import said, value_of
from survey_app.values.periods import PeriodError, change_period, extend, make_period
from survey_app.values.reading import present_values, verified_values
from tests.support.city import small_city
from tests.support.indicators import COUNTY, PDF, at, led_by
from wording import Refusal, halves

SHARE = load_rulebook(COUNTY).indicator(1).metrics[0]
COUNT = load_rulebook(COUNTY).indicator(3).metrics[0]
YES = load_rulebook(COUNTY).indicator(4).metrics[0]


@pytest.fixture
def county(sqlite_app) -> Area:
    return _county()


def _county() -> Area:
    small_city()
    led_by("甲县", "1", "行政审批局")
    return db.session.query(Area).filter_by(name="甲县").one()


def entered(value: object = 0.9, by: str = "anna", version: int = 0, note: str = "") -> IndicatorEntry:
    entry = value_entry.save(at("11", "1"), {"online": value}, note, version, by)
    db.session.commit()
    return entry


def submitted(by: str = "anna") -> IndicatorEntry:
    entry = value_entry.submit(at("11", "1"), entered(by=by).version, by)
    db.session.commit()
    return entry


@pytest.mark.parametrize(
    ("metric", "cells", "stored", "words"),
    [
        (SHARE, ("", "480", "500", ""), {"numerator": 480, "denominator": 500}, "480/500 = 96%"),
        (SHARE, ("85%", "", "", ""), 0.85, "85%"),
        (SHARE, ("0.7", "", "", ""), 0.7, "70%"),
        (SHARE, ("", "", "", "本县无此项"), {"not_applicable": "本县无此项"}, "不适用(本县无此项)"),
        (COUNT, ("1,200", "", "", ""), 1200, "1200项"),
        (YES, ("是", "", "", ""), True, "是"),
        (YES, ("", "", "", ""), None, ""),
    ],
)
def test_a_value_is_stored_as_it_was_meant_and_reads_back(metric, cells, stored, words):
    assert value_of(metric, *cells) == stored
    assert said(metric, stored) == words


@pytest.mark.parametrize(
    ("metric", "cells", "chinese", "english"),
    [
        (SHARE, ("", "9", "8", ""), "分子9大于分母8", "above the denominator"),
        (SHARE, ("85", "", "", ""), "占比不能大于1", "write 0.85"),
        (SHARE, ("", "9", "", ""), "要一起填", "go together"),
        (SHARE, ("", "0", "0", ""), "不适用", "why it does not apply"),
        (SHARE, ("", "5", "0", ""), "分母为0", "denominator is 0"),
        (SHARE, ("0.5", "1", "2", ""), "不要都填", "not both"),
        (SHARE, ("0.5", "", "", "无"), "只能填一个", "either a value"),
        (SHARE, ("", "-1", "2", ""), "不能小于0", "negative"),
        (SHARE, ("很多", "", "", ""), "请填数字", "expected a number"),
        (SHARE, ("nan", "", "", ""), "请填数字", "expected a number"),
        (COUNT, ("1.5", "", "", ""), "应为整数", "whole number"),
        (COUNT, ("", "1", "2", ""), "没有分子", "no numerator"),
        (YES, ("也许", "", "", ""), "请填“是”或“否”", "yes or no"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(metric, cells, chinese, english):
    with pytest.raises(Refusal) as refused:
        value_of(metric, *cells)
    zh, en = halves(refused.value.said)
    assert chinese in zh
    assert english in en


def test_the_way_from_a_draft_to_accepted_is_written_down_line_by_line(county):
    entry = submitted()
    assert entry.state == "submitted"
    assert verified_values(county, COUNTY, "2023") == {}
    verification.send_back(at("11", "1"), entry.version, "vera", "请附计算表")
    db.session.commit()
    entry = entered(0.92, version=entry.version)
    entry = value_entry.submit(at("11", "1"), entry.version, "anna")
    verification.accept(at("11", "1"), entry.version, "vera")
    db.session.commit()
    assert verified_values(county, COUNTY, "2023") == {"1": {"online": 0.92}}
    lines = [(row.what, row.old, row.new, row.by) for row in reversed(value_entry.history(at("11", "1")))]
    assert lines == [
        ("online", None, 0.9, "anna"), (":state", "draft", "submitted", "anna"),
        (":state", "submitted", "returned", "vera"), ("online", 0.9, 0.92, "anna"),
        (":state", "returned", "submitted", "anna"), (":state", "submitted", "accepted", "vera"),
    ]  # fmt: skip
    assert audit.verify() == []


def test_of_two_who_saw_the_same_version_the_second_is_told_and_overwrites_nothing(app):
    _county()
    seen = entered(0.8).version
    entered(0.9, by="ben", version=seen)
    with pytest.raises(ConflictError, match="somebody has changed"):
        entered(0.7, version=seen)
    db.session.rollback()
    with pytest.raises(ConflictError):
        value_entry.submit(at("11", "1"), seen, "anna")
    db.session.rollback()
    assert value_entry.rows_of(at("11", "1"))["online"].value == 0.9


def test_saving_the_same_again_is_no_change(county):
    first = entered(0.9)
    seen = first.version
    assert entered(0.9, version=seen).version == seen
    assert len(value_entry.history(at("11", "1"))) == 1


def test_an_unassigned_indicator_takes_a_draft_and_is_not_submitted(county):
    place = at("11", "2")
    entry = value_entry.save(place, {"through": 0.8}, "", 0, "coordinator")
    db.session.commit()
    assert value_entry.state(place) == "unassigned"
    with pytest.raises(EntryError, match="no lead department is assigned"):
        value_entry.submit(place, entry.version, "coordinator")
    db.session.rollback()
    led_by("甲县", "2", "行政审批局")
    assert value_entry.submit(place, entry.version, "coordinator").state == "submitted"


def test_a_missing_value_is_submitted_only_with_a_note_that_says_why(county):
    led_by("甲县", "3", "行政审批局")
    place = at("11", "3")
    with pytest.raises(EntryError, match="no value has been entered"):
        value_entry.submit(place, 0, "anna")
    db.session.rollback()
    entry = value_entry.save(place, {"exempt_count": 300}, "", 0, "anna")
    with pytest.raises(EntryError, match="免提交证明事项占比"):
        value_entry.submit(place, entry.version, "anna")
    entry = value_entry.save(place, {}, "占比年底才有数", entry.version, "anna")
    assert value_entry.submit(place, entry.version, "anna").state == "submitted"


def test_nobody_verifies_what_he_entered_or_submitted(county):
    entry = entered(by="ben")
    entry = value_entry.submit(at("11", "1"), entry.version, "anna")
    db.session.commit()
    for name in ("anna", "ben"):
        with pytest.raises(EntryError, match="nobody verifies what he entered"):
            verification.accept(at("11", "1"), entry.version, name)
        db.session.rollback()
    verification.accept(at("11", "1"), entry.version, "vera")


def test_a_return_needs_a_comment_and_what_is_accepted_stays_until_it_is_returned(county):
    entry = submitted()
    with pytest.raises(EntryError, match="comment is needed"):
        verification.send_back(at("11", "1"), entry.version, "vera", " ")
    verification.accept(at("11", "1"), entry.version, "vera")
    db.session.commit()
    for action in (
        lambda: entered(0.5, version=entry.version),
        lambda: evidence.attach(at("11", "1"), "a.pdf", PDF, "anna"),
    ):
        with pytest.raises(EntryError, match="must return it first"):
            action()
        db.session.rollback()
    verification.send_back(at("11", "1"), entry.version, "vera", "省里更正")
    assert entry.state == "returned"


def test_a_submitted_indicator_can_be_taken_back_until_the_verifier_has_looked(county):
    entry = submitted()
    with pytest.raises(EntryError, match="take it back"):
        entered(0.5, version=entry.version)
    db.session.rollback()
    value_entry.withdraw(at("11", "1"), entry.version, "anna")
    assert entry.state == "draft"
    with pytest.raises(ConflictError):
        verification.accept(at("11", "1"), entry.version - 1, "vera")


def test_a_closed_period_takes_nothing_more(county):
    entry = entered()
    change_period("2023", None, "closed", "评分结束")
    with pytest.raises(EntryError, match="is closed"):
        entered(0.5, version=entry.version)
    db.session.rollback()
    with pytest.raises(PeriodError, match="reason is needed"):
        change_period("2023", None, "open", "")


def test_work_is_overdue_after_the_deadline_and_an_extension_moves_it_for_one_department(county):
    moment = datetime.now(UTC)
    led_by("甲县", "2", "教育局")
    change_period("2023", moment - timedelta(days=1), "open", "按方案")
    period = db.session.get(Period, "2023")

    def overdue() -> set[str]:
        return {task.indicator for task in worklist.tasks(period, [county]) if task.overdue}

    assert {"1", "2"} <= overdue()
    extend("2023", county, "行政审批局", moment + timedelta(days=5), "系统迁移")
    assert "1" not in overdue()
    assert "2" in overdue()
    extend("2023", county, "行政审批局", moment - timedelta(hours=1), "已经恢复")
    assert "1" in overdue()
    entry = entered()
    value_entry.submit(at("11", "1"), entry.version, "anna")
    db.session.commit()
    assert "1" not in overdue()


def test_a_new_period_starts_empty_and_keeps_the_old_values(county):
    entered(0.9)
    make_period("2025H1", None, "jining-2023")
    assert present_values(county, COUNTY) == {}
    assert present_values(county, COUNTY, "2023") == {"1": {"online": 0.9}}
    for code in ("2025H1", "H1"):
        with pytest.raises(PeriodError):
            make_period(code, None, "jining-2023")
    with pytest.raises(NoProgrammeError, match="jining-2023"):
        make_period("2026", None, "nobody")


def test_of_eight_who_save_at_the_same_moment_one_gets_through_and_the_rest_are_told(app):
    _county()
    seen = entered(0.5).version
    together, told = threading.Barrier(8), []

    def one(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                entered(0.6 + number / 100, by=f"person{number}", version=seen)
                told.append("saved")
            except ConflictError:
                db.session.rollback()
                told.append("conflict")
            db.session.remove()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["conflict"] * 7 + ["saved"]
    db.session.expire_all()
    assert len(value_entry.history(at("11", "1"))) == 2
    assert audit.verify() == []
