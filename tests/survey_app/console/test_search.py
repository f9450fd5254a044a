"""The search finds what its reader may open, and nothing else; a response by its numbers, never by its answers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.models import Response, Site, Survey, db
from survey_app.responses.labels import label_of
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of

pytestmark = begins_with(scored_city)


def found(client, text: str) -> str:
    reply = client.get("/console/search", query_string={"q": text})
    assert reply.status_code == 200
    return reply.get_data(as_text=True).partition("<main")[2]


def test_things_are_found_by_name_code_and_number(sqlite_app):
    office, survey = client_of(sqlite_app, "administrator"), db.session.scalars(select(Survey)).first()
    site = db.session.scalars(select(Site)).first()
    assert f"/console/surveys/{survey.code}" in found(office, survey.title[:3])
    assert f"/console/sites/{site.code}/work" in found(office, site.name)
    assert f"/console/sites/{site.code}/work" in found(office, site.public_code.upper())
    assert "/console/audit" in found(office, "审计")
    assert "没有找到" in found(office, "%_%")


def test_a_response_is_found_by_label_number_and_receipt_and_never_by_what_was_answered(sqlite_app):
    office, response = client_of(sqlite_app, "administrator"), db.session.scalars(select(Response)).first()
    label = label_of(response.id)
    assert f"/console/responses/{label}" in found(office, label.lower())
    for typed in (str(response.id), response.receipt.lower()):
        page = found(office, typed)
        assert f"/console/process/{response.id}" in page
        assert label not in page, "no receipt and no number joins to the answers"
    response.answers = {**response.answers, "comment": "路灯坏了很久"}
    db.session.commit()
    assert "没有找到" in found(office, "路灯坏了")


@pytest.mark.parametrize("role", ["manager", "evaluator"])
def test_a_county_finds_nothing_of_other_counties(sqlite_app, role):
    mine, other = client_of(sqlite_app, role, "甲县"), client_of(sqlite_app, role, "乙县")
    site = next(site for site in db.session.scalars(select(Site)) if site.area.name == "甲县")
    response = db.session.scalars(select(Response).where(Response.site_id == site.id)).first()
    ticket, number = ticket_of("甲县", "某局")
    ticket.text = "路灯坏了"
    db.session.commit()
    for typed in (site.name, site.code, str(response.id), response.receipt, label_of(response.id), number, "路灯坏了"):
        assert "没有找到" not in found(mine, typed), typed
        theirs = found(other, typed)
        assert not [way for way in ("/sites/", "/process/", "/responses/", "/tickets/") if way in theirs], typed


def test_a_department_finds_no_accounts_and_no_surveys(sqlite_app):
    client = client_of(sqlite_app, "department", "甲县", "某局")
    survey = db.session.scalars(select(Survey)).first()
    assert "没有找到" in found(client, survey.title)
    assert "没有找到" in found(client, "anna")
