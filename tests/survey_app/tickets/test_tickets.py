"""Tickets in the console: who sees and handles what, deadlines, what is opened, and what becomes public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey_app.ground import audit
from survey_app.ground.clock import today
from survey_app.ground.working_days import Calendar
from survey_app.models import AuditEntry, Ticket, TicketDraft, TicketEvent, TicketPublication, db
from survey_app.tickets.routing import route_waiting
from survey_app.tickets.steps import CITIZEN, take
from tests.support.city import small_city
from tests.support.people import enter, person
from tests.support.tickets import dot, ticket_in, ticket_of


@pytest.fixture
def office(sqlite_app):
    """A way to sign in: role, area, department."""
    small_city()
    sqlite_app.config["WTF_CSRF_ENABLED"] = False
    sqlite_app.config["WTF_CSRF_METHODS"] = []

    def sign_in(role: str, area: str = "", department: str = "") -> FlaskClient:
        return enter(sqlite_app.test_client(), person(role, area, department).user)

    return sign_in


def send(client: FlaskClient, ticket: Ticket, ending: str, **data):
    db.session.refresh(ticket)
    return client.post(f"/console/tickets/{ticket.id}/{ending}", data={"version": ticket.version, **data})


def test_a_city_problem_goes_to_the_lead_department_and_the_history_says_why(office):
    ticket, _number = ticket_in("某市")
    assert not ticket.routed
    assert route_waiting() == 1
    assert route_waiting() == 0
    db.session.refresh(ticket)
    assert (ticket.department, ticket.handler_area.name) == ("市公安局", "某市")
    page = office("department", "", "市公安局").get(f"/console/tickets/{ticket.id}").get_data(as_text=True)
    assert "牵头指标：21" in page


def test_a_county_problem_goes_to_whom_the_county_assigned_else_to_its_coordinator(office):
    from survey_app.ground.rulebooks import rulebook_for
    from survey_app.values.assignments import Choice, assign

    ticket, _number = ticket_in("甲县新区")
    county = ticket.area.parent
    first, _number = ticket_in("甲县")
    route_waiting()
    db.session.refresh(first)
    assert (first.department, first.handler_area.name) == (None, "甲县")
    assert assign(county, rulebook_for(county), [Choice("15", ("县公安局",), (), False, 0)]) == 1
    second, _number = ticket_in("甲县新区")
    route_waiting()
    db.session.refresh(second)
    assert (second.department, second.handler_area.name) == ("县公安局", "甲县")
    assert office("manager", "甲县").get(f"/console/tickets/{first.id}").status_code == 200
    assert office("department", "甲县", "县公安局").get(f"/console/tickets/{first.id}").status_code == 403


def test_another_department_is_refused_and_sees_nothing_in_lists_panels_and_files(office):
    ticket, _number = ticket_of("甲县", "交通局")
    theirs, other = office("department", "甲县", "交通局"), office("department", "甲县", "教育局")
    elsewhere = office("department", "乙县", "交通局")
    assert theirs.get(f"/console/tickets/{ticket.id}").status_code == 200
    assert "红绿灯坏" in theirs.get("/console/tickets").get_data(as_text=True)
    for stranger in (other, elsewhere):
        for ending in ("", "/photos/1"):
            assert stranger.get(f"/console/tickets/{ticket.id}{ending}").status_code == 403
        assert send(stranger, ticket, "reply", step="close", text="好了").status_code == 403
        assert "红绿灯坏" not in stranger.get("/console/tickets?state=all").get_data(as_text=True)
        assert "红绿灯坏" not in stranger.get("/console/tickets?state=all&table=tickets&format=csv").get_data(
            as_text=True
        )
        assert "交通局" not in stranger.get("/console/ticket-figures?by=department").get_data(as_text=True)
        assert "市民问题" not in stranger.get("/console/").get_data(as_text=True).split("<main")[1]
    assert "待答复 1 件" in theirs.get("/console/").get_data(as_text=True)
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "denied")) == 6


def test_a_photo_is_shown_to_handlers_without_being_kept_anywhere(office):
    ticket, _number = ticket_of("甲县", "交通局", dot())
    reply = office("department", "甲县", "交通局").get(f"/console/tickets/{ticket.id}/photos/1")
    assert (reply.status_code, reply.mimetype) == (200, "image/jpeg")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    evaluator = office("evaluator", "甲县")
    assert evaluator.get(f"/console/tickets/{ticket.id}/photos/1").status_code == 403
    assert "只有办理人员能看到" in evaluator.get(f"/console/tickets/{ticket.id}").get_data(as_text=True)


def test_contact_and_original_words_open_for_handlers_with_a_reason_that_is_recorded(office):
    ticket, _number = ticket_of("甲县", "交通局")
    theirs = office("department", "甲县", "交通局")
    assert "13812345678" not in theirs.get(f"/console/tickets/{ticket.id}").get_data(as_text=True)
    assert send(theirs, ticket, "contact", reason="").status_code == 422
    page = send(theirs, ticket, "contact", reason="电话核实地点").get_data(as_text=True)
    assert "张三 13812345678" in page
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.reveal")).one()
    assert entry.reason == "电话核实地点"
    assert "138" not in str(entry.after)
    for role, area in (("administrator", ""), ("evaluator", "甲县"), ("auditor", "")):
        assert send(office(role, area), ticket, "contact", reason="x").status_code == 403


def test_a_department_replies_asks_and_closes_and_nobody_overwrites_a_colleague(office):
    ticket, _number = ticket_of("甲县", "交通局")
    theirs = office("department", "甲县", "交通局")
    assert send(theirs, ticket, "reply", step="interim", text="已派人查看").status_code == 302
    stale = theirs.post(f"/console/tickets/{ticket.id}/reply", data={"version": 0, "step": "close", "text": "修好了"})
    assert stale.status_code == 422
    page = stale.get_data(as_text=True)
    assert "已有新的进展" in page
    assert "修好了" in page
    assert send(theirs, ticket, "reply", step="ask", text="哪个方向？").status_code == 302
    take(ticket, "supplement", CITIZEN, CITIZEN, "东向")
    db.session.commit()
    assert send(theirs, ticket, "reply", step="close", text="").status_code == 422
    assert send(theirs, ticket, "reply", step="decline", text="不归我们").status_code == 422
    assert send(theirs, ticket, "reply", step="close", text="修好了").status_code == 302
    db.session.refresh(ticket)
    assert (ticket.state, ticket.first_reply_on, ticket.closed_on) == ("closed", today(), today())
    assert [event.step for event in ticket.events] == ["interim", "ask", "supplement", "close"]
    assert audit.verify() == []
    assert "修好了" not in str([entry.after for entry in db.session.scalars(select(AuditEntry))])


def test_a_ticket_is_passed_on_with_a_reason_and_only_to_those_who_exist(office):
    ticket, _number = ticket_of("甲县", "交通局")
    theirs = office("department", "甲县", "交通局")
    office("department", "甲县", "公安局")
    area, city = ticket.handler_area_id, ticket.city_id
    for target, text, status in (
        (f"{area}:没有的局", "应由其办理", 422), (f"{area}:公安局", " ", 422), (f"{area}:交通局", "给自己", 422),
        (f"{area}:公安局", "信号灯由公安局管理", 302),
    ):  # fmt: skip
        assert send(theirs, ticket, "pass", target=target, text=text).status_code == status
    db.session.refresh(ticket)
    assert (ticket.department, ticket.state) == ("公安局", "received")
    assert theirs.get(f"/console/tickets/{ticket.id}").status_code == 403
    manager = office("manager", "甲县")
    assert send(manager, ticket, "pass", target=f"{city}:市公安局", text="市级路口").status_code == 302
    db.session.refresh(ticket)
    assert (ticket.department, ticket.handler_area.name) == ("市公安局", "某市")
    steps = db.session.execute(select(TicketEvent.step, TicketEvent.text).order_by(TicketEvent.id)).all()
    assert [tuple(row) for row in steps] == [("pass_on", "信号灯由公安局管理"), ("reassign", "市级路口")]


def test_deadlines_stand_still_while_the_citizen_is_asked_and_move_only_with_a_reason(office):
    late = today() - timedelta(days=30)
    ticket, _number = ticket_of("甲县", "交通局", received_on=late, reply_due_on=late, close_due_on=today())
    theirs, manager = office("department", "甲县", "交通局"), office("manager", "甲县")
    assert "超期 1 件" in theirs.get("/console/").get_data(as_text=True)
    assert "红绿灯坏" in theirs.get("/console/tickets?due=late").get_data(as_text=True)
    assert send(theirs, ticket, "reply", step="ask", text="在哪里？").status_code == 302
    assert "红绿灯坏" not in theirs.get("/console/tickets?due=late").get_data(as_text=True)
    ticket.asked_on = today() - timedelta(days=14)
    take(ticket, "supplement", CITIZEN, CITIZEN, "东门")
    db.session.commit()
    assert (ticket.close_due_on - today()).days >= 12
    before = ticket.close_due_on
    assert send(theirs, ticket, "coordinate", step="extend", days=3, text="等材料").status_code == 403
    assert send(manager, ticket, "coordinate", step="extend", days=31, text="等材料").status_code == 422
    assert send(manager, ticket, "coordinate", step="extend", days="", text="等材料").status_code == 422
    assert send(manager, ticket, "coordinate", step="extend", days=3, text="等材料").status_code == 302
    db.session.refresh(ticket)
    assert ticket.close_due_on > before
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.extend")).one()
    assert (entry.before["close_due_on"], entry.reason) == (str(before), "等材料")


def test_a_draft_is_kept_for_its_author_until_the_reply_is_sent(office):
    ticket, _number = ticket_of("甲县", "交通局")
    theirs = office("department", "甲县", "交通局")
    assert (
        theirs.post(
            f"/console/tickets/{ticket.id}/draft", data={"text": "正在核实"}, headers={"Accept": "application/json"}
        ).status_code
        == 204
    )
    assert "正在核实" in theirs.get(f"/console/tickets/{ticket.id}").get_data(as_text=True)
    assert "正在核实" not in office("manager", "甲县").get(f"/console/tickets/{ticket.id}").get_data(as_text=True)
    send(theirs, ticket, "reply", step="interim", text="已核实")
    assert db.session.scalar(select(func.count()).select_from(TicketDraft)) == 0


def test_an_answer_is_published_by_two_people_without_numbers_and_can_be_withdrawn(office, sqlite_app):
    ticket, number = ticket_of("甲县", "交通局", state="closed", closed_on=today())
    theirs, manager = office("department", "甲县", "交通局"), office("manager", "甲县")
    public = sqlite_app.test_client()
    assert send(theirs, ticket, "publication", problem="张三13812345678反映", reply="已修").status_code == 422
    assert send(theirs, ticket, "publication", problem="路口信号灯故障", reply="找张三13812345678").status_code == 422
    words = {"problem": "路口信号灯故障", "reply": "已修好，可拨打0537-2345678"}
    assert send(theirs, ticket, "publication", **words).status_code == 302
    assert "信号灯故障" not in public.get("/problems").get_data(as_text=True)
    assert send(theirs, ticket, "publication/decision", step="approved", comment="好").status_code == 403
    assert send(manager, ticket, "publication/decision", step="approved", comment="可以公开").status_code == 302
    page = public.get("/problems?field=traffic").get_data(as_text=True)
    assert "路口信号灯故障" in page
    assert "0537-2345678" in page
    assert "138" not in page
    assert number not in page
    assert "信号灯故障" not in public.get("/problems?field=bus").get_data(as_text=True)
    assert send(manager, ticket, "publication/decision", step="withdrawn", comment="有误").status_code == 302
    assert "信号灯故障" not in public.get("/problems").get_data(as_text=True)
    assert db.session.scalars(select(TicketPublication)).one().state == "withdrawn"


def test_a_coordinator_cannot_approve_an_own_wording(office):
    ticket, _number = ticket_of("甲县", None, state="closed", closed_on=today())
    manager = office("manager", "甲县")
    assert send(manager, ticket, "publication", problem="路口信号灯故障", reply="已修好").status_code == 302
    assert send(manager, ticket, "publication/decision", step="approved", comment="好").status_code == 422
    assert send(office("manager"), ticket, "publication/decision", step="approved", comment="好").status_code == 302


def test_a_number_told_on_the_telephone_opens_the_ticket_of_those_who_may_see_it(office):
    ticket, number = ticket_of("甲县", "交通局")
    assert office("manager", "甲县").get(f"/console/tickets?number={number}").location.endswith(f"/{ticket.id}")
    assert office("manager", "乙县").get(f"/console/tickets?number={number}").status_code == 200


def test_deadlines_in_a_year_whose_days_off_are_unknown_say_so_in_both_languages(office, monkeypatch):
    ticket, _number = ticket_of("甲县", "交通局")
    asked = []
    monkeypatch.setattr(Calendar, "unknown_years", lambda _self, *days: asked.append(days) or [2099])
    client = office("manager", "甲县")
    for address in ("/console/tickets", f"/console/tickets/{ticket.id}"):
        assert "2099年的放假调休安排还没有载入" in client.get(address).get_data(as_text=True)
    assert "The days off of 2099 are not known" in client.get("/console/tickets?lang=en").get_data(as_text=True)
    assert asked[1] == (ticket.received_on, ticket.close_due_on)
