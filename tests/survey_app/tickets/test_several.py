"""Ticked problems go to one department together, or none of them does."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from survey_app.models import AuditEntry, db
from survey_app.people.accounts import create_account
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of

pytestmark = begins_with(scored_city)


@pytest.fixture
def unguarded(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    create_account("anna", "department", "甲县", "某局")
    db.session.commit()
    return sqlite_app


def test_ticked_tickets_are_passed_on_together_or_not_at_all(unguarded):
    client = client_of(unguarded, "manager")
    mine, other = ticket_of("甲县", None)[0], ticket_of("乙县", None)[0]
    page = client.get("/console/tickets").get_data(as_text=True)
    marks = [f"{ticket.id}-{ticket.version}" for ticket in (mine, other)]
    assert all(f'name="ticket" value="{mark}"' in page for mark in marks)
    sent = {"department": "某局", "text": "请办理"}
    refused = client.post("/console/tickets/several", data={**sent, "ticket": marks}, follow_redirects=True).text
    assert f"工单{other.id}所在的县" in refused
    assert (mine.department, other.department) == (None, None)
    client.post("/console/tickets/several", data={**sent, "ticket": marks[:1]})
    assert mine.department == "某局"
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "ticket.reassign")) == 1
    again = client.post("/console/tickets/several", data={**sent, "ticket": marks[:1]}, follow_redirects=True).text
    assert 'role="alert"' in again


def test_a_county_passes_on_only_its_own(unguarded):
    other = ticket_of("甲县", None)[0]
    client = client_of(unguarded, "manager", "乙县")
    data = {"department": "某局", "text": "x", "ticket": f"{other.id}-{other.version}"}
    assert "请先勾选工单" in client.post("/console/tickets/several", data=data, follow_redirects=True).text
    assert other.department is None
