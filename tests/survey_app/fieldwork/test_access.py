"""Codes, hours and the least size of a shown cell, changed in the console with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.models import AuditEntry, RetiredCode, Site, Survey, db
from survey_app.people.accounts import create_account
from survey_app.surveys.small_cells import least_cell
from tests.support.city import small_city
from tests.support.people import csrf, signed_in

PAGE, SITE = "/console/surveys/wave1/access", "/console/sites/aaa2222/access"


@pytest.fixture
def manager(sqlite_app):
    small_city()
    return signed_in(sqlite_app.test_client(), create_account("manager", "manager"), "manager")


def send(client, page: str, address: str, **data: str):
    token = csrf(client.get(page).get_data(as_text=True))
    return client.post(address, data={"csrf_token": token, **data})


def site() -> Site:
    db.session.expire_all()
    return db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()


def test_a_site_gets_a_new_code_and_the_poster_shows_it(manager):
    told = send(manager, SITE, SITE, do="rotate", reason="旧码外传")
    assert told.status_code == 302
    assert site().public_code != "aaa2222"
    page = manager.get(SITE).get_data(as_text=True)
    assert site().public_code in page
    assert "旧码外传" in page
    assert site().public_code in manager.get("/console/sites/aaa2222/poster.svg").get_data(as_text=True)
    assert db.session.get(RetiredCode, "aaa2222").retired_by == "manager"


def test_hours_and_stopping_are_set_for_the_survey_and_wrong_hours_are_told_with_the_form_kept(manager):
    wrong = send(manager, PAGE, PAGE, hours="1-5 18:00-09:00", reason="办公")
    assert wrong.status_code == 422
    text = wrong.get_data(as_text=True)
    assert "结束要晚于开始" in text
    assert 'value="1-5 18:00-09:00"' in text
    assert 'value="办公"' in text
    send(manager, PAGE, PAGE, hours="周一至周五 8:30-17:30", stops_when_full="y", reason="办公时间")
    survey = db.session.scalars(select(Survey)).one()
    assert (survey.hours, survey.stops_when_full) == ("1-5 08:30-17:30", True)
    assert "周一至周五 08:30–17:30" in manager.get(PAGE).get_data(as_text=True)
    wanted = select(AuditEntry.action).where(AuditEntry.action.startswith("access.")).order_by(AuditEntry.number)
    actions = list(db.session.scalars(wanted))
    assert actions == ["access.hours", "access.full"]


def test_nothing_changes_without_a_reason(manager):
    for change in ("rotate", "retire", "hours"):
        assert send(manager, SITE, SITE, do=change, hours="1 09:00-10:00").status_code == 422
    assert (site().active, site().address, site().hours) == (True, None, None)


def test_the_least_size_of_a_cell_is_an_administrators_to_set(manager, sqlite_app):
    assert send(manager, PAGE, f"{PAGE}/least", least="1", reason="想看").status_code == 403
    boss = signed_in(sqlite_app.test_client(), create_account("boss", "administrator"), "boss")
    assert send(boss, PAGE, f"{PAGE}/least", least="0", reason="x").status_code == 422
    assert send(boss, PAGE, f"{PAGE}/least", least="5", reason="县里样本小").status_code == 302
    survey = db.session.scalars(select(Survey)).one()
    assert (survey.least_cell, least_cell(survey)) == (5, 5)
    send(boss, PAGE, f"{PAGE}/least", least="", reason="还原")
    assert least_cell(survey) == 10


def test_a_countys_manager_changes_the_codes_of_its_county_alone(sqlite_app, manager):
    own = signed_in(sqlite_app.test_client(), create_account("yi", "manager", "乙县"), "yi")
    page = own.get(PAGE).get_data(as_text=True)
    assert "乙县一号点" in page
    assert "甲县一号点" not in page
    token = csrf(page)
    assert own.post(SITE, data={"csrf_token": token, "do": "rotate", "reason": "x"}).status_code == 403
    assert own.post(PAGE, data={"csrf_token": token, "hours": "", "reason": "x"}).status_code == 403
