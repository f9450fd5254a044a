"""Departments are added once, renamed everywhere at once, and those of the programme stay as the document has them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.models import Assignment, AuditEntry, Grant, db
from survey_app.people import departments
from tests.support.city import scored_city
from tests.support.people import client_of, person
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of

pytestmark = begins_with(scored_city)
HERE = "/console/departments/names"


@pytest.fixture
def office(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return client_of(sqlite_app, "manager")


def last() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()


def test_a_new_department_is_offered_in_every_form(office):
    document = departments.answering(None)[0]
    assert f"已经有“{document}”" in office.post(HERE, data={"name": f" {document} "}).text
    assert office.post(HERE, data={"name": ""}).status_code == 422
    assert "是否就是" in office.post(HERE, data={"name": document[:-1]}).text
    assert office.post(HERE, data={"name": "民生热线中心"}).status_code == 302
    assert "民生热线中心" in departments.offered()
    assert last().action == "department.add"
    assert office.post(f"{HERE}/change", data={"department": "民生热线中心", "do": "remove"}).status_code == 302
    assert "民生热线中心" not in departments.offered()


def test_a_department_is_renamed_everywhere_at_once(office):
    user = person("department", "甲县", "某局").user
    ticket = ticket_of("甲县", "某局")[0]
    before = [row for row in db.session.scalars(select(Assignment)) if "某局" in (*row.leads, *row.supporting)]
    data = {"department": "某局", "new": "某某服务局", "do": "rename"}
    assert "请写明改名的理由" in office.post(f"{HERE}/change", data=data).text
    assert office.post(f"{HERE}/change", data={**data, "reason": "机构改革"}).status_code == 302
    db.session.expire_all()
    assert [grant.department for grant in user.grants] == ["某某服务局"]
    assert ticket.department == "某某服务局"
    assert before
    assert all("某某服务局" in (*row.leads, *row.supporting) for row in before)
    assert not db.session.scalars(select(Grant).where(Grant.department == "某局")).all()
    assert (last().action, last().reason) == ("department.rename", "机构改革")


def test_departments_of_the_programme_and_those_in_use_stay(office):
    document = departments.answering(None)[0]
    data = {"department": document, "new": "别的局", "reason": "x", "do": "rename"}
    assert "评价方案里的部门" in office.post(f"{HERE}/change", data=data).text
    office.post(HERE, data={"name": "民生热线中心"})
    person("department", "甲县", "民生热线中心")
    assert "还在使用" in office.post(f"{HERE}/change", data={"department": "民生热线中心", "do": "remove"}).text
