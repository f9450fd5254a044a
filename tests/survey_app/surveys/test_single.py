"""One site, area or the margins in a form: the checks, sentences and trail of an import."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from survey_app.ground import audit
from survey_app.models import Area, Site, Survey, db
from survey_app.surveys.plan_checks import margins_of
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


@pytest.fixture
def office(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return client_of(sqlite_app, "manager")


def boxes(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    found = dict(re.findall(r'<input[^>]* name="([a-z_]+(?:-\d+)?)"[^>]* value="([^"]*)"', page))
    for name, inside in re.findall(r'(?s)<select[^>]* name="([a-z_]+)">(.*?)</select>', page):
        found[name] = (re.findall(r'<option selected value="([^"]*)"', inside) or [""])[0]
    return found


def test_a_site_is_changed_in_its_form_and_its_design_stays_once_it_was_answered_at(office):
    survey, site = db.session.scalars(select(Survey)).one(), db.session.scalars(select(Site)).first()
    here = f"/console/surveys/{survey.code}/sites/{site.code}"
    assert here in office.get(f"/console/surveys/{survey.code}/sites").get_data(as_text=True)
    sent = boxes(office.get(here).get_data(as_text=True))
    assert office.post(here, data={**sent, "target": "31"}).status_code == 422, "a locked plan asks for a reason"
    assert office.post(here, data={**sent, "target": "31", "reason": "加样"}).status_code == 302
    db.session.refresh(site)
    assert site.target == 31
    entry = audit.newest(1)[0]
    assert (entry.action, entry.reason) == ("sites.import", "加样")
    refused = office.post(here, data={**sent, "inclusion_probability": "0.9", "reason": "x"})
    assert (refused.status_code, "inclusion_probability-error" in refused.get_data(as_text=True)) == (422, True)
    wrong = office.post(here, data={**sent, "target": "many", "reason": "x"}).get_data(as_text=True)
    assert 'id="target-error"' in wrong
    assert 'value="many"' in wrong


def test_a_new_site_and_a_new_area_are_made_in_a_form(office):
    survey = db.session.scalars(select(Survey)).one()
    county = db.session.scalar(select(Area).where(Area.name == "甲县"))
    data = {"name": "便民中心", "kind": "政务大厅", "area": county.code, "sampled": "否", "reason": "新开"}
    assert office.post(f"/console/surveys/{survey.code}/sites/new", data=data).status_code == 302
    assert db.session.scalar(select(Site).where(Site.name == "便民中心")).probability is False
    zone = {
        "code": f"{county.code}-9",
        "name": "甲县空港区",
        "kind": "功能区",
        "parent": county.code,
        "residents": "100",
    }
    made = office.post("/console/areas/new", data=zone)
    assert made.status_code == 302, made.get_data(as_text=True)
    assert db.session.scalar(select(Area).where(Area.name == "甲县空港区")).parent_id == county.id
    page = office.get(f"/console/areas/{county.code}-9").get_data(as_text=True)
    assert 'type="hidden" value="' in page, "the code of a stored area is not typed again"
    twice = office.post("/console/areas/new", data={**zone, "code": "x-9"})
    assert (twice.status_code, 'id="name-error"' in twice.get_data(as_text=True)) == (422, True)
    assert office.get("/console/areas/nowhere").status_code == 404


def test_margins_are_filled_in_on_a_page_and_have_to_add_up(office):
    survey = db.session.scalars(select(Survey)).one()
    here = f"/console/surveys/{survey.code}/margins/edit"
    sent = boxes(office.get(here).get_data(as_text=True))
    before = margins_of(survey.plan)
    assert [value for name, value in sent.items() if name.startswith("population-")]
    assert office.post(here, data={**sent, "population-0": "1", "reason": "x"}).status_code == 422
    assert office.post(here, data={**sent, "population-0": "", "reason": "x"}).status_code == 422
    db.session.refresh(survey)
    assert margins_of(survey.plan) == before
