"""Who hears of what: by role, area and department, by choice, in the reader's language; nobody of what they may not open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from survey_app.ground import audit, sign_off
from survey_app.ground.clock import today
from survey_app.ground.sealing import seal, unseal
from survey_app.models import Area, DepartmentAddress, Job, NoticeMark, Outgoing, db
from survey_app.models.base import now
from survey_app.outbox.happened import collect, collect_days
from survey_app.outbox.letters import letter_of
from survey_app.outbox.receivers import choices_of, choose
from survey_app.tickets.handling import handle
from survey_app.tickets.routing import Target, route_waiting
from survey_app.tickets.steps import CITIZEN, take
from tests.support.city import small_city
from tests.support.outbox import at_any_hour, begin, collected, mail_channel, reached_at
from tests.support.people import person
from tests.support.stored import begins_with
from tests.support.tickets import ticket_in, ticket_of

pytestmark = begins_with(small_city)


@pytest.fixture
def told(app):
    """Mail is on, and what was before is history."""
    mail_channel()
    at_any_hour()
    begin()
    return app


def somebody(name: str, role: str, area: str = "", department: str = ""):
    return reached_at(person(role, area, department).user, f"{name}@example.org")


def went_to() -> dict[str, str]:
    return {unseal(message.sealed_to).partition("@")[0]: message.event for message in collected()}


def test_a_ticket_is_told_its_department_at_once_and_the_manager_of_its_area_in_the_morning(told):
    somebody("police", "department", "", "市公安局")
    somebody("other", "department", "", "市教育局")
    somebody("manager", "manager")
    somebody("elsewhere", "manager", "乙县")
    person("department", "", "市公安局")  # no address: hears of it after signing in
    ticket, _number = ticket_in("某市")
    route_waiting()
    db.session.commit()
    assert went_to() == {"police": "ticket_given", "manager": "ticket_given"}
    now_or_later = {unseal(message.sealed_to): message.digest for message in collected()}
    assert now_or_later == {"police@example.org": False, "manager@example.org": True}
    message = db.session.scalars(select(Outgoing)).first()
    letter = letter_of([message], "")
    assert f"工单#{ticket.id}" in letter.text
    assert f"http://127.0.0.1:8000/console/tickets/{ticket.id}" in letter.text
    assert "红绿灯坏了" not in letter.text, "no word of the citizen's"
    assert len(collected()) == 2, "steps are read twice and told once"


def test_what_comes_back_from_the_citizen_is_told_who_handles_it_now(told):
    somebody("police", "department", "", "市公安局")
    ticket, _number = ticket_of("某市", "市公安局", state="asked", asked_on=today())
    take(ticket, "supplement", CITIZEN, CITIZEN, "再补充一点")
    db.session.commit()
    assert went_to() == {"police": "ticket_back"}


def test_who_does_something_is_not_told_of_it(told):
    mine = somebody("mine", "manager")
    somebody("second", "manager")
    ticket, _number = ticket_of("某市", "市公安局")
    city = ticket.area
    handle(ticket, "reassign", "coordinator", mine.username, "请办理", seen=ticket.version, target=Target(city, None))
    db.session.commit()
    assert went_to() == {"second": "ticket_coordinate"}


@pytest.mark.parametrize("account", [False, True], ids=["no account", "no address"])
def test_a_department_without_an_account_hears_at_its_address_and_without_one_the_office_does(told, account):
    somebody("manager", "manager")
    city = db.session.scalars(select(Area).where(Area.kind == "city")).one()
    if account:
        person("department", "", "市公安局")
    ticket_in("某市")
    route_waiting()
    db.session.commit()
    assert sorted(message.event for message in collected()) == ["department_unreached", "ticket_given"]
    db.session.add(
        DepartmentAddress(area_id=city.id, department="市公安局", sealed=seal("list@example.org"), changed_by="anna")
    )
    ticket_in("某市")
    route_waiting()
    db.session.commit()
    assert [unseal(message.sealed_to) for message in collected()][-2:] == ["manager@example.org", "list@example.org"]


def test_choices_of_the_person_stand_before_the_offices_and_those_before_the_usual(told):
    police = somebody("police", "department", "", "市公安局")
    assert choices_of(police)["ticket_given"] == "now"
    choose("ticket_given", "digest", role="department")
    db.session.flush()
    assert choices_of(police)["ticket_given"] == "digest"
    choose("ticket_given", "off", user_id=police.id)
    db.session.commit()
    assert choices_of(police)["ticket_given"] == "off"
    ticket_in("某市")
    route_waiting()
    db.session.commit()
    assert collected() == [], "nor at the department's address: it has chosen"


def test_due_and_late_tickets_are_told_once_for_each_due_day_in_the_readers_language(told):
    somebody("police", "department", "", "市公安局").language = "en"
    day = today()
    late = {"reply_due_on": day - timedelta(days=1), "close_due_on": day + timedelta(days=30)}
    ticket_of("某市", "市公安局", **late)
    ticket_of("某市", "市公安局", reply_due_on=day, close_due_on=day + timedelta(days=30))
    ticket_of("某市", "市公安局", reply_due_on=day + timedelta(days=30), close_due_on=day + timedelta(days=30))
    assert (collect_days(), collect_days()) == (2, 0)
    db.session.commit()
    found = db.session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
    assert [message.event for message in found] == ["ticket_overdue", "ticket_due"]
    assert "is overdue. Handled by: 市公安局" in letter_of(found[:1], "").text


def test_two_people_hear_of_what_waits_for_them(told):
    somebody("first", "evaluator")
    second = somebody("second", "scorer")
    somebody("county", "evaluator", "甲县")  # may not open the page of the whole city
    sign_off.take_step("estimate:7", "proposed", "x", "")
    db.session.commit()
    assert went_to() == {"first": "estimate_proposed", "second": "estimate_proposed"}
    with audit.acting_for(second.username):
        sign_off.take_step("estimate:7", "approved", second.username, "好")
        sign_off.take_step("ticket:7", "proposed", second.username, "")
    db.session.commit()
    assert [message.event for message in collected()][2:] == ["estimate_approved"]


def test_a_job_of_the_clock_that_failed_is_told_the_administrators(told):
    somebody("admin", "administrator")
    for by in ("clock", "anna"):
        db.session.add(
            Job(kind="regular", arguments={"work": "backup"}, by=by, state="failed", finished_at=now(), error="x")
        )
    db.session.commit()
    assert went_to() == {"admin": "job_failed"}


def test_without_mail_nothing_is_made_and_nothing_told_later(app):
    begin()
    somebody("police", "department", "", "市公安局")
    ticket_in("某市")
    route_waiting()
    assert collect() == 0
    assert collect() == 0
    db.session.commit()
    mail_channel()
    assert collected() == []
    assert db.session.get(NoticeMark, "ticket_event").number == 1
