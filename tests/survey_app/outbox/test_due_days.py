"""Values, rectification and objections are told whom they concern: by role, area and department, once for each due day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.ground.clock import office, today
from survey_app.ground.sealing import seal, unseal
from survey_app.models import Area, DepartmentAddress, Outgoing, Period, RectificationItem, db
from survey_app.outbox import due_days
from survey_app.outbox.events import FOR_STAFF
from survey_app.outbox.happened import collect_days
from survey_app.outbox.letters import letter_of
from survey_app.values.periods import current_period
from survey_app.values.worklist import tasks
from tests.support.city import small_city
from tests.support.outbox import at_any_hour, begin, mail_channel, reached_at
from tests.support.people import person
from tests.support.stored import begins_with
from wording import reading

pytestmark = begins_with(small_city)


@pytest.fixture
def told(sqlite_app):
    mail_channel()
    at_any_hour()
    begin()
    return sqlite_app


def somebody(name: str, role: str, area: str = "", department: str = ""):
    return reached_at(person(role, area, department).user, f"{name}@example.org")


def the_period(due: date | None) -> Period:
    period = current_period()
    period.deadline = datetime.combine(due, datetime.max.time().replace(microsecond=0), office()) if due else None
    db.session.commit()
    return period


def messages() -> list[Outgoing]:
    db.session.commit()
    return db.session.query(Outgoing).order_by(Outgoing.id).all()


def to(message: Outgoing) -> str:
    return unseal(message.sealed_to).partition("@")[0]


def of_area(name: str) -> Area:
    return db.session.scalars(select(Area).where(Area.name == name)).one()


def test_values_that_are_due_and_late_are_told_their_leads_with_the_number_and_only_the_late_ones_the_manager(told):
    city, period = of_area("某市"), the_period(today() + timedelta(days=1))
    mine = [task for task in tasks(period, [city]) if task.who.leads == ("市公安局",)]
    somebody("police", "department", "", "市公安局")
    somebody("elsewhere", "department", "乙县")
    somebody("manager", "manager", "某市")
    assert collect_days()
    assert {to(message) for message in messages() if message.event == "values_due"} == {"police", "elsewhere"}
    [own] = [
        each
        for each in messages()
        if to(each) == "police" and each.params["departments"] == "市公安局" and each.params["area"] == "某市"
    ]
    assert (own.event, own.params["n"], own.params["due"]) == (
        "values_due",
        len(mine),
        str(today() + timedelta(days=1)),
    )
    assert own.params["link"].startswith(f"/console/values?period={period.code}&area=")
    before = len(messages())
    assert collect_days() == 0, "once for each due day"
    the_period(today() - timedelta(days=1))
    assert collect_days()
    late = messages()[before:]
    assert {"police", "manager"} <= {to(message) for message in late if message.event == "values_overdue"}
    assert all(message.digest for message in late if to(message) == "manager")
    letter = letter_of([each for each in late if to(each) == "police"], "")
    assert f"有{len(mine)}项指标应在{today() - timedelta(days=1)}前报送，现已逾期" in letter.text


def test_a_condition_of_the_rating_that_nobody_has_declared_is_no_value_that_is_due(told):
    period = the_period(today())
    rated = [area for area in db.session.scalars(select(Area)) if period.rulebook_of(area)]
    every = tasks(period, rated)
    undeclared = [task for task in every if (task.indicator, task.state) == ("rating", "missing")]
    assert undeclared
    assert sum(each.params["n"] for each in due_days.of_values()) == len(every) - len(undeclared)


def test_what_is_far_away_has_no_day_or_belongs_to_a_closed_period_is_not_told(told):
    somebody("police", "department", "", "市公安局")
    for due in (None, today() + timedelta(days=30)):
        the_period(due)
        assert list(due_days.of_values()) == []
    the_period(today()).state = "closed"
    db.session.commit()
    assert list(due_days.of_values()) == []


def test_a_department_without_an_account_hears_of_its_values_in_the_language_of_its_address(told):
    city = of_area("某市")
    the_period(today())
    db.session.add(
        DepartmentAddress(
            area_id=city.id, department="市公安局", sealed=seal("list@example.org"), language="en", changed_by="anna"
        )
    )
    db.session.commit()
    collect_days()
    message = next(each for each in messages() if each.receiver == "某市 市公安局")
    with reading("zh"):
        assert "are not submitted yet" in letter_of([message], "").text


def test_rectification_is_told_who_owns_it_before_its_day_and_the_office_too_after_it(told):
    somebody("police", "department", "", "市公安局")
    somebody("other", "department", "", "市教育局")
    somebody("scorer", "scorer")
    for name, due, state in (
        ("soon", today(), "open"), ("late", today() - timedelta(days=1), "reopened"),
        ("far", today() + timedelta(days=30), "open"), ("done", today(), "submitted"),
    ):  # fmt: skip
        db.session.add(
            RectificationItem(
                area=of_area("某市"), rulebook_id="x", indicator=1, name=name, department="市公安局", to_stars=5,
                requirement="x", gap="x", gain=1.0, due=due, created_by="x", state=state,
            )
        )  # fmt: skip
    db.session.commit()
    assert collect_days() == 3
    assert collect_days() == 0
    assert {(to(message), message.event, message.params["name"]) for message in messages()} == {
        ("police", "rectification_due", "soon"), ("police", "rectification_overdue", "late"),
        ("scorer", "rectification_overdue", "late"),
    }  # fmt: skip


def test_a_department_that_cannot_hear_of_its_rectification_is_told_the_managers_of_its_area(told):
    for name, area in (("whole", ""), ("near", "甲县"), ("other", "乙县")):
        somebody(name, "manager", area)
    db.session.add(
        RectificationItem(
            area=of_area("甲县"), rulebook_id="x", indicator=1, name="late", department="市公安局", to_stars=5,
            requirement="x", gap="x", gain=1.0, due=today() - timedelta(days=1), created_by="x", state="open",
        )
    )  # fmt: skip
    db.session.commit()
    assert collect_days() == 2
    assert {(to(message), message.event) for message in messages()} == {
        ("whole", "department_unreached"), ("near", "department_unreached"),
    }  # fmt: skip
    assert {(message.params["department"], message.params["link"]) for message in messages()} == {
        ("市公安局", "/console/departments")
    }


def test_every_event_has_a_page_by_whose_rights_it_is_told(told):
    from survey_app.console.permissions import ROUTES

    for event in FOR_STAFF:
        assert set(event.roles) <= set(ROUTES[event.page].may), event.name
