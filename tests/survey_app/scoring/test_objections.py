"""公示与异议: counties see a final run before it is signed, object to its rows, and two people decide."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from docx import Document

from survey_app.ground import two_persons
from survey_app.ground.clock import today
from survey_app.ground.sealing import seal, unseal
from survey_app.ground.sign_off import SignOffError
from survey_app.ground.uploads import Handed
from survey_app.models import AuditEntry, DepartmentAddress, Objection, Period, db
from survey_app.models.base import now
from survey_app.outbox.letters import letter_of
from survey_app.scoring import final_runs, objections
from survey_app.scoring.final_runs import FinalRunError, settle
from survey_app.scoring.objections import ObjectionError, open_round, propose, raise_objection
from survey_app.values.assignments import responsible_each
from survey_app.values.periods import PeriodError, change_period
from tests.support.outbox import at_any_hour, begin, collected, mail_channel, reached_at
from tests.support.people import enter, person
from tests.support.scoring_city import area, put
from tests.support.stored import begins_with
from tests.survey_app.scoring.test_final_runs import made, metric_of, settled_city
from wording import Refusal

pytestmark = [begins_with(settled_city), pytest.mark.usefixtures("in_chinese")]
PDF = ("证明.pdf", b"%PDF-1.7")


@pytest.fixture
def city(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return area("某市")


def signed(run) -> None:
    settle(run, "proposed", "anna", "")
    settle(run, "approved", "berta", "同意")


def over(shown) -> None:
    """The days have passed: since `shown` was opened and its objections were made."""
    shown.until = now() - timedelta(seconds=1)
    db.session.flush()


def decided(objection, outcome="rejected", points=None) -> None:
    two_persons.confirm(propose(objection, outcome, points, "已核对原件", "anna"), "berta")
    db.session.flush()


def test_it_runs_five_working_days_of_the_calendar_unless_the_period_says_otherwise(city, monkeypatch):
    monkeypatch.setattr(objections, "today", lambda: date(2026, 9, 29))  # before the days off of 1 to 7 October
    shown = open_round(made(city))
    assert objections.local(shown.until).date() == date(2026, 10, 12)  # 30 September, 8, 9, the Saturday worked, 12
    change_period("2023", None, "open", "按省里要求", 60)
    with pytest.raises(PeriodError):
        change_period("2023", None, "open", "x", 61)


def test_what_is_signed_without_it_says_so_and_a_period_may_ask_nobody(city):
    run = made(city)
    assert objections.why_not_signed(run) is None
    change_period("2023", None, "open", "不公示", 0)
    with pytest.raises(ObjectionError, match="设为不公示"):
        open_round(run)
    with pytest.raises(ObjectionError, match="试算"):
        open_round(made(city, "trial"))
    signed(run)
    page = enter(db_client(), person("scorer").user).get(f"/console/final/{run.id}").get_data(as_text=True)
    assert "未公示(本周期设为不公示)。" in page
    assert "开始公示" not in page


def test_nothing_is_signed_while_it_is_shown_or_an_objection_waits(city):
    run = made(city)
    shown = open_round(run)
    objection = raise_objection(shown, area("甲县"), 1, "应为满档")
    with pytest.raises(FinalRunError, match="公示期未满"):
        settle(run, "proposed", "anna", "")
    over(shown)
    with pytest.raises(FinalRunError, match=f"甲县的异议#{objection.id}尚未由两人决定"):
        settle(run, "proposed", "anna", "")
    decided(objection)
    signed(run)
    assert final_runs.settled(city) == run
    with pytest.raises(ObjectionError, match="已提交审批或已批准"):
        raise_objection(shown, area("乙县"), 1, "x", letter="乙县函", received=today())


def test_two_people_decide_and_whoever_objects_is_neither(city):
    shown = open_round(made(city))
    objection = raise_objection(shown, area("甲县"), 1, "应为满档")
    objection.by = "carl"
    with pytest.raises(ObjectionError, match="提出异议的人不参与决定"):
        propose(objection, "rejected", None, "x", "carl")
    for outcome, points, reason, told in (
        ("", None, "x", "请选择"), ("upheld", None, "x", "应得的分数"), ("upheld", 1, " ", "理由"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=told):
            propose(objection, outcome, points, reason, "anna")
    first = propose(objection, "rejected", None, "材料不足", "anna")
    with pytest.raises(SignOffError, match="不能自己批准"):
        two_persons.confirm(first, "anna")
    with pytest.raises(ObjectionError, match="等待第二人"):
        propose(objection, "upheld", 1.5, "x", "berta")
    two_persons.turn_down(first, "berta", "再看材料")
    db.session.commit()
    again = propose(objection, "upheld", 1.5, "材料属实", "anna")
    db.session.commit()
    with pytest.raises(ObjectionError, match="提出异议的人不参与决定"):
        two_persons.confirm(again, "carl")
    db.session.rollback()
    assert objection.outcome == ""
    two_persons.confirm(again, "berta")
    with pytest.raises(ObjectionError, match="已由两人决定"):
        propose(objection, "rejected", None, "x", "dora")
    assert (objection.outcome, objection.points_after) == ("upheld", 1.5)
    actions = [row.action for row in db.session.query(AuditEntry).filter_by(subject=f"objection:{objection.id}")]
    assert actions == ["objections.raise", "objections.upheld"]


def test_who_decides_hears_of_an_objection_and_its_county_of_the_decision(city):
    mail_channel()
    at_any_hour()
    for role, place, of in (("scorer", "", ""), ("department", "甲县", ""), ("department", "乙县", "")):
        reached_at(person(role, place, of).user, f"{role}{place}@example.org")
    shown = open_round(made(city))
    db.session.commit()
    begin()
    objection = raise_objection(shown, area("甲县"), 1, "应为满档")
    db.session.commit()
    assert [(unseal(each.sealed_to), each.event) for each in collected()] == [
        ("scorer@example.org", "objection_raised")
    ]
    decided(objection)
    db.session.commit()
    assert {(unseal(each.sealed_to), each.event) for each in collected()[1:]} == {
        ("scorer@example.org", "objection_answered"), ("department甲县@example.org", "objection_answered"),
    }  # fmt: skip
    assert not any("应为满档" in letter_of([each], "").text for each in collected())


@pytest.mark.parametrize("listed", [True, False], ids=["on the list", "not on it"])
def test_a_county_without_an_account_hears_of_the_decision_at_its_departments_address_and_without_one_the_office_does(
    city, listed
):
    mail_channel()
    at_any_hour()
    reached_at(person("manager", "", "").user, "office@example.org")
    reached_at(person("department", "乙县", "").user, "other@example.org")
    shown = open_round(made(city))
    objection = raise_objection(shown, area("甲县"), 1, "应为满档", letter="甲县函", received=today())
    if listed:
        lead = leads_of(objection)[0]
        address = {"area_id": objection.area_id, "department": lead, "sealed": seal("list@example.org")}
        db.session.add(DepartmentAddress(**address, changed_by="anna"))
    db.session.commit()
    begin()
    decided(objection)
    db.session.commit()
    went = {(unseal(each.sealed_to), each.event) for each in collected()}
    assert went == {
        ("list@example.org", "objection_answered") if listed else ("office@example.org", "department_unreached")
    }
    assert "甲县" in letter_of(collected()[:1], "").text


def leads_of(objection) -> tuple[str, ...]:
    rulebook = db.session.get(Period, objection.round.run.period).rulebook_of(objection.area)
    return responsible_each([(objection.area, rulebook)])[objection.area_id][str(objection.indicator)].leads


def test_an_upheld_objection_needs_a_run_that_holds_it_and_every_other_change_is_listed(city):
    put(area("甲县"), 1, metric_of(1), 0)
    first = made(city)
    shown = open_round(first)
    objection = raise_objection(shown, area("甲县"), 1, "漏计两项")
    before = objections.lines_of([objection])[objection.id].points
    over(shown)
    decided(objection, "upheld", 1.5)
    with pytest.raises(FinalRunError, match="已采纳，请先更正数值"):
        settle(first, "proposed", "anna", "")
    put(area("甲县"), 1, metric_of(1), 1)
    put(area("乙县"), 5, metric_of(5), 0)
    second = made(city)
    assert (before, objections.lines_of([objection], second)[objection.id].points) == (0, 1.5)
    assert [(row.area, row.number) for row in objections.unpublished(second)] == [("乙县", 5)]
    signed(second)
    page = enter(db_client(), person("scorer").user).get(f"/console/final/{second.id}").get_data(as_text=True)
    assert "公示后另有改动" in page
    report = text_of(enter(db_client(), person("scorer").user).get(f"/console/final/{second.id}/report.docx").data)
    for said in ("公示与异议", "漏计两项", "采纳", "已核对原件", "anna、berta", "1.5", "公示后另有改动", "收到异议1件"):
        assert said in report, said


def test_objections_come_in_time_and_about_a_row_there_is(city):
    shown = open_round(made(city))
    county = area("甲县")
    for row, said, told in ((99, "x", "没有第99项"), (1, " ", "写明异议"), (1, "x" * 5000, "4000")):
        with pytest.raises(ObjectionError, match=told):
            raise_objection(shown, county, row, said)
    with pytest.raises(ObjectionError, match="最多10个"):
        raise_objection(shown, county, 1, "x", [Handed("0" * 64, "证明.pdf")] * 11)
    shown.opened_at = shown.until = now() - timedelta(days=2)
    with pytest.raises(ObjectionError, match="只能在公示期内"):
        raise_objection(shown, county, 1, "x")
    entered = raise_objection(
        shown, county, 1, "x", letter="甲县〔2026〕3号", received=objections.local(shown.until).date()
    )
    assert entered.letter == "甲县〔2026〕3号"
    with pytest.raises(ObjectionError, match="只能在公示期内"):
        raise_objection(shown, county, 1, "x", letter="迟到的函", received=today())


def test_a_county_sees_its_sheet_alone_objects_with_a_file_and_the_office_sees_it_waiting(city):
    run = made(city)
    office, county, other = (enter(db_client(), person(*who).user) for who in (("scorer",), ("evaluator", "甲县"), ("evaluator", "乙县")))  # fmt: skip
    second = enter(db_client(), person("evaluator").user)
    assert "已开始公示" in office.post(f"/console/final/{run.id}/objections", follow_redirects=True).get_data(
        as_text=True
    )
    [shown] = objections.rounds()
    sheet = f"/console/objections/{shown.id}/11"
    assert "乙县" not in county.get("/console/objections").get_data(as_text=True)
    home = county.get("/console/").get_data(as_text=True)
    assert f'href="{sheet}"' in home
    assert other.get(sheet).status_code == 403
    page = county.get(sheet).get_data(as_text=True)
    assert "公示结果，不是最终结果。" in page
    assert "95%区间" in page
    assert "代为录入" not in page
    for wrong in ({"indicator": "1"}, {"indicator": "1", "text": "x", "files": (io.BytesIO(b"MZ"), "bad.exe")}):
        assert county.post(sheet, data=wrong).status_code == 422
    sent = {"indicator": "1", "text": "应为满档", "files": (io.BytesIO(PDF[1]), PDF[0])}
    assert "异议已记录" in county.post(sheet, data=sent, follow_redirects=True).get_data(as_text=True)
    objection = db.session.query(Objection).one()
    item = f"/console/objections/item/{objection.id}"
    assert county.get(f"{item}/files/{objection.files[0].digest}").data == PDF[1]
    assert other.get(item).status_code == 403
    assert county.post(f"{item}/decide", data={}).status_code == 403
    assert "待提出决定的异议" in office.get("/console/").get_data(as_text=True)
    office.post(f"{item}/decide", data={"outcome": "upheld", "points_after": "1.5", "reason": "属实"})
    statement = objections.waiting([objection])[objection.id]
    for who in (second, office):  # the list of what waits for a second person
        assert "对异议的决定" in who.get("/console/").get_data(as_text=True)
    read = second.get(f"/console/two-persons/{statement.id}").get_data(as_text=True)
    for said in ("应为满档", PDF[0], "采纳", "→ 1.5", "属实"):
        assert said in read, said
    second.post(f"/console/two-persons/{statement.id}", data={"step": "confirm"})
    assert "采纳" in county.get(item).get_data(as_text=True)
    assert objection.outcome == "upheld"


def test_a_county_without_an_account_gets_its_sheet_on_paper_and_its_objection_is_entered_for_it(city):
    shown = open_round(made(city))
    db.session.commit()
    enter(db_client(), person("department", "乙县").user)
    office = enter(db_client(), person("scorer").user)
    page = office.get("/console/objections").get_data(as_text=True)
    assert page.count("没有账号") == 1
    sheet = f"/console/objections/{shown.id}/11"
    said = text_of(office.get(f"{sheet}/sheet.docx").data)
    for part in ("公示稿，不是最终结果", "异议表", "送评价办公室", "区间"):
        assert part in said, part
    assert office.get(f"{sheet}/sheet.pdf").data.startswith(b"%PDF")
    sent = {"indicator": "1", "text": "应为满档"}
    assert "请写明来函和收到日期" in office.post(sheet, data=sent).get_data(as_text=True)
    office.post(sheet, data=sent | {"letter": "甲县函", "received": today().isoformat()})
    assert db.session.query(Objection).one().letter == "甲县函"


def test_the_period_page_sets_the_days(city):
    manager = enter(db_client(), person("manager").user)
    manager.post("/console/periods/2023", data={"state": "open", "reason": "x", "objection_days": "7"})
    assert db.session.get(Period, "2023").objection_days == 7
    page = manager.get("/console/periods").get_data(as_text=True)
    assert "公示7个工作日" in page
    assert "jining-2023 v1 · 公示" in page  # its title, not its key


def test_each_language_names_the_page_the_county_and_who_raised_it(city):
    shown = open_round(made(city))
    waits = propose(raise_objection(shown, area("甲县"), 1, "应为满档"), "rejected", None, "已核对", "anna")
    db.session.commit()
    office = enter(db_client(), person("scorer").user)
    for language, title, listed in (
        ("zh", "对异议的决定", ("甲县", "命令行")), ("en", "Decision on an objection", ("Jia", "Command line")),
    ):  # fmt: skip
        office.get(f"/console/language/{language}")
        page = office.get(f"/console/two-persons/{waits.id}").get_data(as_text=True)
        assert f"<h1>{title}</h1>" in page
        assert ("已提出" if language == "zh" else "Proposed") in page[page.index('class="history"') :]
        table = office.get("/console/objections").get_data(as_text=True).split('id="table-objections"')[1]
        assert all(words in table for words in listed)
        assert "command line" not in table


def db_client():
    from flask import current_app

    return current_app.test_client()


def text_of(body: bytes) -> str:
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    heads = [part.text for section in document.sections for part in section.header.paragraphs]
    return "\n".join([*heads, *(part.text for part in document.paragraphs), *cells])
